import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { DeliveryPool } from "../../../src/events/delivery_pool.ts";
import { BroadcastIntake } from "../../../src/events/redis/broadcast_intake.ts";
import { Graveyard } from "../../../src/events/redis/graveyard.ts";
import { type DeliveryToken, GroupQueue } from "../../../src/events/redis/group_queue.ts";
import { RedisKeys } from "../../../src/events/redis/keys.ts";
import { createCounters } from "../../../src/events/transport_state.ts";
import { createMemoryLogger, type MemoryLogger } from "../../support/service.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { FakeConnection } from "./fake_connection.ts";
import { toSubscription } from "./redis_space.ts";

const MIB = 1024 * 1024;
const BODY = Buffer.from(`"${"x".repeat(MIB - 2)}"`);
const LETTER = {
  ...{ event: "name", eventId: undefined, origin: "q", reason: "max_attempts", attempts: 1 },
  ...{ firstFailure: undefined, error: new Error("a fault") },
};

class Channel extends FakeConnection {
  hear: (channel: string, message: Buffer) => void = () => {};

  override subscribe(_channels?: unknown, onMessage?: (channel: string, message: Buffer) => void) {
    this.hear = onMessage!;
    return Promise.resolve();
  }
}

function createGraveyard(logger: MemoryLogger = createMemoryLogger()): Graveyard {
  return new Graveyard({ deadKey: "dead", maxDeadLetters: 10, counters: createCounters(), logger });
}

Deno.test("BroadcastIntake lets no more than 64 MiB wait for another try", async () => {
  const subscription = toSubscription("name", () => Promise.reject(new Error("a fault")));
  const counters = createCounters();
  const pool = new DeliveryPool<DeliveryToken>(subscription, {
    settle: (token, event, outcome) => token.settle(event, outcome),
    counters,
  });
  const keys = new RedisKeys("ns").queue("billing", "name");
  const queue = new GroupQueue({
    ...{ subscription, pool, keys, maxEventBytes: MIB, maxDeliveries: 3, sink: { depart: () => {} } },
  });
  const graveyard = createGraveyard();
  const intake = new BroadcastIntake({
    ...{ queues: [queue], maxEventBytes: MIB, retryDelaysMs: [60_000], graveyard, counters },
    logger: createMemoryLogger(),
  });
  const channel = new Channel();
  await intake.attach(channel);

  for (let count = 1; count <= 66; count++) {
    channel.hear("name", BODY);
    await waitUntil("it has failed", () => counters.retried + graveyard.size === count);
  }
  const { retried } = counters;
  const dead = graveyard.size;
  intake.pause();
  pool.abandon(new Error("The test is over"));

  assertEquals([retried, dead], [64, 2]);
});

function countLost({ records }: MemoryLogger): number {
  return records.filter(({ message }) => message.startsWith("Lost a broadcast")).length;
}

Deno.test("Graveyard keeps no more than 64 MiB while Redis is away, and has room again after", async () => {
  const logger = createMemoryLogger();
  const graveyard = createGraveyard(logger);

  for (let i = 0; i < 66; i++) graveyard.bury(LETTER, BODY);
  const [kept, lost] = [graveyard.size, countLost(logger)];
  graveyard.attach(new FakeConnection(() => 1));
  await graveyard.idle();
  graveyard.detach();
  graveyard.bury(LETTER, BODY);

  assertEquals([kept, lost], [64, 2]);
  assertEquals([graveyard.size, countLost(logger)], [1, 2]);
});
