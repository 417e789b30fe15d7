/**
 * Deliveries that may have ended a process before are handled one at a time.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";

/** So long the acknowledgement of one gets before the next one, which may end the process, begins. */
const PAUSE_MS = 10;

/**
 * Begins suspects one at a time, in random order: the innocent ones among them get settled between two crashes,
 * half of those that are left each time, long before the broker has counted too many deliveries for them. In the
 * order of the queue those behind the guilty one would never begin.
 */
export class SuspectLane<Suspect> {
  readonly #begin: (suspect: Suspect) => void;
  readonly #random: () => number;
  readonly #waiting: Suspect[] = [];
  #isBusy = false;
  #isClosed = false;
  #timer: ReturnType<typeof startTimer> | undefined;

  /**
   * Creates an empty lane.
   *
   * @param begin Begins one; must not throw. `done` says that it has ended.
   * @param random From 0 to 1, without 1.
   */
  constructor(begin: (suspect: Suspect) => void, random: () => number = Math.random) {
    this.#begin = begin;
    this.#random = random;
  }

  /** Adds one. */
  push(suspect: Suspect): void {
    this.#waiting.push(suspect);
    this.#schedule();
  }

  /** The one that began has ended. */
  done(): void {
    this.#isBusy = false;
    this.#schedule();
  }

  /** Begins none any more, and returns those that wait. Leaves no timer. */
  close(): Suspect[] {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    return this.#waiting.splice(0);
  }

  #schedule(): void {
    if (this.#isClosed || this.#isBusy || this.#waiting.length === 0) return;
    this.#isBusy = true;
    this.#timer = startTimer(() => this.#begin(this.#take()), PAUSE_MS);
  }

  #take(): Suspect {
    const index = Math.floor(this.#random() * this.#waiting.length);
    const suspect = this.#waiting[index]!;
    const last = this.#waiting.pop()!;
    if (index < this.#waiting.length) this.#waiting[index] = last;
    return suspect;
  }
}
