/**
 * What a method takes: its parameters, read from its text or declared, and how the params of a call fit them.
 *
 * @module
 */
import type { Pattern } from "acorn";
import type { JsonObject } from "../json.ts";
import type { JsonRpcParams } from "./message.ts";

/** One parameter of an exposed method. */
export interface Parameter {
  /** The name that named params use. */
  readonly name: string;
  /** A call may leave it out; it is then `undefined` and the function's default applies. */
  readonly optional: boolean;
  /** It takes all further positional arguments; it can not be given by name. */
  readonly rest: boolean;
}

/** Any function: what it takes is just what this file finds out. */
// deno-lint-ignore ban-types -- the one type that every function has
type AnyFunction = Function;

/**
 * Why the params of a call do not fit; it is the `data` of the Invalid params error.
 *
 * @example What a caller may read
 * ```ts
 * import type { BindingFailure } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * function toText({ reason, issues = [] }: BindingFailure): string {
 *   return issues.length > 1 ? `${reason} (and ${issues.length - 1} more)` : reason;
 * }
 *
 * assertEquals(toText({ reason: "Missing parameter: b" }), "Missing parameter: b");
 * ```
 */
export interface BindingFailure extends JsonObject {
  /** One sentence. */
  readonly reason: string;
  /** What a schema found, one entry a fault. */
  readonly issues?: readonly JsonObject[];
}

/**
 * The arguments for the function, in order, or why there are none.
 *
 * @example A method that takes its params as they are
 * ```ts
 * import { type Binding, createMethod, Dispatcher, type RpcMethod } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const echo: RpcMethod = {
 *   ...await createMethod("echo", (params: unknown) => params, undefined),
 *   bind: (params): Binding => params === undefined ? { reason: "Give something" } : [params],
 * };
 * const dispatcher = new Dispatcher(new Map([["echo", echo]]));
 * const call = { jsonrpc: "2.0", method: "echo", params: { any: "thing" }, id: 1 };
 * assertEquals(
 *   await dispatcher.dispatch(call, undefined),
 *   '{"jsonrpc":"2.0","result":{"any":"thing"},"id":1}',
 * );
 * ```
 */
export type Binding = readonly unknown[] | BindingFailure;

const NO_ARGUMENTS: readonly unknown[] = [];
const LONGEST_NAME = 64;
const PLAIN_LIST =
  /^(?:async\s+)?(?:function\b\s*)?\*?\s*[\w$]*\s*\(\s*((?:[A-Za-z_$][\w$]*\s*,\s*)*(?:[A-Za-z_$][\w$]*)?)\s*,?\s*\)\s*(?:\{|=>)/;
const NATIVE_BODY = /\{\s*\[native code\]\s*\}\s*$/;
const DECLARED = /^(\.\.\.)?([A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*)(\?)?$/;

/**
 * What a method takes. Unlike a call in JavaScript, too many arguments, unknown names and missing ones are
 * refused, so that a typing error in a client never becomes a wrong result.
 */
export class Signature {
  readonly #parameters: readonly Parameter[];
  readonly #required: number;
  readonly #most: number;

  /** @param parameters The parameters in order. */
  constructor(parameters: readonly Parameter[]) {
    this.#parameters = parameters.filter((parameter) => !parameter.rest);
    this.#required = parameters.findLastIndex((parameter) => !parameter.optional) + 1;
    this.#most = parameters.some((parameter) => parameter.rest) ? Infinity : parameters.length;
  }

  /**
   * Fits params by position or by name (JSON-RPC 2.0, section 4.2).
   *
   * @param params As they came; `undefined` is none. They are not changed.
   * @returns The arguments in the order of the parameters, or why the params do not fit.
   */
  bind(params: JsonRpcParams | undefined): Binding {
    if (params === undefined) return this.#bindPositional(NO_ARGUMENTS);
    return Array.isArray(params) ? this.#bindPositional(params) : this.#bindNamed(params as NamedParams);
  }

  #bindPositional(params: readonly unknown[]): Binding {
    const count = params.length;
    if (count >= this.#required && count <= this.#most) return params;
    if (count > this.#most) {
      return { reason: `Too many arguments: ${count} given, at most ${this.#most} taken` };
    }
    return { reason: `Missing parameter: ${this.#parameters[count]!.name}` };
  }

  #bindNamed(params: NamedParams): Binding {
    const parameters = this.#parameters;
    const bound: unknown[] = new Array(parameters.length);
    let found = 0;
    for (let index = 0; index < parameters.length; index++) {
      const { name, optional } = parameters[index]!;
      if (Object.hasOwn(params, name)) {
        bound[index] = params[name];
        found++;
      } else if (!optional) {
        return { reason: `Missing parameter: ${name}${this.#describeUnknown(params)}` };
      }
    }
    let given = 0;
    for (const _ in params) given++;
    return given === found ? bound : { reason: `Unknown parameter: ${this.#findUnknown(params)}` };
  }

  /** A wrong name says more than that the right one is not there. */
  #describeUnknown(params: NamedParams): string {
    const unknown = this.#findUnknown(params);
    return unknown === undefined ? "" : ` (unknown: ${unknown})`;
  }

  #findUnknown(params: NamedParams): string | undefined {
    const known = new Set(this.#parameters.map(({ name }) => name));
    return Object.keys(params).find((name) => !known.has(name))?.slice(0, LONGEST_NAME);
  }
}

