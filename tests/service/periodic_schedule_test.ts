import { assert, assertEquals } from "@std/assert";
import { ManualClock } from "@gemstone/gemstone/testing";
import { createStage } from "../support/periodic_stage.ts";
import { createGate } from "../support/service.ts";

Deno.test("a task runs after one interval and then at each", async () => {
  const { clock, schedule, runs } = await createStage(100);

  await clock.advance(1_000);
  assertEquals(runs, []);
  schedule.start();
  await clock.advance(350);

  assertEquals(runs, [1_100, 1_200, 1_300]);
});

Deno.test("a task with runAtStart runs at the start, too", async () => {
  const { clock, schedule, runs } = await createStage(100, { runAtStart: true });

  schedule.start();
  await clock.advance(250);

  assertEquals(runs, [0, 100, 200]);
});

Deno.test("runs do not drift when each timer is late", async () => {
  const { clock, schedule, runs } = await createStage(100);
  schedule.start();

  for (let turn = 0; turn < 5; turn++) {
    clock.sleep(107);
    await clock.advance(0);
  }

  assertEquals(runs, [107, 214, 321, 428, 535]);
  await clock.advance(65);
  assertEquals(runs.at(-1), 600);
});

Deno.test("a timer that is early runs nothing before its time", async () => {
  const clock = new ManualClock();
  const { schedule, runs } = await createStage(100, { clock });
  const set = clock.setTimeout.bind(clock);
  clock.setTimeout = (wake, delayMs) => set(wake, Math.max(1, delayMs - 2));
  schedule.start();

  await clock.advance(250);

  assertEquals(runs, [100, 200]);
});

Deno.test("a fraction of a millisecond does not give a time twice", async () => {
  const { clock, schedule, runs } = await createStage(0.1);
  schedule.start();

  await clock.advance(50);

  assert(runs.length >= 25 && runs.length <= 50, String(runs.length));
});

Deno.test("a run that is due while the last one goes on is skipped", async () => {
  const gate = createGate();
  let count = 0;
  const { clock, schedule, runs, logger } = await createStage(100, {
    task: () => ++count === 1 ? gate.promise : undefined,
  });
  schedule.start();

  await clock.advance(350);
  assertEquals(runs, [100]);
  gate.open();
  await clock.advance(100);

  assertEquals(runs, [100, 400]);
  assertEquals(logger.records.map(({ level }) => level), ["debug", "debug"]);
});

Deno.test("runs that were missed are made up for by one", async () => {
  const { clock, schedule, runs } = await createStage(100);
  schedule.start();

  clock.sleep(10_050);
  await clock.advance(0);
  await clock.advance(150);

  assertEquals(runs, [10_050, 10_100, 10_200]);
});

for (
  const [what, task] of [
    ["throws", () => {
      throw new Error("broken");
    }],
    ["rejects", () => Promise.reject(new Error("broken"))],
  ] as const
) {
  Deno.test(`a task that ${what} is logged, reported and run again`, async () => {
    const { clock, schedule, runs, logger, errors } = await createStage(100, { task, name: "bad" });
    schedule.start();

    await clock.advance(200);

    assertEquals(runs, [100, 200]);
    assertEquals(logger.records.map(({ level, message }) => [level, message])[0], [
      "error",
      'Periodic task "bad" failed',
    ]);
    assertEquals(errors.map((entry) => (entry as unknown[])[1]), ["bad", "bad"]);
  });
}

Deno.test("stop() begins no run any more and waits for the one that goes on", async () => {
  const gate = createGate();
  const { clock, schedule, runs } = await createStage(100, { task: () => gate.promise });
  schedule.start();
  await clock.advance(100);

  let isStopped = false;
  const stopped = schedule.stop().then(() => isStopped = true);
  await clock.advance(1_000);
  assertEquals([isStopped, runs, clock.timers], [false, [100], 0]);
  gate.open();
  await stopped;

  assertEquals(runs, [100]);
});

Deno.test("abort() aborts the signal of what still runs, and names it", async () => {
  const signals: AbortSignal[] = [];
  const { clock, schedule, logger, errors } = await createStage(100, {
    name: "slow",
    task: ({ signal }) => {
      signals.push(signal);
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  });
  schedule.start();
  await clock.advance(100);
  const stopped = schedule.stop();

  assertEquals(signals[0]?.aborted, false);
  schedule.abort();
  await stopped;

  assertEquals(signals[0]?.aborted, true);
  assertEquals(errors, []);
  assertEquals(logger.records.map(({ message }) => message), [
    'Stopped before all periodic tasks had ended: "slow"',
  ]);
});

Deno.test("abort() says nothing when nothing runs", async () => {
  const { schedule, logger } = await createStage(100);
  schedule.start();
  await schedule.stop();

  schedule.abort();

  assertEquals(logger.records, []);
});

Deno.test("a task that stops its own schedule runs no more", async () => {
  const clock = new ManualClock();
  const { schedule, runs } = await createStage(100, { clock, task: () => void schedule.stop() });
  schedule.start();

  await clock.advance(1_000);

  assertEquals([runs, clock.timers], [[100], 0]);
});

Deno.test("the longest interval is one that a timer can take", async () => {
  const { clock, schedule, runs } = await createStage(2 ** 31 - 1);
  schedule.start();

  await clock.advance(2 ** 31);

  assertEquals(runs, [2 ** 31 - 1]);
});
