/**
 * Notices a broker that has stopped to confirm, which no error and no closed socket tells.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";

/** So many looks make up the limit, so what is noticed late is late by a fifteenth. */
const LOOKS = 15;

/** Calls its owner once when nothing has moved for so long. */
export class ConfirmWatchdog {
  readonly #pauseMs: number;
  readonly #isWaiting: () => boolean;
  readonly #onStalled: () => void;
  #hasMoved = false;
  #looks = 0;
  #timer: ReturnType<typeof startTimer> | undefined;

  /**
   * Creates one that does not look yet.
   *
   * @param limitMs How long nothing may move, in milliseconds.
   * @param isWaiting Whether anything is to be confirmed; otherwise the watchdog goes to sleep.
   * @param onStalled Called when nothing has moved for that long. Must not throw.
   */
  constructor(limitMs: number, isWaiting: () => boolean, onStalled: () => void) {
    this.#pauseMs = Math.ceil(limitMs / LOOKS);
    this.#isWaiting = isWaiting;
    this.#onStalled = onStalled;
  }

  /** Something is to be confirmed from now on. */
  start(): void {
    this.#timer ??= this.#schedule();
  }

  /** Something has been confirmed. Costs next to nothing, because it happens for each event. */
  move(): void {
    this.#hasMoved = true;
  }

  /** Looks no more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#looks = 0;
    this.#hasMoved = false;
  }

  #schedule(): ReturnType<typeof startTimer> {
    return startTimer(() => this.#look(), this.#pauseMs);
  }

  #look(): void {
    const looks = this.#hasMoved ? 0 : this.#looks + 1;
    this.stop();
    if (!this.#isWaiting()) return;
    if (looks >= LOOKS) return this.#onStalled();
    this.#looks = looks;
    this.#timer = this.#schedule();
  }
}
