/**
 * What the registry knows of time, so that tests can let a minute pass at once.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";

/**
 * A clock: what a registry and its store in memory know of time. A test brings one of its own.
 *
 * @example Let a minute pass at once
 * ```ts
 * import { createSystemClock, type RegistryClock, ServiceRegistry } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * let nowMs = 0;
 * const clock: RegistryClock = { ...createSystemClock(), elapsedMs: () => nowMs };
 * const registry = new ServiceRegistry({ clock });
 * await registry.ping("users", "http://10.0.0.1:8000/api");
 *
 * nowMs = 60_000;
 * assertEquals(await registry.locate_service("users"), ["http://10.0.0.1:8000/api"]);
 * nowMs = 60_001;
 * assertEquals(await registry.locate_service("users"), []);
 * ```
 */
export interface RegistryClock {
  /**
   * Milliseconds since any moment. They never go back, so that somebody who sets the time of day neither revives a
   * service nor forgets one.
   */
  elapsedMs(): number;
  /** The time of day, in milliseconds since 1970 (UTC). It is shown only. */
  timeMs(): number;
  /**
   * Calls a function once, later.
   *
   * @param delayMs How much later, in milliseconds.
   * @param callback The function; must not throw.
   * @returns Ends it; has no effect when the function has been called.
   */
  schedule(delayMs: number, callback: () => void): () => void;
}

/**
 * Makes the clock of the machine. Its timers do not keep the process.
 *
 * @returns The clock.
 *
 * @example
 * ```ts
 * import { createSystemClock } from "@gemstone/gemstone/registry";
 * import { assert } from "@std/assert";
 *
 * const clock = createSystemClock();
 * const beginMs = clock.elapsedMs();
 * await new Promise<void>((resolve) => {
 *   const keeping = setTimeout(() => {}, 1_000); // keeps the process, as the clock does not
 *   clock.schedule(5, () => {
 *     clearTimeout(keeping);
 *     resolve();
 *   });
 * });
 * assert(clock.elapsedMs() > beginMs);
 * ```
 */
export function createSystemClock(): RegistryClock {
  return {
    elapsedMs: () => performance.now(),
    timeMs: () => Date.now(),
    schedule(delayMs, callback) {
      const timer = startTimer(callback, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
