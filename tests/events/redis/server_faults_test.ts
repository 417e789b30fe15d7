import { assert, assertEquals, assertRejects } from "@std/assert";
import { EmitTimeoutError, EventRejectedError, TopologyConflictError } from "../../../src/errors.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { privateRedisTest, redisTest, toSubscription } from "./redis_space.ts";

redisTest("RedisEventTransport recovers when all keys and scripts are deleted", async (space) => {
  const handled: unknown[] = [];
  const transport = await space.handle("billing", ({ body }) => handled.push(body), { claimIdleMs: 300 });
  await transport.emit(1);
  await waitUntil("it is handled", () => handled.length === 1);

  await space.raw.text("DEL", ...await space.keys());
  await space.raw.text("SCRIPT", "FLUSH");
  await waitUntil("the queue is back", async () => (await space.keys()).includes(space.queue("billing")));
  await waitUntil("it is routed", async () => (await transport.emit(2)).routed === true);
  await waitUntil("it is handled", () => handled.length === 2);

  assertEquals(transport.states.filter((state) => state === "up").length, 1);
});

redisTest("RedisEventTransport.subscribe() rejects when a key is in the way", async (space) => {
  await space.raw.text("SET", space.queue("billing"), "mine");
  const transport = await space.start("billing");

  const error = await assertRejects(() => transport.handle(space.event, () => {}), TopologyConflictError);

  assertEquals(error.object, space.queue("billing"));
  assert(error.message.includes("WRONGTYPE"), error.message);
  assertEquals(await space.raw.text("GET", space.queue("billing")), "mine");
});

redisTest(
  "RedisEventTransport.subscribe() rejects when the key of the service is in the way",
  async (space) => {
    const key = `${space.namespace}:alive:billing`;
    await space.raw.text("SET", key, "mine");
    const transport = await space.start("billing");

    const error = await assertRejects(() => transport.handle(space.event, () => {}), TopologyConflictError);

    assertEquals(error.object, key);
  },
);

redisTest("RedisEventTransport.subscribe() can be called again after a key was in the way", async (space) => {
  const handled: unknown[] = [];
  await space.raw.text("SET", space.queue("billing"), "mine");
  const transport = await space.start("billing");
  await assertRejects(() => transport.handle(space.event, () => {}), TopologyConflictError);

  await transport.emitNamed(`${space.event}.other`, 1);
  await space.raw.text("DEL", space.queue("billing"));
  await transport.handle(space.event, ({ body }) => handled.push(body));
  await transport.emit(2);
  await waitUntil("it is handled", () => handled.length === 1);

  assertEquals(handled, [2]);
});

redisTest("RedisEventTransport goes on without handlers after a key was in the way", async (space) => {
  await space.raw.text("SET", space.queue("billing"), "mine");
  const transport = await space.start("billing");
  await assertRejects(() => transport.handle(space.event, () => {}), TopologyConflictError);

  const { confirmed } = await transport.emitNamed(`${space.event}.other`, 1);
  const { state } = transport.transport.health();
  const report = await transport.stop();

  assertEquals([confirmed, state], [true, "up"]);
  assertEquals(report, { drained: true, unfinishedHandlers: 0, unsentEvents: 0 });
});

redisTest("RedisEventTransport.emit() rejects when the register of an event is in the way", async (space) => {
  await space.raw.text("SET", `${space.namespace}:groups:${space.event}`, "mine");
  const emitter = await space.start("shop");

  await assertRejects(() => emitter.emit(1), EventRejectedError, "WRONGTYPE");
  const { confirmed } = await emitter.emitNamed(`${space.event}.other`, 1);

  assertEquals(confirmed, true);
});

redisTest(
  "RedisEventTransport works with the other queues while a key is in the way, and recovers",
  async (space) => {
    const handled: string[] = [];
    const transport = await space.start("billing", { waitForBroker: false, claimIdleMs: 300 });
    const [good, bad] = [`${space.event}.good`, `${space.event}.bad`];
    await space.raw.text("SET", space.queue("billing", bad), "mine");
    await waitUntil("it is up", () => transport.states.includes("up"));
    await transport.transport.subscribe(
      [good, bad].map((event) => toSubscription(event, ({ name }) => handled.push(name))),
    );

    await transport.emitNamed(good, 1);
    await waitUntil("the good one is handled", () => handled.length === 1);
    const health = transport.transport.health();
    await space.raw.text("DEL", space.queue("billing", bad));
    await waitUntil("it is well again", () => transport.transport.health().state === "up");
    await transport.emitNamed(bad, 1);
    await waitUntil("the bad one is handled", () => handled.length === 2);

    assertEquals(health.state, "degraded");
    assert(health.reason!.includes("WRONGTYPE"), health.reason);
    assertEquals(handled, [good, bad]);
  },
);

redisTest("RedisEventTransport keeps an event that can not be settled until it can", async (space) => {
  const transport = await space.handle("billing", ({ attempt }) => {
    if (attempt === 1) throw new Error("not yet");
  }, { claimIdleMs: 300, retryDelaysMs: [10] });
  const retries = `${space.namespace}:retry:billing/${space.event}`;
  await space.raw.text("SET", retries, "mine");

  await transport.emit("x");
  await waitUntil(
    "it is told",
    () => space.logger.records.some(({ message }) => message.includes("WRONGTYPE")),
  );
  const length = await space.raw.text("XLEN", space.queue("billing"));
  await space.raw.text("DEL", retries);
  await waitUntil("it is handled", () => transport.transport.stats().handled === 1);

  assertEquals(length, 1);
});

redisTest("RedisEventTransport rejects what one queue can not take, and says which", async (space) => {
  await space.handle("mail", () => {});
  const transport = await space.handle("billing", () => {});
  await space.raw.text("DEL", space.queue("mail"));
  await space.raw.text("SET", space.queue("mail"), "mine");

  const error = await assertRejects(() => transport.emit("x"), EventRejectedError);
  await waitUntil("the other queue has it", () => transport.transport.stats().handled === 1);

  assert(error.message.includes(space.queue("mail")), error.message);
});

privateRedisTest(
  "RedisEventTransport rejects events while Redis has no memory, and goes on after",
  async (space) => {
    const handled: unknown[] = [];
    const transport = await space.handle("billing", ({ body }) => handled.push(body));

    await space.raw.text("CONFIG", "SET", "maxmemory", "1");
    const error = await assertRejects(() => transport.emit(1), EventRejectedError, "OOM");
    await space.raw.text("CONFIG", "SET", "maxmemory", "0");
    await transport.emit(2);
    await waitUntil("it is handled", () => handled.length === 1);

    assertEquals(error.outcome, "unknown");
    assertEquals(handled, [2]);
  },
);

privateRedisTest("RedisEventTransport waits while Redis is read-only", async (space) => {
  const handled: unknown[] = [];
  const transport = await space.handle("billing", ({ body }) => handled.push(body));

  await space.raw.text("REPLICAOF", "127.0.0.1", String(await findFreePort()));
  const emit = transport.emit(1);
  emit.catch(() => {/* met below */});
  await assertRejects(() => transport.emit(2, { timeoutMs: 100 }), EmitTimeoutError);
  await space.raw.text("REPLICAOF", "NO", "ONE");
  const receipt = await emit;
  await waitUntil("it is handled", () => handled.includes(1));

  assertEquals(receipt.routed, true);
});
