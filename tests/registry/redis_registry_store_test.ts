/** A registry whose services are in Redis, with others beside it. */
import { createHash } from "node:crypto";
import { assert, assertEquals, assertGreater, assertLessOrEqual, assertThrows } from "@std/assert";
import { RedisRegistryStore } from "@gemstone/gemstone/registry";
import { call } from "../support/service.ts";
import { waitUntil } from "../support/wait_until.ts";
import { sorted } from "./fixture.ts";
import { privateRedisTest, redisTest } from "./redis_space.ts";

const URL_1 = "http://h:1/api";
const URL_2 = "http://h:2/api";
const DAY_MS = 24 * 60 * 60_000;

function toKey(name: string, url: string): string {
  return `${name}#${createHash("md5").update(url).digest("hex")}`;
}

redisTest("RedisRegistryStore keeps services under the keys of Python gemstone", async (space) => {
  const registry = space.create();
  registry.serviceLifetimeMs = 5000;

  await registry.ping(`${space.prefix}svc.a`, URL_1);

  const key = `${space.prefix}svc.a#0f557f1f17e2cf6cc86c51b980053f49`;
  assertEquals(await space.keys(), [key]);
  assertEquals(await space.ask("GET", key), URL_1);
  const leftMs = await space.ask("PTTL", key) as number;
  assert(leftMs > 3000 && leftMs <= 5000, `${leftMs} ms`);
});

redisTest("two registries over one Redis know the same", async (space) => {
  const [one, two] = [space.create(), space.create()];
  const name = `${space.prefix}users`;

  await one.ping(name, URL_1);
  await two.ping(name, URL_2);
  await two.ping(name, URL_1);

  for (const registry of [one, two]) {
    assertEquals(sorted(await registry.locate_service(name)), [URL_1, URL_2]);
  }
  assertEquals(await one.unregister(name, URL_2), true);
  assertEquals(await two.unregister(name, URL_2), false);
  assertEquals(await two.locate_service(name), [URL_1]);
});

redisTest("RedisRegistryStore finds services that announce themselves in Redis", async (space) => {
  const registry = space.create();
  const name = `${space.prefix}python`;
  await space.ask("SETEX", toKey(name, URL_1), "180", URL_1);
  await space.ask("SET", toKey(`${name}.ever`, URL_2), URL_2);

  assertEquals(await registry.locate_service(name), [URL_1]);
  const [first, second] = await registry.list_services(`${name}*`);
  assertEquals([first?.name, first?.url, first?.last_seen], [name, URL_1, null]);
  assertGreater(first?.expires_in_ms as number, 170_000);
  assertEquals(second, { name: `${name}.ever`, url: URL_2, last_seen: null, expires_in_ms: null });
});

redisTest("RedisRegistryStore says when a registry heard of a service last", async (space) => {
  const name = `${space.prefix}seen`;
  const before = Date.now();
  await space.create().ping(name, URL_1);

  const [service] = await space.create().list_services(name);

  // The clock is that of the server.
  const seenMs = Date.parse(service?.last_seen ?? "");
  assert(Math.abs(seenMs - before) < DAY_MS, service?.last_seen ?? "null");
  assertLessOrEqual(service?.expires_in_ms as number, 60_000);
});

redisTest("RedisRegistryStore passes on nothing that is no service", async (space) => {
  const registry = space.create();
  const name = `${space.prefix}odd`;
  await registry.ping(`${name}.good`, URL_1);
  await space.ask("SET", toKey(`${name}.script`, "x"), "javascript:alert(1)");
  await space.ask("SET", toKey(`${name}.secret`, "x"), "http://user:secret@host/");
  await space.ask("LPUSH", toKey(`${name}.list`, "x"), URL_2);
  await space.ask("SET", `${name}.no-hash`, URL_2);
  await space.ask("SET", `${name}.short#abc`, URL_2);
  await space.ask("SET", `${name}.long#${"0".repeat(33)}`, URL_2);

  assertEquals(await registry.locate_service(`${name}*`), [URL_1]);
  assertEquals((await registry.list_services(`${name}*`)).map(({ url }) => url), [URL_1]);
});

