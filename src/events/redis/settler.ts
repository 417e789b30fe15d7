/**
 * Takes entries out of their queues, and tries again until Redis has confirmed it.
 *
 * @module
 */
import { clearImmediate, setImmediate } from "node:timers";
import type { Logger } from "../../logger.ts";
import { logDeath, logRetry } from "../failure_log.ts";
import type { EventCounters } from "../transport_state.ts";
import type { RedisConnection } from "./driver.ts";
import { FIELDS } from "./entry_reader.ts";
import type { Departure, EntrySink, GroupQueue, HeldEntry } from "./group_queue.ts";
import { GROUP, RETURNED } from "./keys.ts";
import { writeLetter } from "./letter.ts";
import { FINISH, HAND_OVER, KILL, RETRY } from "./queue_scripts.ts";
import { readReplyCode, type RedisScript, runScript } from "./script.ts";

/** What a settler works with. */
export interface SettlerOptions {
  /** The dead letters. */
  readonly deadKey: string;
  /** How long an event rests, by the number of its failed delivery. */
  readonly retryDelaysMs: readonly number[];
  /** Gets `retried` and `dead`. */
  readonly counters: EventCounters;
  /** Where it logs. */
  readonly logger: Logger;
  /** An entry has left its queue. Must not throw. */
  readonly onReleased: () => void;
  /** A retry is due in so many milliseconds. Must not throw. */
  readonly onRetry: (delayMs: number) => void;
}

/** One script call: what it does with one entry. */
interface Call {
  readonly script: RedisScript;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  readonly onDone?: () => void;
}

/** More ids than Lua can unpack at once must not be in one call. */
const MAX_IDS = 1000;

/** Works for all queues, over one connection after the other. */
export class Settler implements EntrySink {
  readonly #options: SettlerOptions;
  // What Redis has not confirmed; bounded by what the queues may hold.
  readonly #open = new Map<HeldEntry, Departure>();
  readonly #unsent = new Set<HeldEntry>();
  #connection: RedisConnection | undefined;
  #consumer = "";
  #flush: ReturnType<typeof setImmediate> | undefined;
  #onIdle: (() => void)[] = [];
  #lastFault = "";

  /**
   * Creates a settler without a connection.
   *
   * @param options What it works with.
   */
  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /** Takes a connection into use, and the name under which this instance now owns its entries. */
  attach(connection: RedisConnection, consumer: string): void {
    this.#connection = connection;
    this.#consumer = consumer;
    this.flush();
  }

