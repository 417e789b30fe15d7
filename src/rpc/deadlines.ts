/**
 * Time limits for many calls at the price of a few timers.
 *
 * @module
 */

/** A time limit that has begun. */
export interface Deadline {
  /** Ends it: its `onTimeout` will not be called. Calling this again changes nothing. */
  cancel(): void;
}

/** The longest time that a timer takes, in milliseconds. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/**
 * Checks a time limit.
 *
 * @param name Its name, for the text of the error.
 * @param limitMs Its value in milliseconds.
 * @throws {RangeError} when no timer can keep it.
 */
export function checkTimeLimit(name: string, limitMs: number): void {
  const isLimit = limitMs > 0 && (limitMs <= LONGEST_TIMER_MS || limitMs === Infinity);
  if (typeof limitMs === "number" && isLimit) return;
  const value = typeof limitMs === "number" ? limitMs : JSON.stringify(limitMs);
  throw new RangeError(
    `Cannot use ${value} as the ${name}: give milliseconds up to ${LONGEST_TIMER_MS}, or Infinity`,
  );
}

/** Keeps the running time limits of a service. While none runs there is no timer. */
export class Deadlines {
  readonly #queues: Map<number, Queue> = new Map();

  /**
   * Begins a time limit.
   *
   * @param limitMs Its length in milliseconds, at most 2,147,483,647 (the longest that timers take);
   * `Infinity` ends with {@linkcode Deadlines.expireAll} only.
   * @param onTimeout Called once when the time is up, unless the limit was cancelled before. Must not throw.
   * @returns The handle that cancels it.
   */
  start(limitMs: number, onTimeout: () => void): Deadline {
    let queue = this.#queues.get(limitMs);
    if (queue === undefined) this.#queues.set(limitMs, queue = new Queue(limitMs));
    return queue.start(onTimeout);
  }

  /** Ends all limits now, as if their time were up. */
  expireAll(): void {
    for (const queue of this.#queues.values()) queue.expireAll();
  }
}

/** All limits of one length: they end in the order in which they began, so one timer serves them all. */
class Queue {
  readonly #limitMs: number;
  readonly #entries: Set<Entry> = new Set();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  start(onTimeout: () => void): Deadline {
    const entry = new Entry(this, performance.now() + this.#limitMs, onTimeout);
    this.#entries.add(entry);
    if (this.#limitMs !== Infinity) this.#timer ??= setTimeout(() => this.#sweep(), this.#limitMs);
    return entry;
  }

  cancel(entry: Entry): void {
    if (!this.#entries.delete(entry) || this.#entries.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  expireAll(): void {
    for (const entry of this.#entries) {
      this.cancel(entry);
      entry.onTimeout();
    }
  }

  #sweep(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const entry of this.#entries) {
      if (entry.endsAt > now) {
        this.#timer = setTimeout(() => this.#sweep(), Math.ceil(entry.endsAt - now));
        return;
      }
      this.#entries.delete(entry);
      entry.onTimeout();
    }
  }
}

class Entry implements Deadline {
  readonly #queue: Queue;
  readonly endsAt: number;
  readonly onTimeout: () => void;

  constructor(queue: Queue, endsAt: number, onTimeout: () => void) {
    this.#queue = queue;
    this.endsAt = endsAt;
    this.onTimeout = onTimeout;
  }

  cancel(): void {
    this.#queue.cancel(this);
  }
}
