/**
 * Lets events that the broker refused wait before they are sent again.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { Fifo } from "../fifo.ts";
import type { PendingEmit } from "./pending_emit.ts";

/** The pause after the first refusal, in milliseconds; each further one doubles it. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** Events whose time comes so close together are sent together. */
const LEAST_PAUSE_MS = 10;

/** The events that were refused, by the time of their next try. */
export class RefusalBackoff {
  readonly #onDue: () => void;
  #resting: { readonly emit: PendingEmit; readonly dueMs: number }[] = [];
  readonly #due = new Fifo<PendingEmit>();
  #first: PendingEmit | undefined;
  #timer: ReturnType<typeof startTimer> | undefined;
  #timerMs = Infinity;

  /**
   * Creates one in which nothing rests.
   *
   * @param onDue Called when there is a `first`. Must not throw.
   */
  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  /** Takes one that has been refused `refusals` times. */
  add(emit: PendingEmit): void {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (emit.refusals - 1));
    const nowMs = performance.now();
    this.#resting.push({ emit, dueMs: nowMs + pauseMs });
    this.#wake(nowMs + pauseMs, nowMs);
  }

  /** The next whose time has come. It leaves with {@linkcode RefusalBackoff.shift}. */
  get first(): PendingEmit | undefined {
    // One whose time limit is over meanwhile is still in the queue.
    while (this.#first?.state !== "refused" && this.#due.length > 0) this.#first = this.#due.shift();
    return this.#first?.state === "refused" ? this.#first : undefined;
  }

  /** Takes the first away. */
  shift(): void {
    this.#first = undefined;
  }

  /** Forgets all. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerMs = Infinity;
    this.#resting = [];
    this.#due.takeAll();
    this.#first = undefined;
  }

  #wake(dueMs: number, nowMs: number): void {
    if (dueMs >= this.#timerMs) return;
    clearTimeout(this.#timer);
    this.#timerMs = dueMs;
    this.#timer = startTimer(() => this.#fire(), Math.max(LEAST_PAUSE_MS, Math.ceil(dueMs - nowMs)));
  }

  #fire(): void {
    const nowMs = performance.now();
    this.#timer = undefined;
    this.#timerMs = Infinity;
    const resting = this.#resting;
    this.#resting = [];
    for (const entry of resting) {
      if (entry.dueMs <= nowMs) this.#due.push(entry.emit);
      else if (entry.emit.state === "refused") this.#resting.push(entry);
    }
    const dueMs = this.#resting.reduce((least, entry) => Math.min(least, entry.dueMs), Infinity);
    if (dueMs < Infinity) this.#wake(dueMs, nowMs);
    this.#onDue();
  }
}
