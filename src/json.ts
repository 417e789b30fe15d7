/**
 * The values that JSON can carry (RFC 8259).
 *
 * @module
 */

/** Any value that JSON can carry. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. A member that is `undefined` is left out when the object is written. */
export interface JsonObject {
  /** The value of one member. */
  readonly [name: string]: JsonValue | undefined;
}
