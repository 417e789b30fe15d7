/** Redis for tests of discovery. */
import { randomUUID } from "node:crypto";
import { RedisDiscoveryStrategy } from "@gemstone/gemstone/discovery";
import { RawRedis } from "../events/redis/raw_redis.ts";
import { type PrivateRedis, REDIS_URL, testPrivateRedis } from "../support/redis_server.ts";

/** A strategy, and the server that it uses. */
export interface RedisStage {
  readonly raw: RawRedis;
  readonly strategy: RedisDiscoveryStrategy;
  /** Begins all names. */
  readonly name: string;
}

/** Defines a test that needs the shared server. What begins with its name there is deleted afterwards. */
export function redisTest(name: string, fn: (stage: RedisStage) => Promise<void>): void {
  Deno.test({
    name,
    ignore: REDIS_URL === undefined,
    fn: async () => {
      const prefix = `t${randomUUID().slice(0, 8)}`;
      await using raw = await RawRedis.open(REDIS_URL!);
      const strategy = new RedisDiscoveryStrategy(REDIS_URL!);
      try {
        await fn({ raw, strategy, name: prefix });
      } finally {
        await strategy.close();
        for (const key of await raw.text("KEYS", `${prefix}*`) as string[]) await raw.ask("DEL", key);
      }
    },
  });
}

/** Defines a test that needs a server of its own, which it may kill. */
export function privateRedisTest(
  name: string,
  fn: (stage: Omit<RedisStage, "name"> & { readonly redis: PrivateRedis }) => Promise<void>,
): void {
  testPrivateRedis(name, async (redis) => {
    await using raw = await RawRedis.open(redis.url);
    const strategy = new RedisDiscoveryStrategy(redis.url);
    try {
      await fn({ raw, strategy, redis });
    } finally {
      await strategy.close();
    }
  });
}
