/**
 * Waits that end.
 *
 * @module
 */
import type { Clock } from "../clock.ts";

/** How long the end of threads is waited for, in milliseconds: code that does not return may keep them for ever. */
export const TERMINATION_MS = 2_000;

/**
 * Waits for something, but not for ever.
 *
 * @param clock Says how long.
 * @param limitMs How long at most, in milliseconds; `Infinity` for ever.
 * @param work What is waited for; must not reject.
 * @returns Whether it came in time.
 */
export async function waitAtMost(
  clock: Clock,
  limitMs: number,
  work: Promise<unknown>,
): Promise<boolean> {
  let timer: unknown;
  const late = new Promise<boolean>((resolve) => {
    if (limitMs !== Infinity) timer = clock.setTimeout(() => resolve(false), limitMs);
  });
  const inTime = work.then(() => true);
  return await Promise.race([inTime, late]).finally(() => clock.clearTimeout(timer));
}
