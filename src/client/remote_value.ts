/**
 * What is left of the result of a method when it has crossed the wire as JSON.
 *
 * @module
 */
import type { JsonValue } from "../json.ts";

/**
 * What arrives of a value, by the rules of `JSON.stringify`: a `Date` as a string, `undefined` as `null`, what a
 * `toJSON` method returns, an instance without its methods. A `Map` or `Set` arrives as an object without members,
 * and a `bigint` never does. What JSON does not change keeps its name.
 *
 * @typeParam Value The type of the value on the other side.
 *
 * @example
 * ```ts
 * import type { RemoteValue } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * interface Order {
 *   id: number;
 *   placedAt: Date;
 *   note: string | undefined;
 * }
 *
 * const order: Order = { id: 7, placedAt: new Date(0), note: undefined };
 * const arrived: RemoteValue<Order> = JSON.parse(JSON.stringify(order));
 * const placedAt: string = arrived.placedAt; // no Date any more
 * assertEquals(placedAt, "1970-01-01T00:00:00.000Z");
 * ```
 */
export type RemoteValue<Value> = unknown extends Value ? Value
  : Value extends undefined | void | AnyFunction ? null
  : Value extends bigint ? never
  : Value extends { toJSON(...args: never[]): infer Json } ? RemoteValue<Json>
  : Value extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> ? Record<string, never>
  : Value extends JsonValue ? Value
  : Value extends readonly unknown[] ? { [Index in keyof Value]: RemoteValue<Value[Index]> }
  : Value extends JsonMembers<Value> ? Value
  : RemoteObject<Value>;

/**
 * The same members, as JSON. An interface of no others arrives as it is; to look deeper than one level would be
 * an error with an interface that holds itself.
 *
 * @example
 * ```ts
 * import type { JsonMembers } from "@gemstone/gemstone/client";
 *
 * interface Point {
 *   x: number;
 *   y: number;
 * }
 *
 * const point: JsonMembers<Point> = { x: 1, y: 2 }; // a member that is a Date would become another type
 * ```
 */
export type JsonMembers<Value> = { readonly [Name in keyof Value]: JsonValue | undefined };

/**
 * What arrives of the members of an object: no functions, and of the others what is left of their values.
 *
 * @example
 * ```ts
 * import type { RemoteObject } from "@gemstone/gemstone/client";
 *
 * class Money {
 *   constructor(readonly cents: bigint | number, readonly at: Date) {}
 *   format(): string {
 *     return `${this.cents} cents`;
 *   }
 * }
 *
 * const arrived: RemoteObject<Money> = { cents: 420, at: "2026-01-01T00:00:00.000Z" }; // without `format`
 * ```
 */
export type RemoteObject<Value> = {
  [Name in keyof Value as Value[Name] extends AnyFunction | undefined ? never : Exclude<Name, symbol>]:
    | RemoteValue<Exclude<Value[Name], undefined>>
    // A member that is undefined is left out, so there is none to be read.
    | Extract<Value[Name], undefined>;
};

/**
 * Any function.
 *
 * @example
 * ```ts
 * import type { AnyFunction } from "@gemstone/gemstone/client";
 *
 * type Methods<Api> = { [Name in keyof Api]: Api[Name] extends AnyFunction ? Name : never }[keyof Api];
 * const name: Methods<{ order(sku: string): number; version: string }> = "order";
 * ```
 */
export type AnyFunction = (...args: never[]) => unknown;
