/**
 * The types of `service.methods` and its like, worked out from the class or interface of the remote service.
 *
 * @module
 */
import type { BASE_MEMBERS, HandlerReference } from "../rpc/service_type.ts";
import type { AsyncMethodCall } from "./async_method_call.ts";
import type { NamedArguments } from "./call.ts";
import type { AnyFunction, RemoteValue } from "./remote_value.ts";

/**
 * What a call through a proxy gives at once.
 *
 * @example
 * ```ts
 * import type { AsyncMethodCall, Replies } from "@gemstone/gemstone/client";
 *
 * // What the three proxies of a client give for a method that returns a text.
 * type Shown = (value: Replies<string>["value"], call: Replies<string>["call"]) => Promise<string>;
 * const first: Shown = (value, call: AsyncMethodCall<string>) => Promise.race([value, call]);
 * ```
 */
export interface Replies<T> {
  /** `service.methods`: a promise of the bare result. */
  readonly value: Promise<T>;
  /** `service.asyncMethods`: the call itself. */
  readonly call: AsyncMethodCall<T>;
  /** `service.notifications`: a promise of nothing. */
  readonly nothing: Promise<undefined>;
}

/**
 * Which of the {@linkcode Replies} the methods of a proxy give.
 *
 * @example A function for any of the three proxies
 * ```ts
 * import type { RemoteMethods, ReplyKind } from "@gemstone/gemstone/client";
 *
 * interface HelloApi {
 *   say_hello(name: string): string;
 * }
 *
 * function greet<Kind extends ReplyKind>(methods: RemoteMethods<HelloApi, Kind>) {
 *   return methods.say_hello("world"); // a promise, a call under way, or a promise of nothing
 * }
 * ```
 */
export type ReplyKind = keyof Replies<unknown>;

/**
 * The methods of a remote service, as they are called from here.
 *
 * From a service class these are its own public methods, without those that every service has; a parameter that
 * the service fills in (`RequestContext`) is left out, and a result is what arrives as JSON. A method whose name was
 * changed by a decorator is not known to the type system: write an interface instead, dotted names in quotes. Without
 * a type anything goes.
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
 *
 * @example A service without a class or interface
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const { methods } = new RemoteService("http://127.0.0.1:8000/api", {
 *   fetch: () => Response.json({ jsonrpc: "2.0", result: 3, id: 1 }),
 * });
 * const sum: number = await methods.add(1, 2); // neither the name nor the types are checked
 * assertEquals(sum, 3);
 * ```
 */
// deno-lint-ignore no-explicit-any
export type UntypedMethods = any;

/**
 * The names of the methods of a service class or interface, without those that every service has.
 *
 * @example
 * ```ts
 * import { type MethodName, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * interface ShopApi {
 *   order(sku: string): number;
 *   "orders.cancel"(id: number): boolean;
 * }
 *
 * const names: MethodName<ShopApi>[] = ["order", "orders.cancel"]; // any other text does not compile
 * const shop = new RemoteService<ShopApi>("http://127.0.0.1:8000/api", {
 *   fetch: () => Response.json({ jsonrpc: "2.0", result: 7, id: 1 }),
 * });
 * assertEquals((await shop.callMethod(names[0] ?? "", ["a1"])).value, 7);
 * ```
 */
export type MethodName<Api> = {
  [Name in keyof Api]-?: Name extends BaseMember<Api> ? never
    : Api[Name] extends AnyFunction ? Name & string
    : never;
}[keyof Api];

/**
 * The names of the members that every service has.
 *
 * @example
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import type { BaseMember, MethodName } from "@gemstone/gemstone/client";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   order(sku: string): number {
 *     return sku.length;
 *   }
 * }
 *
 * const left: BaseMember<Shop> = "start"; // no method of the API, as every service has it
 * const own: MethodName<Shop> = "order";
 * ```
 */
export type BaseMember<Api> = typeof BASE_MEMBERS extends keyof Api
  ? NonNullable<Api[typeof BASE_MEMBERS]> | typeof BASE_MEMBERS
  : never;

/**
 * One method, called with arguments by position or with one object of named ones.
 *
 * @example
 * ```ts
 * import { type RemoteMethod, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * interface HelloApi {
 *   say_hello(name: string): string;
 * }
 *
 * const { methods } = new RemoteService<HelloApi>("http://127.0.0.1:8000/api", {
 *   fetch: () => Response.json({ jsonrpc: "2.0", result: "hello world", id: 1 }),
 * });
 * const greet: RemoteMethod<HelloApi["say_hello"], "value"> = methods.say_hello; // to be handed on
 * assertEquals(await greet({ name: "world" }), "hello world");
 * ```
 */
export type RemoteMethod<Method, Kind extends ReplyKind> = Method extends
  (...args: infer Params) => infer Value
  ? (...args: WireParams<Params> | [params: NamedArguments]) => Replies<RemoteValue<Awaited<Value>>>[Kind]
  : never;

/**
 * The parameters without a leading one that the service fills in.
 *
 * @example
 * ```ts
 * import type { RequestContext } from "@gemstone/gemstone";
 * import type { WireParams } from "@gemstone/gemstone/client";
 *
 * // Of a method with `requiresHandlerReference`, as a caller sees it.
 * type Sent = WireParams<[context: RequestContext, sku: string, count: number]>;
 * const sent: Sent = ["a1", 2];
 * ```
 */
export type WireParams<Params extends unknown[]> = Params extends [HandlerReference, ...infer Rest] ? Rest
  : Params;

/**
 * The part of dotted names under one prefix: `users` of `users.register`.
 *
 * @example
 * ```ts
 * import { type MethodGroup, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * interface UsersApi {
 *   "users.register"(name: string): boolean;
 *   "users.roles.grant"(name: string, role: string): null;
 * }
 *
 * const { methods } = new RemoteService<UsersApi>("http://127.0.0.1:8000/api", {
 *   fetch: () => Response.json({ jsonrpc: "2.0", result: true, id: 1 }),
 * });
 * const users: MethodGroup<UsersApi, "users", "value"> = methods.users;
 * assertEquals(await users.register("ann"), true);
 * ```
 */
export type MethodGroup<Api, Path extends string, Kind extends ReplyKind> =
  & (Path extends MethodName<Api> ? RemoteMethod<Api[Path], Kind> : unknown)
  & { readonly [Step in NextStep<MethodName<Api>, Path>]: MethodGroup<Api, `${Path}.${Step}`, Kind> };

/**
 * The first parts of dotted names.
 *
 * @example
 * ```ts
 * import type { FirstStep } from "@gemstone/gemstone/client";
 *
 * const group: FirstStep<"users.register" | "users.roles.grant" | "version"> = "users";
 * ```
 */
export type FirstStep<Names extends string> = Names extends `${infer First}.${string}` ? First : never;

/**
 * The parts of dotted names that follow a prefix.
 *
 * @example
 * ```ts
 * import type { NextStep } from "@gemstone/gemstone/client";
 *
 * const steps: NextStep<"users.register" | "users.roles.grant", "users">[] = ["register", "roles"];
 * ```
 */
export type NextStep<Names extends string, Path extends string> = Names extends `${Path}.${infer Rest}`
  ? Rest extends `${infer Step}.${string}` ? Step : Rest
  : never;
