/**
 * What worker threads bring and what they cost.
 *
 * @module
 */
import type { BlockingTimes } from "./blocking_program.ts";
import type { BenchOptions } from "./options.ts";
import { prepare, type Program, type RuntimeName, startProgram } from "./programs.ts";
import { atLeast, atMost, type Section } from "./report.ts";
import { median } from "./statistics.ts";

/** Measures one runtime. Needs two processors that nobody else uses: both workers and the event loop share them. */
export async function measureBlocking(runtime: RuntimeName, { isQuick }: BenchOptions): Promise<Section> {
  const program: Program = { runtime, file: "blocking_program", isProbed: false };
  prepare(program);
  const child = startProgram(program, [isQuick ? "5" : "11"]);
  try {
    return toSection(runtime, JSON.parse(await child.readLine()));
  } finally {
    await child.stop();
  }
}

function toSection(runtime: RuntimeName, times: BlockingTimes): Section {
  const { inlineMs, workersMs, idleP99Ms, workersP99Ms, inlineP99Ms } = times;
  const { echoUs, emptyUs, heapBytes, workersLeft } = times;
  const gain = median(inlineMs.map((time, round) => time / (workersMs[round] ?? NaN)));
  const [few, many] = heapBytes;
  return {
    title: `Blocking work on ${runtime}: two workers and the event loop`,
    rows: [
      { what: "8 parts of CPU-bound work on the event loop (ms)", value: median(inlineMs), ratio: 1 },
      { what: "the same on two workers (ms)", value: median(workersMs), ratio: gain },
      { what: "p99 of a light call, idle (ms)", value: idleP99Ms, ratio: 1 },
      { what: "p99 while two workers work (ms)", value: workersP99Ms, ratio: workersP99Ms / idleP99Ms },
      { what: "p99 while the event loop works (ms)", value: inlineP99Ms, ratio: inlineP99Ms / idleP99Ms },
      { what: "a bare echo of a thread, median (µs)", value: echoUs, ratio: 1 },
      { what: "an empty blocking call, median (µs)", value: emptyUs, ratio: emptyUs / echoUs },
      { what: "heap after 11,000 calls to after 1,000 (MiB)", value: many / 2 ** 20, ratio: many / few },
    ],
    targets: [
      atLeast(`Speed of two workers to inline on ${runtime}`, gain, 1.8),
      atMost(`Light p99 while two workers work to idle on ${runtime}`, workersP99Ms / idleP99Ms, 3),
      atMost(`Empty blocking call on ${runtime}, µs`, emptyUs, 100),
      atMost(`Heap after 10,000 more calls on ${runtime}`, many / few, 1.1),
    ],
    faults: workersLeft === 0 ? [] : [`${workersLeft} workers are left after stop()`],
  };
}
