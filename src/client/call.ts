/**
 * What can be asked of a service: a call, which is answered, and a notification, which is not.
 *
 * @module
 */

/**
 * Arguments by position (array) or by name (plain object); JSON-RPC 2.0, section 4.2.
 *
 * @example
 * ```ts
 * import { type CallParams, MethodCall } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const byPosition: CallParams = ["ann", 2];
 * const byName: CallParams = { owner: "ann", amount: 2 };
 * const calls = [byPosition, byName].map((params) => new MethodCall("withdraw", params));
 * assertEquals(calls.map(({ params }) => Array.isArray(params)), [true, false]);
 * ```
 */
export type CallParams = readonly unknown[] | NamedArguments;

/**
 * Arguments by name.
 *
 * @example An argument that is left out has its default
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { type NamedArguments, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class Accounts extends MicroService {
 *   override name = "accounts";
 *   @exposedMethod()
 *   withdraw(owner: string, amount = 1): string {
 *     return `${amount} for ${owner}`;
 *   }
 * }
 *
 * const accounts = new Accounts();
 * const fetch = (url: string, init: RequestInit) => accounts.fetch(new Request(url, init));
 * const { methods } = new RemoteService<Accounts>(accounts.url, { fetch });
 * const params: NamedArguments = { amount: undefined, owner: "ann" };
 * assertEquals(await methods.withdraw(params), "1 for ann");
 * ```
 */
export interface NamedArguments {
  /** The value of one parameter; `undefined` is the same as not given. */
  readonly [name: string]: unknown;
}

/**
 * The id of a call; `null` is left to answers that belong to no call (JSON-RPC 2.0, section 5).
 *
 * @example
 * ```ts
 * import { type CallId, MethodCall } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const id: CallId = crypto.randomUUID(); // to be found in the logs of both sides
 * assertEquals(new MethodCall("order", ["a1"], id).id, id);
 * assertEquals(new MethodCall("order", ["a1"]).id, undefined); // the client counts from 1
 * ```
 */
export type CallId = string | number;

/** A member that the JSON-RPC specification does not name, sent in every request object. */
export interface ExtraMember {
  /** The name of the member. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
}

/**
 * One call of a method, to be answered with a `Result`. Has no state: it may be sent any number of times.
 *
 * @example
 * ```ts
 * import { MethodCall } from "@gemstone/gemstone/client";
 *
 * const byPosition = new MethodCall("say_hello", ["world"]);
 * const byName = new MethodCall("say_hello", { name: "world" }, "greeting-1");
 * ```
 */
export class MethodCall {
  /** The name of the method. */
  readonly method: string;
  /** The arguments; `undefined` when there are none. */
  readonly params: CallParams | undefined;
  /** The id that was given; `undefined` lets the `RemoteService` that sends the call choose one. */
  readonly id: CallId | undefined;

  /**
   * Describes a call; nothing is sent.
   *
   * @param method The name of the method.
   * @param params The arguments, by position or by name; left out of the request when `undefined`.
   * @param id Comes back in the answer; `0` and `""` are ids as good as any.
   * @throws {TypeError} when the name is empty or no string, `params` is neither an array nor a plain object, or
   * `id` is neither a string nor a finite number.
   */
  constructor(method: string, params?: CallParams, id?: CallId) {
    checkRequest(method, params);
    if (id !== undefined && typeof id !== "string" && !Number.isFinite(id)) {
      throw new TypeError(
        `Cannot create a call of "${method}": the id must be a string or a finite number, got ${String(id)}`,
      );
    }
    this.method = method;
    this.params = params;
    this.id = id;
  }
}

/**
 * One call of a method that is not answered (JSON-RPC 2.0, section 4.1): whether it succeeds stays unknown.
 *
 * @example
 * ```ts
 * import { Notification } from "@gemstone/gemstone/client";
 *
 * const notification = new Notification("log", { line: "started" });
 * ```
 */
export class Notification {
  /** The name of the method. */
  readonly method: string;
  /** The arguments; `undefined` when there are none. */
  readonly params: CallParams | undefined;

  /**
   * Describes a notification; nothing is sent.
   *
   * @param method The name of the method.
   * @param params The arguments, by position or by name; left out of the request when `undefined`.
   * @throws {TypeError} when the name is empty or no string, or `params` is neither an array nor a plain object.
   */
  constructor(method: string, params?: CallParams) {
    checkRequest(method, params);
    this.method = method;
    this.params = params;
  }
}

/**
 * Says whether a value is an object as a literal makes it: no array, no instance of a class.
 *
 * @param value Anything.
 * @returns `true` also for an object without a prototype and for one of another realm.
 */
export function isPlainObject(value: unknown): value is NamedArguments {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/**
 * Writes one request object. The arguments are read now, so that a later change to them is not sent.
 *
 * @param request The call or notification.
 * @param id The id of the call; `undefined` for a notification.
 * @param extra A member to add, if any.
 * @returns The request object as JSON.
 * @throws {TypeError} when the arguments hold what JSON can not carry: a `BigInt`, a cycle, too deep a nesting.
 */
export function encodeRequest(
  request: MethodCall | Notification,
  id: CallId | undefined,
  extra: ExtraMember | undefined,
): string {
  const { method, params } = request;
  const message = { jsonrpc: "2.0", method, params, id };
  try {
    return JSON.stringify(extra === undefined ? message : { ...message, [extra.name]: extra.value });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`Cannot call "${method}": its arguments can not be written as JSON: ${reason}`, {
      cause,
    });
  }
}

/**
 * Says in an error text which call failed: `Cannot call "x" at …`.
 *
 * @param method The name of the method.
 * @param place Where the service is: `at …`.
 * @returns What is done, to be put behind `Cannot`.
 */
export function describeCall(method: string, place: string): string {
  return `call "${method}" ${place}`;
}

function checkRequest(method: unknown, params: unknown): void {
  if (typeof method !== "string" || method === "") {
    throw new TypeError(
      `Cannot call a method: its name must be a string that is not empty, got ${typeof method}`,
    );
  }
  if (params === undefined || Array.isArray(params) || isPlainObject(params)) return;
  const kind = params === null ? "null" : typeof params;
  throw new TypeError(`Cannot call "${method}": params must be an array or a plain object, got ${kind}`);
}
