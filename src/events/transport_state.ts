/**
 * What every transport tells of itself: counts and changes of state.
 *
 * @module
 */
import type { EventTransportStats, EventTransportStatus } from "./event_transport.ts";

/** The counts of a transport, to be counted up. */
export type EventCounters = { -readonly [Name in keyof EventTransportStats]: EventTransportStats[Name] };

/**
 * Makes counters.
 *
 * @returns All zero.
 */
export function createCounters(): EventCounters {
  return {
    emitted: 0,
    confirmed: 0,
    unrouted: 0,
    resent: 0,
    rejected: 0,
    handled: 0,
    duplicates: 0,
    retried: 0,
    dead: 0,
    pending: 0,
    running: 0,
  };
}

/** Tells listeners of changes. */
export class StatusBoard {
  readonly #listeners = new Set<(status: EventTransportStatus) => void>();
  #current: EventTransportStatus = { state: "stopped" };
  #untold: EventTransportStatus[] = [];

  /** The state as it is. */
  get current(): EventTransportStatus {
    return this.#current;
  }

  /** Changes the state; a repeated `connecting`, `up` or `stopped` is no change. */
  set(status: EventTransportStatus): void {
    const { state } = status;
    if (this.#current.state === state && (state === "connecting" || state === "up" || state === "stopped")) {
      return;
    }
    this.#current = status;
    // A listener may change the state: all listeners hear of one change before they hear of the next.
    if (this.#untold.push(status) > 1) return;
    for (let next: EventTransportStatus | undefined = status; next !== undefined; next = this.#untold[0]) {
      for (const listener of [...this.#listeners]) this.#tell(listener, next);
      this.#untold.shift();
    }
  }

  /** Adds a listener; the result removes it. */
  listen(listener: (status: EventTransportStatus) => void): () => void {
    // A function of its own, so that one listener that is added twice is called twice.
    const entry = (status: EventTransportStatus) => listener(status);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  #tell(listener: (status: EventTransportStatus) => void, status: EventTransportStatus): void {
    // Another listener may have removed it.
    if (!this.#listeners.has(listener)) return;
    try {
      listener(status);
    } catch (error) {
      // A transport in the middle of a change must not break; the error surfaces where uncaught ones do.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
