/**
 * The types of `service.methods` and its like, worked out from the class or interface of the remote service.
 *
 * @module
 */
import type { BASE_MEMBERS, HandlerReference } from "../rpc/service_type.ts";
import type { AsyncMethodCall } from "./async_method_call.ts";
import type { NamedArguments } from "./call.ts";
import type { AnyFunction, RemoteValue } from "./remote_value.ts";

/** What a call through a proxy gives at once. */
export interface Replies<T> {
  /** `service.methods`: a promise of the bare result. */
  readonly value: Promise<T>;
  /** `service.asyncMethods`: the call itself. */
  readonly call: AsyncMethodCall<T>;
  /** `service.notifications`: a promise of nothing. */
  readonly nothing: Promise<undefined>;
}

/** Which of the {@linkcode Replies} the methods of a proxy give. */
export type ReplyKind = keyof Replies<unknown>;

/**
 * The methods of a remote service, as they are called from here.
 *
 * From a service class these are its own public methods, without those that every service has; a parameter that
 * the service fills in (`RequestContext`) is left out, and a result is what arrives as JSON. A method whose name was changed by a decorator is not
 * known to the type system: write an interface instead, dotted names in quotes. Without a type anything goes.
 *
 * @example
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone/client";
 *
 * interface UsersApi {
 *   "users.register"(name: string): boolean;
 * }
 *
 * async function register(service: RemoteService<UsersApi>): Promise<boolean> {
 *   return await service.methods.users.register("ann");
 * }
 * ```
 *
 * @typeParam Api The class or interface of the remote service.
 * @typeParam Kind What a call gives at once.
 */
export type RemoteMethods<Api, Kind extends ReplyKind> = unknown extends Api ? UntypedMethods
  :
    & { readonly [Name in MethodName<Api>]: RemoteMethod<Api[Name], Kind> }
    & { readonly [Group in FirstStep<MethodName<Api>>]: MethodGroup<Api, Group, Kind> };

/**
 * The methods of a service whose type is not known. Any other type than `any` would make `methods.say_hello`
 * possibly `undefined` for users of `noUncheckedIndexedAccess`.
 */
// deno-lint-ignore no-explicit-any
export type UntypedMethods = any;

/** The names of the methods of a service class or interface, without those that every service has. */
export type MethodName<Api> = {
  [Name in keyof Api]-?: Name extends BaseMember<Api> ? never
    : Api[Name] extends AnyFunction ? Name & string
    : never;
}[keyof Api];

/** The names of the members that every service has. */
export type BaseMember<Api> = typeof BASE_MEMBERS extends keyof Api
  ? NonNullable<Api[typeof BASE_MEMBERS]> | typeof BASE_MEMBERS
  : never;

/** One method, called with arguments by position or with one object of named ones. */
export type RemoteMethod<Method, Kind extends ReplyKind> = Method extends
  (...args: infer Params) => infer Value
  ? (...args: WireParams<Params> | [params: NamedArguments]) => Replies<RemoteValue<Awaited<Value>>>[Kind]
  : never;

/** The parameters without a leading one that the service fills in. */
export type WireParams<Params extends unknown[]> = Params extends [HandlerReference, ...infer Rest] ? Rest
  : Params;

/** The part of dotted names under one prefix: `users` of `users.register`. */
export type MethodGroup<Api, Path extends string, Kind extends ReplyKind> =
  & (Path extends MethodName<Api> ? RemoteMethod<Api[Path], Kind> : unknown)
  & { readonly [Step in NextStep<MethodName<Api>, Path>]: MethodGroup<Api, `${Path}.${Step}`, Kind> };

/** The first parts of dotted names. */
export type FirstStep<Names extends string> = Names extends `${infer First}.${string}` ? First : never;

/** The parts of dotted names that follow a prefix. */
export type NextStep<Names extends string, Path extends string> = Names extends `${Path}.${infer Rest}`
  ? Rest extends `${infer Step}.${string}` ? Step : Rest
  : never;
