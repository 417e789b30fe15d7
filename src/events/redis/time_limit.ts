/**
 * Waits no longer than so long.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";

/**
 * Waits for a promise, or until the time is over.
 *
 * @param promise What to wait for; must not reject.
 * @param limitMs How long, in milliseconds.
 * @returns Whether it was in time.
 */
export async function waitAtMost(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: ReturnType<typeof startTimer> | undefined;
  const limit = new Promise<false>((resolve) => timer = startTimer(() => resolve(false), limitMs));
  try {
    return await Promise.race([promise.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}
