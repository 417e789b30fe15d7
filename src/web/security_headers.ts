/**
 * Headers that keep browsers from doing harm with what a service sends.
 *
 * @module
 */

/**
 * The headers that go with each web response, each by its value or `false` for none. A response that has one of
 * them already keeps its own.
 *
 * No `Content-Security-Policy` is sent unless it is given, because a good one names what the pages use; a start
 * is `"default-src 'self'; frame-ancestors 'self'"`. Neither is `Strict-Transport-Security`: it belongs to where
 * TLS ends, and is hard to take back.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { MicroService } from "@gemstone/gemstone";
 * import type { SecurityHeaders } from "@gemstone/gemstone/web";
 *
 * class Site extends MicroService {
 *   override name = "site";
 *   override securityHeaders: SecurityHeaders = {
 *     contentSecurityPolicy: "default-src 'self'; frame-ancestors 'none'",
 *     frameOptions: "DENY",
 *   };
 *   override extraHandlers = [["/", () => new Response("page")] as const];
 * }
 * const { headers } = await new Site().fetch(new Request("http://localhost/"));
 * assertEquals(headers.get("x-frame-options"), "DENY");
 * assertEquals(headers.get("x-content-type-options"), "nosniff");
 * ```
 */
export interface SecurityHeaders {
  /** Keeps browsers from guessing another type than the declared one. @default {"nosniff"} */
  readonly contentTypeOptions?: "nosniff" | false;
  /** Which pages may show this one in a frame. @default {"SAMEORIGIN"} */
  readonly frameOptions?: "DENY" | "SAMEORIGIN" | false;
  /** What other sites learn of the page that a link was on. @default {"strict-origin-when-cross-origin"} */
  readonly referrerPolicy?: string | false;
  /** What a page may load and do (W3C Content Security Policy). @default {false} */
  readonly contentSecurityPolicy?: string | false;
  /** For how long a browser must use TLS (RFC 6797). @default {false} */
  readonly strictTransportSecurity?: string | false;
  /** Which windows a page shares its process with. @default {false} */
  readonly crossOriginOpenerPolicy?: string | false;
}

const DEFAULTS: Required<SecurityHeaders> = {
  contentTypeOptions: "nosniff",
  frameOptions: "SAMEORIGIN",
  referrerPolicy: "strict-origin-when-cross-origin",
  contentSecurityPolicy: false,
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
};

const NAMES: Readonly<Record<keyof SecurityHeaders, string>> = {
  contentTypeOptions: "x-content-type-options",
  frameOptions: "x-frame-options",
  referrerPolicy: "referrer-policy",
  contentSecurityPolicy: "content-security-policy",
  strictTransportSecurity: "strict-transport-security",
  crossOriginOpenerPolicy: "cross-origin-opener-policy",
};

/**
 * Prepares the headers.
 *
 * @param options `true` for the defaults, `false` for none, or single ones.
 * @returns Names and values.
 * @throws {TypeError} when an option is unknown, or a value can not be sent.
 */
export function createSecurityHeaders(
  options: boolean | SecurityHeaders,
): readonly (readonly [name: string, value: string])[] {
  if (options === false) return [];
  if (typeof options !== "boolean" && (typeof options !== "object" || options === null)) {
    throw new TypeError(`Cannot use ${String(options)} as securityHeaders: give true, false or an object`);
  }
  const given = options === true ? {} : options;
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(NAMES, key)) {
      const known = Object.keys(NAMES).join(", ");
      throw new TypeError(`Cannot use "${key}" in securityHeaders: it is not known; use ${known}`);
    }
  }
  const headers = new Headers();
  for (const key of Object.keys(NAMES) as (keyof SecurityHeaders)[]) {
    const value = given[key] === undefined ? DEFAULTS[key] : given[key];
    if (value !== false) headers.set(NAMES[key], checkValue(key, value));
  }
  return [...headers];
}

function checkValue(key: string, value: unknown): string {
  if (typeof value === "string" && /^[\x20-\x7e]+$/.test(value)) return value;
  throw new TypeError(
    `Cannot use ${
      JSON.stringify(value)
    } as ${key} in securityHeaders: give a text of ASCII characters, or false`,
  );
}
