/**
 * The keys of services in Redis, as Python gemstone writes them: `<name>#<MD5 of the URL>`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ServiceQuery } from "./registry_store.ts";

/** When registries heard of instances last: a sorted set of keys by the time in milliseconds. */
export const SEEN_KEY = "gemstone:registry:seen";
/** The same keys in the order of the alphabet, to count those of one name: a sorted set. */
export const NAMES_KEY = "gemstone:registry:names";

/** A pattern of Redis that the keys of all instances match, and others may. */
export const ANY_SERVICE_KEY: string = `*#${"?".repeat(32)}`;

const LAST_CODE_POINT = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const BEHIND_SURROGATES = 0xe000;
/** The name, and the MD5 in hexadecimal. A name may hold `#` when its service wrote the key itself. */
const SERVICE_KEY = /^([^]+)#[0-9a-f]{32}$/;

/**
 * Makes the key of an instance.
 *
 * @param name The name of the service.
 * @param url Where it is; the value of the key.
 * @returns The key.
 */
export function toServiceKey(name: string, url: string): string {
  return `${name}#${createHash("md5").update(url).digest("hex")}`;
}

/**
 * Reads the name out of a key.
 *
 * @param key Any key.
 * @returns The name; `undefined` when it is not the key of an instance.
 */
export function readServiceName(key: string): string | undefined {
  return SERVICE_KEY.exec(key)?.[1];
}

/**
 * Says where the keys of the wanted names are in the order of the alphabet; others may be there, too.
 *
 * @param query What is looked for.
 * @returns The bounds, as ZRANGEBYLEX has them.
 */
export function toKeyRange({ literal, prefix }: ServiceQuery): { from: string; to: string } {
  // `$` follows `#`.
  if (literal !== undefined) return { from: `[${literal}#`, to: `(${literal}$` };
  const next = toNextPrefix(prefix);
  return { from: `[${prefix}`, to: next === "" ? "+" : `(${next}` };
}

/** The first text behind all that begin with a prefix, in the order of UTF-8, which is that of code points. */
function toNextPrefix(prefix: string): string {
  const characters = Array.from(prefix);
  while (characters.length > 0) {
    // There is one.
    const code = characters.pop()?.codePointAt(0) as number;
    if (code === LAST_CODE_POINT) continue;
    // UTF-8 has no surrogates.
    const next = code + 1 === FIRST_SURROGATE ? BEHIND_SURROGATES : code + 1;
    return characters.join("") + String.fromCodePoint(next);
  }
  return "";
}
