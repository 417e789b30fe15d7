import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  createMethod,
  Dispatcher,
  type DispatcherOptions,
  type RpcFunction,
  type RpcMethod,
} from "@gemstone/gemstone/rpc";
import { assertRpcText } from "../support/echo_service.ts";
import { createGate } from "../support/service.ts";

async function createDispatcher(
  functions: Record<string, RpcFunction>,
  options: DispatcherOptions<undefined, unknown> = {},
): Promise<Dispatcher> {
  const methods = new Map<string, RpcMethod>();
  for (const [name, fn] of Object.entries(functions)) {
    methods.set(name, await createMethod(name, fn, undefined));
  }
  return new Dispatcher(methods, options);
}

const ECHO = { echo: (value: unknown) => value, later: (value: unknown) => Promise.resolve(value) };

for (const id of ['""', '"x"', "0", "-0", "1.5", "1e21", "null", '"\\u2028"', '"\\ud800"', "-1"]) {
  Deno.test(`dispatchText() returns the id ${id}`, async () => {
    const dispatcher = await createDispatcher(ECHO);

    const text = await dispatcher.dispatchText(
      `{"jsonrpc":"2.0","method":"echo","params":[1],"id":${id}}`,
      undefined,
    );

    assertEquals(JSON.parse(text!), {
      jsonrpc: "2.0",
      result: 1,
      id: Object.is(JSON.parse(id), -0) ? 0 : JSON.parse(id),
    });
  });
}

for (
  const body of [
    "1",
    "null",
    "true",
    '"x"',
    "{}",
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":2.0,"method":"echo","id":1}',
    '{"jsonrpc":"1.0","method":"echo","id":1}',
    '{"method":"echo","id":1}',
    '{"jsonrpc":"2.0","method":1,"id":1}',
    '{"jsonrpc":"2.0","method":null,"id":1}',
    '{"jsonrpc":"2.0","method":["echo"],"id":1}',
    '{"jsonrpc":"2.0","method":"echo","params":null,"id":1}',
    '{"jsonrpc":"2.0","method":"echo","params":1,"id":1}',
    '{"jsonrpc":"2.0","method":"echo","params":"x","id":1}',
    '{"jsonrpc":"2.0","method":"echo","params":true,"id":1}',
    '{"jsonrpc":"2.0","method":"echo","params":[1],"id":{}}',
    '{"jsonrpc":"2.0","method":"echo","params":[1],"id":true}',
    '{"__proto__":{"jsonrpc":"2.0","method":"echo","id":1}}',
    "[]",
  ]
) {
  Deno.test(`dispatchText() answers ${body} with Invalid Request and id null`, async () => {
    const dispatcher = await createDispatcher(ECHO);

    assertEquals(
      await dispatcher.dispatchText(body, undefined),
      '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}',
    );
  });
}

for (
  const body of [
    "",
    " ",
    "{",
    '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    "NaN",
    "[1,]",
    "\ufeff\ufeff{}",
  ]
) {
  Deno.test(`dispatchText() answers ${JSON.stringify(body)} with Parse error`, async () => {
    const dispatcher = await createDispatcher(ECHO);

    assertEquals(
      await dispatcher.dispatchText(body, undefined),
      '{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null}',
    );
  });
}

Deno.test("dispatch() keeps the order of a batch, isolates failures and skips notifications", async () => {
  const dispatcher = await createDispatcher({
    ...ECHO,
    fail: () => Promise.reject(new Error("x")),
    slow: () => new Promise((resolve) => setTimeout(() => resolve("slow"), 10)),
  });
  const request = (method: string, id?: number, params?: unknown) => ({ jsonrpc: "2.0", method, params, id });

  const text = await dispatcher.dispatch([
    request("slow", 1),
    request("fail", 2),
    1,
    request("echo", undefined, [1]),
    request("nothing", 3),
    [],
    request("echo", 4, []),
    request("later", 4, ["x"]),
  ], undefined);

  const replies = JSON.parse(text!) as { id: unknown; result?: unknown; error?: { code: number } }[];
  assertEquals(replies.map(({ id, result, error }) => [id, error?.code ?? result]), [
    [1, "slow"],
    [2, -32603],
    [null, -32600],
    [3, -32601],
    [null, -32600],
    [4, -32602],
    [4, "x"],
  ]);
});

Deno.test("dispatch() runs the calls of a batch concurrently", async () => {
  const first = createGate();
  const dispatcher = await createDispatcher({ wait: () => first.promise, open: () => first.open() });

  const text = await dispatcher.dispatch([
    { jsonrpc: "2.0", method: "wait", id: 1 },
    { jsonrpc: "2.0", method: "open", id: 2 },
  ], undefined);

  assertEquals(JSON.parse(text!).length, 2);
});

