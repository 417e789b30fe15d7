/**
 * Objects whose every property is a method of a remote service.
 *
 * @module
 */
import { type CallParams, isPlainObject } from "./call.ts";

/** Sends one call that was made through a proxy, and gives what the proxy's function returns. */
export type ProxyCall = (method: string, params: CallParams | undefined) => unknown;

/**
 * Names that the language and its libraries look up, and call, on any object: `await`, `JSON.stringify`, template
 * strings, test frameworks. A request must not go out by accident, so a remote method of such a name can only be
 * called with `callMethod`.
 */
const LANGUAGE_NAMES: ReadonlySet<string> = new Set([
  "then",
  "toJSON",
  "toString",
  "toLocaleString",
  "valueOf",
  "constructor",
  "asymmetricMatch",
]);

const REFUSE = (): boolean => false;

/**
 * Makes the object behind `service.methods`: `proxy.say_hello("world")`, and for dotted names both
 * `proxy.users.register("ann")` and `proxy["users.register"]("ann")`.
 *
 * One argument that is a plain object holds the arguments by name; anything else is by position.
 *
 * @typeParam Methods The type of the proxy.
 * @param send Sends one call.
 * @returns The proxy. It is not thenable and nothing can be assigned to it.
 */
export function createMethodProxy<Methods>(send: ProxyCall): Methods {
  // Any name can be called; which ones there are is known to the type system alone.
  return new Proxy({}, createHandler("", send)) as Methods;
}

function createMethod(name: string, send: ProxyCall): unknown {
  return new Proxy((...args: unknown[]) => send(name, toParams(args)), createHandler(`${name}.`, send));
}

function createHandler(prefix: string, send: ProxyCall): ProxyHandler<object> {
  return {
    get(target, key): unknown {
      if (typeof key === "symbol") return Reflect.get(target, key);
      return LANGUAGE_NAMES.has(key) ? Reflect.get(target, key) : createMethod(prefix + key, send);
    },
    set: REFUSE,
    defineProperty: REFUSE,
    deleteProperty: REFUSE,
  };
}

function toParams(args: readonly unknown[]): CallParams | undefined {
  const [first] = args;
  if (args.length === 1 && isPlainObject(first)) return first;
  // JSON has no undefined: it would arrive as null, where the caller means "not given".
  const count = args.findLastIndex((arg) => arg !== undefined) + 1;
  return count === 0 ? undefined : args.slice(0, count);
}
