/**
 * Says what happens often seldom.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";

const PAUSE_MS = 1000;

/** Counts, and writes the count at most once a second. */
export class OccasionalLog {
  readonly #write: (count: number) => void;
  #count = 0;
  #timer: ReturnType<typeof startTimer> | undefined;

  /**
   * Creates a log that has nothing to say.
   *
   * @param write Gets how often it happened since the last time.
   */
  constructor(write: (count: number) => void) {
    this.#write = write;
  }

  /** It has happened. */
  note(): void {
    this.#count++;
    if (this.#timer !== undefined) return;
    this.#tell();
    this.#timer = startTimer(() => {
      this.#timer = undefined;
      this.#tell();
    }, PAUSE_MS);
    this.#timer.unref();
  }

  /** Writes what has not been written, and ends the timer. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tell();
  }

  #tell(): void {
    const count = this.#count;
    this.#count = 0;
    if (count > 0) this.#write(count);
  }
}