/**
 * Reads the parameters of a function from its own text, as it was written: `(a, b = 2, ...rest)` has the
 * required `a`, the optional `b` and the variadic `rest`. A list of plain names is read directly; anything
 * else is given to a JavaScript parser, which is loaded then. A minifier renames parameters and TypeScript
 * drops the `?` of `b?: number`: declare the list in both cases.
 *
 * @param fn The function.
 * @param skipped How many of the first parameters are none of the call's.
 * @returns The others in order.
 * @throws {TypeError} when the text does not tell: native and bound functions, destructured parameters.
 */
export async function readParameters(fn: AnyFunction, skipped = 0): Promise<readonly Parameter[]> {
  const source = Function.prototype.toString.call(fn);
  if (NATIVE_BODY.test(source)) {
    throw new TypeError("a native or bound function does not show its parameters");
  }
  const plain = PLAIN_LIST.exec(source);
  if (plain !== null) {
    const names = plain[1]!.split(",").map((name) => name.trim()).filter((name) => name !== "");
    return names.slice(skipped).map((name) => ({ name, optional: false, rest: false }));
  }
  return (await parseList(source)).slice(skipped).map(toParameter);
}

/**
 * Reads a declared parameter list.
 *
 * @param list Names in order: `"a"` is required, `"b?"` may be left out, `"...rest"` (last) takes all others.
 * @returns The parameters in the same order.
 * @throws {TypeError} when an entry is no such name, stands twice, or follows the variadic one.
 */
export function declareParameters(list: readonly string[]): readonly Parameter[] {
  const seen = new Set<string>();
  return list.map((entry, index) => {
    const match = DECLARED.exec(entry);
    if (match === null) {
      throw new TypeError(`Cannot declare parameter "${entry}": write "name", "name?" or "...name"`);
    }
    const [, rest, name, optional] = match;
    if (seen.has(name!)) throw new TypeError(`Cannot declare parameter "${name}": it is there twice`);
    if (rest !== undefined && index < list.length - 1) {
      throw new TypeError(`Cannot declare parameter "${entry}": only the last one can be variadic`);
    }
    seen.add(name!);
    return { name: name!, optional: optional !== undefined || rest !== undefined, rest: rest !== undefined };
  });
}

type NamedParams = Readonly<Record<string, unknown>>;

async function parseList(source: string): Promise<readonly Pattern[]> {
  const { parseExpressionAt } = await import("acorn");
  // The text of a method, or of a field that uses `super`, is no expression outside of a class.
  for (const member of [`field = ${source}`, source]) {
    try {
      const text = `class extends Object { ${member} }`;
      const node = parseExpressionAt(text, 0, { ecmaVersion: "latest", checkPrivateFields: false });
      const [parsed] = node.type === "ClassExpression" ? node.body.body : [];
      const fn = parsed?.type === "StaticBlock" ? undefined : parsed?.value;
      if (fn?.type === "FunctionExpression" || fn?.type === "ArrowFunctionExpression") return fn.params;
    } catch {
      // Not this form: the next one is tried, and none at all is reported below.
    }
  }
  throw new TypeError(`its source can not be read: ${source.slice(0, 60)}`);
}

function toParameter(pattern: Pattern, index: number): Parameter {
  if (pattern.type === "Identifier") return { name: pattern.name, optional: false, rest: false };
  if (pattern.type === "AssignmentPattern" && pattern.left.type === "Identifier") {
    return { name: pattern.left.name, optional: true, rest: false };
  }
  if (pattern.type === "RestElement" && pattern.argument.type === "Identifier") {
    return { name: pattern.argument.name, optional: true, rest: true };
  }
  throw new TypeError(`parameter ${index + 1} is destructured and has no name`);
}
