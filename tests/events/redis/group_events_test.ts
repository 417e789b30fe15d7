import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { NonRetryableError, UnroutableEventError } from "../../../src/errors.ts";
import type { ReceivedEvent } from "../../../src/events/event_transport.ts";
import { createGate } from "../../support/gate.ts";
import { pause, waitUntil } from "../../support/wait_until.ts";
import { redisTest } from "./redis_space.ts";

redisTest("RedisEventTransport delivers a group event with all that it says", async (space) => {
  const received: ReceivedEvent[] = [];
  const transport = await space.handle("billing", (event) => received.push(event));
  const trace = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

  const receipt = await transport.emit({ a: [1, null, "é"] }, {
    id: "id-1",
    timeMs: 7,
    trace,
    correlationId: "c",
  });
  await waitUntil("it is handled", () => received.length === 1);

  assertEquals(receipt, { id: "id-1", confirmed: true, routed: true, attempts: 1 });
  assertEquals({ ...received[0] }, {
    id: "id-1",
    name: space.event,
    body: { a: [1, null, "é"] },
    source: "/test",
    timeMs: 7,
    broadcast: false,
    attempt: 1,
    trace,
    correlationId: "c",
  });
});

redisTest("RedisEventTransport gives each group event to one instance of each service", async (space) => {
  const handled: Record<string, number[]> = { a: [], b: [], other: [] };
  for (const [service, who] of [["billing", "a"], ["billing", "b"], ["mail", "other"]] as const) {
    await space.handle(
      service,
      async ({ body }) => {
        await pause(1);
        handled[who]!.push(body as number);
      },
      {},
      { concurrency: 2, prefetch: 4 },
    );
  }
  const emitter = await space.start("shop");

  await Promise.all(Array.from({ length: 100 }, (_, i) => emitter.emit(i)));
  await waitUntil(
    "all are handled",
    () => handled.a!.length + handled.b!.length + handled.other!.length >= 200,
  );

  assertEquals(
    [...handled.a!, ...handled.b!].sort((x, y) => x - y),
    Array.from({ length: 100 }, (_, i) => i),
  );
  assertEquals(new Set(handled.other).size, 100);
  assert(handled.a!.length > 0 && handled.b!.length > 0, "both instances get some");
});

redisTest("RedisEventTransport leaves nothing of a handled event in Redis", async (space) => {
  const transport = await space.handle("billing", () => {});

  await Promise.all(Array.from({ length: 500 }, (_, i) => transport.emit(i)));
  await waitUntil("all are handled", () => transport.transport.stats().handled === 500);
  await transport.stop();

  assertEquals(await space.keys(), [`${space.namespace}:groups:${space.event}`, space.queue("billing")]);
  assertEquals(await space.raw.text("XLEN", space.queue("billing")), 0);
  assertEquals(await space.raw.text("XPENDING", space.queue("billing"), "gemstone"), [0, null, null, null]);
  assertEquals(await space.raw.text("XINFO", "CONSUMERS", space.queue("billing"), "gemstone"), []);
});

redisTest("RedisEventTransport keeps group events while no instance of the service runs", async (space) => {
  const first = await space.handle("billing", () => {});
  await first.stop();
  const emitter = await space.start("shop");
  const handled: unknown[] = [];

  const receipt = await emitter.emit("later");
  await space.handle("billing", ({ body }) => handled.push(body));
  await waitUntil("it is handled", () => handled.length === 1);

  assertEquals(receipt.routed, true);
  assertEquals(handled, ["later"]);
});

redisTest("RedisEventTransport says when no service has a handler", async (space) => {
  const emitter = await space.start("shop");

  const receipt = await emitter.emit(1);
  await emitter.emit(2);
  await assertRejects(() => emitter.emit(3, { requireRoute: true }), UnroutableEventError, space.event);

  assertEquals(receipt.routed, false);
  assertEquals(emitter.transport.stats().unrouted, 3);
  assertEquals(space.logger.records.filter(({ level }) => level === "warn").length, 1);
});

