import { assert, assertEquals, assertLess, assertMatch, assertRejects } from "@std/assert";
import { BrokerUnavailableError, EmitError, EmitTimeoutError } from "../../../src/errors.ts";
import { RedisEventTransport } from "../../../src/events/redis/redis_event_transport.ts";
import { FaultProxy } from "../../support/fault_proxy.ts";
import { reportFault, sized } from "../../support/fault_run.ts";
import { createGate } from "../../support/gate.ts";
import type { PrivateRedis } from "../../support/redis_server.ts";
import { createMemoryLogger } from "../../support/service.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { waitUntil, within } from "../../support/wait_until.ts";
import { RawRedis } from "./raw_redis.ts";
import { privateRedisTest, type RedisSpace, redisTest } from "./redis_space.ts";

/** How long a step may take. */
const LIMIT_MS = sized(30_000, 300_000);

/** Kills the server and starts it again; the connection by hand is made anew. */
async function killAndStart(space: RedisSpace, redis: PrivateRedis): Promise<void> {
  await redis.kill();
  await redis.start();
  space.raw = await RawRedis.open(redis.port);
}

function countUps(states: readonly string[]): number {
  return states.filter((state) => state === "up").length;
}

privateRedisTest(
  "RedisEventTransport loses no group event when Redis is killed again and again",
  async (space, redis) => {
    const [count, kills] = [sized(5000, 100_000), sized(4, 10)];
    const handled = new Map<number, number>();
    const handlers = await Promise.all(["a", "b"].map(() =>
      space.handle("billing", ({ body }) => {
        const number = body as number;
        handled.set(number, (handled.get(number) ?? 0) + 1);
      }, { claimIdleMs: 1000 })
    ));
    const emitter = await space.start("shop");
    let [next, confirmed, allowed] = [0, 0, 0];
    const emitAll = async (): Promise<void> => {
      for (;;) {
        await waitUntil("more may be emitted", () => next < allowed || next === count, LIMIT_MS);
        if (next === count) return;
        const number = next++;
        const { attempts } = await emitter.emit(number, { id: `e-${number}` });
        assert(attempts >= 1);
        confirmed++;
      }
    };

    const emits = Promise.all(Array.from({ length: 50 }, emitAll));
    for (let kill = 1; kill <= kills; kill++) {
      const enough = kill * count / (kills + 1);
      // So many are left that each kill, and each return, falls among events.
      allowed = enough + count / (kills + 1);
      await waitUntil(`enough is confirmed for kill ${kill}`, () => confirmed >= enough, LIMIT_MS);
      await killAndStart(space, redis);
      // One that has not come back by the next kill would notice one of two only.
      await waitUntil(
        `all have noticed kill ${kill}, and are back`,
        () => [emitter, ...handlers].every(({ states }) => countUps(states) > kill),
        LIMIT_MS,
      );
    }
    allowed = count;
    await emits;
    await waitUntil("all are handled", () => handled.size === count, LIMIT_MS);
    await waitUntil(
      "all are settled",
      async () => await space.raw.text("XLEN", space.queue("billing")) === 0,
    );

    const duplicates = [...handled.values()].reduce((sum, times) => sum + times - 1, 0);
    assertEquals(handled.size, count);
    assertLess(duplicates, count / 10);
    assertEquals(emitter.transport.stats().rejected, 0);
    const fault = `Redis killed ${kills} times (SIGKILL)`;
    reportFault({ bar: "Redis", fault, events: count, lost: count - handled.size, duplicates });
  },
);

redisTest("RedisEventTransport goes on after each of its connections has been cut", async (space) => {
  await using proxy = await FaultProxy.start(Number(new URL(space.url).port));
  const url = `redis://127.0.0.1:${proxy.port}`;
  const handled = new Set<unknown>();
  const transport = await space.start("billing", {}, url);
  await transport.handle(space.event, ({ body }) => handled.add(body));
  const emitter = await space.start("shop");

  for (let i = 0; i < 10; i++) {
    proxy.resetAll();
    await emitter.emit(i);
    await waitUntil(`${i} is handled`, () => handled.has(i));
  }
  await waitUntil("all are settled", async () => await space.raw.text("XLEN", space.queue("billing")) === 0);

  assertEquals(transport.transport.stats().handled, 10);
  assertEquals(proxy.connections, 3);
});

