/**
 * Which instances did not take, or did not answer, a call lately.
 *
 * @module
 */
import type { Clock } from "../clock.ts";

/** One instance that is left out. */
interface Refusal {
  /** Since when, as `clock.elapsed()`. */
  sinceMs: number;
  /** Until when. */
  untilMs: number;
  /** For how long the last time, in milliseconds. */
  lengthMs: number;
  /** Whether a call tries it just now: the answer to that one counts. */
  isTried: boolean;
}

const FIRST_MS = 5_000;
const LONGEST_MS = 60_000;
/** More can not be dead at the same time in any list that is still of use. */
const MAX_REFUSALS = 10_000;

/** Leaves out an instance that refused, or did not answer in time: 5 s, and twice as long each time it refuses again, up to 60 s. */
export class Refusals {
  readonly #clock: Clock;
  readonly #byUrl: Map<string, Refusal> = new Map();

  /**
   * Creates an empty list.
   *
   * @param clock The clock.
   */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether nothing is left out, so that nothing need be asked. */
  get isEmpty(): boolean {
    return this.#byUrl.size === 0;
  }

  /**
   * Says since when an instance is left out.
   *
   * @param url The instance.
   * @returns The time, `undefined` when it may be called.
   */
  since(url: string): number | undefined {
    const refusal = this.#byUrl.get(url);
    return refusal !== undefined && this.#clock.elapsed() < refusal.untilMs ? refusal.sinceMs : undefined;
  }

  /**
   * An instance did not take a call.
   *
   * @param url The instance.
   */
  add(url: string): void {
    const nowMs = this.#clock.elapsed();
    const refusal = this.#byUrl.get(url);
    if (refusal === undefined) {
      if (this.#byUrl.size >= MAX_REFUSALS) this.#byUrl.clear();
      this.#byUrl.set(url, {
        sinceMs: nowMs,
        untilMs: nowMs + FIRST_MS,
        lengthMs: FIRST_MS,
        isTried: false,
      });
      return;
    }
    // Of calls that were under way together, one counts.
    if (!refusal.isTried && nowMs < refusal.untilMs) return;
    refusal.lengthMs = Math.min(refusal.lengthMs * 2, LONGEST_MS);
    refusal.untilMs = nowMs + refusal.lengthMs;
    refusal.isTried = false;
  }

  /**
   * A call is about to try an instance: if it had refused, no other one does until this one knows.
   *
   * @param url The instance.
   */
  tries(url: string): void {
    const refusal = this.#byUrl.get(url);
    if (refusal === undefined) return;
    refusal.isTried = true;
    refusal.untilMs = this.#clock.elapsed() + refusal.lengthMs;
  }

  /**
   * An instance has answered. What it answers after it refused, to a call from before, does not count.
   *
   * @param url The instance.
   */
  answered(url: string): void {
    if (this.#byUrl.get(url)?.isTried) this.#byUrl.delete(url);
  }

  /**
   * An instance is there anew.
   *
   * @param url The instance.
   */
  forget(url: string): void {
    this.#byUrl.delete(url);
  }
}
