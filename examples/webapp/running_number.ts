/**
 * A number that many can follow.
 *
 * @module
 */
import type { ServerSentEvent } from "@gemstone/gemstone/web";

/** Counts up, and tells those who follow. */
export class RunningNumber {
  #value = 0;
  readonly #wakers = new Set<() => void>();

  /** Adds one. */
  increase(): void {
    this.#value++;
    for (const wake of this.#wakers) wake();
    this.#wakers.clear();
  }

  /**
   * Follows the number. Who is slow misses values, but never the newest one.
   *
   * @returns The number as it is now, and then whenever it has grown.
   */
  async *follow(): AsyncGenerator<ServerSentEvent> {
    let told: number | undefined;
    while (true) {
      if (told === this.#value) await new Promise<void>((wake) => this.#wakers.add(wake));
      told = this.#value;
      yield { data: told };
    }
  }
}
