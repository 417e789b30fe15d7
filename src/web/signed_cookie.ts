/**
 * Cookies that only the service can have written.
 *
 * @module
 */

/** The least length of a secret: a shorter one can be guessed by trying, away from the service. */
const MIN_SECRET_LENGTH = 32;
/** Browsers drop a cookie whose name and value are longer together, in bytes. */
const MAX_COOKIE_BYTES = 4_096;
/** What is signed begins with it, so that a signature made for another purpose with the same secret is none here. */
const PURPOSE = "gemstone.cookie.1";
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const FORM = /^(?<payload>[\w-]*\.[0-9a-z]{1,10})\.(?<signature>[\w-]{43})$/;

/**
 * Signs the values of cookies with HMAC-SHA-256 (RFC 2104), each together with the name of its cookie and the
 * time. The value can be read by its owner; it can not be changed, nor used under another name. Handlers have
 * `context.setSignedCookie()` and `context.signedCookie()`; this is for other places, and for tests.
 *
 * @example Signs a value, and reads it with the secret that came after
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { CookieSigner } from "@gemstone/gemstone/web";
 *
 * const [older, newer] = [crypto.randomUUID(), crypto.randomUUID()];
 * const signed = await new CookieSigner([older]).sign("user", "ann");
 * const rotated = new CookieSigner([newer, older]);
 * assertEquals(await rotated.verify("user", signed, 60_000), "ann");
 * assertEquals(await rotated.verify("admin", signed, 60_000), undefined);
 * ```
 */
export class CookieSigner {
  readonly #secrets: readonly string[];
  readonly #now: () => number;
  #keys: Promise<readonly CryptoKey[]> | undefined;

  /**
   * Creates a signer.
   *
   * @param secrets The first one signs, all are accepted: put a new one in front and drop the old one when its
   * cookies have expired.
   * @param now The clock, in milliseconds since 1970.
   * @throws {TypeError} when a secret is not a text of at least 32 characters.
   */
  constructor(secrets: readonly string[], now: () => number = Date.now) {
    for (const secret of secrets) {
      if (typeof secret === "string" && secret.length >= MIN_SECRET_LENGTH) continue;
      // Never the secret itself: the text ends in a log.
      const size = typeof secret === "string" ? `one of ${secret.length} characters` : `a ${typeof secret}`;
      throw new TypeError(
        `Cannot use ${size} as a cookie secret: give at least ${MIN_SECRET_LENGTH} random characters, ` +
          "the same ones at each start",
      );
    }
    this.#secrets = [...secrets];
    this.#now = now;
  }

  /**
   * Signs a value.
   *
   * @param name The name of the cookie.
   * @param value Any text.
   * @returns What to send as the value of the cookie.
   * @throws {RangeError} when the cookie would be larger than browsers keep (4096 bytes).
   */
  async sign(name: string, value: string): Promise<string> {
    const seconds = Math.floor(this.#now() / 1_000).toString(36);
    const payload = `${toBase64Url(new TextEncoder().encode(value))}.${seconds}`;
    const [key] = await this.#loadKeys();
    if (key === undefined) {
      throw new TypeError(`Cannot sign cookie "${name}": the service has no cookieSecrets`);
    }
    const signature = new Uint8Array(await crypto.subtle.sign(ALGORITHM.name, key, toSigned(name, payload)));
    const signed = `${payload}.${toBase64Url(signature)}`;
    if (name.length + signed.length <= MAX_COOKIE_BYTES) return signed;
    throw new RangeError(
      `Cannot sign cookie "${name}": with its signature it has ${name.length + signed.length} bytes; ` +
        `browsers keep ${MAX_COOKIE_BYTES}, so store less in it`,
    );
  }

  /**
   * Reads a signed value.
   *
   * @param name The name of the cookie.
   * @param signed What the browser sent.
   * @param maxAgeMs How long ago it may have been signed, in milliseconds, 0 or more; `Infinity` is no limit.
   * @returns The value; `undefined` when it was not signed with one of the secrets for this name, or is too old.
   * Rejects with a RangeError when `maxAgeMs` is none.
   */
  async verify(name: string, signed: string, maxAgeMs: number): Promise<string | undefined> {
    if (!(maxAgeMs >= 0)) {
      throw new RangeError(
        `Cannot read cookie "${name}" with maxAgeMs ${maxAgeMs}: give milliseconds, 0 or more, or Infinity`,
      );
    }
    if (signed.length > MAX_COOKIE_BYTES) return undefined;
    const { payload, signature } = FORM.exec(signed)?.groups ?? {};
    if (payload === undefined || signature === undefined) return undefined;
    const [text = "", seconds = ""] = payload.split(".");
    if (this.#now() - parseInt(seconds, 36) * 1_000 > maxAgeMs) return undefined;
    const [bytes, mark] = [toSigned(name, payload), fromBase64Url(signature)];
    for (const key of await this.#loadKeys()) {
      // Compares in constant time (W3C Web Cryptography, section 29.6.2).
      if (!await crypto.subtle.verify(ALGORITHM.name, key, mark, bytes)) continue;
      return new TextDecoder().decode(fromBase64Url(text));
    }
    return undefined;
  }

  #loadKeys(): Promise<readonly CryptoKey[]> {
    this.#keys ??= Promise.all(this.#secrets.map((secret) => {
      const bytes = new TextEncoder().encode(secret);
      return crypto.subtle.importKey("raw", bytes, ALGORITHM, false, ["sign", "verify"]);
    }));
    return this.#keys;
  }
}

/** No part of it can hold a line feed, so no two cookies are signed by the same text. */
function toSigned(name: string, payload: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${PURPOSE}\n${name}\n${payload}`);
}

function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    // Of a length that base64 does not have: it equals no signature.
    return new Uint8Array();
  }
}
