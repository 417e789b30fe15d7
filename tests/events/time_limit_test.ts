import { assertEquals, assertRejects } from "@std/assert";
import { toTimerMs, waitAtMost } from "../../src/events/time_limit.ts";
import { pause } from "../support/wait_until.ts";

for (
  const [limitMs, expected] of [
    [20, 20],
    [0.5, 0.5],
    [0, 0],
    [-1, 0],
    [NaN, 0],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31, 2 ** 31 - 1],
    [Infinity, 2 ** 31 - 1],
  ] as const
) {
  Deno.test(`toTimerMs() makes ${expected} of ${limitMs}`, () => {
    assertEquals(toTimerMs(limitMs), expected);
  });

  Deno.test(`waitAtMost() with ${limitMs} says whether it was in time`, async () => {
    const isInTime = await waitAtMost(pause(5), limitMs);

    assertEquals(isInTime, expected > 5);
    await pause(5);
  });
}

Deno.test("waitAtMost() rejects when the promise does", async () => {
  await assertRejects(() => waitAtMost(Promise.reject(new Error("a fault")), 1000), Error, "a fault");
});
