/**
 * Tells of events that go to nobody.
 *
 * @module
 */
import type { Logger } from "../../logger.ts";
import type { EventCounters } from "../transport_state.ts";

/** So many names are told; more can only be made up. */
const MAX_NAMES = 100;

/** Counts them, and logs each name once. */
export class UnroutedEvents {
  readonly #counters: EventCounters;
  readonly #logger: () => Logger;
  readonly #names = new Set<string>();

  /**
   * Creates one that has told nothing.
   *
   * @param counters Gets `unrouted`.
   * @param logger Where it logs.
   */
  constructor(counters: EventCounters, logger: () => Logger) {
    this.#counters = counters;
    this.#logger = logger;
  }

  /** A group event that no queue has taken. */
  add(name: string): void {
    this.#counters.unrouted++;
    if (this.#names.size >= MAX_NAMES || this.#names.has(name)) return;
    this.#names.add(name);
    this.#logger().warn(`No service has ever handled event "${name}": it goes to nobody`);
  }
}
