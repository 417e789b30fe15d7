/**
 * Reads the parameter list of a function: from the function's own text, or from a declared list.
 *
 * @module
 */
import type { Pattern } from "acorn";

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

const PLAIN_LIST =
  /^(?:async\s+)?(?:function\b\s*)?\*?\s*[\w$]*\s*\(\s*((?:[A-Za-z_$][\w$]*\s*,\s*)*(?:[A-Za-z_$][\w$]*)?)\s*,?\s*\)\s*(?:\{|=>)/;
const NATIVE_BODY = /\{\s*\[native code\]\s*\}\s*$/;
const DECLARED = /^(\.\.\.)?([\p{ID_Start}$_][\p{ID_Continue}$]*)(\?)?$/u;

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