redisTest(
  "RedisEventTransport settles over a new connection what was handled over an old one",
  async (space) => {
    await using proxy = await FaultProxy.start(Number(new URL(space.url).port));
    const gate = createGate();
    const attempts: [unknown, number][] = [];
    const transport = await space.start(
      "billing",
      { retryDelaysMs: [10] },
      `redis://127.0.0.1:${proxy.port}`,
    );
    await transport.handle(space.event, async ({ body, attempt }) => {
      attempts.push([body, attempt]);
      if (attempt === 1) await gate.promise;
      if (body === "bad" && attempt === 1) throw new Error("not yet");
    });
    await transport.emit("good");
    await transport.emit("bad");
    await waitUntil("both run", () => attempts.length === 2);

    proxy.resetAll();
    await waitUntil(
      "it is connected again",
      () => countUps(transport.states) === 2,
    );
    gate.resolve();
    await waitUntil("the retry is handled", () => attempts.length === 3);
    await waitUntil(
      "all are settled",
      async () => await space.raw.text("XLEN", space.queue("billing")) === 0,
    );

    assertEquals(attempts, [["good", 1], ["bad", 1], ["bad", 2]]);
  },
);

redisTest("RedisEventTransport notices a black hole, and loses no group event in it", async (space) => {
  await using proxy = await FaultProxy.start(Number(new URL(space.url).port));
  const connection = { ...space.options.connection, responseTimeoutMs: 1000, connectTimeoutMs: 500 };
  const handled = new Set<unknown>();
  const transport = await space.start("billing", { connection }, `redis://127.0.0.1:${proxy.port}`);
  await transport.handle(space.event, ({ body }) => handled.add(body));

  const before = transport.states.length;
  proxy.blackHole();
  const emits = Promise.all([1, 2, 3].map((number) => transport.emit(number)));
  emits.catch(() => {/* met below */});
  const started = performance.now();
  await waitUntil("it is noticed", () => transport.states.length > before);
  const noticedMs = performance.now() - started;
  assertEquals(transport.transport.health().state, "down");
  proxy.heal();
  await emits;
  await waitUntil("all are handled", () => handled.size === 3);

  assertLess(noticedMs, 4000);
  assert(space.logger.records.some(({ message }) => message.startsWith("Broadcasts of the last")));
});

redisTest(
  "RedisEventTransport tells the emitter of a broadcast that nobody knows what became of it",
  async (space) => {
    await using proxy = await FaultProxy.start(Number(new URL(space.url).port));
    const emitter = await space.start("shop", {}, `redis://127.0.0.1:${proxy.port}`);

    proxy.down = "drop";
    const emit = emitter.emit(1, { broadcast: true });
    await waitUntil("it is sent", () => proxy.bytesDown > 0 && proxy.bytesUp > 200);
    proxy.heal();
    proxy.resetAll();
    const error = await assertRejects(() => emit, EmitError);

    assertEquals(error.outcome, "unknown");
  },
);

Deno.test("RedisEventTransport.start() rejects with one clear line when nobody is there", async () => {
  const url = `redis://me:s3cr3t@127.0.0.1:${await findFreePort()}/2`;
  const connection = { minBackoffMs: 1, maxBackoffMs: 2, connectRetries: 3 };
  const transport = new RedisEventTransport(url, { connection });
  const setup = { service: "billing", instanceId: "a", logger: createMemoryLogger() };

  const error = await assertRejects(() => transport.start(setup), BrokerUnavailableError);

  assertMatch(
    error.message,
    /^Cannot connect to redis:\/\/me@127\.0\.0\.1:\d+\/2 \(4 attempts\): .*ECONNREFUSED/,
  );
  assertEquals(transport.health(), { state: "down", reason: error.message });
});

privateRedisTest(
  "RedisEventTransport.start() connects in the background without waitForBroker",
  async (space, redis) => {
    await redis.kill();
    const handled: unknown[] = [];
    const transport = space.create("billing", { waitForBroker: false });

    await within(2000, "it starts at once", transport.start());
    await within(
      2000,
      "it subscribes at once",
      transport.handle(space.event, ({ body }) => handled.push(body)),
    );
    const early = await assertRejects(() => transport.emit(1, { timeoutMs: 50 }), EmitTimeoutError);
    const emit = transport.emit(2, { timeoutMs: 60_000 });
    await redis.start();
    await emit;
    space.raw = await RawRedis.open(redis.port);
    await waitUntil("it is handled", () => handled.length === 1);

    assertEquals(early.outcome, "not-sent");
    assertEquals(handled, [2]);
  },
);
