import { assertEquals, assertRejects } from "@std/assert";
import { RedisDiscoveryStrategy } from "@gemstone/gemstone/discovery";
import { BrokerUnavailableError } from "@gemstone/gemstone/errors";
import { RawRedis } from "../events/redis/raw_redis.ts";
import { waitUntil, within } from "../support/wait_until.ts";
import { privateRedisTest } from "./redis_stage.ts";

const A = "http://10.0.0.1:8000/api";
const B = "http://10.0.0.2:8000/api";
const signal = new AbortController().signal;

privateRedisTest(
  "RedisDiscoveryStrategy connects again when Redis was killed",
  async ({ strategy, redis }) => {
    await strategy.ping("svc", A, { signal });

    await redis.kill();
    await assertRejects(() => strategy.ping("svc", B, { signal }), BrokerUnavailableError);
    await redis.start();
    await waitUntil(
      "it works again",
      () => strategy.ping("svc", B, { signal }).then(() => true, () => false),
    );

    assertEquals([...await strategy.locate("svc", { signal })].sort(), [A, B]);
  },
);

privateRedisTest(
  "RedisDiscoveryStrategy has one connection for questions that are asked together",
  async (stage) => {
    const { strategy, raw } = stage;

    await Promise.all([A, B, A, B].map((url) => strategy.ping("svc", url, { signal })));

    const clients = String(await raw.text("CLIENT", "LIST"));
    assertEquals(clients.split(" name=gemstone-discovery ").length - 1, 1);
  },
);

privateRedisTest(
  "RedisDiscoveryStrategy gives up a server that hangs, and works when it goes on",
  async (stage) => {
    const { redis } = stage;
    const strategy = new RedisDiscoveryStrategy(redis.url, { connection: { responseTimeoutMs: 1_000 } });
    const locate = (by = signal) => strategy.locate("svc", { signal: by });
    await strategy.ping("svc", A, { signal });
    await redis.pause();
    const controller = new AbortController();

    const aborted = assertRejects(() => locate(controller.signal), BrokerUnavailableError, "enough");
    controller.abort(new Error("enough"));
    await within(500, "the signal ends it", aborted);
    await within(10_000, "it is given up", assertRejects(() => locate(), BrokerUnavailableError));
    await redis.resume();

    await waitUntil("it works again", () => locate().then(([url]) => url === A, () => false));
    await strategy.close();
  },
);

privateRedisTest(
  "RedisDiscoveryStrategy opens no connection for somebody who has gone",
  async ({ strategy, raw, redis }) => {
    const gone = { signal: AbortSignal.abort(new Error("gone")) };
    const before = await raw.text("CLIENT", "ID") as number;

    await assertRejects(() => strategy.locate("svc", gone), BrokerUnavailableError, "gone");
    await assertRejects(() => strategy.ping("svc", A, gone), BrokerUnavailableError, "gone");

    // Redis numbers its connections in the order in which they come.
    await using next = await RawRedis.open(redis.url);
    assertEquals(await next.text("CLIENT", "ID"), before + 1);
  },
);
