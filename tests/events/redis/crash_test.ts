import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { FaultProxy } from "../../support/fault_proxy.ts";
import { createGate } from "../../support/gate.ts";
import { pause, waitUntil } from "../../support/wait_until.ts";
import { type RedisSpace, redisTest } from "./redis_space.ts";
import { RedisWorkerProcess } from "./redis_worker_process.ts";

function startWorker(
  space: RedisSpace,
  plan: { takesMs?: number; killAt?: number; url?: string } = {},
  options = {},
): RedisWorkerProcess {
  return new RedisWorkerProcess({
    url: space.url,
    options: { ...space.options, claimIdleMs: 600, maxDeliveries: 3, ...options },
    event: space.event,
    takesMs: 0,
    ...plan,
  });
}

redisTest("RedisEventTransport lets others handle what a killed instance had", async (space) => {
  await using victim = startWorker(space, { takesMs: 50 });
  await using survivor = startWorker(space, { takesMs: 5 });
  await Promise.all([victim.said(/^ready$/), survivor.said(/^ready$/)]);
  const emitter = await space.start("shop");
  const count = 300;

  const emits = Promise.all(Array.from({ length: count }, (_, i) => emitter.emit(i)));
  await waitUntil("the victim works", () => victim.numbers.length >= 4);
  await victim.kill();
  await emits;
  await waitUntil("nothing is left", async () => await space.raw.text("XLEN", space.queue("billing")) === 0);

  const handled = [...victim.numbers, ...survivor.numbers];
  assertEquals(new Set(handled).size, count);
  assertLess(handled.length - count, 9, "no more than the victim had fetched");
  assertEquals(await space.deadLetters("billing"), []);
});

redisTest(
  "RedisEventTransport dead-letters an event whose handler kills every instance, and no other",
  async (space) => {
    const emitter = await space.start("shop");
    await (await space.handle("billing", () => {})).stop();
    for (let i = 0; i < 12; i++) await emitter.emit(i, { id: `e-${i}` });
    const handled = new Set<number>();
    const isLeft = async (): Promise<boolean> => await space.raw.text("XLEN", space.queue("billing")) !== 0;

    let crashes = 0;
    for (; crashes < 12 && await isLeft(); crashes++) {
      await using worker = startWorker(space, { killAt: 2, takesMs: 5 });
      await waitUntil("it has crashed, or nothing is left", async () => worker.isOver || !await isLeft());
      for (const number of worker.numbers) handled.add(number);
    }
    const letters = await space.deadLetters("billing");

    assertEquals(crashes, 4, "three that crash, and one that finds out");
    assertEquals(letters.map(({ eventId, reason, body }) => [eventId, reason, body]), [[
      "e-2",
      "delivery_limit",
      "2",
    ]]);
    assertEquals(handled.size, 12);
  },
);

redisTest(
  "RedisEventTransport leaves a handler in peace that takes longer than claimIdleMs",
  async (space) => {
    const gate = createGate();
    let calls = 0;
    const slow = await space.handle("billing", async () => {
      calls++;
      await gate.promise;
    }, { claimIdleMs: 150 });
    await slow.emit("x");
    await waitUntil("it runs", () => calls === 1);
    const others: unknown[] = [];
    await space.handle("billing", ({ body }) => others.push(body), { claimIdleMs: 150 });

    await pause(600);
    gate.resolve();
    await waitUntil("it is settled", async () => await space.raw.text("XLEN", space.queue("billing")) === 0);

    assertEquals(calls, 1);
    assertEquals(others, []);
  },
);

redisTest(
  "RedisEventTransport lets another instance have what one in a black hole has begun",
  async (space) => {
    await using proxy = await FaultProxy.start(Number(new URL(space.url).port));
    const gate = createGate();
    const connection = { ...space.options.connection, responseTimeoutMs: 1000, connectTimeoutMs: 500 };
    const lonely = await space.start(
      "billing",
      { claimIdleMs: 300, connection },
      `redis://127.0.0.1:${proxy.port}`,
    );
    await lonely.handle(space.event, () => gate.promise);
    await lonely.emit("x");
    await waitUntil("it runs", () => lonely.transport.stats().running === 1);
    const others: [unknown, number][] = [];
    await space.handle("billing", ({ body, attempt }) => others.push([body, attempt]), { claimIdleMs: 300 });

    proxy.blackHole();
    await waitUntil("the other has it", () => others.length === 1);
    proxy.heal();
    gate.resolve();
    await waitUntil(
      "it is connected again",
      () => lonely.states.filter((state) => state === "up").length === 2,
    );
    await lonely.emit("y");
    await waitUntil("it is alive", () => others.length + lonely.transport.stats().handled >= 3);

    assertEquals(others[0], ["x", 1]);
    assertEquals(await space.deadLetters("billing"), []);
  },
);

redisTest(
  "RedisEventTransport puts back what has not begun when it stops, and others have it at once",
  async (space) => {
    const gate = createGate();
    const emitter = await space.start("shop");
    await (await space.handle("billing", () => {})).stop();
    for (let i = 0; i < 8; i++) await emitter.emit(i);
    const first = await space.handle("billing", () => gate.promise, { claimIdleMs: 60_000 }, {
      concurrency: 1,
      prefetch: 8,
    });
    await waitUntil("all are fetched", async () => {
      const [pending] = await space.raw.text("XPENDING", space.queue("billing"), "gemstone") as [number];
      return pending === 8;
    });
    const others: [unknown, number][] = [];
    await space.handle("billing", ({ body, attempt }) => others.push([body, attempt]), {
      claimIdleMs: 60_000,
    });

    const stopping = first.stop();
    await waitUntil("the other has them", () => others.length === 7);
    gate.resolve();
    const report = await stopping;

    assertEquals(report, { drained: true, unfinishedHandlers: 0, unsentEvents: 0 });
    assertEquals(others.sort(), [1, 2, 3, 4, 5, 6, 7].map((number) => [number, 1]));
    assertEquals(first.transport.stats().handled, 1);
  },
);

redisTest("RedisEventTransport forgets instances that are gone", async (space) => {
  for (let i = 0; i < 3; i++) {
    await using worker = startWorker(space);
    await worker.said(/^ready$/);
    await worker.kill();
  }
  const before = await space.raw.text("ZCARD", `${space.namespace}:alive:billing`);
  const transport = await space.handle("billing", () => {}, { claimIdleMs: 600 });
  await transport.emit(1);
  const count = async (): Promise<number> =>
    (await space.raw.text("XINFO", "CONSUMERS", space.queue("billing"), "gemstone") as unknown[]).length;
  await waitUntil(
    "only one is left",
    async () =>
      await count() === 1 && await space.raw.text("ZCARD", `${space.namespace}:alive:billing`) === 1,
  );

  assertGreater(Number(before), 0);
  assert(transport.transport.health().state === "up");
});
