/**
 * The group events of one name for this service, as far as this instance has them.
 *
 * @module
 */
import type { DeliveryOutcome, DeliveryPool } from "../delivery_pool.ts";
import type { EventSubscription, ReceivedEvent } from "../event_transport.ts";
import type { RedisReply } from "./driver.ts";
import { type EntryHeader, readEntry, readHeader, UnreadableEntry } from "./entry_reader.ts";
import type { QueueKeys } from "./keys.ts";

/** What a pool settles a delivery by. */
export interface DeliveryToken {
  /** Called once with what became of it. Must not throw. */
  settle(event: ReceivedEvent, outcome: DeliveryOutcome): void;
}

/** How an entry leaves its queue. */
export type Departure =
  | { readonly kind: "finish" }
  | { readonly kind: "retry"; readonly error: unknown; readonly eventId: string | undefined }
  | { readonly kind: "return" }
  | {
    readonly kind: "kill";
    readonly reason: string;
    readonly error: unknown;
    readonly eventId: string | undefined;
  };

/** Whoever takes entries out of their queues. */
export interface EntrySink {
  /** Takes an entry out of its queue; {@linkcode GroupQueue.release} follows. Must not throw. */
  depart(entry: HeldEntry, departure: Departure): void;
}

/** What a queue works with. */
export interface GroupQueueOptions {
  /** The handler. */
  readonly subscription: EventSubscription;
  /** Runs the handler; broadcasts share it. */
  readonly pool: DeliveryPool<DeliveryToken>;
  /** The keys. */
  readonly keys: QueueKeys;
  /** The largest body that is decoded, in bytes. */
  readonly maxEventBytes: number;
  /** How often an entry may be taken over. */
  readonly maxDeliveries: number;
  /** Takes entries out. */
  readonly sink: EntrySink;
}

/** So many deliveries without an end make an entry a suspect: it may be what ended the instances that had it. */
export const SUSPECT_FROM = 3;

/** One queue. It holds entries from when they are read until Redis has confirmed that they are settled. */
export class GroupQueue {
  /** The keys. */
  readonly keys: QueueKeys;
  /** Runs the handler. */
  readonly pool: DeliveryPool<DeliveryToken>;
  /** What has been read and not settled, by id. */
  readonly held: Map<string, HeldEntry> = new Map();
  /** Whether it is to be handled in order, by one instance at a time. */
  readonly isOrdered: boolean;
  /** Until when this instance may read (`performance.now`). */
  readableUntilMs = -Infinity;
  /** The last answer was as long as had been asked for, or there was none. */
  mayHaveMore = true;
  /** There is more that dead instances have left behind. */
  hasLegacy = false;
  /** What Redis says when the queue is used; `undefined` when all is well. */
  fault: string | undefined = undefined;
  readonly #options: GroupQueueOptions;

  /**
   * Creates a queue of which nothing has been read.
   *
   * @param options What it works with.
   */
  constructor(options: GroupQueueOptions) {
    this.#options = options;
    this.keys = options.keys;
    this.pool = options.pool;
    this.isOrdered = options.subscription.settings.ordered;
  }

  /** The name of the events. */
  get event(): string {
    return this.#options.subscription.event;
  }

  /** How many entries may be read now. */
  get room(): number {
    return Math.max(0, this.#options.subscription.settings.prefetch - this.held.size);
  }

  /** Whether to read now: it is allowed, and a handler waits, or there is room for so many that it is worth it. */
  get isReady(): boolean {
    if (this.fault !== undefined || performance.now() > this.readableUntilMs) return false;
    const { prefetch, concurrency } = this.#options.subscription.settings;
    const { room } = this;
    return room > 0 && (this.held.size < concurrency || room >= Math.ceil(prefetch / 4));
  }

  /** How many suspects it holds. */
  get suspects(): number {
    let count = 0;
    for (const { deliveries } of this.held.values()) if (deliveries >= SUSPECT_FROM) count++;
    return count;
  }

  /**
   * Takes an entry that this instance now owns. Never throws.
   *
   * @param id Its id.
   * @param fields Its names and values; null when it has been deleted.
   * @param deliveries How often it was delivered, this time included.
   */
  take(id: string, fields: readonly RedisReply[] | null, deliveries: number): void {
    const { sink, maxDeliveries, maxEventBytes } = this.#options;
    if (this.held.has(id)) return;
    const entry = new HeldEntry(this, id, deliveries, readHeader(fields ?? []), sink);
    this.held.set(id, entry);
    if (fields === null) return sink.depart(entry, { kind: "finish" });
    // The right to read may have gone to another instance while the answer was on its way.
    if (this.isOrdered && performance.now() > this.readableUntilMs) {
      return sink.depart(entry, { kind: "return" });
    }
    const event = readEntry(this.event, fields, entry.header.attempt, maxEventBytes);
    if (event instanceof UnreadableEntry) {
      const { reason, error } = event;
      return sink.depart(entry, { kind: "kill", reason, error, eventId: undefined });
    }
    if (deliveries > maxDeliveries) {
      const error = new Error(
        `${maxDeliveries} instances have ended, or lost Redis, before they had handled it`,
      );
      return sink.depart(entry, { kind: "kill", reason: "delivery_limit", error, eventId: event.id });
    }
    this.pool.push(entry, event);
  }

  /** Forgets an entry that is out of the queue. */
  release(entry: HeldEntry): void {
    this.held.delete(entry.id);
  }
}

/** An entry that this instance owns. */
export class HeldEntry implements DeliveryToken {
  readonly #sink: EntrySink;

  /**
   * Creates the note of an entry.
   *
   * @param queue Where it is from.
   * @param id Its id.
   * @param deliveries How often it was delivered, this time included.
   * @param header What it says besides the event.
   * @param sink Takes it out.
   */
  constructor(
    readonly queue: GroupQueue,
    readonly id: string,
    readonly deliveries: number,
    readonly header: EntryHeader,
    sink: EntrySink,
  ) {
    this.#sink = sink;
  }

  /** Takes it out of its queue, by what became of it. */
  settle(event: ReceivedEvent, outcome: DeliveryOutcome): void {
    if (outcome.kind === "done") return this.#sink.depart(this, { kind: "finish" });
    const { id: eventId } = event;
    if (outcome.kind === "retry") return this.#sink.depart(this, { ...outcome, eventId });
    const { reason, error } = outcome;
    this.#sink.depart(this, { kind: "kill", reason, error, eventId });
  }
}
