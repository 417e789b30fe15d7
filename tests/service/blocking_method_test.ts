/** Exposed methods that run on workers. */
import { assert, assertEquals, assertNotStrictEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  exposedMethod,
  MicroService,
  type RequestContext,
  ServiceConfigurationError,
} from "@gemstone/gemstone";
import { call, notify, post } from "../support/service.ts";
import { waitUntil } from "../support/wait_until.ts";
import { BlockingService } from "./blocking_service.ts";

const CALLS: readonly (readonly [method: string, params: unknown, expected: unknown])[] = [
  ["pow", [3], 9],
  ["pow", { base: 2, exponent: 3 }, 8],
  ["tools.twice", [4], 8],
  ["triple", [5], 15],
  ["nothing", [], null],
];

for (const [method, params, expected] of CALLS) {
  Deno.test(`a blocking method is called as any other: ${method} ${JSON.stringify(params)}`, async () => {
    await using service = new BlockingService();

    assertEquals(await call(service, method, params), { jsonrpc: "2.0", result: expected, id: 1 });
  });
}

Deno.test("a blocking method keeps the state of its worker, and the service does not see it", async () => {
  await using service = new BlockingService();
  service.maxParallelBlockingTasks = 1;

  const counts = [await call(service, "count"), await call(service, "count")].map(({ result }) => result);

  assertEquals(counts, [1, 2]);
  assertEquals(service.count(), 1);
});

Deno.test("the arguments of a blocking method are checked before it gets a worker", async () => {
  await using service = new BlockingService();

  const { error } = await call(service, "pow", { wrong: 1 });

  assertEquals(error.code, -32602);
  assertEquals(service.getExecutor().stats.workers, 0);
});

Deno.test("a private blocking method is for authenticated callers", async () => {
  await using service = new BlockingService();

  assertEquals((await call(service, "secret")).error.code, -32001);
  assertEquals((await call(service, "secret", [], { "x-api-token": "right" })).result, "secret");
});

Deno.test("an RpcError of a blocking method reaches the caller", async () => {
  await using service = new BlockingService();

  const { error } = await call(service, "fail");

  assertEquals(error, { code: 4001, message: "Out of stock", data: { sku: "a1" } });
  assertEquals(service.memory.records, []);
});

Deno.test("any other error of a blocking method is an Internal error, and logged", async () => {
  await using service = new BlockingService();
  service.exposeErrorDetails = true;

  const { error } = await call(service, "crash");

  assertEquals(error, {
    code: -32603,
    message: "Internal error",
    data: { class: "BoomError", info: "boom" },
  });
  assertEquals(service.memory.records.map(({ message }) => message), ['Method "crash" failed']);
  assertEquals((await call(service, "unserializable")).error.code, -32603);
});

Deno.test("a blocking method that takes too long loses its worker", async () => {
  await using service = new BlockingService();

  const { error } = await call(service, "spinBriefly");

  assertEquals(error.code, -32002);
  assertEquals(service.getExecutor().stats.workers, 0);
  assertEquals((await call(service, "pow", [3])).result, 9);
  await waitUntil("its thread is gone", () => service.getExecutor().stats.ending === 0);
});

Deno.test("a caller that goes away takes its blocking call with it", async () => {
  await using service = new BlockingService();
  await service.start();
  const { stats: before } = service.getExecutor();
  const abort = new AbortController();
  const body = JSON.stringify({ jsonrpc: "2.0", method: "spin", params: [2_000], id: 1 });
  const headers = { "content-type": "application/json" };
  const response = fetch(service.url, { method: "POST", body, headers, signal: abort.signal });
  await waitUntil("it runs", () => service.getExecutor().stats.running === 1);

  abort.abort();

  await assertRejects(() => response);
  await waitUntil("its worker is ended", () => service.getExecutor().stats.workers === 0);
  assertEquals(before.workers, 0);
  await waitUntil("its thread is gone", () => service.getExecutor().stats.ending === 0);
});

