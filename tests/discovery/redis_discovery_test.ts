import { assertEquals } from "@std/assert";
import { RedisDiscoveryStrategy } from "@gemstone/gemstone/discovery";
import { REDIS_URL } from "../support/redis_server.ts";
import { redisTest } from "./redis_stage.ts";

const A = "http://10.0.0.1:8000/api";
const B = "http://10.0.0.2:8000/api";
const signal = new AbortController().signal;

redisTest("RedisDiscoveryStrategy uses the keys of Python gemstone", async ({ raw, strategy }) => {
  const key = "svc.a#0f557f1f17e2cf6cc86c51b980053f49";

  await strategy.ping("svc.a", "http://h:1/api", { signal });

  try {
    assertEquals(await raw.text("GET", key), "http://h:1/api");
    assertEquals(await raw.text("TTL", key), 180);
  } finally {
    await strategy.withdraw("svc.a", "http://h:1/api", { signal });
  }
  assertEquals(await raw.text("EXISTS", key), 0);
});

redisTest(
  "RedisDiscoveryStrategy keeps a service as long as it is told, in whole seconds",
  async ({ raw, name }) => {
    const strategy = new RedisDiscoveryStrategy(REDIS_URL!, { timeToLiveMs: 1_001 });

    await strategy.ping(name, A, { signal });

    const [key = ""] = await raw.text("KEYS", `${name}#*`) as string[];
    assertEquals(await raw.text("TTL", key), 2);
    await strategy.close();
  },
);

redisTest(
  "RedisDiscoveryStrategy finds by name and by pattern, as fnmatch has it",
  async ({ strategy, name }) => {
    for (
      const [part, url] of [[".a", A], [".a", B], [".b", A], ["", B], [".a.x", A], [".\u{1F600}", B]] as const
    ) {
      await strategy.ping(name + part, url, { signal });
    }
    const find = async (pattern: string) => [...await strategy.locate(pattern, { signal })].sort();

    assertEquals(await find(`${name}.a`), [A, B]);
    assertEquals(await find(`${name}.b`), [A]);
    assertEquals(await find(name), [B]);
    assertEquals(await find(`${name}.?`), [A, B]);
    assertEquals(await find(`${name}.[!a]`), [A, B]);
    assertEquals(await find(`${name}.[b-c]`), [A]);
    assertEquals(await find(`${name}.a.*`), [A]);
    assertEquals(await find(`?${name.slice(1)}.b`), [A]);
    assertEquals(await find(`${name.toUpperCase()}.a`), []);
    assertEquals(await find(`${name}.c`), []);
  },
);

redisTest(
  "RedisDiscoveryStrategy finds what a Python service has announced",
  async ({ raw, strategy, name }) => {
    await raw.ask("SETEX", `${name}#0f557f1f17e2cf6cc86c51b980053f49`, "60", "http://h:1/api");

    assertEquals(await strategy.locate(name, { signal }), ["http://h:1/api"]);
  },
);

redisTest("RedisDiscoveryStrategy skips keys that are not of services", async ({ raw, strategy, name }) => {
  const hash = "0f557f1f17e2cf6cc86c51b980053f49";
  await raw.ask("HSET", `${name}#${hash}`, "field", "value");
  await raw.ask("SET", `${name}#short`, "http://short.test/");
  await raw.ask("SET", `${name}#${hash}#${hash}`, "http://twice.test/");
  await raw.ask("SET", `${name}#${hash.toUpperCase()}`, "http://upper.test/");
  await raw.ask("SET", name, "http://bare.test/");
  await strategy.ping(name, A, { signal });

  assertEquals(await strategy.locate(name, { signal }), [A]);
  assertEquals([...await strategy.locate(`${name}*`, { signal })].sort(), [A, "http://twice.test/"]);
});

redisTest(
  "RedisDiscoveryStrategy finds a literal name among patterns of Redis",
  async ({ raw, strategy, name }) => {
    await raw.ask("SETEX", `${name}^x\\#0f557f1f17e2cf6cc86c51b980053f49`, "60", A);

    assertEquals(await strategy.locate(`${name}^x\\`, { signal }), [A]);
  },
);

redisTest("RedisDiscoveryStrategy finds all of many", async ({ raw, strategy, name }) => {
  const urls = Array.from({ length: 1200 }, (_, index) => `http://10.0.${index >> 8}.${index & 255}/api`);
  await Promise.all(
    urls.map((url, index) => raw.ask("SETEX", `${name}#${index.toString(16).padStart(32, "0")}`, "60", url)),
  );

  const found = await strategy.locate(name, { signal });

  assertEquals(new Set(found), new Set(urls));
  assertEquals(found.length, urls.length);
});

redisTest(
  "RedisDiscoveryStrategy opens its connection again when it is used after close()",
  async (stage) => {
    await stage.strategy.ping(stage.name, A, { signal });

    await stage.strategy.close();
    await stage.strategy.close();

    assertEquals(await stage.strategy.locate(stage.name, { signal }), [A]);
  },
);