for (
  const [style, single, batch] of [
    ["spec", undefined, undefined],
    ["legacy", '{"jsonrpc":"2.0","result":null,"error":null}', "[]"],
  ] as const
) {
  Deno.test(`dispatch() acknowledges notifications as the ${style} style wants it`, async () => {
    const dispatcher = await createDispatcher(ECHO, { responseStyle: style });
    const notification = { jsonrpc: "2.0", method: "later", params: [1] };

    assertEquals(await dispatcher.dispatch(notification, undefined), single);
    assertEquals(await dispatcher.dispatch([notification, notification], undefined), batch);
    await dispatcher.idle();
  });
}

Deno.test("dispatch() writes both members in the legacy style", async () => {
  const dispatcher = await createDispatcher(ECHO, { responseStyle: "legacy" });

  assertEquals(
    await dispatcher.dispatch({ jsonrpc: "2.0", method: "echo", params: [1], id: 0 }, undefined),
    '{"jsonrpc":"2.0","result":1,"error":null,"id":0}',
  );
  assertEquals(
    await dispatcher.dispatch({ jsonrpc: "2.0", method: "x", id: 1 }, undefined),
    '{"jsonrpc":"2.0","result":null,"error":{"code":-32601,"message":"Method not found"},"id":1}',
  );
});

Deno.test("dispatch() answers a notification before its method has ended, and idle() waits for it", async () => {
  const gate = createGate();
  const log: string[] = [];
  const dispatcher = await createDispatcher({ wait: () => gate.promise.then(() => log.push("ended")) });

  const text = await dispatcher.dispatch({ jsonrpc: "2.0", method: "wait" }, undefined);
  const idle = dispatcher.idle().then(() => log.push("idle"));
  gate.open();
  await idle;

  assertEquals(text, undefined);
  assertEquals(log, ["ended", "idle"]);
});

Deno.test("dispatch() keeps the failures of notifications silent, and reports them", async () => {
  const reported: string[] = [];
  const dispatcher = await createDispatcher({
    at_once: () => JSON.parse("{"),
    later: () => Promise.reject(new Error("x")),
  }, { onError: (_error, { method }) => reported.push(method) });

  for (const method of ["at_once", "later", "nothing"]) {
    assertEquals(await dispatcher.dispatch({ jsonrpc: "2.0", method, params: [] }, undefined), undefined);
  }
  assertEquals(
    await dispatcher.dispatch({ jsonrpc: "2.0", method: "later", params: [1, 2] }, undefined),
    undefined,
  );
  await dispatcher.idle();

  assertEquals(reported, ["at_once", "later"]);
});

Deno.test("dispatch() refuses a batch over maxBatchSize as a whole and runs none of it", async () => {
  let calls = 0;
  const dispatcher = await createDispatcher({ count: () => ++calls }, { maxBatchSize: 2 });
  const request = { jsonrpc: "2.0", method: "count", id: 1 };

  const refused = await dispatcher.dispatch([request, request, request], undefined);
  const answered = await dispatcher.dispatch([request, request], undefined);

  assertEquals(JSON.parse(refused!).error.code, -32600);
  assertEquals(JSON.parse(answered!).length, 2);
  assertEquals(calls, 2);
});

Deno.test("abandon() answers running calls with Service stopped and leaves later ones alone", async () => {
  const dispatcher = await createDispatcher({ ...ECHO, never: () => new Promise(() => {}) });
  const never = { jsonrpc: "2.0", method: "never", id: 1 };
  const running = Promise.all([
    dispatcher.dispatch(never, undefined),
    dispatcher.dispatch([never], undefined),
  ]);

  dispatcher.abandon();
  const later = await dispatcher.dispatch({ jsonrpc: "2.0", method: "later", params: [1], id: 2 }, undefined);

  const stopped = '{"jsonrpc":"2.0","error":{"code":-32003,"message":"Service stopped"},"id":1}';
  assertEquals(await running, [stopped, `[${stopped}]`]);
  assertEquals(later, '{"jsonrpc":"2.0","result":1,"id":2}');
});

Deno.test("dispatchText() answers any text with JSON-RPC or nothing", async () => {
  const dispatcher = await createDispatcher(ECHO, { maxBatchSize: 3 });
  const request = fc.record({
    jsonrpc: fc.constantFrom("2.0", 2, null),
    method: fc.oneof(fc.constantFrom("echo", "later", "__proto__", "constructor"), fc.jsonValue()),
    params: fc.jsonValue(),
    id: fc.jsonValue(),
  }, { requiredKeys: [] });
  const body = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    request.map((value) => JSON.stringify(value)),
    fc.array(fc.oneof(request, fc.jsonValue()), { maxLength: 4 }).map((value) => JSON.stringify(value)),
  );
  await fc.assert(
    fc.asyncProperty(body, async (text) => {
      const answer = await dispatcher.dispatchText(text, undefined);

      if (answer !== undefined) assertRpcText(answer);
    }),
    { numRuns: 300, seed: 11 },
  );
  assert(!("polluted" in {}));
});
