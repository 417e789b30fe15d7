/**
 * The dead letters of a broker in memory.
 *
 * @module
 */
import { type DeadLetter, type DeadLetterOffice, describeFailure } from "../dead_letter.ts";
import type { DeadReason } from "../delivery_pool.ts";
import type { MemoryQueue, QueuedEvent } from "./memory_queue.ts";

/** Each holds a body, a stack and more; a service that runs for months must not collect them without end. */
const MAX_LETTERS = 10_000;

interface Entry {
  readonly letter: DeadLetter;
  readonly queued: QueuedEvent;
}

/** The dead letters of one service: the last ten thousand. */
export class MemoryDeadLetters implements DeadLetterOffice {
  readonly #findQueue: (event: string) => MemoryQueue | undefined;
  readonly #entries = new Map<string, Entry>();
  #added = 0;

  /**
   * Creates an empty office.
   *
   * @param findQueue Gives the queue that the instances of the service share.
   */
  constructor(findQueue: (event: string) => MemoryQueue | undefined) {
    this.#findQueue = findQueue;
  }

  /**
   * Adds an event.
   *
   * @returns Whether the oldest one had to go for it.
   */
  add(queued: QueuedEvent, reason: DeadReason, error: unknown): boolean {
    const { event, attempt, queue, firstFailure } = queued;
    const lastFailure = new Date().toISOString();
    const letter: DeadLetter = {
      id: `${++this.#added}`,
      eventId: event.id,
      event: event.name,
      origin: queue.name,
      reason,
      attempts: attempt,
      ...describeFailure(error),
      firstFailure: firstFailure ?? lastFailure,
      lastFailure,
      body: event.json,
      isText: true,
    };
    this.#entries.set(letter.id, { letter, queued });
    if (this.#entries.size <= MAX_LETTERS) return false;
    const [oldest] = this.#entries.keys();
    return this.#entries.delete(oldest!);
  }

  /**
   * Reads the oldest ones.
   *
   * @throws {RangeError} when `limit` is no integer from 1 to 10000.
   */
  list({ limit }: { readonly limit: number }): Promise<DeadLetter[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LETTERS) {
      const range = `give an integer from 1 to ${MAX_LETTERS}`;
      return Promise.reject(new RangeError(`Cannot list dead letters with limit ${String(limit)}: ${range}`));
    }
    const letters: DeadLetter[] = [];
    for (const { letter } of this.#entries.values()) {
      if (letters.length >= limit) break;
      letters.push(letter);
    }
    return Promise.resolve(letters);
  }

  /** Puts them into the queue of the service. One that has no place there stays. */
  redrive(ids: readonly string[] | "all"): Promise<number> {
    let count = 0;
    for (const id of this.#select(ids)) {
      const entry = this.#entries.get(id);
      const queue = entry && this.#findQueue(entry.letter.event);
      if (entry === undefined || queue === undefined || queue.isFull) continue;
      this.#entries.delete(id);
      queue.add(entry.queued.event);
      count++;
    }
    return Promise.resolve(count);
  }

  /** Deletes them. */
  drop(ids: readonly string[] | "all"): Promise<number> {
    return Promise.resolve(this.#select(ids).filter((id) => this.#entries.delete(id)).length);
  }

  /** Does nothing: there is no connection. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #select(ids: readonly string[] | "all"): readonly string[] {
    return ids === "all" ? [...this.#entries.keys()] : ids;
  }
}
