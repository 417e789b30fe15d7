import { assertEquals, assertFalse } from "@std/assert";
import { createMethod, Dispatcher, type RpcMethodOptions, type StandardSchema } from "@gemstone/gemstone/rpc";
import { isStandardSchema } from "../../src/rpc/schema.ts";

type Validate = StandardSchema["~standard"]["validate"];

function toSchema(validate: Validate): StandardSchema {
  return { "~standard": { version: 1, validate } };
}

async function call(options: RpcMethodOptions, params?: unknown): Promise<Record<string, unknown>> {
  const method = await createMethod("m", (...args: unknown[]) => args, undefined, options);
  const dispatcher = new Dispatcher(new Map([["m", method]]));
  const text = await dispatcher.dispatch({ jsonrpc: "2.0", method: "m", params, id: 1 }, undefined);
  return JSON.parse(text!);
}

const ADULT: Validate = (value) => {
  const { age } = value as { age?: unknown };
  return typeof age === "number" && age >= 18 ? { value: { age: age + 0.5 } } : {
    issues: [{ message: "Too young", path: ["age"] }, {
      message: "Sorry",
      path: [{ key: 0 }, Symbol("s")],
    }],
  };
};

for (
  const [how, validate] of [["sync", ADULT], ["async", async (value: unknown) => await ADULT(value)]] as const
) {
  Deno.test(`a ${how} schema hands its value to the method as the one argument`, async () => {
    const { result } = await call({ params: toSchema(validate) }, { age: 18 });

    assertEquals(result, [{ age: 18.5 }]);
  });

  Deno.test(`the issues of a ${how} schema are Invalid params`, async () => {
    const { error } = await call({ params: toSchema(validate) }, { age: 17 });

    assertEquals(error, {
      code: -32602,
      message: "Invalid params",
      data: {
        reason: "Too young",
        issues: [{ message: "Too young", path: ["age"] }, { message: "Sorry", path: ["0", "Symbol(s)"] }],
      },
    });
  });
}

Deno.test("a schema that returns an array spreads it over the arguments", async () => {
  const { result } = await call({ params: toSchema((value) => ({ value })) }, [1, 2]);

  assertEquals(result, [1, 2]);
});

Deno.test("a schema sees an empty object when there are no params", async () => {
  const { result } = await call({ params: toSchema((value) => ({ value })) });

  assertEquals(result, [{}]);
});

for (
  const [what, validate] of [
    ["throws", () => JSON.parse("{")],
    ["rejects", () => Promise.reject(new Error("swordfish"))],
    ["returns nothing", () => undefined as never],
  ] as const
) {
  Deno.test(`a schema that ${what} is an Internal error`, async () => {
    assertEquals((await call({ params: toSchema(validate) }, [])).error, {
      code: -32603,
      message: "Internal error",
    });
  });
}

Deno.test("a schema without issue texts still answers Invalid params", async () => {
  const { error } = await call({ params: toSchema(() => ({ issues: [] })) }, []);

  assertEquals(error, { code: -32602, message: "Invalid params", data: { reason: "Not valid", issues: [] } });
});

Deno.test("a result schema changes the result", async () => {
  assertEquals((await call({ result: toSchema(() => ({ value: "changed" })) })).result, "changed");
});

Deno.test("a result that does not fit its schema is an Internal error that tells nothing", async () => {
  const { error } = await call({ result: toSchema(() => ({ issues: [{ message: "secret" }] })) });

  assertEquals(error, { code: -32603, message: "Internal error" });
});

for (
  const value of [null, undefined, 1, "x", {}, { "~standard": null }, { "~standard": { validate: 1 } }, []]
) {
  Deno.test(`isStandardSchema() is false for ${JSON.stringify(value)}`, () => {
    assertFalse(isStandardSchema(value));
  });
}
