/**
 * Says once that something fails, and once that it works again.
 *
 * @module
 */
import type { Logger } from "../logger.ts";

/** Where the reason is another one each time, the rest is left to the level of details. */
const MAX_REASONS = 5;

/** What becomes of work that is done again and again. */
export class FailureLog {
  readonly #logger: Logger;
  readonly #action: string;
  /** Why it has failed since it worked last. */
  readonly #reasons: Set<string> = new Set();

  /**
   * Creates a log of work that has not failed.
   *
   * @param logger Where it is written.
   * @param action What is done, to be put behind `Cannot` and `Can`.
   */
  constructor(logger: Logger, action: string) {
    this.#logger = logger;
    this.#action = action;
  }

  /**
   * It has failed. A reason that is new since it worked last is a warning, but for the sixth and further ones; the same one again
   * is a detail.
   *
   * @param error Why.
   */
  failed(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    const isNews = this.#reasons.size < MAX_REASONS && !this.#reasons.has(why);
    if (isNews) this.#reasons.add(why);
    this.#logger[isNews ? "warn" : "debug"](`Cannot ${this.#action}: ${why}`);
  }

  /** It has worked. */
  succeeded(): void {
    if (this.#reasons.size === 0) return;
    this.#reasons.clear();
    this.#logger.info(`Can ${this.#action} again`);
  }
}
