import { assert, assertEquals, assertRejects } from "@std/assert";
import { ServiceConfigurationError } from "@gemstone/gemstone";
import { ManualClock } from "@gemstone/gemstone/testing";
import { createStage, type StageOptions } from "../support/periodic_stage.ts";

const HOUR = 3_600_000;

Deno.test("a cron text runs at its times, in its time zone", async () => {
  const clock = new ManualClock("2026-01-01T00:30:00Z");
  const { schedule, runs } = await createStage("0 3 * * *", { clock, timeZone: "Europe/Vienna" });
  schedule.start();

  await clock.advance(50 * HOUR);

  assertEquals(runs.map((ms) => ms / HOUR), [1.5, 25.5, 49.5]);
});

Deno.test("a cron text with six parts counts seconds", async () => {
  const { clock, schedule, runs } = await createStage("*/10 * * * * *");
  schedule.start();

  await clock.advance(30_000);

  assertEquals(runs, [10_000, 20_000, 30_000]);
});

Deno.test("a cron text keeps the hour when the clocks change", async () => {
  const clock = new ManualClock("2026-03-28T00:00:00Z");
  const { schedule, runs } = await createStage("30 8 * * *", { clock, timeZone: "Europe/Vienna" });
  schedule.start();

  await clock.advance(48 * HOUR);

  assertEquals(runs.map((ms) => ms / HOUR), [7.5, 30.5]);
});

Deno.test("a time that is a year away is waited for in pieces that a timer can take", async () => {
  const delays: number[] = [];
  class WatchedClock extends ManualClock {
    override setTimeout(wake: () => void, delayMs: number): unknown {
      delays.push(delayMs);
      return super.setTimeout(wake, delayMs);
    }
  }
  const clock = new WatchedClock("2026-01-01T00:00:00Z");
  const { schedule, runs } = await createStage("0 0 1 1 *", { clock, timeZone: "UTC" });
  schedule.start();

  clock.sleep(364 * 24 * HOUR);
  await clock.advance(24 * HOUR);

  assertEquals(runs, [365 * 24 * HOUR]);
  assert(Math.max(...delays) <= 60_000);
});

Deno.test("a cron text follows the clock of the machine when it is set", async () => {
  const clock = new ManualClock("2026-01-01T00:00:00Z");
  const { schedule, runs } = await createStage("0 3 * * *", { clock, timeZone: "UTC" });
  schedule.start();

  clock.set("2026-01-01T02:59:30Z");
  await clock.advance(90_000);
  clock.set("2026-01-01T02:59:00Z");
  await clock.advance(2 * HOUR);

  assertEquals(runs.length, 1);
});

Deno.test("a cron text whose times are over ends the task", async () => {
  const clock = new ManualClock("2029-12-31T23:59:50Z");
  const { schedule, runs, logger } = await createStage("59 59 23 31 12 * 2029", { clock, timeZone: "UTC" });
  schedule.start();

  await clock.advance(HOUR);

  assertEquals([runs.length, clock.timers], [1, 0]);
  assertEquals(logger.records.map(({ message }) => message), [
    'Periodic task "task" has run for the last time',
  ]);
});

Deno.test("a cron text does not run twice when the clock is set back while it runs", async () => {
  const clock = new ManualClock("2026-01-01T02:59:30Z");
  const task = () => clock.set("2026-01-01T02:59:59.500Z");
  const { schedule, runs } = await createStage("0 3 * * *", { clock, task, timeZone: "UTC" });
  schedule.start();

  await clock.advance(HOUR);

  assertEquals(runs.length, 1);
});

for (
  const [every, why] of [
    [0, "above 0"],
    [-1, "above 0"],
    [NaN, "above 0"],
    [Infinity, "2147483647"],
    [2 ** 31, "2147483647"],
    ["", "five or six parts"],
    [" ", "five or six parts"],
    ["60000", "five or six parts"],
    ["every day", "five or six parts"],
    ["2030-01-01T00:00:00", "five or six parts"],
    ["61 * * * *", "61"],
    ["* * * * * * * *", "five or six parts"],
    ["@never", "give"],
    ["5-1 * * * *", "5-1"],
    ["0 0 30 2 *", "never comes"],
    ["0 0 0 1 1 * 2020", "never comes"],
    ["\u0000 * * * *", ""],
    ["* * * * __proto__", ""],
    [null, "milliseconds or a cron text"],
    [{}, "milliseconds or a cron text"],
    [[1], "milliseconds or a cron text"],
  ] as const
) {
  const text = typeof every === "number" ? String(every) : JSON.stringify(every);
  Deno.test(`a task is refused with the interval ${text}`, async () => {
    const error = await assertRejects(
      () => createStage(every as number, { name: "clean up" }),
      ServiceConfigurationError,
      'periodic task "clean up"',
    );

    if (why !== "give") assert(error.message.includes(why), error.message);
  });
}

for (
  const [what, every, options, why] of [
    ["a time zone that is none", "0 3 * * *", { timeZone: "Europe/Nowhere" }, "Europe/Nowhere"],
    ["an empty time zone", "0 3 * * *", { timeZone: "" }, "time zone"],
    ["a time zone and an interval", 1_000, { timeZone: "UTC" }, "cron text only"],
    ["a runAtStart that is no boolean", 1_000, { runAtStart: "yes" }, "runAtStart"],
    ["a name that is no text", 1_000, { name: 7 }, "name"],
  ] as const
) {
  Deno.test(`a task is refused with ${what}`, async () => {
    await assertRejects(
      () => createStage(every, options as unknown as StageOptions),
      ServiceConfigurationError,
      why,
    );
  });
}
