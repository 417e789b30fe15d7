/**
 * One periodic task at work.
 *
 * @module
 */
import type { Logger } from "../logger.ts";
import type { Clock } from "../clock.ts";
import type { PeriodicRun } from "./periodic_task.ts";
import type { Recurrence } from "./recurrence.ts";

/** What a runner runs, and when. */
export interface RunnerOptions {
  /** Stands in the log. */
  readonly name: string;
  /** The task. */
  readonly run: (run: PeriodicRun) => unknown;
  /** When it is due. */
  readonly recurrence: Recurrence;
  /** Runs it at the start, too. */
  readonly runAtStart: boolean;
  /** The time. */
  readonly clock: Clock;
  /** Must not throw. */
  readonly logger: Logger;
  /** Told of what the task throws; must not throw. */
  readonly onError: (error: unknown, name: string) => void;
}

/** Runs one task when it is due, and never twice at a time. */
export class PeriodicRunner {
  /** Stands in the log. */
  readonly name: string;
  readonly #options: RunnerOptions;
  #timer: unknown;
  #isStarted = false;
  #running: Promise<void> | undefined;
  #controller: AbortController | undefined;

  /** @param options What to run, and when. */
  constructor(options: RunnerOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** A run has begun and not ended. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Begins. */
  start(): void {
    const { recurrence, runAtStart } = this.#options;
    this.#isStarted = true;
    recurrence.begin();
    if (runAtStart) this.#run();
    this.#arm();
  }

  /** Begins no run any more. Resolves when none is running; never rejects. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#options.clock.clearTimeout(this.#timer);
    await this.#running;
  }

  /** Tells a run that nobody waits for it any more. */
  abort(): void {
    this.#controller?.abort(new DOMException("The service stopped", "AbortError"));
  }

  #arm(): void {
    const { recurrence, clock, logger, name } = this.#options;
    // A task may stop its own service.
    if (!this.#isStarted) return;
    const waitMs = recurrence.waitMs();
    if (waitMs === undefined) {
      logger.info(`Periodic task "${name}" has run for the last time`);
      return;
    }
    const delayMs = Math.max(1, Math.ceil(Math.min(waitMs, recurrence.longestWaitMs)));
    this.#timer = clock.setTimeout(() => this.#wake(), delayMs);
  }

  #wake(): void {
    const { recurrence } = this.#options;
    // Timers may be a little early, and a long wait has several.
    if ((recurrence.waitMs() ?? 0) <= 0) {
      this.#run();
      recurrence.advance();
    }
    this.#arm();
  }

  #run(): void {
    if (this.#running !== undefined) {
      const { logger, name } = this.#options;
      logger.debug(`Periodic task "${name}" is due while its last run goes on: this one is skipped`);
      return;
    }
    this.#controller = new AbortController();
    this.#running = this.#perform(this.#controller.signal).finally(() => this.#running = undefined);
  }

  async #perform(signal: AbortSignal): Promise<void> {
    const { run, name, logger, onError } = this.#options;
    try {
      await run({ signal });
    } catch (error) {
      // Who was told to stop does so with an error, which is no news.
      if (signal.aborted && (error === signal.reason || (error as Error | null)?.name === "AbortError")) {
        return;
      }
      logger.error(`Periodic task "${name}" failed`, { error });
      onError(error, name);
    }
  }
}
