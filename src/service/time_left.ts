/**
 * The time that a service takes to stop.
 *
 * @module
 */
import { LONGEST_TIMER_MS } from "../rpc/deadlines.ts";

/**
 * Begins to count.
 *
 * @param limitMs How much time there is, in milliseconds.
 * @returns Says how much of it is left, at most what a timer takes.
 */
export function countDown(limitMs: number): () => number {
  const beginMs = performance.now();
  return () => Math.max(0, Math.min(limitMs - (performance.now() - beginMs), LONGEST_TIMER_MS));
}

/**
 * Waits for something until the time is over.
 *
 * @param work What is waited for.
 * @param limitMs How long, in milliseconds; `Infinity` for ever.
 * @returns Whether it has not come in time. Rejects when the work does in time.
 */
export async function isLate(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  if (limitMs === Infinity) return await work.then(() => false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(true), limitMs));
  return await Promise.race([work.then(() => false), late]).finally(() => clearTimeout(timer));
}
