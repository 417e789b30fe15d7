/** A registry whose Redis is away for a while: it says so, and is itself again afterwards. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { BrokerUnavailableError } from "@gemstone/gemstone/errors";
import { RedisRegistryStore, REGISTRY_UNAVAILABLE } from "@gemstone/gemstone/registry";
import { FaultProxy } from "../support/fault_proxy.ts";
import { call } from "../support/service.ts";
import { findFreePort } from "../support/tcp_port.ts";
import { waitUntil, within } from "../support/wait_until.ts";
import type { TestRegistry } from "./fixture.ts";
import { privateRedisTest } from "./redis_space.ts";

const URL_1 = "http://h:1/api";
const CALLS: readonly (readonly [method: string, params: readonly string[]])[] = [
  ["ping", ["a", URL_1]],
  ["locate_service", ["a"]],
  ["list_services", []],
  ["unregister", ["a", URL_1]],
];

async function expectAway(registry: TestRegistry): Promise<void> {
  for (const [method, params] of CALLS) {
    const { error } = await within(5000, `an answer to ${method}`, call(registry, method, params));
    assertEquals([error.code, error.message], [REGISTRY_UNAVAILABLE, "Registry unavailable"], method);
    assert(!JSON.stringify(error).includes("127.0.0.1"), "the caller learns where Redis is");
  }
}

function listWarnings(registry: TestRegistry): string[] {
  return registry.log.records.filter(({ level }) => level === "warn" || level === "info").map(({ message }) =>
    message
  );
}

privateRedisTest(
  "ServiceRegistry stays up while Redis is dead, and goes on when it is back",
  async (space, redis) => {
    await using registry = space.create();
    await registry.start();
    await registry.ping("a", URL_1);
    registry.log.records.length = 0;

    await redis.kill();
    await expectAway(registry);
    await redis.start();
    await waitUntil(
      "it works again",
      async () => (await call(registry, "ping", ["b", URL_1])).result === true,
    );

    assertEquals((await call(registry, "locate_service", ["*"])).result, [URL_1]);
    assertEquals(listWarnings(registry), ["The store can not be used", "The store can be used again"]);
  },
);

privateRedisTest("ServiceRegistry starts without Redis and works when it comes", async (space, redis) => {
  await redis.kill();
  await using registry = space.create();
  await registry.start();

  await expectAway(registry);
  await redis.start();

  await waitUntil("it works", async () => (await call(registry, "ping", ["a", URL_1])).result === true);
});

privateRedisTest("ServiceRegistry gives up a Redis that does not answer", async (space, redis) => {
  await using proxy = await FaultProxy.start(redis.port);
  const url = `redis://127.0.0.1:${proxy.port}`;
  const registry = space.create({ connectTimeoutMs: 300, responseTimeoutMs: 300 }, url);
  await registry.ping("a", URL_1);

  proxy.blackHole();
  await expectAway(registry);
  proxy.resetAll();
  proxy.heal();

  await waitUntil("it works again", async () => (await call(registry, "ping", ["a", URL_1])).result === true);
});

privateRedisTest(
  "ServiceRegistry survives connections that are cut in the middle of calls",
  async (space, redis) => {
    await using proxy = await FaultProxy.start(redis.port);
    const registry = space.create({}, `redis://127.0.0.1:${proxy.port}`);
    await registry.ping("a", URL_1);

    for (const count of [1, 20, 200, 700]) {
      proxy.resetAtByte(count);
      const calls = Array.from({ length: 20 }, () => call(registry, "ping", ["a", URL_1]));
      for (const { result, error } of await within(5000, "all answers", Promise.all(calls))) {
        assert(result === true || error.code === REGISTRY_UNAVAILABLE);
      }
    }

    await waitUntil(
      "it works again",
      async () => (await call(registry, "ping", ["a", URL_1])).result === true,
    );
  },
);

privateRedisTest("ServiceRegistry answers while Redis refuses commands", async (space) => {
  const registry = space.create();
  await space.ask("SET", "gemstone:registry:seen", "not a sorted set");

  const { error } = await call(registry, "ping", ["a", URL_1]);

  assertEquals(error.code, REGISTRY_UNAVAILABLE);
  assert(String(registry.log.records.at(-1)?.properties?.error).includes("WRONGTYPE"));
  await space.ask("DEL", "gemstone:registry:seen");
  assertEquals(await registry.ping("a", URL_1), true);
});

Deno.test("RedisRegistryStore.connect() says what is wrong, without the password", async () => {
  const port = await findFreePort();
  const store = new RedisRegistryStore(`redis://user:s3cret@127.0.0.1:${port}`);

  const error = await assertRejects(() => store.connect(), BrokerUnavailableError, `127.0.0.1:${port}`);

  assert(!`${error.message} ${error.cause}`.includes("s3cret"));
  await store.close();
});

privateRedisTest(
  "RedisRegistryStore.close() ends the connection, and another call opens it again",
  async (space) => {
    const store = new RedisRegistryStore(space.url);
    await store.connect();
    const before = await space.ask("CLIENT", "LIST") as string;
    await store.close();
    await store.close();

    await waitUntil("the connection is gone", async () => {
      const list = await space.ask("CLIENT", "LIST") as string;
      return list.split("\n").length === before.split("\n").length - 1;
    });
    await store.connect();
    await store.close();
  },
);

/** Those that the documentation of the store names. */
const COMMANDS =
  "ping scan mget set del pttl pexpire time zadd zrem zscore zcard zlexcount zrangebylex zrangebyscore " +
  "eval client|setname";

privateRedisTest("RedisRegistryStore needs no other commands than it says", async (space) => {
  const rights = COMMANDS.split(" ").map((command) => `+${command}`);
  await space.ask("ACL", "SETUSER", "registry", "on", ">s3cret", "~*", ...rights);
  const registry = space.create({}, space.url.replace("//", "//registry:s3cret@"));

  assertEquals(await registry.ping("a", URL_1), true);
  assertEquals(await registry.ping("a", URL_1), true);
  assertEquals(await registry.locate_service("*"), [URL_1]);
  assertEquals((await registry.list_services()).length, 1);
  assertEquals(await registry.unregister("a", URL_1), true);
});
