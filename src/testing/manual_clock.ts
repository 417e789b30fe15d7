/**
 * Time that a test moves on.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { type Clock, LONGEST_DELAY_MS } from "../clock.ts";

/** A timer that has not come due. */
interface Timer {
  readonly wake: () => void;
  readonly dueMs: number;
}

/**
 * A clock that stands still until a test moves it on.
 *
 * @example Workers that rest for too long end
 * ```ts
 * import { Executor } from "@gemstone/gemstone";
 * import { ManualClock } from "@gemstone/gemstone/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = new ManualClock();
 * const tasks = "data:text/javascript,export function add(a, b) { return a + b; }";
 * await using executor = new Executor({ maxWorkers: 1, idleMs: 60_000, logger: console, clock });
 * await executor.run(tasks, "add", [1, 2]);
 * assertEquals(executor.stats.workers, 1);
 *
 * await clock.advance(60_000);
 * assertEquals(executor.stats.workers, 0);
 * ```
 */
export class ManualClock implements Clock {
  readonly #timers: Set<Timer> = new Set();
  #elapsedMs = 0;
  #nowMs: number;

  /**
   * Creates a clock without timers.
   *
   * @param now The time of day that it begins with. @default {"2026-01-01T00:00:00Z"}
   * @throws {RangeError} when that is no time.
   */
  constructor(now: string | number | Date = "2026-01-01T00:00:00Z") {
    this.#nowMs = toTime(now);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** The time of day, in milliseconds since 1970 (UTC). */
  now(): number {
    return this.#nowMs;
  }

  /** How far it was moved on, in milliseconds. */
  elapsed(): number {
    return this.#elapsedMs;
  }

  /**
   * Sets a timer.
   *
   * @param wake Called once, when the clock has moved on so far.
   * @param delayMs How far, in milliseconds, from 0 to 2³¹ - 1.
   * @returns What `clearTimeout` takes.
   * @throws {RangeError} when a timer of the machine could not take the delay.
   */
  setTimeout(wake: () => void, delayMs: number): unknown {
    if (!(delayMs >= 0 && delayMs <= LONGEST_DELAY_MS)) {
      throw new RangeError(`Cannot set a timer of ${delayMs} ms: give 0 to ${LONGEST_DELAY_MS}`);
    }
    const timer = { wake, dueMs: this.#elapsedMs + delayMs };
    this.#timers.add(timer);
    return timer;
  }

  /** Forgets a timer; nothing happens when it is over. */
  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  /**
   * Sets the time of day, as somebody sets that of a machine: what has elapsed stays.
   *
   * @param now The time of day.
   * @throws {RangeError} when that is no time.
   */
  set(now: string | number | Date): void {
    this.#nowMs = toTime(now);
  }

  /**
   * Lets time pass without calling anybody, as a process does that is busy or asleep.
   *
   * @param ms How much, in milliseconds.
   * @throws {RangeError} when that is negative or no finite number.
   */
  sleep(ms: number): void {
    demandDuration(ms);
    this.#elapsedMs += ms;
    this.#nowMs += ms;
  }

  /**
   * Lets time pass. What comes due on the way happens in its order, each time followed by what can go on then.
   *
   * @param ms How much, in milliseconds.
   * @returns Resolves when all that has happened.
   * @throws {RangeError} when that is negative or no finite number.
   */
  async advance(ms: number): Promise<void> {
    demandDuration(ms);
    const endMs = this.#elapsedMs + ms;
    await settle();
    for (let timer = this.#findDue(endMs); timer !== undefined; timer = this.#findDue(endMs)) {
      this.sleep(Math.max(0, timer.dueMs - this.#elapsedMs));
      this.#timers.delete(timer);
      timer.wake();
      await settle();
    }
    this.sleep(endMs - this.#elapsedMs);
  }

  #findDue(endMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}

function demandDuration(ms: number): void {
  if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`Cannot let ${ms} ms pass: give 0 or more`);
}

function toTime(now: string | number | Date): number {
  const time = new Date(now).getTime();
  if (Number.isNaN(time)) throw new RangeError(`Cannot set a clock to "${now}"`);
  return time;
}

/** Lets all that waits for neither time nor the network go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
