import { assertEquals, assertRejects } from "@std/assert";
import { ManualClock } from "@gemstone/gemstone/testing";
import { type LoadPlan, LoadRun } from "../../../src/cli/bench/load_run.ts";
import { pause } from "../../../src/clock.ts";

/** Lets the time of a clock go by until some work is done. */
async function runOn<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let isOver = false;
  const done = work.finally(() => isOver = true);
  // The test awaits it below.
  done.catch(() => {});
  while (!isOver) {
    await clock.advance(1_000);
    if (!isOver && clock.timers === 0) throw new Error("Everybody waits, and for nothing");
  }
  return await done;
}

interface Load {
  readonly plan?: Partial<LoadPlan>;
  /** How long each call takes, in milliseconds. */
  readonly callMs?: number;
  readonly onCall?: (count: number) => void;
  readonly toKind?: (error: unknown) => string | undefined;
  readonly signal?: AbortSignal;
}

async function runLoad(load: Load): Promise<{ run: LoadRun; begunMs: number[]; most: number }> {
  const { plan, callMs = 10, onCall = () => {}, toKind = String, signal = new AbortController().signal } =
    load;
  const clock = new ManualClock();
  const begunMs: number[] = [];
  let [current, most] = [0, 0];
  const run = new LoadRun({ concurrency: 1, maxCalls: 10, maxMs: 100_000, ...plan }, {
    clock,
    toKind,
    call: async (ended) => {
      begunMs.push(clock.elapsed());
      most = Math.max(most, ++current);
      await pause(clock, callMs, ended);
      current--;
      ended.throwIfAborted();
      onCall(begunMs.length);
    },
  });
  await runOn(clock, run.run(signal));
  return { run, begunMs, most };
}

Deno.test("LoadRun makes so many calls, so many at once, and takes their times", async () => {
  const { run, most } = await runLoad({ plan: { concurrency: 3, maxCalls: 7 } });

  assertEquals([run.calls, run.failed, most, run.elapsedMs, run.progress], [7, 0, 3, 30, 1]);
  assertEquals([...run.latenciesMs], Array.from({ length: 7 }, () => 10));
});

Deno.test("LoadRun begins no call after its time, and waits for those under way", async () => {
  const { run, begunMs } = await runLoad({ plan: { maxCalls: 1000, maxMs: 35 } });

  assertEquals([begunMs, run.calls, run.elapsedMs], [[0, 10, 20, 30], 4, 40]);
});

Deno.test("LoadRun begins calls at a rate", async () => {
  const { run, begunMs } = await runLoad({ plan: { concurrency: 2, maxCalls: 5, rate: 40 }, callMs: 30 });

  assertEquals(begunMs, [0, 25, 50, 75, 100]);
  assertEquals([...run.latenciesMs], [30, 30, 30, 30, 30]);
});

Deno.test("LoadRun counts a call that had to wait for others from when it was due", async () => {
  const { run, begunMs } = await runLoad({ plan: { maxCalls: 4, rate: 100 }, callMs: 30 });

  assertEquals(begunMs, [0, 30, 60, 90]);
  assertEquals([...run.latenciesMs], [30, 50, 70, 90]);
});

Deno.test("LoadRun begins none at a rate that is due after the end", async () => {
  const { run, begunMs } = await runLoad({ plan: { maxCalls: 100, maxMs: 25, rate: 100 }, callMs: 1 });

  assertEquals([begunMs, run.calls], [[0, 10, 20], 3]);
});

Deno.test("LoadRun counts failures by kind, and leaves them out of the times", async () => {
  const { run } = await runLoad({
    onCall: (count) => {
      if (count % 2 === 0) throw new Error(count === 4 ? "rare" : "often");
    },
    toKind: (error) => (error as Error).message,
  });

  assertEquals([run.calls, run.failed, run.latenciesMs.length], [10, 5, 5]);
  assertEquals(run.failures.map(({ kind, count }) => [kind, count]), [["often", 4], ["rare", 1]]);
});

Deno.test("LoadRun ends when the signal says so, and does not count what was cut off", async () => {
  const controller = new AbortController();
  const { run } = await runLoad({
    plan: { concurrency: 2, maxCalls: 1000 },
    onCall: (count) => {
      if (count >= 6) controller.abort();
    },
    signal: controller.signal,
  });

  assertEquals([run.isInterrupted, run.failed], [true, 0]);
  assertEquals(run.calls < 8, true);
});

Deno.test("LoadRun ends a wait for the next call when the signal says so", async () => {
  const controller = new AbortController();
  const { run } = await runLoad({
    plan: { rate: 1 },
    onCall: () => controller.abort(),
    signal: controller.signal,
  });

  assertEquals([run.isInterrupted, run.calls, run.elapsedMs], [true, 1, 10]);
});

Deno.test("LoadRun rejects for a fault of the program, and begins no more calls", async () => {
  let count = 0;
  const failing = runLoad({
    plan: { maxCalls: 1000 },
    onCall: (begun) => {
      count = begun;
      throw new TypeError("a fault");
    },
    toKind: () => undefined,
  });

  await assertRejects(() => failing, TypeError, "a fault");
  assertEquals(count, 1);
});
