import { assert, assertEquals, assertGreater } from "@std/assert";
import { Buffer } from "node:buffer";
import type { ReceivedEvent } from "../../../src/events/event_transport.ts";
import { createGate } from "../../support/gate.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { RawRedis } from "./raw_redis.ts";
import { redisTest, toSubscription } from "./redis_space.ts";

redisTest("RedisEventTransport publishes a broadcast as Python gemstone does", async (space) => {
  await using python = await RawRedis.open(space.url);
  await python.ask("SUBSCRIBE", space.event);
  const emitter = await space.start("shop");

  const receipt = await emitter.emit({ a: 1, b: [null, true, "é"] }, { broadcast: true, id: "id-1" });
  await waitUntil("Python hears it", () => python.messages.length === 1);

  assertEquals(python.messages, [[space.event, '{"a":1,"b":[null,true,"é"]}']]);
  assertEquals(receipt, { id: "id-1", confirmed: true, routed: true, attempts: 1 });
});

redisTest("RedisEventTransport hears what Python gemstone publishes", async (space) => {
  const received: ReceivedEvent[] = [];
  await space.handle("billing", (event) => received.push(event));

  const listeners = await space.raw.text("PUBLISH", space.event, '{"a": 1, "b": [null, true, "\\u00e9"]}');
  await waitUntil("it is handled", () => received.length === 1);

  assertEquals(listeners, 1);
  assertEquals({ ...received[0] }, {
    id: undefined,
    name: space.event,
    body: { a: 1, b: [null, true, "é"] },
    source: undefined,
    timeMs: undefined,
    broadcast: true,
    attempt: 1,
    trace: {},
    correlationId: undefined,
  });
});

redisTest("RedisEventTransport does not look for an envelope in a broadcast", async (space) => {
  const bodies: unknown[] = [];
  await space.handle("billing", ({ body }) => bodies.push(body));
  const body = { specversion: "1.0", id: "i", source: "/s", type: "t", data: 1 };

  await space.raw.ask("PUBLISH", space.event, JSON.stringify(body));
  await waitUntil("it is handled", () => bodies.length === 1);

  assertEquals(bodies, [body]);
});

redisTest("RedisEventTransport brings a broadcast to every instance of every service", async (space) => {
  const handled: Record<string, unknown[]> = { a: [], b: [], c: [] };
  for (const [service, who] of [["billing", "a"], ["billing", "b"], ["mail", "c"]] as const) {
    await space.handle(service, ({ body }) => handled[who]!.push(body));
  }
  const emitter = await space.start("shop");

  for (let i = 0; i < 50; i++) await emitter.emit(i, { broadcast: true });
  await waitUntil("all have all", () => Object.values(handled).every(({ length }) => length === 50));

  const all = Array.from({ length: 50 }, (_, i) => i);
  assertEquals(handled, { a: all, b: all, c: all });
});

redisTest("RedisEventTransport subscribes to nothing when a service only emits", async (space) => {
  const emitter = await space.start("shop");

  await emitter.transport.subscribe([]);
  await emitter.emit(1, { broadcast: true });
  const connections = await countConnections(space);

  assertEquals(connections, ["shop:commands"]);

  async function countConnections({ namespace, raw }: typeof space): Promise<string[]> {
    const list = String(await raw.text("CLIENT", "LIST"));
    return [...list.matchAll(new RegExp(`name=${namespace}:(\\S+) .*?sub=0 psub=0`, "g"))].map(([, name]) =>
      name!
    );
  }
});

