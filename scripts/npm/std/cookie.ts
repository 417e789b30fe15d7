/**
 * `@std/http/cookie` for networks without JSR: the part of it that we use, on npm `cookie`.
 *
 * @module
 */
import { parse, serialize } from "cookie";

/** A cookie for the `Set-Cookie` header (RFC 6265, section 4.1). */
export interface Cookie {
  /** Its name. */
  name: string;
  /** Its value, sent as it is. */
  value: string;
  /** When it ends: a date, or milliseconds since 1970. */
  expires?: Date | number;
  /** How long it lives, in seconds. */
  maxAge?: number;
  /** The hosts that get it. */
  domain?: string;
  /** The paths that get it. */
  path?: string;
  /** Whether it is sent over HTTPS only. */
  secure?: boolean;
  /** Whether scripts in the browser can not read it. */
  httpOnly?: boolean;
  /** Whether it is kept per top-level site. */
  partitioned?: boolean;
  /** Whether requests from other sites carry it. */
  sameSite?: "Strict" | "Lax" | "None";
}

/**
 * Reads the `Cookie` header.
 *
 * @param headers The headers of a request.
 * @returns The values by name, not decoded.
 */
export function getCookies(headers: Headers): Record<string, string> {
  const cookies = parse(headers.get("Cookie") ?? "", { decode: (value) => value });
  return { ...cookies as Record<string, string> };
}

/**
 * Appends a `Set-Cookie` header.
 *
 * @param headers The headers of a response.
 * @param cookie What to set.
 * @throws {TypeError} when a part of it is no legal cookie text.
 */
export function setCookie(headers: Headers, cookie: Cookie): void {
  const { name, value, expires, sameSite, ...attributes } = cookie;
  const text = serialize(name, value, {
    ...attributes,
    ...(expires !== undefined && { expires: new Date(expires) }),
    ...(sameSite !== undefined && { sameSite: sameSite.toLowerCase() as "strict" | "lax" | "none" }),
    encode: (plain) => plain,
  });
  headers.append("Set-Cookie", text);
}
