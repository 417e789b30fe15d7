/**
 * Remembers which events have been handled, so that a copy of one is not handled again.
 *
 * @module
 */
import type { ReceivedEvent } from "./event_transport.ts";

/** Longer ones come from no library; to remember ten thousand of them would take too much memory. */
const MAX_KEY_LENGTH = 512;

/**
 * What tells an event from all others: its source and its id (CloudEvents, section 3.1.1).
 *
 * @param event The event.
 * @returns Text; `undefined` when it has no id or no source, so that it could be anybody's, or when the two are
 * longer than 512 characters.
 */
export function eventKey({ source, id }: ReceivedEvent): string | undefined {
  if (source === undefined || id === undefined) return undefined;
  // Both come from outside: the length keeps "a b" and "c" apart from "a" and "b c".
  return source.length + id.length > MAX_KEY_LENGTH ? undefined : `${id.length} ${id} ${source}`;
}

/** The keys of at least the last half of `capacity` events, and of at most `capacity`. */
export class HandledIds {
  readonly #half: number;
  // Two generations: dropping the older one is cheaper than dropping one key at a time.
  #young = new Set<string>();
  #old = new Set<string>();

  /** @param capacity The most keys to remember. */
  constructor(capacity: number) {
    this.#half = Math.ceil(capacity / 2);
  }

  /** Whether the event has been handled. */
  has(key: string): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  /** Remembers that the event has been handled. */
  add(key: string): void {
    this.#young.add(key);
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Set();
  }
}
