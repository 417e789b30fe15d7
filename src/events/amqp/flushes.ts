/**
 * Waits until nothing is on its way.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { toTimerMs } from "../time_limit.ts";

/** Those who wait, each so long. */
export class Flushes {
  readonly #ends = new Set<() => void>();

  /**
   * Waits.
   *
   * @param limitMs How long at most, in milliseconds.
   * @returns Resolves at `end`, or when the time is over.
   */
  wait(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#ends.delete(end);
        resolve();
      };
      const timer = startTimer(end, toTimerMs(limitMs));
      this.#ends.add(end);
    });
  }

  /** Nothing is on its way: ends all waits. */
  end(): void {
    if (this.#ends.size === 0) return;
    for (const end of [...this.#ends]) end();
  }
}