redisTest("RedisEventTransport delivers a failed event again after the delay of its tier", async (space) => {
  const deliveries: { attempt: number; at: number }[] = [];
  const transport = await space.handle("billing", ({ attempt }) => {
    deliveries.push({ attempt, at: performance.now() });
    if (attempt < 4) throw new Error("not yet");
  }, { retryDelaysMs: [100, 300] });

  await transport.emit("x");
  await waitUntil("it is handled", () => deliveries.length === 4);
  await waitUntil("it is settled", async () => await space.raw.text("XLEN", space.queue("billing")) === 0);

  assertEquals(deliveries.map(({ attempt }) => attempt), [1, 2, 3, 4]);
  for (const [i, delayMs] of [100, 300, 300].entries()) {
    const waitedMs = deliveries[i + 1]!.at - deliveries[i]!.at;
    assertGreater(waitedMs, delayMs - 2);
    assertLess(waitedMs, delayMs + 500);
  }
  assertEquals(transport.transport.stats().retried, 3);
  assertEquals((await space.keys()).filter((key) => key.includes(":retry:")), []);
});

redisTest(
  "RedisEventTransport lets any instance have the retry, and the others go on meanwhile",
  async (space) => {
    const handled: unknown[] = [];
    const failing = await space.handle("billing", ({ body }) => {
      if (body === "bad") throw new Error("no");
      handled.push(body);
    });
    await failing.emit("bad");
    await failing.emit("good");
    await waitUntil("it has failed", () => failing.transport.stats().retried === 1);
    await failing.stop();

    await space.handle("billing", ({ body, attempt }) => handled.push([body, attempt]));
    await waitUntil("it is handled", () => handled.length === 2);

    assertEquals(handled, ["good", ["bad", 2]]);
  },
);

for (
  const { name, error, attempts, reason } of [
    { name: "after maxAttempts deliveries", error: new TypeError("no"), attempts: 3, reason: "max_attempts" },
    { name: "at once", error: new NonRetryableError("never"), attempts: 1, reason: "non_retryable" },
  ]
) {
  redisTest(`RedisEventTransport dead-letters a failing event ${name}`, async (space) => {
    let calls = 0;
    const transport = await space.handle(
      "billing",
      () => {
        calls++;
        throw error;
      },
      { retryDelaysMs: [20] },
      { maxAttempts: 3 },
    );

    await transport.emit({ n: 1 }, { id: "e-1" });
    await waitUntil("it is dead", () => transport.transport.stats().dead === 1);
    const [letter, ...others] = await space.deadLetters("billing");

    assertEquals(calls, attempts);
    assertEquals(others, []);
    assertEquals({ ...letter, errorStack: undefined, id: "", firstFailure: "", lastFailure: "" }, {
      id: "",
      eventId: "e-1",
      event: space.event,
      origin: space.queue("billing"),
      reason,
      attempts,
      errorName: error.name,
      errorMessage: error.message,
      errorStack: undefined,
      firstFailure: "",
      lastFailure: "",
      body: '{"n":1}',
      isText: true,
    });
    assert(letter!.errorStack!.includes(error.message));
    assert(letter!.firstFailure! <= letter!.lastFailure!);
    assertEquals(await space.raw.text("XLEN", space.queue("billing")), 0);
  });
}

redisTest(
  "RedisEventTransport rejects an event for a queue at maxQueueLength, and sends it to nobody",
  async (space) => {
    const gate = createGate();
    await space.handle("slow", () => gate.promise, {}, { concurrency: 1, prefetch: 1 });
    const mail = await space.handle("mail", () => {});
    const emitter = await space.start("shop", { maxQueueLength: 3 });
    for (let i = 0; i < 3; i++) await emitter.emit(i);
    await waitUntil("the others are handled", () => mail.transport.stats().handled === 3);

    const error = await assertRejects(() => emitter.emit("too much")) as Error & { code: string };

    assertEquals(error.code, "ERR_EVENT_REJECTED");
    assert(error.message.includes(space.queue("slow")), error.message);
    assert(error.message.includes("maxQueueLength"), error.message);
    assertEquals(await space.raw.text("XLEN", space.queue("mail")), 0);
    gate.resolve();
  },
);
