import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ManualClock } from "@gemstone/gemstone/testing";

Deno.test("ManualClock stands still, and moves both times on", async () => {
  const clock = new ManualClock("2026-05-01T10:00:00Z");
  const begin = [clock.now(), clock.elapsed()];

  await clock.advance(1_500);

  assertEquals(begin, [Date.UTC(2026, 4, 1, 10), 0]);
  assertEquals([clock.now() - begin[0]!, clock.elapsed()], [1_500, 1_500]);
});

Deno.test("advance() calls what comes due, in its order and at its time, also what is set on the way", async () => {
  const clock = new ManualClock();
  const calls: [string, number][] = [];
  const note = (name: string) => void calls.push([name, clock.elapsed()]);
  clock.setTimeout(() => note("late"), 300);
  clock.setTimeout(async () => {
    note("early");
    await Promise.resolve();
    clock.setTimeout(() => note("later"), 100);
  }, 100);
  clock.setTimeout(() => note("same"), 300);
  clock.setTimeout(() => note("never"), 301);

  await clock.advance(300);

  assertEquals(calls, [["early", 100], ["later", 200], ["late", 300], ["same", 300]]);
  assertEquals([clock.elapsed(), clock.timers], [300, 1]);
});

Deno.test("clearTimeout() forgets a timer, and takes anything else", async () => {
  const clock = new ManualClock();
  let calls = 0;
  const timer = clock.setTimeout(() => calls++, 10);

  clock.clearTimeout(timer);
  for (const other of [timer, undefined, null, 7, {}]) clock.clearTimeout(other);
  await clock.advance(1_000);

  assertEquals([calls, clock.timers], [0, 0]);
});

Deno.test("sleep() calls nobody; what was due in it comes at once when time goes on", async () => {
  const clock = new ManualClock();
  const calls: number[] = [];
  clock.setTimeout(() => calls.push(clock.elapsed()), 10);

  clock.sleep(500);
  const before = [...calls];
  await clock.advance(0);

  assertEquals([before, calls], [[], [500]]);
});

Deno.test("set() changes the time of day alone", () => {
  const clock = new ManualClock(0);
  clock.sleep(5);

  clock.set(new Date("2030-01-01T00:00:00Z"));

  assertEquals([clock.now(), clock.elapsed()], [Date.UTC(2030, 0, 1), 5]);
});

Deno.test("ManualClock refuses what is no time, and stays as it is", async () => {
  const clock = new ManualClock(0);
  for (const ms of [-1, NaN, Infinity, undefined as never]) {
    assertThrows(() => clock.sleep(ms), RangeError, "Cannot let");
    await assertRejects(() => clock.advance(ms), RangeError, "Cannot let");
    assertThrows(() => clock.setTimeout(() => {}, ms), RangeError, "Cannot set a timer");
  }
  assertThrows(() => clock.setTimeout(() => {}, 2 ** 31), RangeError, "Cannot set a timer");
  assertThrows(() => clock.set("tomorrow"), RangeError, 'to "tomorrow"');
  assertThrows(() => new ManualClock(NaN), RangeError, 'to "NaN"');

  assertEquals([clock.now(), clock.elapsed(), clock.timers], [0, 0, 0]);
});
