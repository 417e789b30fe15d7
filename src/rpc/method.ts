/**
 * One exposed method, as the dispatcher sees it.
 *
 * @module
 */
import { checkTimeLimit } from "./deadlines.ts";
import type { JsonRpcParams } from "./message.ts";
import type { StandardSchema } from "./schema.ts";
import { type Binding, declareParameters, readParameters, Signature } from "./signature.ts";

/**
 * A method that can be called over JSON-RPC, as {@linkcode createMethod} makes it. A wrapper adds to all methods of a
 * table what you want for each of them.
 *
 * @example Count the calls that run
 * ```ts
 * import { createMethod, Dispatcher, type RpcMethod } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * let running = 0;
 * function counted(method: RpcMethod): RpcMethod {
 *   return {
 *     ...method,
 *     invoke: async (args, context) => {
 *       running++;
 *       try {
 *         return await method.invoke(args, context);
 *       } finally {
 *         running--;
 *       }
 *     },
 *   };
 * }
 *
 * const look = counted(await createMethod("look", () => running, undefined));
 * const dispatcher = new Dispatcher(new Map([["look", look]]));
 * const reply = await dispatcher.dispatch({ jsonrpc: "2.0", method: "look", id: 1 }, undefined);
 * assertEquals([reply, running], ['{"jsonrpc":"2.0","result":1,"id":1}', 0]);
 * ```
 */
export interface RpcMethod<Context = unknown> {
  /** The name on the wire. */
  readonly name: string;
  /** Only an authenticated caller may call it. */
  readonly private: boolean;
  /** It takes the context of the request as its first argument. */
  readonly takesContext: boolean;
  /** How long a call may take, in milliseconds; `Infinity` is no limit. */
  readonly timeoutMs: number;
  /** Fits params to it; the promise comes from a schema that checks asynchronously. */
  readonly bind: (params: JsonRpcParams | undefined) => Binding | Promise<Binding>;
  /** It can be called at once: public, without context, bound by its parameter list. */
  readonly direct: boolean;
  /** Calls it with bound arguments. */
  readonly invoke: (args: readonly unknown[], context?: Context) => unknown;
}

/**
 * How a method is exposed; see {@linkcode createMethod}. `exposedMethod` of a service takes the same, and more.
 *
 * @example Names for parameters that have none, and a time limit
 * ```ts
 * import { createMethod, type RpcMethodOptions } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const options: RpcMethodOptions = { params: ["point", "unit?"], timeoutMs: 5_000 };
 * const distance = await createMethod(
 *   "distance",
 *   ({ x, y }: { x: number; y: number }, unit = "m") => `${Math.hypot(x, y)} ${unit}`,
 *   undefined,
 *   options,
 * );
 * assertEquals(await distance.bind({}), { reason: "Missing parameter: point" });
 * assertEquals(distance.invoke([{ x: 3, y: 4 }]), "5 m");
 * ```
 */
export interface RpcMethodOptions {
  /** Only an authenticated caller may call it. @default {false} */
  readonly private?: boolean | undefined;
  /** Its parameters: names (`"a"`, `"b?"`, `"...rest"`) or a schema. @default {read from the function} */
  readonly params?: readonly string[] | StandardSchema | undefined;
  /** Checks what it returns; a result that does not fit is an Internal error. @default {not checked} */
  readonly result?: StandardSchema | undefined;
  /** It takes the context of the request as its first argument. @default {false} */
  readonly requiresHandlerReference?: boolean | undefined;
  /** How long a call may take, in milliseconds; `Infinity` is no limit. @default {Infinity} */
  readonly timeoutMs?: number | undefined;
}

/**
 * A function that can be exposed: of any parameters, synchronous or not.
 *
 * @example Expose all functions of an object
 * ```ts
 * import { createMethod, Dispatcher, type RpcFunction } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const functions: Record<string, RpcFunction> = {
 *   half: (value: number) => value / 2,
 *   double: (value: number) => value * 2,
 * };
 * const methods = await Promise.all(
 *   Object.entries(functions).map(([name, fn]) => createMethod(`math.${name}`, fn, undefined)),
 * );
 * const dispatcher = new Dispatcher(new Map(methods.map((method) => [method.name, method])));
 * const call = { jsonrpc: "2.0", method: "math.half", params: [5], id: 1 };
 * assertEquals(await dispatcher.dispatch(call, undefined), '{"jsonrpc":"2.0","result":2.5,"id":1}');
 * ```
 */
