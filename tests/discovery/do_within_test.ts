import { assertEquals, assertRejects } from "@std/assert";
import { getEventListeners } from "node:events";
import { ManualClock } from "@gemstone/gemstone/testing";
import { doWithin } from "../../src/discovery/do_within.ts";
import { hang } from "./fake_strategy.ts";

Deno.test("doWithin() has one listener on the signal of much work, and ends it all", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const clock = new ManualClock();
  const work = Array.from({ length: 20 }, () => doWithin(hang, { limitMs: 1000, signal }, clock));
  const ended = work.map((one) => assertRejects(() => one, Error, "It was ended"));

  assertEquals(getEventListeners(signal, "abort").length, 1);
  controller.abort();

  await Promise.all(ended);
  assertEquals([getEventListeners(signal, "abort").length, clock.timers], [0, 0]);
});

Deno.test("doWithin() begins nothing when the signal has aborted", async () => {
  let begun = 0;
  const work = () => Promise.resolve(begun++);

  await assertRejects(
    () => doWithin(work, { limitMs: 1000, signal: AbortSignal.abort() }),
    Error,
    "It was ended",
  );

  assertEquals(begun, 0);
});
