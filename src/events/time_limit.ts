/**
 * Waits no longer than so long.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { LONGEST_DELAY_MS } from "../clock.ts";

/**
 * Makes of a time what a timer can take.
 *
 * @param limitMs How long, in milliseconds; may be `Infinity`.
 * @returns The same, but from 0 to 2³¹ - 1, which is 24 days; 0 for what is no number.
 */
export function toTimerMs(limitMs: number): number {
  return limitMs > 0 ? Math.min(limitMs, LONGEST_DELAY_MS) : 0;
}

/**
 * Waits for a promise, or until the time is over.
 *
 * @param promise What to wait for.
 * @param limitMs How long, in milliseconds; more than a timer can take counts as 24 days.
 * @returns Whether it was in time. Rejects when the promise does in time.
 */
export async function waitAtMost(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: ReturnType<typeof startTimer> | undefined;
  const limit = new Promise<false>((resolve) => timer = startTimer(() => resolve(false), toTimerMs(limitMs)));
  try {
    return await Promise.race([promise.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}
