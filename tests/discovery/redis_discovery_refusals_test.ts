import { assertNotMatch, assertRejects, assertThrows } from "@std/assert";
import { RedisDiscoveryStrategy } from "@gemstone/gemstone/discovery";
import { BrokerUnavailableError } from "@gemstone/gemstone/errors";

const A = "http://10.0.0.1:8000/api";
const signal = new AbortController().signal;
const NOT_CONNECTED = "redis://127.0.0.1:1";

for (
  const name of [
    "",
    "a#b",
    "a*",
    "a?",
    "[a]",
    "a\\",
    "a^",
    "a b",
    "a\nb",
    "a\0",
    "x".repeat(257),
    5,
    null,
    undefined,
  ]
) {
  Deno.test(`RedisDiscoveryStrategy refuses to announce ${JSON.stringify(name)?.slice(0, 20)}`, async () => {
    const strategy = new RedisDiscoveryStrategy(NOT_CONNECTED);

    await assertRejects(() => strategy.ping(name as string, A, { signal }), RangeError, "Cannot announce");
    await assertRejects(() => strategy.withdraw(name as string, A, { signal }), RangeError);
  });
}

Deno.test("RedisDiscoveryStrategy rejects when Redis can not be reached, and shows no password", async () => {
  const strategy = new RedisDiscoveryStrategy("redis://user:s3cret@127.0.0.1:1/3");

  for (const ask of [() => strategy.ping("svc", A, { signal }), () => strategy.locate("svc", { signal })]) {
    const error = await assertRejects(ask, BrokerUnavailableError, "redis://user@127.0.0.1:1/3");
    assertNotMatch(error.message, /s3cret/);
  }
  await strategy.close();
});

for (
  const [wrong, type] of [
    ["http://127.0.0.1", RangeError],
    ["", RangeError],
    ["redis://h:x", RangeError],
    [null, TypeError],
    [5, TypeError],
  ] as const
) {
  Deno.test(`RedisDiscoveryStrategy refuses the URL ${JSON.stringify(wrong)}`, () => {
    assertThrows(() => new RedisDiscoveryStrategy(wrong as string), type);
  });
}

for (const timeToLiveMs of [0, -1, NaN, Infinity, "5", 2 ** 45]) {
  Deno.test(`RedisDiscoveryStrategy refuses to keep services for ${String(timeToLiveMs)} ms`, () => {
    assertThrows(
      () => new RedisDiscoveryStrategy(NOT_CONNECTED, { timeToLiveMs: timeToLiveMs as number }),
      RangeError,
      "timeToLiveMs",
    );
  });
}
