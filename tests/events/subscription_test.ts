import { assertEquals, assertThrows } from "@std/assert";
import { type EventHandlerOptions, resolveSubscription } from "../../src/events/subscription.ts";

const DEFAULTS = {
  ordered: false,
  concurrency: 16,
  prefetch: 32,
  maxAttempts: 5,
  timeoutMs: 300_000,
  localRetryDelaysMs: [50, 250],
};

for (
  const [name, options, expected] of [
    ["nothing", {}, {}],
    ["undefined values", { concurrency: undefined, prefetch: undefined, ordered: undefined }, {}],
    ["ordered", { ordered: true }, { ordered: true, concurrency: 1, prefetch: 1 }],
    ["ordered, said in full", { ordered: true, concurrency: 1, prefetch: 1 }, {
      ordered: true,
      concurrency: 1,
      prefetch: 1,
    }],
    ["a concurrency above the default of prefetch", { concurrency: 100 }, {
      concurrency: 100,
      prefetch: 100,
    }],
    ["a concurrency of its own", { concurrency: 2 }, { concurrency: 2, prefetch: 32 }],
    ["the largest values", {
      concurrency: 2000,
      prefetch: 2000,
      maxAttempts: 1000,
      timeoutMs: 29 * 60_000,
      localRetryDelaysMs: Array(10).fill(60_000),
    }, {
      concurrency: 2000,
      prefetch: 2000,
      maxAttempts: 1000,
      timeoutMs: 29 * 60_000,
      localRetryDelaysMs: Array(10).fill(60_000),
    }],
    ["the smallest values", {
      concurrency: 1,
      prefetch: 1,
      maxAttempts: 1,
      timeoutMs: 1,
      localRetryDelaysMs: [0],
    }, { concurrency: 1, prefetch: 1, maxAttempts: 1, timeoutMs: 1, localRetryDelaysMs: [0] }],
    ["no local retries", { localRetryDelaysMs: [] }, { localRetryDelaysMs: [] }],
  ] as [string, EventHandlerOptions, object][]
) {
  Deno.test(`resolveSubscription() fills in the defaults for ${name}`, () => {
    assertEquals(resolveSubscription("a", options), { ...DEFAULTS, ...expected });
  });
}

for (
  const [name, options, message] of [
    ["concurrency 0", { concurrency: 0 }, "concurrency 0: give an integer from 1 to 2000"],
    ["concurrency 2001", { concurrency: 2001 }, "concurrency 2001"],
    ["concurrency 1.5", { concurrency: 1.5 }, "concurrency 1.5"],
    ["concurrency NaN", { concurrency: NaN }, "concurrency NaN"],
    ["concurrency Infinity", { concurrency: Infinity }, "concurrency Infinity"],
    ["concurrency as text", { concurrency: "4" }, "concurrency 4"],
    ["concurrency as a symbol", { concurrency: Symbol("x") }, "concurrency Symbol(x)"],
    [
      "a prefetch below the concurrency",
      { concurrency: 50, prefetch: 49 },
      "prefetch 49: give an integer from 50",
    ],
    ["a prefetch of 2001", { prefetch: 2001 }, "prefetch 2001"],
    [
      "an order with concurrency 2",
      { ordered: true, concurrency: 2 },
      "ordered and concurrency 2: give an integer from 1 to 1",
    ],
    ["an order with prefetch 2", { ordered: true, prefetch: 2 }, "ordered and prefetch 2"],
    ["maxAttempts 0", { maxAttempts: 0 }, "maxAttempts 0"],
    ["maxAttempts 1001", { maxAttempts: 1001 }, "maxAttempts 1001"],
    ["timeoutMs 0", { timeoutMs: 0 }, "timeoutMs 0"],
    ["timeoutMs of 30 minutes", { timeoutMs: 30 * 60_000 }, "timeoutMs 1800000"],
    ["eleven local retries", { localRetryDelaysMs: Array(11).fill(1) }, "localRetryDelaysMs of length 11"],
    ["a negative local delay", { localRetryDelaysMs: [1, -1] }, "localRetryDelaysMs -1"],
    ["a local delay of a minute and more", { localRetryDelaysMs: [60_001] }, "localRetryDelaysMs 60001"],
  ] as [string, EventHandlerOptions, string][]
) {
  Deno.test(`resolveSubscription() throws a RangeError for ${name}`, () => {
    const error = assertThrows(() => resolveSubscription("paid", options), RangeError, message);

    assertEquals(error.message.startsWith('Cannot handle event "paid" with '), true);
  });
}

for (
  const [name, options] of [
    ["ordered as text", { ordered: "yes" }],
    ["ordered null", { ordered: null }],
    ["localRetryDelaysMs as a number", { localRetryDelaysMs: 5 }],
    ["localRetryDelaysMs as text", { localRetryDelaysMs: "12" }],
    ["localRetryDelaysMs null", { localRetryDelaysMs: null }],
    ["no object", null],
  ] as [string, unknown][]
) {
  Deno.test(`resolveSubscription() throws a TypeError for ${name}`, () => {
    assertThrows(() => resolveSubscription("paid", options as EventHandlerOptions), TypeError);
  });
}

Deno.test("resolveSubscription() copies what it was given", () => {
  const localRetryDelaysMs = [1, 2];

  const settings = resolveSubscription("a", { localRetryDelaysMs });
  localRetryDelaysMs.push(3);

  assertEquals(settings.localRetryDelaysMs, [1, 2]);
});
