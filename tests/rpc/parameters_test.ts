import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { declareParameters, readParameters } from "../../src/rpc/signature.ts";
import type { RpcFunction } from "@gemstone/gemstone";

/** Makes a function of source text, so that no compiler touches it. */
function evaluate(source: string): RpcFunction {
  return new Function(`"use strict"; return (${source});`)();
}

/** Takes a method out of an object literal or class body. */
function methodOf(container: string, name: string): RpcFunction {
  const object = evaluate(container) as unknown as Record<string, RpcFunction> & {
    readonly prototype?: Record<string, RpcFunction>;
  };
  return (object.prototype ?? object)[name]!;
}

function write(parameters: Awaited<ReturnType<typeof readParameters>>): string {
  return parameters.map(({ name, optional, rest }) => rest ? `...${name}` : optional ? `${name}?` : name)
    .join(" ");
}

for (
  const [source, expected] of [
    ["function () {}", ""],
    ["function f(a, b) {}", "a b"],
    ["function f(a, b,) {}", "a b"],
    ["function f(\n  a,\n  b,\n) {}", "a b"],
    ["async function f(a) {}", "a"],
    ["function* f(a) {}", "a"],
    ["async function* f(a, b = 1) {}", "a b?"],
    ["() => 1", ""],
    ["(a, b) => a", "a b"],
    ["a => a", "a"],
    ["$ => $", "$"],
    ["async => async", "async"],
    ["async a => a", "a"],
    ["async (a, b) => a", "a b"],
    ["(a = 1) => a", "a?"],
    ["a => b => c", "a"],
    ["(a) => (b, c) => 1", "a"],
    ["function f(a, b = 2, ...rest) {}", "a b? ...rest"],
    ["function f(a = 1, b) {}", "a? b"],
    ["(...all) => all", "...all"],
    ["function f(a = [1, 2], b = { c: 3, d: 4 }, e) {}", "a? b? e"],
    ["function f(a = (1, 2), b = ((x, y) => x)(1, 2)) {}", "a? b?"],
    ["function f(a = ')', b = \"(,\", c = `,${')'}`) {}", "a? b? c?"],
    ["function f(a = /[)},]/g, b = 1 / 2 / 3) {}", "a? b?"],
    ["function f(a = function (x, y) { return x; }, b) {}", "a? b"],
    ["function f(a = (x, y) => ({ x, y }), b) {}", "a? b"],
    ["function f(a = class { m(x) {} }, b) {}", "a? b"],
    ["function f(a /* , b */, c // , d\n) {}", "a c"],
    ["function f(/* = 1 */ a) {}", "a"],
    ["function /* (x) */ f /* (y) */ (a) {}", "a"],
    ["(a /* => */) => a", "a"],
    ["function f(ä, 名前, $x, _y) {}", "ä 名前 $x _y"],
    ["function f(\\u0061b) {}", "ab"],
    ["function f(constructor, toString, __proto__) {}", "constructor toString __proto__"],
    ["function f(get, set, of, async) {}", "get set of async"],
    ["function f(a) { return (b, c) => b; }", "a"],
    ["function f(a = new.target) {}", "a?"],
  ] as const
) {
  Deno.test(`readParameters() reads ${JSON.stringify(source)}`, async () => {
    assertEquals(write(await readParameters(evaluate(source))), expected);
  });
}

for (
  const [container, name, expected] of [
    ["{ m(a, b) {} }", "m", "a b"],
    ["{ m(a = 1, b) {} }", "m", "a? b"],
    ["{ async m(a) {} }", "m", "a"],
    ["{ async m(a = 1) {} }", "m", "a?"],
    ["{ *m(a) {} }", "m", "a"],
    ["{ *m(a = 1) {} }", "m", "a?"],
    ["{ async *m(a = 1) {} }", "m", "a?"],
    ['{ ["m"](a) {} }', "m", "a"],
    ['{ ["m" + (1, "")](a = 1) {} }', "m", "a?"],
    ['{ [((x, y) => "m")(1, 2)](a, b) {} }', "m", "a b"],
    ['{ "m n"(a, b = 2) {} }', "m n", "a b?"],
    ['{ "m(x)"(a) {} }', "m(x)", "a"],
    ["{ 12(a) {} }", "12", "a"],
    ["{ 12(a = 1) {} }", "12", "a?"],
    ["{ async(a) {} }", "async", "a"],
    ["{ async(a = 1) {} }", "async", "a?"],
    ["{ get(a = 1) {} }", "get", "a?"],
    ["{ set(a, b = 1) {} }", "set", "a b?"],
    ["{ static(a = 1) {} }", "static", "a?"],
    ["{ function(a, b = 1) {} }", "function", "a b?"],
    ["{ async function(a, b = 1) {} }", "function", "a b?"],
    ["{ if(a, b = 1) {} }", "if", "a b?"],
    ["{ await(a = 1) {} }", "await", "a?"],
    ["{ yield(a = 1) {} }", "yield", "a?"],
    ["{ new(a = 1) {} }", "new", "a?"],
    ["{ class(a = 1) {} }", "class", "a?"],
    ["{ constructor(a = 1) {} }", "constructor", "a?"],
    ["{ größe(a = 1) {} }", "größe", "a?"],
    ["{ m: (a, b = 1) => a }", "m", "a b?"],
    ["{ m(a = super.toString()) {} }", "m", "a?"],
    ["{ m(a = 1) { return super.toString(); } }", "m", "a?"],
    ["class { m(a, b = 1) {} }", "m", "a b?"],
    ["class { #x = 1; m(a = this.#x) { return #x in a; } }", "m", "a?"],
    ["class { #x() {} m(a = 1) { return this.#x(a?.#x); } }", "m", "a?"],
    ["class extends Array { m(a = 1) { return super.map(a); } }", "m", "a?"],
    ["class { async m(a, ...rest) { for await (const x of rest); } }", "m", "a ...rest"],
  ] as const
) {
  Deno.test(`readParameters() reads the method of ${JSON.stringify(container)}`, async () => {
    assertEquals(write(await readParameters(methodOf(container, name))), expected);
  });
}