// deno-lint-ignore no-explicit-any -- only `any` accepts functions of every parameter list
export type RpcFunction = (this: any, ...args: any[]) => unknown;

const METHOD_NAME = /^[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*$/;

/**
 * Checks the name of a method: ASCII letters, digits and underscores, beginning with a letter, in segments
 * parted by single dots. Names that begin with `rpc.` are reserved (JSON-RPC 2.0, section 4.3).
 *
 * @param name The name on the wire.
 * @throws {TypeError} when it is no such name.
 */
export function checkMethodName(name: string): void {
  if (typeof name === "string" && METHOD_NAME.test(name) && !name.startsWith("rpc.")) return;
  throw new TypeError(
    `Cannot expose method ${JSON.stringify(name)}: a name is letters, digits and "_" in segments parted ` +
      `by ".", begins with a letter and not with "rpc."`,
  );
}

/**
 * Prepares a function for the dispatcher.
 *
 * @typeParam Context What it takes as its first argument with `requiresHandlerReference`.
 * @param name The name on the wire: ASCII letters, digits and `_`, beginning with a letter, in segments parted by single
 * dots; `rpc.` is reserved (JSON-RPC 2.0, section 4.3).
 * @param fn The function.
 * @param target What `this` is in it.
 * @param options How it is exposed.
 * @returns The prepared method. Rejects with a TypeError when the name is not allowed or the parameters can not be found
 * out (native, bound and destructuring functions: declare `params`), with a RangeError when the time limit is not
 * positive.
 *
 * @example
 * ```ts
 * import { createMethod } from "@gemstone/gemstone/rpc";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const join = await createMethod("join", (glue: string, ...parts: string[]) => parts.join(glue), undefined);
 * assertEquals(await join.bind(["-", "a", "b"]), ["-", "a", "b"]);
 * assertEquals(await join.bind({ glue: "-", part: "a" }), { reason: "Unknown parameter: part" });
 *
 * await assertRejects(() => createMethod("rpc.join", () => "", undefined), TypeError);
 * await assertRejects(() => createMethod("max", Math.max, undefined), TypeError, "declare params");
 * ```
 */
export async function createMethod<Context = unknown>(
  name: string,
  fn: RpcFunction,
  target: unknown,
  options: RpcMethodOptions = {},
): Promise<RpcMethod<Context>> {
  const { params, result, timeoutMs = Infinity } = options;
  const takesContext = options.requiresHandlerReference === true;
  const isPrivate = options.private === true;
  checkMethodName(name);
  checkTimeLimit(`timeoutMs of method "${name}"`, timeoutMs);
  const bySchema = params !== undefined && !isList(params);
  return {
    name,
    private: isPrivate,
    takesContext,
    timeoutMs,
    direct: !isPrivate && !takesContext && !bySchema,
    bind: bySchema
      ? await loadSchemaBinding(name, params)
      : await createBinding(name, fn, params, takesContext),
    invoke: await createInvoke<Context>(fn, target, takesContext, result),
  };
}

function isList(params: readonly string[] | StandardSchema): params is readonly string[] {
  return Array.isArray(params);
}

async function createBinding(
  name: string,
  fn: RpcFunction,
  declared: readonly string[] | undefined,
  takesContext: boolean,
): Promise<RpcMethod["bind"]> {
  try {
    const parameters = declared !== undefined
      ? declareParameters(declared)
      : await readParameters(fn, takesContext ? 1 : 0);
    const signature = new Signature(parameters);
    return (params) => signature.bind(params);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`Cannot expose method "${name}": ${why}; declare params: ["a", "b?"]`, { cause });
  }
}

async function loadSchemaBinding(name: string, schema: StandardSchema): Promise<RpcMethod["bind"]> {
  const { bindBySchema, isStandardSchema } = await import("./schema.ts");
  if (isStandardSchema(schema)) return bindBySchema(schema);
  throw new TypeError(`Cannot expose method "${name}": params must be a list of names or a Standard Schema`);
}

async function createInvoke<Context>(
  fn: RpcFunction,
  target: unknown,
  takesContext: boolean,
  result: StandardSchema | undefined,
): Promise<RpcMethod<Context>["invoke"]> {
  const invoke: RpcMethod<Context>["invoke"] = takesContext
    ? (args, context) => fn.call(target, context, ...args)
    : (args) => fn.apply(target, args as unknown[]);
  if (result === undefined) return invoke;
  const { checkResult } = await import("./schema.ts");
  return async (args, context) => checkResult(result, await invoke(args, context));
}
