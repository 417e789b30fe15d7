/** Registries over Redis. What they leave in the shared server is deleted. */
import { randomUUID } from "node:crypto";
import { RedisRegistryStore, type RedisRegistryStoreOptions } from "@gemstone/gemstone/registry";
import { RawRedis } from "../events/redis/raw_redis.ts";
import { type PrivateRedis, REDIS_URL, testPrivateRedis } from "../support/redis_server.ts";
import { TestRegistry } from "./fixture.ts";

/** Defines a test that needs the shared server. */
export function redisTest(name: string, fn: (space: RegistrySpace) => Promise<void>): void {
  Deno.test({
    name,
    ignore: REDIS_URL === undefined,
    fn: async () => {
      await using space = new RegistrySpace(REDIS_URL!, { isShared: true });
      await fn(space);
    },
  });
}

/** Defines a test that needs a server of its own, which it may kill. */
export function privateRedisTest(
  name: string,
  fn: (space: RegistrySpace, redis: PrivateRedis) => Promise<void>,
): void {
  testPrivateRedis(name, async (redis) => {
    await using space = new RegistrySpace(redis.url, { isShared: false });
    await fn(space, redis);
  });
}

/** Names that no other test has, and all registries that know them. */
export class RegistrySpace {
  /** What all names begin with. */
  readonly prefix: string = `t${randomUUID().slice(0, 8)}`;
  /** The server. */
  readonly url: string;
  readonly #stores: RedisRegistryStore[] = [];
  readonly #isShared: boolean;

  constructor(url: string, { isShared }: { readonly isShared: boolean }) {
    this.url = url;
    this.#isShared = isShared;
  }

  /** Makes a registry; it does not listen. */
  create(options: RedisRegistryStoreOptions = {}, url: string = this.url): TestRegistry {
    const store = new RedisRegistryStore(url, options);
    this.#stores.push(store);
    return new TestRegistry({ store });
  }

  /** Sends a command by hand, as a service does that uses Redis itself. */
  async ask(...command: string[]): Promise<unknown> {
    await using raw = await RawRedis.open(this.url);
    return await raw.text(...command);
  }

  /** All keys with names of this space. */
  async keys(): Promise<string[]> {
    return (await this.ask("KEYS", `${this.prefix}*`) as string[]).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
    if (this.#isShared) await this.#clean();
  }

  async #clean(): Promise<void> {
    const keys = await this.keys();
    if (keys.length === 0) return;
    await this.ask("DEL", ...keys);
    for (const index of ["seen", "names"]) await this.ask("ZREM", `gemstone:registry:${index}`, ...keys);
  }
}
