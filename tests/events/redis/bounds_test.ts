import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { EventBufferFullError, EventTooLargeError } from "../../../src/errors.ts";
import { FaultProxy } from "../../support/fault_proxy.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { redisTest } from "./redis_space.ts";

redisTest(
  "RedisEventTransport leaves nothing of events that nobody handles, whatever their names",
  async (space) => {
    const emitter = await space.start("shop");
    const count = 50_000;

    let next = 0;
    await Promise.all(Array.from({ length: 500 }, async () => {
      while (next < count) {
        await emitter.emitNamed(`${space.event}.${next++}`, next, { broadcast: next % 2 === 0 });
      }
    }));

    assertEquals(await space.keys(), []);
    assertEquals(emitter.transport.stats().confirmed, count);
    assertEquals(emitter.transport.stats().unrouted, count / 2);
    assertLess(space.logger.records.filter(({ level }) => level === "warn").length, 101);
  },
);

redisTest("RedisEventTransport keeps no more of events in Redis than the backlog", async (space) => {
  const transport = await space.handle("billing", () => {});
  const sizes: number[] = [];

  for (let round = 0; round < 4; round++) {
    await Promise.all(
      Array.from({ length: 2000 }, (_, i) => transport.emit({ i, padding: "x".repeat(500) })),
    );
    await waitUntil("all are handled", () => transport.transport.stats().handled === 2000 * (round + 1));
    await waitUntil(
      "all are settled",
      async () => await space.raw.text("XLEN", space.queue("billing")) === 0,
    );
    sizes.push(await space.raw.text("MEMORY", "USAGE", space.queue("billing")) as number);
  }

  assertLess(Math.max(...sizes), 20_000, "an empty stream with a group");
});

redisTest(
  "RedisEventTransport takes 10,000 events while Redis is away, and sends them in order",
  async (space) => {
    await using proxy = await FaultProxy.start(Number(new URL(space.url).port));
    const emitter = await space.start("shop", {}, `redis://127.0.0.1:${proxy.port}`);
    const handled: number[] = [];
    await space.handle("billing", ({ body }) => handled.push(body as number), {}, { ordered: true });
    proxy.refuse();
    proxy.resetAll();
    await waitUntil("it is away", () => emitter.states.includes("down"));

    const outcomes = Array.from(
      { length: 12_000 },
      (_, i) =>
        emitter.emit(i, { timeoutMs: 60_000 }).then(
          () => "sent",
          (error) => error.constructor.name as string,
        ),
    );
    const refused = await Promise.all(outcomes.slice(10_000));
    await proxy.listen();
    const sent = await Promise.all(outcomes.slice(0, 10_000));
    await waitUntil("all are handled", () => handled.length === 10_000, 120_000);

    assertEquals(new Set(refused), new Set([EventBufferFullError.name]));
    assertEquals(new Set(sent), new Set(["sent"]));
    assert(
      handled.every((number, i) => number === i),
      "in order",
    );
  },
);

redisTest("RedisEventTransport rejects an event that is too large before it is sent", async (space) => {
  const emitter = await space.start("shop", { maxEventBytes: 10 });

  await emitter.emit("12345678");
  const error = await assertRejects(() => emitter.emit("123456789"), EventTooLargeError, "maxEventBytes");
  await assertRejects(() => emitter.emit("ééééé", { broadcast: true }), EventTooLargeError);

  assertEquals(error.outcome, "not-sent");
  assertEquals(emitter.transport.stats().rejected, 2);
});
