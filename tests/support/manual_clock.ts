/** A clock that stands still until a test moves it. */
import type { Clock } from "../../src/service/clock.ts";

interface Timer {
  readonly wake: () => void;
  readonly at: number;
}

/** Wakes what is due, in order, while a test moves it on. */
export class ManualClock implements Clock {
  /** The delays that were asked for, in milliseconds. */
  readonly delays: number[] = [];
  readonly #timers: Set<Timer> = new Set();
  #elapsed = 1_000;
  #now: number;

  constructor(now = "2026-01-01T00:00:00Z") {
    this.#now = Date.parse(now);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  setTimeout(wake: () => void, delayMs: number): unknown {
    if (!(delayMs >= 0 && delayMs <= 2 ** 31 - 1)) throw new RangeError(`No timer takes ${delayMs} ms`);
    this.delays.push(delayMs);
    const timer = { wake, at: this.#elapsed + delayMs };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  /** Sets the clock of the machine; what has elapsed stays. */
  set(now: string): void {
    this.#now = Date.parse(now);
  }

  /** Lets time pass without waking anybody, as a process that is busy or asleep does. */
  sleep(ms: number): void {
    this.#elapsed += ms;
    this.#now += ms;
  }

  /** Lets time pass, and what is due happen. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await settle();
    for (let timer = this.#findDue(end); timer !== undefined; timer = this.#findDue(end)) {
      this.sleep(Math.max(0, timer.at - this.#elapsed));
      this.#timers.delete(timer);
      timer.wake();
      await settle();
    }
    this.sleep(end - this.#elapsed);
    await settle();
  }

  #findDue(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.sort((left, right) => left.at - right.at)[0];
  }
}

/** Lets all promises that are ready settle. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
