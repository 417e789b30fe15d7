/** The contract of event transports, over the server that tests share. */
import { createEventTransportContract } from "@gemstone/gemstone/testing";
import { openRedisDeadLetters } from "../../../src/events/redis/dead_letters.ts";
import { RedisEventTransport } from "../../../src/events/redis/redis_event_transport.ts";
import { REDIS_URL } from "../../support/redis_server.ts";
import { RawRedis } from "./raw_redis.ts";

const url = REDIS_URL ?? "redis://127.0.0.1";
const namespace = `c${crypto.randomUUID().slice(0, 8)}`;

/** Deletes all keys of a case. */
async function deleteKeys(): Promise<void> {
  await using raw = await RawRedis.open(url);
  const keys = await raw.text("KEYS", `${namespace}:*`) as string[];
  if (keys.length > 0) await raw.ask("DEL", ...keys);
}

const cases = createEventTransportContract({
  createTransport: () => new RedisEventTransport(url, { namespace, retryDelaysMs: [20, 40] }),
  deadLetters: (service) => openRedisDeadLetters(url, service, { namespace }),
  cleanUp: deleteKeys,
});

for (const { name, skipped, run } of cases) {
  Deno.test({
    name: `RedisEventTransport: ${name}`,
    ignore: REDIS_URL === undefined || skipped !== undefined,
    fn: run,
  });
}