  /** The connection is gone: what was not confirmed is sent again. */
  detach(): void {
    this.#connection = undefined;
    for (const entry of this.#open.keys()) this.#unsent.add(entry);
  }

  /** Takes an entry out of its queue. */
  depart(entry: HeldEntry, departure: Departure): void {
    this.#open.set(entry, departure);
    this.#unsent.add(entry);
    // Many at once are one call.
    this.#flush ??= setImmediate(() => this.flush());
  }

  /** Sends what has not been sent. */
  flush(): void {
    clearImmediate(this.#flush);
    this.#flush = undefined;
    const connection = this.#connection;
    if (connection === undefined || this.#unsent.size === 0) return;
    const finished = new Map<GroupQueue, HeldEntry[]>();
    for (const entry of this.#unsent) {
      const departure = this.#open.get(entry)!;
      if (departure.kind !== "finish") {
        void this.#run(connection, [entry], this.#toCall(entry, departure));
        continue;
      }
      const entries = finished.get(entry.queue);
      if (entries === undefined) finished.set(entry.queue, [entry]);
      else entries.push(entry);
    }
    this.#unsent.clear();
    for (const [{ keys }, entries] of finished) {
      for (let i = 0; i < entries.length; i += MAX_IDS) {
        const some = entries.slice(i, i + MAX_IDS);
        const args = [GROUP, ...some.map(({ id }) => id)];
        void this.#run(connection, some, { script: FINISH, keys: [keys.queue], args });
      }
    }
  }

  /** Resolves when all is confirmed. */
  idle(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Ends the timer; returns of how many handled entries Redis does not know it. */
  stop(): number {
    this.#connection = undefined;
    clearImmediate(this.#flush);
    return [...this.#open.values()].filter(({ kind }) => kind !== "return").length;
  }

  async #run(connection: RedisConnection, entries: readonly HeldEntry[], call: Call): Promise<void> {
    try {
      const reply = await runScript(connection, call.script, call.keys, call.args);
      for (const entry of entries) this.#release(entry);
      // 0: another instance has taken it over, and settles it.
      if (reply !== 0) call.onDone?.();
      this.#options.onReleased();
    } catch (error) {
      this.#fail(connection, entries, error);
    }
  }

  #fail(connection: RedisConnection, entries: readonly HeldEntry[], error: unknown): void {
    const code = readReplyCode(error);
    // The queue is gone, and with it the entry.
    if (code === "NOGROUP") {
      for (const entry of entries) this.#release(entry);
      this.#options.onReleased();
      return;
    }
    // The connection is gone: `detach` has put them back.
    if (code === undefined || connection !== this.#connection) return;
    // They go with the next tick.
    for (const entry of entries) this.#unsent.add(entry);
    const text = (error as Error).message;
    if (text === this.#lastFault) return;
    this.#lastFault = text;
    const queue = entries[0]!.queue.keys.queue;
    this.#options.logger.error(`Cannot settle events of ${queue}, will try again: ${text}`);
  }

  #release(entry: HeldEntry): void {
    this.#open.delete(entry);
    this.#unsent.delete(entry);
    entry.queue.release(entry);
    if (this.#open.size > 0) return;
    for (const tell of this.#onIdle.splice(0)) tell();
  }

  #toCall(entry: HeldEntry, departure: Exclude<Departure, { kind: "finish" }>): Call {
    const { keys } = entry.queue;
    if (departure.kind === "return") {
      const args = [GROUP, this.#consumer, RETURNED, entry.id, String(entry.deliveries - 1)];
      return { script: HAND_OVER, keys: [keys.queue], args };
    }
    return departure.kind === "retry" ? this.#toRetry(entry, departure) : this.#toKill(entry, departure);
  }

  #toRetry(
    { id, queue, header: { attempt, firstFailure } }: HeldEntry,
    { error, eventId }: Extract<Departure, { kind: "retry" }>,
  ): Call {
    const { retryDelaysMs, counters, logger, onRetry } = this.#options;
    const delayMs = retryDelaysMs[Math.min(attempt, retryDelaysMs.length) - 1]!;
    const now = new Date().toISOString();
    const fields = [
      ...[FIELDS.attempt, String(attempt + 1)],
      ...[FIELDS.firstFailure, firstFailure ?? now],
      ...[FIELDS.lastFailure, now],
    ];
    return {
      script: RETRY,
      keys: [queue.keys.queue, queue.keys.retry],
      args: [GROUP, this.#consumer, id, String(delayMs), ...fields],
      onDone: () => {
        counters.retried++;
        logRetry(logger, { name: queue.event, id: eventId, attempt, error, delayMs });
        onRetry(delayMs);
      },
    };
  }

  #toKill(
    { id, queue, deliveries, header: { attempt, firstFailure } }: HeldEntry,
    { reason, error, eventId }: Extract<Departure, { kind: "kill" }>,
  ): Call {
    const { deadKey, counters, logger } = this.#options;
    const attempts = attempt + deliveries - 1;
    const origin = queue.keys.queue;
    const { event } = queue;
    const letter = writeLetter({ event, eventId, origin, reason, attempts, firstFailure, error });
    return {
      script: KILL,
      keys: [origin, deadKey],
      args: [GROUP, this.#consumer, id, ...letter],
      onDone: () => {
        counters.dead++;
        logDeath(logger, { name: event, id: eventId, attempt, error, reason });
      },
    };
  }
}
