import { assertEquals, assertThrows } from "@std/assert";
import { DummyCache, ServiceDiscoveryCache } from "@gemstone/gemstone/discovery";

const URLS = ["http://a.test/api"];

Deno.test("ServiceDiscoveryCache says how old a list is", () => {
  let nowMs = 0;
  const cache = new ServiceDiscoveryCache({ now: () => nowMs });
  cache.set("w", URLS);
  const states = [0, 4_999, 5_000, 29_999, 30_000, 1e12].map((ms) => {
    nowMs = ms;
    return cache.get("w")?.state;
  });

  assertEquals(states, ["fresh", "fresh", "stale", "stale", "expired", "expired"]);
});

Deno.test("ServiceDiscoveryCache keeps lists as long as it is told", () => {
  let nowMs = 0;
  const cache = new ServiceDiscoveryCache({ lifetimeMs: 100, now: () => nowMs });
  cache.set("w", URLS);

  nowMs = 99;
  assertEquals(cache.get("w")?.state, "fresh");
  nowMs = 100;
  assertEquals(cache.get("w")?.state, "stale");
});

Deno.test("ServiceDiscoveryCache keeps what was set last, until it is deleted", () => {
  const cache = new ServiceDiscoveryCache();
  const urls = [...URLS];

  assertEquals(cache.get("w"), undefined);
  cache.set("w", ["http://old.test/"]);
  cache.set("w", urls);
  urls.push("http://later.test/");

  assertEquals(cache.get("w")?.urls, URLS);
  assertEquals([cache.get("w*"), cache.get("__proto__"), cache.get("toString")], [
    undefined,
    undefined,
    undefined,
  ]);
  cache.delete("w");
  assertEquals(cache.get("w"), undefined);
});

Deno.test("ServiceDiscoveryCache forgets what was looked up longest ago", () => {
  const cache = new ServiceDiscoveryCache({ maxPatterns: 2 });

  cache.set("a", URLS);
  cache.set("b", URLS);
  cache.set("a", URLS);
  cache.set("c", URLS);

  assertEquals([cache.get("a")?.urls, cache.get("b"), cache.get("c")?.urls], [URLS, undefined, URLS]);
});

for (const wrong of [0, -1, NaN, "5", null]) {
  Deno.test(`ServiceDiscoveryCache refuses ${JSON.stringify(wrong)} (${String(wrong)}) for its limits`, () => {
    assertThrows(() => new ServiceDiscoveryCache({ lifetimeMs: wrong as number }), RangeError, "lifetimeMs");
    assertThrows(
      () => new ServiceDiscoveryCache({ maxPatterns: wrong as number }),
      RangeError,
      "maxPatterns",
    );
  });
}

Deno.test("DummyCache keeps nothing", () => {
  const cache = new DummyCache();

  cache.set("w", URLS);

  assertEquals(cache.get("w"), undefined);
  cache.delete("w");
});
