/** How an instance leaves its service: nobody is to wait for one that has stopped. */
import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import type { RedisCommand, RedisReply } from "../../../src/events/redis/driver.ts";
import { resolveRedisOptions } from "../../../src/events/redis/options.ts";
import { LEAVE } from "../../../src/events/redis/queue_scripts.ts";
import { TEND } from "../../../src/events/redis/tend_script.ts";
import { TransportRun } from "../../../src/events/redis/transport_run.ts";
import { createCounters } from "../../../src/events/transport_state.ts";
import { createGate } from "../../support/gate.ts";
import { createMemoryLogger } from "../../support/service.ts";
import { pause, waitUntil } from "../../support/wait_until.ts";
import { FakeConnection } from "./fake_connection.ts";
import { privateRedisTest, redisTest, toSubscription } from "./redis_space.ts";

const NOTHING_TO_DO: RedisReply = [-1, [Buffer.alloc(0), 1, 0, []]];

/** A server that has nothing to do, and answers a sign-off when the test lets it. */
class LeavingConnection extends FakeConnection {
  readonly #left: Promise<RedisReply>;

  constructor(left: Promise<RedisReply>) {
    super(([, digest]) => digest === TEND.digest ? NOTHING_TO_DO : 1);
    this.#left = left;
  }

  override async send(command: RedisCommand): Promise<RedisReply> {
    const reply = super.send(command);
    if (command[1] === LEAVE.digest) return await this.#left;
    if (command[0] !== "XREADGROUP") return await reply;
    await pause(5);
    return null;
  }
}

Deno.test("TransportRun.stop() does not sign on again while it signs off", async () => {
  const left = createGate<RedisReply>();
  const connections: LeavingConnection[] = [];
  const run = new TransportRun({
    options: resolveRedisOptions("redis://127.0.0.1", { claimIdleMs: 100 }),
    setup: { service: "billing", instanceId: "a", logger: createMemoryLogger() },
    connect: () => {
      const connection = new LeavingConnection(left.promise);
      connections.push(connection);
      return Promise.resolve(connection);
    },
    counters: createCounters(),
    onStatus() {},
  });
  await run.start();
  await run.subscribe([toSubscription("name", () => {})]);
  const scripts = (): unknown[] =>
    connections[0]!.sent.map(({ command }) => command[1]).filter((digest) =>
      digest === LEAVE.digest || digest === TEND.digest
    );
  await waitUntil("it ticks", () => scripts().length > 2);

  const stopping = run.stop(1000);
  await waitUntil("it signs off", () => scripts().includes(LEAVE.digest));
  await pause(150);
  left.resolve(1);
  await stopping;

  assertEquals(scripts().at(-1), LEAVE.digest);
});

redisTest("RedisEventTransport.stop() hands ordered queues over at once", async (space) => {
  const options = { claimIdleMs: 60_000 };
  const handled: [who: string, body: unknown][] = [];
  const [first, second] = [await space.start("billing", options), await space.start("billing", options)];
  for (const [who, transport] of [["first", first], ["second", second]] as const) {
    await transport.transport.subscribe(
      ["", ".more"].map((suffix) =>
        toSubscription(`${space.event}${suffix}`, ({ body }) => handled.push([who, body]), { ordered: true })
      ),
    );
  }
  await second.emit(1);
  await waitUntil("the first one has it", () => handled.length === 1);

  await first.stop();
  const stoppedMs = performance.now();
  await second.emit(2);
  await second.emitNamed(`${space.event}.more`, 3);
  await waitUntil("the second one has both", () => handled.length === 3);

  assertEquals(handled.sort(), [["first", 1], ["second", 2], ["second", 3]]);
  assertLess(performance.now() - stoppedMs, 30_000);
});

privateRedisTest(
  "RedisEventTransport.stop() says once that it can not sign off, and who waits for that",
  async (space, redis) => {
    const rights = ["~*", "&*", "+@all", "-zrem"];
    await space.raw.text("ACL", "SETUSER", "worker", "on", ">s3cr3t", ...rights);
    const transport = await space.start("billing", {}, `redis://worker:s3cr3t@127.0.0.1:${redis.port}`);
    await transport.handle(space.event, () => {});

    await transport.stop();

    const told = space.logger.records.filter(({ message }) => message.startsWith("Cannot sign off"));
    assertEquals(told.map(({ level }) => level), ["warn"]);
    assertMatch(told[0]!.message, /take over after 30000 ms only: .*can't run this command/);
  },
);
