/**
 * The time that executors and periodic tasks go by.
 *
 * @module
 */
import { clearTimeout, setTimeout } from "node:timers";

/**
 * The time that an executor goes by: when workers have rested long enough, how long `stop` waits. Time limits of calls
 * do not go by it.
 *
 * @example Let a minute pass in a test
 * ```ts
 * import { Executor, type ExecutorClock } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * let nowMs = 0;
 * const timers = new Map<number, () => void>();
 * const clock: ExecutorClock = {
 *   elapsed: () => nowMs,
 *   setTimeout: (wake) => (timers.set(timers.size, wake), timers.size - 1),
 *   clearTimeout: (timer) => void timers.delete(timer as number),
 * };
 * const tasks = "data:text/javascript,export function add(a, b) { return a + b; }";
 * await using executor = new Executor({ maxWorkers: 1, idleMs: 60_000, logger: console, clock });
 * await executor.run(tasks, "add", [1, 2]);
 * assertEquals(executor.stats.workers, 1);
 *
 * nowMs += 60_000;
 * timers.forEach((wake) => wake());
 * assertEquals(executor.stats.workers, 0);
 * ```
 */
export interface ExecutorClock {
  /** Milliseconds since some time; only ever grows. */
  elapsed(): number;
  /** Calls a function after so many milliseconds, at most 2³¹ - 1. */
  setTimeout(wake: () => void, delayMs: number): unknown;
  /** Forgets what `setTimeout` returned. */
  clearTimeout(timer: unknown): void;
}

/** The same for periodic tasks, which also go by the calendar. */
export interface Clock extends ExecutorClock {
  /** Milliseconds since 1970; jumps when the clock of the machine is set. Cron texts go by it. */
  now(): number;
}

/** The time of the machine. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout: (wake, delayMs) => setTimeout(wake, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
};
