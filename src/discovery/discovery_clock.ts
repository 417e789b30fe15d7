/**
 * Time, as discovery needs it: a test brings a clock of its own.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { watchAbort } from "../client/watch_abort.ts";
import { LONGEST_TIMER_MS } from "../rpc/deadlines.ts";

/**
 * Tells the time and waits. A test brings one of its own, so that no time has to pass.
 *
 * @example Announce, and let half a minute pass at once
 * ```ts
 * import { type DiscoveryClock, ServiceDiscovery, ServiceDiscoveryCache } from "@gemstone/gemstone/discovery";
 * import { assertEquals } from "@std/assert";
 *
 * let tick = () => {};
 * const clock: DiscoveryClock = {
 *   now: () => 0,
 *   wait: (ms, signal) =>
 *     new Promise((resolve) => {
 *       if (ms > 20_000) tick = resolve; // the interval, and not the limit of an announcement
 *       signal.addEventListener("abort", () => resolve(), { once: true });
 *     }),
 * };
 *
 * let pings = 0;
 * const strategy = { ping: async () => void pings++, locate: async () => [] };
 * const cache = new ServiceDiscoveryCache();
 * const options = { strategies: [strategy], cache, pingIntervalMs: 30_000, logger: console, clock };
 * const discovery = new ServiceDiscovery(options);
 * await discovery.announce("users", "http://10.0.0.1:8000/api");
 * tick();
 * await new Promise((resolve) => setTimeout(resolve));
 * assertEquals(pings, 2);
 * await discovery.stop(1_000);
 * ```
 */
export interface DiscoveryClock {
  /** The time in milliseconds since some moment; never goes back. */
  now(): number;
  /**
   * Lets time pass.
   *
   * @param ms How long, in milliseconds; `Infinity` for ever.
   * @param signal Ends the wait.
   * @returns A promise that is resolved, never rejected, when the time is over or the signal aborts.
   */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** The clock of the system. */
export const SYSTEM_CLOCK: DiscoveryClock = {
  now: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = ms === Infinity ? undefined : startTimer(end, Math.min(ms, LONGEST_TIMER_MS));
      signal.addEventListener("abort", end);
    }),
};

/**
 * Does work that is ended when it takes too long or is not wanted any more, whether it heeds its signal or not.
 *
 * @param work Begins it; gets the signal that ends it.
 * @param limits `limitMs`: how long it may take, in milliseconds; `signal`: ends it before.
 * @param clock The clock. @default {that of the system}
 * @returns What the work gives. Rejects as the work does, or with why it was ended.
 */
export async function doWithin<T>(
  work: (signal: AbortSignal) => Promise<T>,
  limits: { readonly limitMs: number; readonly signal: AbortSignal },
  clock: DiscoveryClock = SYSTEM_CLOCK,
): Promise<T> {
  const { limitMs, signal } = limits;
  // Not even begun: it might open what has just been closed.
  if (signal.aborted) throw new Error("It was ended");
  const ended = new AbortController();
  const watch = new AbortController();
  const stopWatching = (): void => watch.abort();
  const leave = watchAbort(signal, stopWatching);
  let isOver = false;
  const givenUp = clock.wait(limitMs, watch.signal).then((): never | undefined => {
    if (isOver) return undefined;
    const reason = new Error(signal.aborted ? "It was ended" : `No answer within ${limitMs} ms`);
    ended.abort(reason);
    throw reason;
  });
  try {
    // A strategy of somebody else may throw at once.
    const result = Promise.resolve().then(() => work(ended.signal));
    // What gives up is silent once there is a result, so nothing else can win.
    return await Promise.race([result, givenUp]) as T;
  } finally {
    isOver = true;
    leave();
    stopWatching();
  }
}
