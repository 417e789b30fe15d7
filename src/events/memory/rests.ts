/**
 * Where events rest between a failed delivery and the next one.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { Fifo } from "../fifo.ts";
import type { QueuedEvent } from "./memory_queue.ts";

/** The rests of one instance: one timer for all of the same length, however many there are. */
export class Rests {
  readonly #tiers = new Map<number, Tier>();

  /** Lets an event rest; then its queue gets it again. */
  begin(queued: QueuedEvent, delayMs: number): void {
    let tier = this.#tiers.get(delayMs);
    if (tier === undefined) this.#tiers.set(delayMs, tier = new Tier(delayMs));
    queued.queue.beginRest();
    tier.begin(queued);
  }

  /** Ends all rests before their time and returns the events. */
  takeAll(): QueuedEvent[] {
    const queued = [...this.#tiers.values()].flatMap((tier) => tier.takeAll());
    this.#tiers.clear();
    return queued;
  }
}

/** Rests of one length: they end in the order in which they began. */
class Tier {
  readonly #delayMs: number;
  readonly #resting = new Fifo<{ readonly queued: QueuedEvent; readonly dueMs: number }>();
  #timer: ReturnType<typeof startTimer> | undefined;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  begin(queued: QueuedEvent): void {
    this.#resting.push({ queued, dueMs: performance.now() + this.#delayMs });
    this.#timer ??= startTimer(() => this.#end(), this.#delayMs);
  }

  takeAll(): QueuedEvent[] {
    clearTimeout(this.#timer);
    return this.#resting.takeAll().map(({ queued }) => queued);
  }

  #end(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (let first = this.#resting.peek(); first !== undefined; first = this.#resting.peek()) {
      if (first.dueMs > now) {
        this.#timer = startTimer(() => this.#end(), Math.ceil(first.dueMs - now));
        return;
      }
      this.#resting.shift();
      const { queue } = first.queued;
      queue.addAgain(first.queued);
      queue.endRest();
    }
  }
}
