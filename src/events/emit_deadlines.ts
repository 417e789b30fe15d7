/**
 * One timer for the time limits of all events that are on their way.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { LONGEST_DELAY_MS } from "../clock.ts";

/** Looking at all events costs more than being so late. */
const LEAST_PAUSE_MS = 10;

/** Calls its owner when the first time limit is over. */
export class EmitDeadlines {
  readonly #onDue: (nowMs: number) => number;
  #dueMs = Infinity;
  #timer: ReturnType<typeof startTimer> | undefined;

  /**
   * Creates one that waits for nothing.
   *
   * @param onDue Ends what is over at that time (`performance.now`), and returns when the next one will be, or
   * `Infinity`. Must not throw.
   */
  constructor(onDue: (nowMs: number) => number) {
    this.#onDue = onDue;
  }

  /** Sees to it that the owner is called at that time (`performance.now`), or up to 10 ms later. */
  expect(deadlineMs: number, nowMs: number): void {
    if (deadlineMs >= this.#dueMs) return;
    this.stop();
    this.#dueMs = deadlineMs;
    const delayMs = Math.max(LEAST_PAUSE_MS, Math.ceil(deadlineMs - nowMs));
    this.#timer = startTimer(() => this.#fire(), Math.min(LONGEST_DELAY_MS, delayMs));
  }

  /** Waits for nothing. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueMs = Infinity;
  }

  #fire(): void {
    this.stop();
    const nowMs = performance.now();
    this.expect(this.#onDue(nowMs), nowMs);
  }
}
