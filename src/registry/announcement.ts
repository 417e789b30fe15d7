/**
 * What services say of themselves, and what of it is believed. All of it comes from outside.
 *
 * @module
 */
import type { JsonRpcParams } from "../rpc/message.ts";
import type { SchemaResult, StandardSchema } from "../rpc/schema.ts";
import { createInvalidParams } from "./registry_error.ts";

const MAX_NAME_LENGTH = 256;
const MAX_URL_LENGTH = 2048;
/** What a name can not hold: control characters, wildcards, and the sign that ends the name in a key of Redis. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const UNSAFE_IN_NAME = /[\x00-\x1f\x7f-\x9f\u2028\u2029*?#]/;
/**
 * RFC 3986: a URL is ASCII without spaces. Of a backslash some readers make a slash, and so another host; what stands
 * in front of an `@` is user and password.
 */
const HTTP_URL = /^https?:\/\/[!"$-.0->A-\[\]-~]+(?:[/?][!"$-\[\]-~]*)?$/i;
/** A name (RFC 1123, and the underscore of container networks), an IPv4 address, or an IPv6 address. */
const HOST = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})|\[?[0-9A-Fa-f:.]{2,45}\]?)$/;

/**
 * Checks the name of a service. Brackets are allowed, although they mean something in a pattern.
 *
 * @param name Anything.
 * @returns The name.
 * @throws {RpcError} Invalid params (-32602) when it is no text of 1 to 256 characters, is not well-formed, or holds a
 * control character, `*`, `?` or `#`.
 */
export function checkServiceName(name: unknown): string {
  if (typeof name !== "string") throw createInvalidParams("The name must be a string");
  if (name === "" || name.length > MAX_NAME_LENGTH) {
    throw createInvalidParams(`The name has ${name.length} characters, give 1 to ${MAX_NAME_LENGTH}`);
  }
  if (UNSAFE_IN_NAME.test(name) || !name.isWellFormed()) {
    throw createInvalidParams('The name must not hold control characters, "*", "?" or "#"');
  }
  return name;
}

/**
 * Checks the URL of a service. It stays as it is, because the service withdraws it by the same text.
 *
 * @param url Anything.
 * @returns The URL.
 * @throws {RpcError} Invalid params (-32602) when {@linkcode isServiceUrl} says no.
 */
export function checkServiceUrl(url: unknown): string {
  if (typeof url !== "string") throw createInvalidParams("The URL must be a string");
  if (isServiceUrl(url)) return url;
  throw createInvalidParams(
    `The URL must be one of http or https, of at most ${MAX_URL_LENGTH} ASCII characters, without user, password and fragment`,
  );
}

/**
 * Says whether a text may be given to others as the URL of a service.
 *
 * @param text Any text.
 * @returns Whether it is a URL of http or https, ASCII, at most 2048 characters long, without user, password and
 * fragment.
 */
export function isServiceUrl(text: string): boolean {
  return text.length <= MAX_URL_LENGTH && HTTP_URL.test(text) && URL.canParse(text);
}

/**
 * The params of `ping`, in the three forms that clients send: `{name, url}`, `[name, url]`, and until Python gemstone 0.3
 * `name, host, port` by name or by position. They become a name and a URL, which are still to be checked.
 */
export const PING_PARAMS: StandardSchema<readonly unknown[]> = {
  "~standard": { version: 1, validate: readPing },
};

function readPing(value: unknown): SchemaResult<readonly unknown[]> {
  const params = value as JsonRpcParams;
  const result = Array.isArray(params)
    ? readPositional(params)
    : readNamed(params as Readonly<Record<string, unknown>>);
  return typeof result === "string" ? { issues: [{ message: result }] } : { value: result };
}

function readPositional(params: readonly unknown[]): readonly unknown[] | string {
  if (params.length === 2) return params;
  if (params.length === 3) return toNameAndUrl(params[0], params[1], params[2]);
  if (params.length > 3) return `Too many arguments: ${params.length} given, at most 3 taken`;
  return `Missing parameter: ${params.length === 0 ? "name" : "url"}`;
}

function readNamed(params: Readonly<Record<string, unknown>>): readonly unknown[] | string {
  const isOld = !Object.hasOwn(params, "url") &&
    (Object.hasOwn(params, "host") || Object.hasOwn(params, "port"));
  const names = isOld ? ["name", "host", "port"] : ["name", "url"];
  const missing = names.find((name) => !Object.hasOwn(params, name));
  if (missing !== undefined) return `Missing parameter: ${missing}`;
  const unknown = Object.keys(params).find((name) => !names.includes(name));
  if (unknown !== undefined) return `Unknown parameter: ${unknown.slice(0, 64)}`;
  const { name, url, host, port } = params;
  return isOld ? toNameAndUrl(name, host, port) : [name, url];
}

/** Services of that time have their endpoint at `/api` always. */
function toNameAndUrl(name: unknown, host: unknown, port: unknown): readonly unknown[] | string {
  if (typeof host !== "string" || !HOST.test(host)) return "The host must be a name or an address";
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65_535) {
    return "The port must be an integer from 1 to 65535";
  }
  const literal = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return [name, `http://${literal}:${port}/api`];
}
