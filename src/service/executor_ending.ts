/**
 * The workers of an executor that were ended and whose threads still run.
 *
 * @module
 */
import type { Logger } from "../logger.ts";
import type { Clock } from "../clock.ts";
import { TERMINATION_MS, waitAtMost } from "./executor_wait.ts";
import { RareWarning } from "./executor_warning.ts";
import type { ExecutorWorker } from "./executor_worker.ts";

/** How long calls may wait for threads to end before that is logged, in milliseconds: most are gone in a moment. */
const PATIENCE_MS = 1_000;

/** Workers that were ended. Most are gone in a moment; code that does not let its thread end keeps some. */
export class EndingWorkers {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onGone: () => void;
  readonly #warning: RareWarning;
  readonly #workers: Map<ExecutorWorker, Promise<void>> = new Map();
  #isAwaited = false;
  #isStopping = false;
  #timer: unknown;

  /**
   * @param clock The clock.
   * @param logger Takes what they hold up.
   * @param onGone Called when one is gone.
   */
  constructor(clock: Clock, logger: Logger, onGone: () => void) {
    this.#clock = clock;
    this.#logger = logger;
    this.#onGone = onGone;
    this.#warning = new RareWarning(
      logger,
      "Blocking calls wait, because the code of workers that were ended goes on: let code that may be aborted " +
        "await a timer from time to time",
      clock,
    );
  }

  /** How many there are. */
  get size(): number {
    return this.#workers.size;
  }

  /** Ends a worker. */
  add(worker: ExecutorWorker): void {
    const forget = (): void => {
      this.#workers.delete(worker);
      this.#onGone();
    };
    this.#workers.set(worker, worker.end().then(forget, forget));
    if (this.#isAwaited) worker.keepProcessAlive(true);
  }

  /**
   * Says that calls wait until some are gone: meanwhile they keep the process alive, and after a while it is logged.
   *
   * @param countCalls Returns how many wait.
   */
  holdUp(countCalls: () => number): void {
    this.#keepProcessAlive(true);
    this.#timer ??= this.#clock.setTimeout(
      () => this.#warning.give({ queued: countCalls(), ending: this.size }),
      PATIENCE_MS,
    );
  }

  /** Says that no call waits for them any more. */
  disregard(): void {
    this.#keepProcessAlive(this.#isStopping);
    if (this.#timer === undefined) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Resolves when all that there are now are gone, or do not end; that is logged. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.disregard();
    const areGone = await waitAtMost(this.#clock, TERMINATION_MS, Promise.all(this.#workers.values()));
    this.#isStopping = false;
    this.#keepProcessAlive(false);
    if (areGone) return;
    const text = "Workers were ended, but their code goes on until the process ends";
    this.#logger.warn(text, { ending: this.size });
  }

  #keepProcessAlive(keeps: boolean): void {
    if (keeps === this.#isAwaited) return;
    this.#isAwaited = keeps;
    for (const worker of this.#workers.keys()) worker.keepProcessAlive(keeps);
  }
}
