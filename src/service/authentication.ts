/**
 * Where the token of a caller comes from, and how it is compared.
 *
 * @module
 */
import type { RequestContext } from "./service_handle.ts";

/**
 * Finds the token of a caller in a request. Write one to take it from elsewhere.
 *
 * @example The token in the query
 * ```ts
 * import type { RequestContext, ValidationStrategy } from "@gemstone/gemstone";
 *
 * const inQuery: ValidationStrategy = {
 *   extractApiToken: (context: RequestContext) => new URL(context.request.url).searchParams.get("token"),
 * };
 * ```
 */
export interface ValidationStrategy {
  /**
   * Looks for a token.
   *
   * @param context The request.
   * @returns The token; null or `undefined` when there is none, and the next strategy is asked.
   */
  extractApiToken(context: RequestContext): string | null | undefined;
}

/**
 * Changes a raw value into a token; null or `undefined` where it is none.
 *
 * @example
 * ```ts
 * import { BasicCookieStrategy, type TokenTemplate } from "@gemstone/gemstone";
 *
 * // A cookie "v1.<token>"; one of another form is no token, and the next strategy is asked.
 * const versioned: TokenTemplate = (value) => value.startsWith("v1.") ? value.slice(3) : undefined;
 * const strategy = new BasicCookieStrategy("session", versioned);
 * ```
 */
export type TokenTemplate = (value: string) => string | null | undefined;

/**
 * Takes the token from a header.
 *
 * @example A bearer token (RFC 6750)
 * ```ts
 * import { HeaderValidationStrategy } from "@gemstone/gemstone";
 *
 * const bearer = new HeaderValidationStrategy("Authorization", (value) => /^Bearer (.+)$/.exec(value)?.[1]);
 * ```
 */
export class HeaderValidationStrategy implements ValidationStrategy {
  readonly #header: string;
  readonly #template: TokenTemplate | undefined;

  /**
   * Creates the strategy.
   *
   * @param header The name of the header; case does not matter.
   * @param template Changes the value; not called where the header is missing. @default {the value as it is}
   */
  constructor(header = "X-Api-Token", template?: TokenTemplate) {
    this.#header = header;
    this.#template = template;
  }

  /**
   * Looks for a token.
   *
   * @param context The request.
   * @returns The token, null or `undefined` when there is none.
   */
  extractApiToken(context: RequestContext): string | null | undefined {
    return applyTemplate(context.headers.get(this.#header), this.#template);
  }
}

/**
 * Takes the token from a cookie.
 *
 * @example Pages that have logged in
 * ```ts
 * import { BasicCookieStrategy, exposedMethod, isSameToken, MicroService } from "@gemstone/gemstone";
 * import { RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class Vault extends MicroService {
 *   override name = "vault";
 *   override validationStrategies = [new BasicCookieStrategy("session")];
 *   override apiTokenIsValid = (token: string) => isSameToken(token, "s3cret");
 *   @exposedMethod({ private: true })
 *   open(): string {
 *     return "opened";
 *   }
 * }
 *
 * const vault = new Vault();
 * const auth = { type: "cookie", name: "session", token: "s3cret" } as const;
 * const fetch = (url: string, init: RequestInit) => vault.fetch(new Request(url, init));
 * assertEquals(await new RemoteService<Vault>(vault.url, { auth, fetch }).methods.open(), "opened");
 * ```
 */
export class BasicCookieStrategy implements ValidationStrategy {
  readonly #cookie: string;
  readonly #template: TokenTemplate | undefined;

  /**
   * Creates the strategy.
   *
   * @param cookie The name of the cookie; case matters.
   * @param template Changes the value; not called where the cookie is missing. @default {the value as it is}
   */
  constructor(cookie = "AuthToken", template?: TokenTemplate) {
    this.#cookie = cookie;
    this.#template = template;
  }

  /**
   * Looks for a token.
   *
   * @param context The request.
   * @returns The token, null or `undefined` when there is none.
   */
  extractApiToken(context: RequestContext): string | null | undefined {
    return applyTemplate(context.cookies.get(this.#cookie), this.#template);
  }
}

function applyTemplate(value: string | null | undefined, template: TokenTemplate | undefined): typeof value {
  return value === null || value === undefined || template === undefined ? value : template(value);
}

/**
 * Asks strategies for a token, in order.
 *
 * @param strategies The strategies.
 * @param context The request.
 * @returns The first token found; null when there is none. A strategy that throws has found none.
 */
export function extractToken(
  strategies: readonly ValidationStrategy[],
  context: RequestContext,
): string | null {
  for (const strategy of strategies) {
    try {
      const token = strategy.extractApiToken(context);
      if (token !== null && token !== undefined) return token;
    } catch {
      // A value that a strategy chokes on came from outside and is no token.
    }
  }
  return null;
}

/**
 * Compares a token with the one that is expected, in a time that does not tell how much of it is right.
 *
 * @param given What the caller sent.
 * @param expected The secret.
 * @returns Whether they are the same; an empty secret, most likely one that was never set, matches nothing.
 *
 * @example
 * ```ts
 * import { isSameToken, MicroService } from "@gemstone/gemstone";
 *
 * class Guarded extends MicroService {
 *   override name = "guarded";
 *   override apiTokenIsValid(token: string): boolean {
 *     return isSameToken(token, "correct horse battery staple");
 *   }
 * }
 * ```
 */
export function isSameToken(given: string, expected: string): boolean {
  const encoder = new TextEncoder();
  const left = encoder.encode(given);
  const right = encoder.encode(expected);
  // The loop runs over what came from outside, so its length says nothing about the secret.
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index++) {
    difference |= left[index]! ^ right[index % right.length]!;
  }
  return difference === 0 && right.length > 0;
}
