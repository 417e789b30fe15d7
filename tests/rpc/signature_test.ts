import { assertEquals } from "@std/assert";
import { Signature } from "../../src/rpc/signature.ts";
import { declareParameters } from "../../src/rpc/signature.ts";
import type { JsonRpcParams } from "@gemstone/gemstone/rpc";

function bind(list: string, json: string | undefined): unknown {
  const params = json === undefined ? undefined : JSON.parse(json) as JsonRpcParams;
  const binding = new Signature(declareParameters(list.split(" ").filter(Boolean))).bind(params);
  // Holes are undefined to the function that is called.
  return Array.isArray(binding) ? Array.from(binding) : binding;
}

for (
  const [list, params, expected] of [
    ["", undefined, []],
    ["", "[]", []],
    ["", "{}", []],
    ["a b", "[1,2]", [1, 2]],
    ["a b", '{"b":2,"a":1}', [1, 2]],
    ["a b?", "[1]", [1]],
    ["a b?", '{"a":1}', [1, undefined]],
    ["a? b", '{"b":2}', [undefined, 2]],
    ["a b?", "[1,null]", [1, null]],
    ["a b?", '{"a":null,"b":null}', [null, null]],
    ["...all", undefined, []],
    ["...all", "[1,2,3]", [1, 2, 3]],
    ["a ...all", "[1,2,3]", [1, 2, 3]],
    ["a ...all", '{"a":1}', [1]],
    ["a?", "{}", [undefined]],
    ["a?", undefined, []],
    ["toString constructor", '{"constructor":1,"toString":2}', [2, 1]],
    ["__proto__", '{"__proto__":5}', [5]],
    ["a", '{"a":{"__proto__":1}}', [JSON.parse('{"__proto__":1}')]],
  ] as const
) {
  Deno.test(`Signature.bind() fits ${params} to (${list})`, () => {
    assertEquals(bind(list, params), expected);
  });
}

for (
  const [list, params, reason] of [
    ["", "[1]", "Too many arguments: 1 given, at most 0 taken"],
    ["a", "[1,2]", "Too many arguments: 2 given, at most 1 taken"],
    ["a b", undefined, "Missing parameter: a"],
    ["a b", "[1]", "Missing parameter: b"],
    ["a b", '{"a":1}', "Missing parameter: b"],
    ["a", '{"a":1,"b":2}', "Unknown parameter: b"],
    ["a", '{"A":1}', "Missing parameter: a (unknown: A)"],
    ["a?", '{"b":1}', "Unknown parameter: b"],
    ["", '{"__proto__":1}', "Unknown parameter: __proto__"],
    ["a", '{"a":1,"__proto__":{"x":1}}', "Unknown parameter: __proto__"],
    ["toString", "{}", "Missing parameter: toString"],
    ["__proto__", "{}", "Missing parameter: __proto__"],
    ["constructor hasOwnProperty", "{}", "Missing parameter: constructor"],
    ["a ...all", '{"a":1,"all":[2]}', "Unknown parameter: all"],
    ["...all", '{"0":1}', "Unknown parameter: 0"],
    ["a", '{"0":1}', "Missing parameter: a (unknown: 0)"],
    ["a? b", "[]", "Missing parameter: a"],
  ] as const
) {
  Deno.test(`Signature.bind() refuses ${params} for (${list})`, () => {
    assertEquals(bind(list, params), { reason });
  });
}

Deno.test("Signature.bind() shortens an unknown name of any length", () => {
  assertEquals(bind("", JSON.stringify({ ["x".repeat(100_000)]: 1 })), {
    reason: `Unknown parameter: ${"x".repeat(64)}`,
  });
});
