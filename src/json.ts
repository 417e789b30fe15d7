/**
 * The values that JSON can carry (RFC 8259).
 *
 * @module
 */

/**
 * Any value that JSON can carry: what a call sends and gets. A `Date`, a `Map` or a class instance is none: the
 * compiler refuses it here, and JSON would make a text or an empty object of it.
 *
 * @example Look at a value of unknown shape, step by step
 * ```ts
 * import type { JsonValue } from "@gemstone/gemstone/errors";
 * import { assertEquals } from "@std/assert";
 *
 * function count(value: JsonValue): number {
 *   if (typeof value !== "object" || value === null) return 1;
 *   const parts: readonly (JsonValue | undefined)[] = Array.isArray(value) ? value : Object.values(value);
 *   return parts.reduce<number>((sum, part) => sum + count(part ?? null), 0);
 * }
 *
 * assertEquals(count({ a: [1, 2, 3], b: null }), 4);
 * ```
 */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/**
 * A JSON object. A member that is `undefined` is left out when the object is written.
 *
 * @example The `data` of an error for the caller
 * ```ts
 * import { type JsonObject, RpcError } from "@gemstone/gemstone/errors";
 * import { assertEquals } from "@std/assert";
 *
 * function refuse(field: string, hint?: string): RpcError {
 *   const data: JsonObject = { field, hint };
 *   return new RpcError(4000, "Not valid", data);
 * }
 *
 * assertEquals(JSON.stringify(refuse("name").data), '{"field":"name"}');
 * ```
 */
export interface JsonObject {
  /** The value of one member. */
  readonly [name: string]: JsonValue | undefined;
}
