/**
 * Saves most of what headers cost in amqplib.
 *
 * @module
 */
import type { MessageHeaders } from "./message_headers.ts";

/** With more names than these have ever come on a channel, looking through them would cost more than it saves. */
const MAX_NAMES = 32;

/**
 * One table for the headers of all messages, one after the other. The library makes each table that it gets the
 * prototype of another object and lists the names of that; for a new table each time the engine takes about eight
 * times as long as for one that it knows.
 */
export class ReusedHeaders {
  #table: Record<string, unknown> = createTable();
  #names = 0;

  /**
   * Fills the table.
   *
   * @param headers The headers of a message.
   * @returns The table: it holds them until the next call. Names of earlier messages are `undefined`, which the
   * library leaves out.
   */
  fill(headers: MessageHeaders): MessageHeaders {
    const names = Object.keys(headers);
    if (names.length > MAX_NAMES) return headers;
    for (const name in this.#table) this.#table[name] = undefined;
    for (const name of names) {
      if (!(name in this.#table) && ++this.#names > MAX_NAMES) return this.#startAgain(headers, names);
      this.#table[name] = headers[name];
    }
    return this.#table;
  }

  #startAgain(headers: MessageHeaders, names: readonly string[]): MessageHeaders {
    this.#table = createTable();
    this.#names = names.length;
    for (const name of names) this.#table[name] = headers[name];
    return this.#table;
  }
}

/** Without a prototype, so that `__proto__` is a name like any other. */
function createTable(): Record<string, unknown> {
  return Object.create(null);
}