for (
  const [what, source, expected] of [
    ["a class field", "class { m = (a, b = 1) => a; }", "a b?"],
    ["a class field that uses a private name", "class { #x = 1; m = (a = this.#x) => a; }", "a?"],
    [
      "a class field that uses super",
      "class extends Object { m = (a, b = 1) => super.toString(a, b); }",
      "a b?",
    ],
    ["a class field of a function", "class { m = function (a, b = 1) { return new.target; }; }", "a b?"],
  ] as const
) {
  Deno.test(`readParameters() reads ${what}`, async () => {
    const type = evaluate(source) as unknown as new () => { m: RpcFunction };

    assertEquals(write(await readParameters(new type().m)), expected);
  });
}

for (
  const [what, fn] of [
    ["a native function", Math.max],
    ["a bound function", ((a: number) => a).bind(null)],
    ["a proxy of a function", new Proxy((a: number) => a, {})],
    ["a destructured object", ({ a }: { a: number }) => a],
    ["a destructured array", ([a]: number[]) => a],
    ["a destructured parameter with a default", ({ a } = { a: 1 }) => a],
    ["a destructured rest", (...[a]: number[]) => a],
    ["a class", evaluate("class A { m(x) {} }")],
    ["a class with a constructor", evaluate("class A { constructor(x) {} }")],
  ] as const
) {
  Deno.test(`readParameters() refuses ${what}`, async () => {
    await assertRejects(() => readParameters(fn), TypeError);
  });
}

const NAME = fc.constantFrom(
  "a",
  "b2",
  "$",
  "_",
  "c_d",
  "ä",
  "名",
  "get",
  "async",
  "of",
  "toString",
  "__proto__",
);
const DEFAULT = fc.constantFrom(
  "1",
  "')'",
  '"a, b"',
  "`${[1, 2].join(`,`)}`",
  "/[,)]/",
  "[1, [2, 3]]",
  "{ x: (1, 2) }",
  "(p, q = 1) => p",
  "function (p) { return ')'; }",
  "null /* , ) */",
);
const SPACE = fc.constantFrom("", " ", "\n", "/* , x */", "// ) =\n");

Deno.test("readParameters() reads any list as it was written", async () => {
  const list = fc.uniqueArray(fc.record({ name: NAME, value: fc.option(DEFAULT), space: SPACE }), {
    selector: ({ name }) => name,
    maxLength: 5,
  });
  const form = fc.constantFrom(
    (text: string) => `function (${text}) {}`,
    (text: string) => `async function f(${text}) {}`,
    (text: string) => `(${text}) => {}`,
    (text: string) => `async (${text}) => ({})`,
    (text: string) => `({ m(${text}) {} }).m`,
    (text: string) => `({ async *["m"](${text}) {} }).m`,
  );
  await fc.assert(
    fc.asyncProperty(list, fc.boolean(), form, async (entries, hasRest, toSource) => {
      const parts = entries.map(({ name, value, space }) =>
        `${space}${name}${value === null ? "" : ` = ${value}`}`
      );
      const names = entries.map(({ name, value }) => value === null ? name : `${name}?`);
      if (hasRest) parts.push("...others");
      if (hasRest) names.push("...others");

      const parameters = await readParameters(evaluate(toSource(`${parts.join(",")}\n`)));

      assertEquals(write(parameters), names.join(" "));
      assertEquals(declareParameters(names), parameters);
    }),
    { numRuns: 200, seed: 7 },
  );
});

Deno.test("declareParameters() reads required, optional and variadic names", () => {
  assertEquals(declareParameters(["a", "b?", "...c"]), [
    { name: "a", optional: false, rest: false },
    { name: "b", optional: true, rest: false },
    { name: "c", optional: true, rest: true },
  ]);
});

for (
  const list of [[""], ["a b"], ["a??"], ["?"], ["1a"], ["...a", "b"], ["a", "a?"], ["....a"], ["a\n"], [
    "{a}",
  ], ["a=1"]]
) {
  Deno.test(`declareParameters() refuses ${JSON.stringify(list)}`, () => {
    assertThrows(() => declareParameters(list), TypeError, "Cannot declare parameter");
  });
}
