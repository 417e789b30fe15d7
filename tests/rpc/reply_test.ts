/** What becomes of whatever a method can return or throw. */
import { assertEquals, assertRejects } from "@std/assert";
import { type JsonValue, RpcError } from "@gemstone/gemstone";
import { createMethod, Dispatcher, type DispatcherOptions, type RpcFunction } from "@gemstone/gemstone/rpc";

async function run(fn: RpcFunction, options: DispatcherOptions<undefined, unknown> = {}): Promise<string> {
  const dispatcher = new Dispatcher(new Map([["m", await createMethod("m", fn, undefined)]]), options);
  const text = await dispatcher.dispatchText('{"jsonrpc":"2.0","method":"m","id":1}', undefined);
  return text!;
}

const INTERNAL = '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":1}';

function toResult(text: string): string {
  return `{"jsonrpc":"2.0","result":${text},"id":1}`;
}

const cycle: Record<string, unknown> = {};
cycle.self = cycle;

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

for (
  const [what, value, text] of [
    ["undefined", undefined, "null"],
    ["null", null, "null"],
    ["false", false, "false"],
    ["0", 0, "0"],
    ["an empty text", "", '""'],
    ["NaN", NaN, "null"],
    ["a Date", new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ["a Map", new Map([[1, 2]]), "{}"],
    ["a lone surrogate", "\ud800", '"\\ud800"'],
    ["undefined in an array", [undefined, () => 1], "[null,null]"],
    ["undefined in an object", { a: undefined, b: 1 }, '{"b":1}'],
    ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ["something like an RpcError", { rpcCode: 1, message: "x" }, '{"rpcCode":1,"message":"x"}'],
    ["an object with a member then", { then: 1 }, '{"then":1}'],
    ["a huge text", "x".repeat(2_000_000), JSON.stringify("x".repeat(2_000_000))],
  ] as const
) {
  for (const isAsync of [false, true]) {
    Deno.test(`the result ${what} is written (${isAsync ? "async" : "at once"})`, async () => {
      assertEquals(await run(isAsync ? () => Promise.resolve(value) : () => value), toResult(text));
    });
  }
}

for (
  const [what, value] of [
    ["a BigInt", 1n],
    ["a cycle", cycle],
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
    ["a toJSON that throws", { toJSON: () => JSON.parse("{") }],
    ["a toJSON that returns undefined", { toJSON: () => undefined }],
    [
      "a getter that throws",
      Object.defineProperty({}, "x", { enumerable: true, get: () => JSON.parse("{") }),
    ],
  ] as const
) {
  for (const isAsync of [false, true]) {
    Deno.test(`the result ${what} fails its own call alone (${isAsync ? "async" : "at once"})`, async () => {
      const reported: unknown[] = [];

      const text = await run(isAsync ? () => Promise.resolve(value) : () => value, {
        onError: (error) => reported.push(error),
      });

      assertEquals(text, INTERNAL);
      assertEquals(reported.length, 1);
    });
  }
}

for (const isAsync of [false, true]) {
  Deno.test(`a result of 100,000 levels is answered (${isAsync ? "async" : "at once"})`, async () => {
    const value = nest(100_000);

    const text = await run(isAsync ? () => Promise.resolve(value) : () => value);

    // How deep JSON.stringify gets is up to the engine.
    if (text !== INTERNAL) assertEquals(text.length, toResult("").length + 200_001);
  });
}

for (
  const [what, thenable, text] of [
    ["that throws", { then: () => JSON.parse("{") }, INTERNAL],
    ["whose getter throws", Object.defineProperty({}, "then", { get: () => JSON.parse("{") }), INTERNAL],
    [
      "that settles twice",
      {
        then(resolve: (value: number) => void, reject: (error: unknown) => void) {
          resolve(1);
          reject(new Error("x"));
          resolve(2);
          throw new Error("y");
        },
      },
      toResult("1"),
    ],
    [
      "that resolves to another",
      { then: (go: (value: unknown) => void) => go(Promise.resolve(5)) },
      toResult("5"),
    ],
  ] as const
) {
  Deno.test(`a thenable ${what} is answered once`, async () => {
    assertEquals(await run(() => thenable), text);
  });
}

for (
  const [what, thrown] of [
    ["an Error", new Error("the password is swordfish")],
    ["undefined", undefined],
    ["null", null],
    ["a text", "swordfish"],
    ["an object without prototype", Object.create(null)],
    ["an object whose text throws", { toString: () => JSON.parse("{") }],
    ["a BigInt", 1n],
  ] as const
) {
  for (const isAsync of [false, true]) {
    const fn = isAsync ? () => Promise.reject(thrown) : () => {
      throw thrown;
    };
    Deno.test(`${what} that is thrown ${isAsync ? "later" : "at once"} tells the caller nothing`, async () => {
      const reported: unknown[] = [];

      assertEquals(await run(fn, { onError: (error) => reported.push(error) }), INTERNAL);
      assertEquals(reported, [thrown]);
    });

    Deno.test(`${what} that is thrown ${isAsync ? "later" : "at once"} has details when they are on`, async () => {
      const { error } = JSON.parse(await run(fn, { exposeErrorDetails: true }));

      assertEquals(error.code, -32603);
      assertEquals(Object.keys(error.data), ["class", "info"]);
      assertEquals([typeof error.data.class, typeof error.data.info], ["string", "string"]);
    });
  }
}

Deno.test("exposeErrorDetails tells class and message of an exception", async () => {
  const text = await run(() => {
    throw new RangeError("too much");
  }, { exposeErrorDetails: true });

  assertEquals(JSON.parse(text).error.data, { class: "RangeError", info: "too much" });
});

Deno.test("an onError that throws does not cost the caller the answer", async () => {
  const fail = () => {
    throw new Error("x");
  };

  assertEquals(await run(fail, { onError: fail }), INTERNAL);
});

for (
  const [what, error, text] of [
    ["with data", new RpcError(4001, "Out", { a: [1] }), '{"code":4001,"message":"Out","data":{"a":[1]}}'],
    ["without data", new RpcError(-1, "Out"), '{"code":-1,"message":"Out"}'],
    ["with data null", new RpcError(0, "", null), '{"code":0,"message":"","data":null}'],
    [
      "with a cause",
      new RpcError(1, "Out", undefined, { cause: new Error("secret") }),
      '{"code":1,"message":"Out"}',
    ],
    ["of a subclass", new (class Own extends RpcError {})(5, "Own"), '{"code":5,"message":"Own"}'],
    [
      "with data that is no JSON",
      new RpcError(1, "Out", 1n as unknown as JsonValue),
      '{"code":-32603,"message":"Internal error"}',
    ],
    [
      "with data in a cycle",
      new RpcError(1, "Out", cycle as JsonValue),
      '{"code":-32603,"message":"Internal error"}',
    ],
  ] as const
) {
  Deno.test(`an RpcError ${what} is answered as it is`, async () => {
    const reported: unknown[] = [];

    const answer = await run(() => Promise.reject(error), { onError: (error) => reported.push(error) });

    assertEquals(answer, `{"jsonrpc":"2.0","error":${text},"id":1}`);
  });
}

Deno.test("an RpcError with a cause is answered as it is, and its cause is reported", async () => {
  const reported: unknown[] = [];
  const error = new RpcError(4001, "Out of stock", undefined, { cause: new Error("database") });
  const fail = await createMethod("fail", () => Promise.reject(error), undefined);
  const dispatcher = new Dispatcher(new Map([["fail", fail]]), { onError: (what) => reported.push(what) });

  const text = await dispatcher.dispatch({ jsonrpc: "2.0", method: "fail", id: 1 }, undefined);

  assertEquals(text, '{"jsonrpc":"2.0","error":{"code":4001,"message":"Out of stock"},"id":1}');
  assertEquals(reported, [error]);
});

Deno.test("an RpcError of another copy of the package is known by its code", async () => {
  const error = Object.assign(new Error("Out of stock"), { code: "ERR_RPC", rpcCode: 4001 });
  const fail = await createMethod("fail", () => Promise.reject(error), undefined);
  const dispatcher = new Dispatcher(new Map([["fail", fail]]));

  const text = await dispatcher.dispatch({ jsonrpc: "2.0", method: "fail", id: 1 }, undefined);

  assertEquals(text, '{"jsonrpc":"2.0","error":{"code":4001,"message":"Out of stock"},"id":1}');
});

for (const timeoutMs of [NaN, 0, -1, 2 ** 40, "5" as unknown as number]) {
  Deno.test(`createMethod() refuses the time limit ${JSON.stringify(timeoutMs)}`, async () => {
    await assertRejects(() => createMethod("m", () => 1, undefined, { timeoutMs }), RangeError, "timeoutMs");
  });
}