for (
  const [name, message, reason] of [
    ["not JSON", "{", "malformed"],
    ["nothing", "", "malformed"],
    ["not UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22]), "malformed"],
    ["too large", JSON.stringify("x".repeat(2000)), "too_large"],
    ["deep", "[".repeat(900), "malformed"],
  ] as const
) {
  redisTest(`RedisEventTransport dead-letters a broadcast that is ${name}, and goes on`, async (space) => {
    const bodies: unknown[] = [];
    const transport = await space.handle("billing", ({ body }) => bodies.push(body), { maxEventBytes: 1000 });

    await space.raw.ask("PUBLISH", space.event, message);
    await space.raw.ask("PUBLISH", space.event, '{"__proto__":{"x":1}}');
    await waitUntil("the next one is handled", () => bodies.length === 1);
    await waitUntil("the first one is dead", () => transport.transport.stats().dead === 1);
    const [letter] = await space.deadLetters("billing");

    const bytes = Buffer.from(message as string);
    assertEquals(letter!.reason, reason);
    assertEquals(letter!.event, space.event);
    assertEquals(letter!.attempts, 1);
    assertEquals(letter!.isText, name !== "not UTF-8");
    assertEquals(Buffer.from(letter!.body, letter!.isText ? "utf8" : "base64"), bytes.subarray(0, 1000));
    assertEquals(Object.keys(bodies[0] as object), ["__proto__"]);
  });
}

redisTest("RedisEventTransport tries a failed broadcast again in the same instance only", async (space) => {
  const deliveries: Record<string, number[]> = { a: [], b: [] };
  const failing = await space.handle("billing", ({ attempt }) => {
    deliveries.a!.push(attempt);
    if (attempt < 3) throw new Error("not yet");
  });
  const other = await space.handle("billing", ({ attempt }) => deliveries.b!.push(attempt));

  await other.emit("x", { broadcast: true });
  await waitUntil("it is handled", () => failing.transport.stats().handled === 1);

  assertEquals(deliveries, { a: [1, 2, 3], b: [1] });
  assertEquals(failing.transport.stats().retried, 2);
  assertEquals(failing.transport.stats().dead, 0);
});

redisTest(
  "RedisEventTransport dead-letters a broadcast that fails too often, to be redriven to one",
  async (space) => {
    const transport = await space.handle(
      "billing",
      () => {
        throw new Error("never");
      },
      { retryDelaysMs: [10] },
      { maxAttempts: 2 },
    );

    await space.raw.ask("PUBLISH", space.event, '{"a": 1}');
    await waitUntil("it is dead", () => transport.transport.stats().dead === 1);
    const [letter] = await space.deadLetters("billing");

    assertEquals(letter!.reason, "max_attempts");
    assertEquals(letter!.attempts, 2);
    assertEquals(letter!.body, '{"a": 1}');
    assertEquals(letter!.origin, space.queue("billing"));
    assertEquals(letter!.errorMessage, "never");
  },
);

redisTest("RedisEventTransport dead-letters at its stop what waits for another try", async (space) => {
  const transport = await space.handle("billing", () => {
    throw new Error("not yet");
  }, { retryDelaysMs: [60_000] });
  await space.raw.ask("PUBLISH", space.event, '"x"');
  await waitUntil("it has failed", () => transport.transport.stats().retried === 1);

  await transport.stop();
  const [letter] = await space.deadLetters("billing");

  assertEquals(letter!.body, '"x"');
  assertEquals(letter!.errorMessage, "not yet");
  assertEquals(letter!.attempts, 1);
});

redisTest(
  "RedisEventTransport drops broadcasts that a slow handler has no place for, and says so",
  async (space) => {
    const gate = createGate();
    const transport = await space.handle("billing", () => gate.promise);
    await using python = await RawRedis.open(space.url);

    const count = 12_000;
    await Promise.all(Array.from({ length: count }, (_, i) => python.ask("PUBLISH", space.event, String(i))));
    await waitUntil(
      "some are dropped",
      () => space.logger.records.some(({ message }) => message.startsWith("Dropped")),
    );
    gate.resolve();
    await waitUntil("the others are handled", () => transport.transport.stats().handled >= 10_000);
    await transport.stop();

    const dropped = space.logger.records.map(({ message }) =>
      Number(/^Dropped (\d+)/.exec(message)?.[1] ?? 0)
    )
      .reduce((sum, value) => sum + value, 0);
    assertGreater(dropped, 0);
    assertEquals(transport.transport.stats().handled + dropped, count);
  },
);

redisTest("RedisEventTransport drops dead broadcasts when there are too many dead letters", async (space) => {
  const transport = await space.handle("billing", () => {}, { maxDeadLetters: 2 });

  for (let i = 0; i < 4; i++) await space.raw.ask("PUBLISH", space.event, "{");
  await space.raw.text("XADD", space.queue("billing"), "*", "event", "{");
  await waitUntil("the group event is dead", () => transport.transport.stats().dead === 3);
  await waitUntil(
    "two are dropped",
    () => space.logger.records.filter(({ message }) => message.includes("maxDeadLetters")).length === 2,
  );

  assertEquals((await space.deadLetters("billing")).length, 3);
});

redisTest("RedisEventTransport takes events of several names", async (space) => {
  const handled: string[] = [];
  const transport = await space.start("billing");
  const names = Array.from({ length: 20 }, (_, i) => `${space.event}.${i}`);
  await transport.transport.subscribe(
    names.map((name) => toSubscription(name, (event) => handled.push(event.name))),
  );

  for (const name of names) {
    await transport.emitNamed(name, 1, { broadcast: true });
    await transport.emitNamed(name, 1);
  }
  await waitUntil("all are handled", () => handled.length === 40);

  assert(names.every((name) => handled.filter((each) => each === name).length === 2));
});