const PATTERNS: readonly (readonly [pattern: string, names: readonly string[]])[] = [
  ["a", ["a"]],
  ["a.*", ["a.1", "a.ü", "a.b.1"]],
  ["a.?", ["a.1", "a.ü"]],
  ["a.[!1]", ["a.ü"]],
  ["a[1]", ["a[1]"]],
  ["a\\^-", ["a\\^-"]],
  ["*.1", ["a.1", "a.b.1"]],
];
redisTest("RedisRegistryStore has the patterns of Python, not those of Redis", async (space) => {
  const registry = space.create();
  const toUrl = (name: string) => `http://h/${encodeURIComponent(name)}`;
  for (const name of ["a", "a.1", "a.ü", "a.b.1", "a[1]", "a\\^-"]) {
    await registry.ping(`${space.prefix}${name}`, toUrl(name));
  }

  for (const [pattern, names] of PATTERNS) {
    const found = await registry.locate_service(`${space.prefix}${pattern}`);
    assertEquals(sorted(found), sorted(names.map(toUrl)), pattern);
  }
});

redisTest("RedisRegistryStore forgets a service after its lifetime", async (space) => {
  const registry = space.create();
  registry.serviceLifetimeMs = 50;
  await registry.ping(`${space.prefix}short`, URL_1);

  await waitUntil("it is forgotten", async () => {
    return (await registry.locate_service(`${space.prefix}*`)).length === 0;
  });

  assertEquals(await registry.list_services(`${space.prefix}*`), []);
});

privateRedisTest(
  "RedisRegistryStore refuses what is over a limit, of all registries together",
  async (space) => {
    const [one, two] = [space.create(), space.create()];
    for (const registry of [one, two]) Object.assign(registry, { maxServices: 4, maxInstancesPerName: 2 });
    await one.ping("a", "http://h/1");
    await two.ping("a", "http://h/2");
    // Neighbours in the order of the alphabet that are none of the name.
    await two.ping("a$", "http://h/3");

    const crowded = await call(one, "ping", ["a", "http://h/4"]);
    await one.ping("b", "http://h/4");
    const full = await call(two, "ping", ["c", "http://h/4"]);
    const known = await call(two, "ping", ["a", "http://h/1"]);

    assertEquals([crowded.error.code, full.error.code, known.result], [-32010, -32010, true]);
    assert(crowded.error.data.reason.includes("of that name"));
    assert(!full.error.data.reason.includes("of that name"));
    assertEquals((await one.list_services()).length, 4);
    await one.unregister("a", "http://h/2");
    assertEquals(await two.ping("a", "http://h/4"), true);
  },
);

privateRedisTest(
  "RedisRegistryStore counts nobody whose time is over, whoever else goes on",
  async (space) => {
    const registry = space.create();
    Object.assign(registry, { maxServices: 3, maxInstancesPerName: 2, serviceLifetimeMs: 600 });
    const goOn = () => Promise.all([registry.ping("a", URL_1), registry.ping("b", URL_1)]);
    await goOn();
    await registry.ping("a", URL_2);

    for (const [name, url] of [["a", "http://h:3/api"], ["c", URL_1]] as const) {
      assertEquals((await call(registry, "ping", [name, url])).error?.code, -32010, name);
      await waitUntil(`there is room for ${name}`, async () => {
        await goOn();
        return (await call(registry, "ping", [name, url])).result === true;
      });
    }
  },
);

privateRedisTest("RedisRegistryStore leaves nothing behind", async (space) => {
  const registry = space.create();
  registry.serviceLifetimeMs = 100;
  await registry.ping("a", URL_1);
  assertGreater(await space.ask("DBSIZE") as number, 0);

  await waitUntil("all is gone", async () => (await space.ask("DBSIZE")) === 0);
});

privateRedisTest("RedisRegistryStore finds 3,000 services in several steps", async (space) => {
  const registry = space.create();
  const urls = Array.from({ length: 3000 }, (_, index) => `http://h/${index}`);
  await Promise.all(urls.map((url, index) => registry.ping(`s.${index % 30}.x`, url)));

  assertEquals(sorted(await registry.locate_service("s.*")), sorted(urls));
  assertEquals((await registry.list_services("*.x")).length, 3000);
  assertEquals((await registry.locate_service("s.7.x")).length, 100);
});

Deno.test("RedisRegistryStore refuses URLs and options that it can not use", () => {
  assertThrows(() => new RedisRegistryStore("http://host"), RangeError, 'scheme "http"');
  assertThrows(() => new RedisRegistryStore(5 as never), TypeError, "URL of Redis");
  assertThrows(
    () => new RedisRegistryStore("redis://h", { connectTimeoutMs: 0 }),
    RangeError,
    "connectTimeoutMs",
  );
  assertThrows(() => new RedisRegistryStore("redis://h", { tls: {} }), RangeError, "rediss");
});
