/**
 * Warnings that may be due for every call.
 *
 * @module
 */
import type { Logger } from "../logger.ts";
import type { Clock } from "../clock.ts";

/** How often the same is logged, in milliseconds. */
const WARN_EVERY_MS = 10_000;

/** Logs a warning now and then only: an overloaded service must not be busy with its log. */
export class RareWarning {
  readonly #logger: Logger;
  readonly #message: string;
  readonly #clock: Clock;
  #warnedAtMs = -Infinity;

  /**
   * @param logger Takes it.
   * @param message What it says.
   * @param clock The clock.
   */
  constructor(logger: Logger, message: string, clock: Clock) {
    this.#logger = logger;
    this.#message = message;
    this.#clock = clock;
  }

  /**
   * Logs it, unless that was done a moment ago.
   *
   * @param fields What it is about.
   */
  give(fields: Readonly<Record<string, unknown>>): void {
    const nowMs = this.#clock.elapsed();
    if (nowMs - this.#warnedAtMs < WARN_EVERY_MS) return;
    this.#warnedAtMs = nowMs;
    this.#logger.warn(this.#message, fields);
  }
}
