/**
 * The pace of an open loop: work begins when it is due, whether or not what began before has ended.
 *
 * @module
 */

/** Says how much is due. */
export class Pacer {
  readonly #perMs: number;
  readonly #startedMs: number;
  #taken = 0;

  /**
   * Begins at a moment, with nothing due yet.
   *
   * @param perSecond How much shall begin in each second.
   * @param startedMs The moment, by the clock that {@linkcode take} is told.
   * @throws {RangeError} when the pace is not positive.
   */
  constructor(perSecond: number, startedMs: number) {
    if (!(perSecond > 0 && perSecond < Infinity)) {
      throw new RangeError(`Cannot pace work: perSecond must be positive, got ${perSecond}`);
    }
    this.#perMs = perSecond / 1000;
    this.#startedMs = startedMs;
  }

  /**
   * Takes what has become due since it was asked last, also after a pause: the pace over all stays what it is.
   *
   * @param nowMs The time.
   * @returns How many pieces of work are to begin.
   */
  take(nowMs: number): number {
    const due = Math.floor((nowMs - this.#startedMs) * this.#perMs);
    const count = Math.max(0, due - this.#taken);
    this.#taken += count;
    return count;
  }
}
