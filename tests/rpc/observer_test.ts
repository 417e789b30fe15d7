import { assertEquals } from "@std/assert";
import { createMethod, Dispatcher, type JsonRpcRequest } from "@gemstone/gemstone/rpc";

async function createDispatcher(): Promise<Dispatcher> {
  return new Dispatcher(new Map([["ping", await createMethod("ping", () => "pong", undefined)]]));
}

Deno.test("observe() tells of requests whose method exists, before they run", async () => {
  const dispatcher = await createDispatcher();
  const seen: JsonRpcRequest[] = [];
  dispatcher.observe((request) => void seen.push(request));

  dispatcher.dispatch([
    { jsonrpc: "2.0", method: "ping", id: 1 },
    { jsonrpc: "2.0", method: "ping" },
    { jsonrpc: "2.0", method: "toString", id: 2 },
    { jsonrpc: "1.0", method: "ping", id: 3 },
  ], undefined);

  assertEquals(seen.map(({ id }) => id), [1, undefined]);
});

Deno.test("an observer that throws costs no caller the answer", async () => {
  const dispatcher = await createDispatcher();
  dispatcher.observe(() => {
    throw new Error("x");
  });

  assertEquals(
    await dispatcher.dispatch({ jsonrpc: "2.0", method: "ping", id: 1 }, undefined),
    '{"jsonrpc":"2.0","result":"pong","id":1}',
  );
});

Deno.test("observe(undefined) ends it", async () => {
  const dispatcher = await createDispatcher();
  let count = 0;
  dispatcher.observe(() => void count++);
  dispatcher.observe(undefined);

  dispatcher.dispatch({ jsonrpc: "2.0", method: "ping", id: 1 }, undefined);

  assertEquals(count, 0);
});
