/**
 * The workers of an executor that have nothing to do.
 *
 * @module
 */
import { LONGEST_TIMER_MS } from "../rpc/deadlines.ts";
import { type Clock, startIdleTimer } from "../clock.ts";
import type { ExecutorWorker } from "./executor_worker.ts";

/** Idle workers. The one that has rested least is taken first, so that those that are not needed end. */
export class IdleWorkers {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #onExpire: (worker: ExecutorWorker) => void;
  /** In the order in which they became idle. */
  readonly #workers: ExecutorWorker[] = [];
  #timer: unknown;

  /**
   * @param clock The clock.
   * @param idleMs How long a worker may rest, in milliseconds; `Infinity` for ever.
   * @param onExpire Called with a worker that has rested so long; it is no longer one of these then.
   */
  constructor(clock: Clock, idleMs: number, onExpire: (worker: ExecutorWorker) => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#onExpire = onExpire;
  }

  /** How many there are. */
  get size(): number {
    return this.#workers.length;
  }

  /** Adds a worker that has nothing to do from now on. */
  add(worker: ExecutorWorker): void {
    worker.idleSinceMs = this.#clock.elapsed();
    this.#workers.push(worker);
    // A timer that runs is left alone, because most workers do not rest for long: it looks again when it is time.
    if (this.#timer === undefined && this.#idleMs !== Infinity) this.#wait(this.#idleMs);
  }

  /** Takes a worker; `undefined` when there is none. */
  take(): ExecutorWorker | undefined {
    return this.#workers.pop();
  }

  /** Forgets a worker. */
  delete(worker: ExecutorWorker): void {
    const index = this.#workers.indexOf(worker);
    if (index >= 0) this.#workers.splice(index, 1);
  }

  /** Forgets all workers. */
  clear(): void {
    this.#workers.length = 0;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(ms: number): void {
    const delayMs = Math.min(Math.ceil(ms), LONGEST_TIMER_MS);
    this.#timer = startIdleTimer(this.#clock, () => this.#sweep(), delayMs);
  }

  #sweep(): void {
    this.#timer = undefined;
    const untilMs = this.#clock.elapsed() - this.#idleMs;
    for (let oldest = this.#workers[0]; oldest !== undefined; oldest = this.#workers[0]) {
      if (oldest.idleSinceMs > untilMs) return this.#wait(oldest.idleSinceMs - untilMs);
      this.#workers.shift();
      this.#onExpire(oldest);
    }
  }
}
