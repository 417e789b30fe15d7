import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { StaticDiscoveryStrategy } from "@gemstone/gemstone/discovery";

const A = "http://a.test/api";
const B = "http://b.test/api";

for (
  const [name, map] of [
    ["an object", { "w.a": A, "w.b": [B, A], other: "http://c.test/" }],
    [
      "a Map",
      new Map<string, string | readonly string[]>([["w.a", A], ["w.b", [B, A]], ["other", "http://c.test/"]]),
    ],
  ] as const
) {
  Deno.test(`StaticDiscoveryStrategy finds what is in ${name}`, async () => {
    const strategy = new StaticDiscoveryStrategy(map);

    assertEquals(await strategy.locate("w.a"), [A]);
    assertEquals(await strategy.locate("w.?"), [A, B, A]);
    assertEquals(await strategy.locate("x"), []);
    assertEquals(await strategy.locate("constructor"), []);
    assertEquals(await strategy.locate("__proto__"), []);
  });
}

Deno.test("StaticDiscoveryStrategy keeps a copy, and nothing of what is announced", async () => {
  const urls = [A];
  const strategy = new StaticDiscoveryStrategy({ w: urls });

  urls.push(B);
  await strategy.ping();

  assertEquals(await strategy.locate("*"), [A]);
});

Deno.test("StaticDiscoveryStrategy takes a service without places", async () => {
  assertEquals(await new StaticDiscoveryStrategy({ w: [] }).locate("w"), []);
});

Deno.test("StaticDiscoveryStrategy writes URLs in one way", async () => {
  assertEquals(await new StaticDiscoveryStrategy({ w: "HTTP://A.test:80/api" }).locate("w"), [A]);
});

for (const wrong of [null, undefined, "http://a.test/", 5]) {
  Deno.test(`StaticDiscoveryStrategy refuses ${JSON.stringify(wrong)} for a list`, () => {
    assertThrows(() => new StaticDiscoveryStrategy(wrong as unknown as Record<string, string>), TypeError);
  });
}

for (const wrong of ["a.test", "ftp://a.test/", "http://u:p@a.test/", 5, null, [A, 5], [[A]], ""]) {
  Deno.test(`StaticDiscoveryStrategy refuses the URL ${JSON.stringify(wrong)}`, () => {
    assertThrows(
      () => new StaticDiscoveryStrategy({ w: wrong as string }),
      TypeError,
      'as the URL of service "w"',
    );
  });
}

Deno.test("StaticDiscoveryStrategy refuses a pattern that is too long", async () => {
  const strategy = new StaticDiscoveryStrategy({});

  await assertRejects(() => strategy.locate("*".repeat(257)), RangeError);
});
