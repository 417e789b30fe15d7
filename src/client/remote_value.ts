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
 */
export type JsonMembers<Value> = { readonly [Name in keyof Value]: JsonValue | undefined };

/** What arrives of the members of an object: no functions, and of the others what is left of their values. */
export type RemoteObject<Value> = {
  [Name in keyof Value as Value[Name] extends AnyFunction | undefined ? never : Exclude<Name, symbol>]:
    | RemoteValue<Exclude<Value[Name], undefined>>
    // A member that is undefined is left out, so there is none to be read.
    | Extract<Value[Name], undefined>;
};

/** Any function. */
export type AnyFunction = (...args: never[]) => unknown;
