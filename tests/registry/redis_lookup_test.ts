/** What a lookup costs Redis, and that what is kept for it never brings back who is gone. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { assert as assertProperty, constantFrom, property, string } from "fast-check";
import { NameQuery } from "../../src/registry/name_query.ts";
import { toKeyRange } from "../../src/registry/redis_registry_keys.ts";
import { waitUntil } from "../support/wait_until.ts";
import { sorted } from "./fixture.ts";
import { privateRedisTest, type RegistrySpace } from "./redis_space.ts";

const URL_1 = "http://h:1/api";
const URL_2 = "http://h:2/api";
const SERVICES = 3000;
const LOOKUPS = 100;

function toKey(name: string, url: string): string {
  return `${name}#${createHash("md5").update(url).digest("hex")}`;
}

/** How often Redis has run a command, by what it counts itself. */
async function countOf(space: RegistrySpace, command: string): Promise<number> {
  const stats = await space.ask("INFO", "commandstats") as string;
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}

privateRedisTest(
  "100 lookups of RedisRegistryStore look through the database a few times only",
  async (space) => {
    const registry = space.create();
    const names = Array.from({ length: SERVICES }, (_, index) => `s.${index}`);
    for (let from = 0; from < SERVICES; from += LOOKUPS) {
      const some = names.slice(from, from + LOOKUPS);
      await Promise.all(some.map((name, index) => registry.ping(name, `http://h/${from + index}`)));
    }
    await registry.locate_service("s.0");
    const aScan = await countOf(space, "scan");
    const began = performance.now();

    for (let index = 0; index < LOOKUPS; index++) {
      assertEquals(await registry.locate_service(`s.${index}`), [`http://h/${index}`]);
      assertEquals(
        (await registry.locate_service(`s.1${index}?`)).length,
        index < 10 ? 10 : index < 100 ? 10 : 0,
      );
    }

    const scans = await countOf(space, "scan") / aScan;
    const seconds = (performance.now() - began) / 1000;
    assert(aScan > 3, `${aScan} steps are no look through the database`);
    assertLessOrEqual(scans, 2 + seconds, `${scans} looks through the database in ${seconds} s`);
  },
);

privateRedisTest("50 lookups at once share one look through the database", async (space) => {
  const registry = space.create();
  await space.ask("SET", toKey("python", URL_1), URL_1);

  const found = await Promise.all(Array.from({ length: 50 }, () => registry.locate_service("p*")));

  assertEquals(found, Array.from({ length: 50 }, () => [URL_1]));
  assertEquals(await countOf(space, "scan"), 1);
});

privateRedisTest("a lookup finds what another registry has announced just now", async (space) => {
  const [one, two] = [space.create(), space.create()];
  await two.locate_service("*");

  await one.ping("a.1", URL_1);

  for (const pattern of ["a.1", "a.*", "*", "[a]*", "*1"]) {
    assertEquals(await two.locate_service(pattern), [URL_1], pattern);
    assertEquals((await two.list_services(pattern)).length, 1, pattern);
  }
});

privateRedisTest("a lookup finds what announced itself in Redis within a second or so", async (space) => {
  const registry = space.create();
  await registry.locate_service("*");
  await space.ask("SET", toKey("python", URL_1), URL_1);

  await waitUntil(
    "it is found",
    async () => (await registry.locate_service("python")).length === 1,
    10_000,
  );
});

privateRedisTest(
  "a lookup does not find who has withdrawn or expired, however it was found before",
  async (space) => {
    const [one, two] = [space.create(), space.create()];
    await one.ping("a", URL_1);
    await space.ask("SET", toKey("a", URL_2), URL_2);
    assertEquals(sorted(await two.locate_service("a")), [URL_1, URL_2]);

    await one.unregister("a", URL_1);
    // As Redis does it when its time is over.
    await space.ask("PEXPIRE", toKey("a", URL_2), "0");

    assertEquals(await two.locate_service("a"), []);
    assertEquals(await two.locate_service("*"), []);
    assertEquals(await two.list_services("a"), []);
  },
);

privateRedisTest("a lookup finds more than Redis gives in one answer", async (space) => {
  const count = 12_000;
  const script = "for i = 1, ARGV[1] do local key = 'n.' .. i .. '#' .. string.format('%032d', i) " +
    "redis.call('SET', key, 'http://h/' .. i) redis.call('ZADD', KEYS[1], 0, key) end";
  const registry = space.create();
  await registry.locate_service("*");
  await space.ask("EVAL", script, "1", "gemstone:registry:names", String(count));

  assertEquals((await registry.locate_service("n.*")).length, count);
  assertEquals((await registry.locate_service("n.11?")).length, 10);
});

Deno.test("toKeyRange() holds the keys of all names that match", () => {
  const texts = string({ unit: constantFrom(..."ab#$*?[\u{d7ff}\u{e000}\u{10ffff}"), maxLength: 5 });
  const names = string({
    unit: constantFrom(..."ab#$\u{d7ff}\u{e000}\u{10ffff}"),
    minLength: 1,
    maxLength: 5,
  });
  const toBytes = (text: string) => Buffer.from(text);
  assertProperty(
    property(texts, names, (text, name) => {
      const query = new NameQuery(text);
      if (!query.matches(name)) return;
      const key = toBytes(toKey(name, URL_1));
      const { from, to } = toKeyRange(query);
      assert(from[0] === "[" && Buffer.compare(toBytes(from.slice(1)), key) <= 0, from);
      assert(to === "+" || (to[0] === "(" && Buffer.compare(key, toBytes(to.slice(1))) < 0), to);
    }),
    { numRuns: 5000 },
  );
});
