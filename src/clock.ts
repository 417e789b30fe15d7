/**
 * The time that registries, discovery, executors and periodic tasks go by.
 *
 * @module
 */
import { clearTimeout, setTimeout } from "node:timers";

/**
 * What the library knows of time. A test brings a `ManualClock` of `@gemstone/gemstone/testing`, so that no time has
 * to pass. Time limits of calls do not go by it.
 *
 * @example A registry whose time goes faster
 * ```ts
 * import type { Clock } from "@gemstone/gemstone";
 * import { ServiceRegistry } from "@gemstone/gemstone/registry";
 *
 * const clock: Clock = {
 *   now: () => Date.now(),
 *   elapsed: () => 60 * performance.now(),
 *   setTimeout: (wake, delayMs) => setTimeout(wake, delayMs / 60),
 *   clearTimeout: (timer) => clearTimeout(timer as number),
 * };
 * const registry = new ServiceRegistry({ clock }); // forgets a service after a second
 * ```
 */
export interface Clock {
  /** Milliseconds since 1970 (UTC); jumps when the clock of the machine is set. */
  now(): number;
  /** Milliseconds since some moment; never goes back. */
  elapsed(): number;
  /**
   * Calls a function once, later.
   *
   * @param wake The function.
   * @param delayMs How much later, in milliseconds, at most 2³¹ - 1.
   * @returns What `clearTimeout` takes.
   */
  setTimeout(wake: () => void, delayMs: number): unknown;
  /** Forgets what `setTimeout` returned, and nothing when that is over. */
  clearTimeout(timer: unknown): void;
}

/** What a timer can take, in milliseconds; with more it would fire at once. */
export const LONGEST_DELAY_MS: number = 2 ** 31 - 1;

/** The time of the machine. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout: (wake, delayMs) => setTimeout(wake, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
};

/**
 * Starts a timer that does not keep a process which has nothing else to do.
 *
 * @param clock The clock.
 * @param wake Called once.
 * @param delayMs When, in milliseconds from now.
 * @returns What `clearTimeout` of the clock takes.
 */
export function startIdleTimer(clock: Clock, wake: () => void, delayMs: number): unknown {
  const timer = clock.setTimeout(wake, delayMs);
  (timer as { unref?(): void } | undefined)?.unref?.();
  return timer;
}

/**
 * Lets time pass.
 *
 * @param clock The clock.
 * @param ms How long, in milliseconds; `Infinity` for ever.
 * @param signal Ends the wait.
 * @returns A promise that is resolved, never rejected, when the time is over or the signal aborts.
 */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clock.clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = ms === Infinity ? undefined : clock.setTimeout(end, Math.min(ms, LONGEST_DELAY_MS));
    signal.addEventListener("abort", end);
  });
}
