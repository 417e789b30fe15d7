/**
 * One exposed method, as the dispatcher sees it.
 *
 * @module
 */
import { checkTimeLimit } from "./deadlines.ts";
import type { JsonRpcParams } from "./message.ts";
import type { StandardSchema } from "./schema.ts";
import { type Binding, declareParameters, readParameters, Signature } from "./signature.ts";

/** A method that can be called over JSON-RPC. */
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

/** How a method is exposed; see {@linkcode createMethod}. */
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

/** A function that can be exposed. */
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
 * @param name The name on the wire.
 * @param fn The function.
 * @param target What `this` is in it.
 * @param options How it is exposed.
 * @returns The prepared method.
 * @throws {TypeError} when the name is not allowed or the parameters can not be found out.
 * @throws {RangeError} when the time limit is not positive.
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
