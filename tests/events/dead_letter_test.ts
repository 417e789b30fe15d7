import { assert, assertEquals, assertMatch, assertStrictEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { describeFailure, toDeadBody } from "../../src/events/dead_letter.ts";

Deno.test("describeFailure() tells class, message and stack of an error", () => {
  const { errorName, errorMessage, errorStack } = describeFailure(new RangeError("too far"));

  assertStrictEquals(errorName, "RangeError");
  assertStrictEquals(errorMessage, "too far");
  assertMatch(errorStack!, /^RangeError: too far\n.*dead_letter_test/);
});

Deno.test("describeFailure() tells the causes", () => {
  const error = new Error("outer", { cause: new TypeError("inner", { cause: "innermost" }) });

  const { errorStack } = describeFailure(error);

  assertStringIncludes(errorStack!, "Caused by: TypeError: inner");
  assertStringIncludes(errorStack!, "Caused by: innermost");
});

Deno.test("describeFailure() ends with causes that are a circle", () => {
  const error = new Error("a");
  error.stack = "Error: a";
  error.cause = error;

  const { errorStack } = describeFailure(error);

  assertStrictEquals(errorStack!.split("Caused by").length, 9);
});

const THROWS = (): never => {
  throw new Error("from the error itself");
};
const revoked = Proxy.revocable({}, {});
revoked.revoke();

for (
  const [name, error, expected] of [
    ["undefined", undefined, { errorMessage: "undefined" }],
    ["null", null, { errorMessage: "null" }],
    ["a text", "no stock", { errorMessage: "no stock" }],
    ["a number", -0, { errorMessage: "0" }],
    ["a bigint", 7n, { errorMessage: "7" }],
    ["a symbol", Symbol("s"), { errorMessage: "Symbol(s)" }],
    ["a class", TypeError, { errorMessage: "function TypeError() { [native code] }" }],
    ["an object like an error", { name: "Odd", message: "m" }, { errorName: "Odd", errorMessage: "m" }],
    ["an object of other types", { name: 1, message: {}, stack: [] }, { errorMessage: "[object Object]" }],
    ["an object without prototype", Object.create(null), {
      errorMessage: "A thrown object that has no text",
    }],
    ["an object whose toString throws", { toString: THROWS }, {
      errorMessage: "A thrown object that has no text",
    }],
    ["an object whose message throws", Object.defineProperty({ name: "N" }, "message", { get: THROWS }), {
      errorName: "N",
      errorMessage: "[object Object]",
    }],
    ["an object whose toString gives an object", { toString: () => ({}) }, {
      errorMessage: "A thrown object that has no text",
    }],
    ["a revoked proxy", revoked.proxy, { errorMessage: "A thrown object that has no text" }],
    ["a proxy that throws", new Proxy({}, { get: THROWS, getPrototypeOf: THROWS }), {
      errorMessage: "A thrown object that has no text",
    }],
  ] as const
) {
  Deno.test(`describeFailure() describes ${name}`, () => {
    assertEquals(describeFailure(error), { errorName: undefined, errorStack: undefined, ...expected });
  });
}

Deno.test("describeFailure() describes an error whose stack and cause throw", () => {
  const error = new Error("m");
  Object.defineProperty(error, "stack", { get: THROWS });
  Object.defineProperty(error, "cause", { get: THROWS });

  assertEquals(describeFailure(error), { errorName: "Error", errorMessage: "m", errorStack: undefined });
});

Deno.test("describeFailure() limits all parts", () => {
  const error = new Error("ä".repeat(1_000_000));
  error.name = "N".repeat(1_000_000);
  error.stack = `x${"ä".repeat(1_000_000)}`;

  const { errorName, errorMessage, errorStack } = describeFailure(error);

  assertStrictEquals(Buffer.byteLength(errorName!), 128);
  assertStrictEquals(Buffer.byteLength(errorMessage), 1024);
  assertStrictEquals(Buffer.byteLength(errorStack!), 4095);
  assertStrictEquals(errorStack!.endsWith("ä"), true);
});

Deno.test("describeFailure() cuts any text between two characters", () => {
  const unit = fc.constantFrom("a", "ä", "€", "😀");
  fc.assert(fc.property(fc.string({ unit, minLength: 250, maxLength: 600 }), (text) => {
    const { errorMessage } = describeFailure({ message: text });

    assert(Buffer.byteLength(errorMessage) <= 1024);
    assert(Buffer.byteLength(errorMessage) > 1020 || errorMessage === text);
    assert(text.startsWith(errorMessage));
  }));
});

Deno.test("describeFailure() never throws", () => {
  fc.assert(fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (error) => {
    assertStrictEquals(typeof describeFailure(error).errorMessage, "string");
  }));
});

Deno.test("toDeadBody() keeps text as it is", () => {
  assertEquals(toDeadBody(Buffer.from("\ufeff{ \u0000")), { body: "\ufeff{ \u0000", isText: true });
});

Deno.test("toDeadBody() keeps other bytes in base64", () => {
  const pool = Buffer.from([1, 2, 0xff, 0, 3]);

  assertEquals(toDeadBody(pool.subarray(2, 4)), { body: "/wA=", isText: false });
});