Deno.test("blocking methods leave the event loop free", async () => {
  await using service = new BlockingService();
  const spinning = post(service, '{"jsonrpc":"2.0","method":"spinBriefly","id":1}');
  await waitUntil("it runs", () => service.getExecutor().stats.running === 1);

  assertEquals((await call(service, "ping")).result, "pong");

  assertEquals(service.getExecutor().stats.running, 1);
  await (await spinning).text();
  await waitUntil("its thread is gone", () => service.getExecutor().stats.ending === 0);
});

Deno.test("stop() waits for a blocking notification", async () => {
  const service = new BlockingService();
  await service.start();
  const { stats } = service.getExecutor();
  assertEquals(stats.workers, 0);
  const executor = service.getExecutor();

  assertEquals((await notify(service, "wait", [200])).status, 204);
  await waitUntil("it runs", () => executor.stats.running === 1);
  await service.stop();

  assertEquals(service.memory.records.filter(({ level }) => level !== "info"), []);
  assertEquals(executor.stats, { workers: 0, running: 0, queued: 0, ending: 0, threads: 0 });
});

Deno.test("stop() ends a blocking call that does not end", async () => {
  const service = new BlockingService();
  service.shutdownTimeoutMs = 100;
  await service.start();
  const executor = service.getExecutor();
  const answer = call(service, "spin", [4_000]);
  await waitUntil("it runs", () => executor.stats.running === 1);

  await service.stop();

  assertEquals((await answer).error.code, -32003);
  assertEquals(executor.stats.workers, 0);
  await waitUntil("its thread is gone", () => executor.stats.ending === 0);
});

Deno.test("a service says how many blocking calls may wait", async () => {
  await using service = new BlockingService();
  Object.assign(service, { maxParallelBlockingTasks: 1, executorOptions: { maxQueue: 1 } });

  const replies = await Promise.all([1, 2, 3].map(() => call(service, "wait", [200])));

  const { code, data } = replies.map(({ error }) => error).find((error) => error !== undefined);
  assertEquals([code, data], [-32004, { reason: "1 calls wait for 1 workers" }]);
  assertEquals(replies.filter(({ result }) => result === 200).length, 2);
});

Deno.test("a service has one executor until it stops, and another one after that", async () => {
  await using service = new BlockingService();
  await service.start();
  const first = service.getExecutor();

  assertStrictEquals(service.getExecutor(), first);
  assertEquals((await call(service, "pow", [3])).result, 9);
  await service.stop();
  await service.start();

  assertNotStrictEquals(service.getExecutor(), first);
  assertEquals((await call(service, "pow", [3])).result, 9);
});

Deno.test("startThread() runs a thread that ends with the service", async () => {
  const service = new BlockingService();
  await service.start();

  const thread = service.startThread(new URL("./blocking_service.ts", import.meta.url), "triple", [2]);

  assertEquals(await thread.finished, 6);
  await service.stop();
});

class TakesContext extends MicroService {
  override name = "context";

  @exposedMethod({ blocking: import.meta.url, requiresHandlerReference: true })
  run(_context: RequestContext): void {}
}

const WRONG: readonly (readonly [what: string, create: () => MicroService, text: string])[] = [
  ["takes the context", () => new TakesContext(), "can not take the context of the request"],
  ["names no module", () => {
    const service = new BlockingService();
    service.expose("x", function named() {}, { blocking: "./tasks.ts" });
    return service;
  }, 'as blocking in "./tasks.ts": give the absolute URL'],
  ["has no name", () => {
    const service = new BlockingService();
    service.expose("x", (() => () => {})(), { blocking: import.meta.url });
    return service;
  }, "its function has no name"],
  [
    "has a wrong queue",
    () => Object.assign(new BlockingService(), { executorOptions: { maxQueue: -1 } }),
    "Cannot use -1 as the maxQueue",
  ],
  [
    "has no workers",
    () => Object.assign(new BlockingService(), { maxParallelBlockingTasks: 0 }),
    "maxParallelBlockingTasks",
  ],
];

for (const [what, create, text] of WRONG) {
  Deno.test(`a service with a blocking method that ${what} can not start`, async () => {
    await using service = create();

    const error = await assertRejects(() => service.start({ args: [] }), ServiceConfigurationError, text);

    assert(error.message.startsWith("Cannot "));
  });
}
