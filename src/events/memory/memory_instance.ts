/**
 * One instance of a service at a broker in memory, from its start to its end.
 *
 * @module
 */
import type { DeadReason } from "../delivery_pool.ts";
import type { EventSubscription, EventTransportSetup } from "../event_transport.ts";
import { logDeath, logRetry } from "../failure_log.ts";
import { waitAtMost } from "../time_limit.ts";
import type { EventCounters } from "../transport_state.ts";
import { MemoryConsumer } from "./memory_consumer.ts";
import type { MemoryExchange } from "./memory_exchange.ts";
import type { MemoryQueue, QueuedEvent } from "./memory_queue.ts";
import { Rests } from "./rests.ts";

/** What an instance needs. */
export interface MemoryInstanceOptions {
  /** Who it is. */
  readonly setup: EventTransportSetup;
  /** What it shares with others. */
  readonly exchange: MemoryExchange;
  /** What it counts. */
  readonly counters: EventCounters;
  /** How long events rest, by the number of the delivery that failed. */
  readonly retryDelaysMs: readonly number[];
  /** The bound of the queues that it makes. */
  readonly maxQueueLength: number;
}

interface Part {
  readonly event: string;
  readonly consumer: MemoryConsumer;
  readonly broadcasts: MemoryQueue;
}

/** The handlers of one instance. */
export class MemoryInstance {
  readonly #options: MemoryInstanceOptions;
  readonly #rests = new Rests();
  readonly #broadcasts = new Set<MemoryQueue>();
  #parts: Part[] | undefined;
  #isStopping = false;

  /**
   * Creates an instance without handlers.
   *
   * @param options What it needs.
   */
  constructor(options: MemoryInstanceOptions) {
    this.#options = options;
  }

  /**
   * Begins to handle events.
   *
   * @param subscriptions The handlers.
   * @throws {TypeError} when it has been called before.
   */
  subscribe(subscriptions: readonly EventSubscription[]): void {
    if (this.#parts !== undefined) {
      throw new TypeError("Cannot subscribe twice: give all handlers in one call");
    }
    this.#parts = subscriptions.map((subscription) => this.#subscribe(subscription));
  }

  /** Takes no more events and waits for the handlers that run. Returns how many had to be given up. */
  async drain(drainMs: number): Promise<number> {
    const parts = this.#parts ?? [];
    this.#isStopping = true;
    for (const { consumer } of parts) consumer.detach();
    for (const { event, broadcasts } of parts) this.#options.exchange.closeInstance(event, broadcasts);
    for (const queued of this.#rests.takeAll()) {
      // Others of the service can have it at once; a broadcast was for this instance only.
      if (!this.#broadcasts.has(queued.queue)) queued.queue.addAgain(queued);
      queued.queue.endRest();
    }
    await waitAtMost(Promise.all(parts.map(({ consumer }) => consumer.idle())), drainMs);
    const reason = new Error(`Service "${this.#options.setup.service}" stops: its handlers are given up`);
    return parts.reduce((total, { consumer }) => total + consumer.abandon(reason), 0);
  }

  #subscribe(subscription: EventSubscription): Part {
    const { exchange, setup: { service }, maxQueueLength, counters } = this.#options;
    const { event } = subscription;
    const group = exchange.openGroup(service, event, maxQueueLength);
    const instance = exchange.openInstance(service, event, maxQueueLength);
    this.#broadcasts.add(instance);
    const consumer = new MemoryConsumer(subscription, {
      counters,
      queues: { group, instance },
      retry: (queued, error) => this.#retry(queued, error),
      bury: (queued, reason, error) => this.#bury(queued, reason, error),
    });
    return { event, consumer, broadcasts: instance };
  }

  #retry(queued: QueuedEvent, error: unknown): void {
    const { retryDelaysMs, counters, setup: { logger } } = this.#options;
    const { event: { name, id }, attempt } = queued;
    const delayMs = this.#isStopping ? 0 : retryDelaysMs[Math.min(attempt, retryDelaysMs.length) - 1]!;
    counters.retried++;
    queued.firstFailure ??= new Date().toISOString();
    queued.attempt++;
    const isGone = this.#isStopping && this.#broadcasts.has(queued.queue);
    if (!this.#isStopping) this.#rests.begin(queued, delayMs);
    else if (!isGone) queued.queue.addAgain(queued);
    if (isGone) logger.warn(`Event "${name}" failed and is gone with this instance`, { id, attempt, error });
    else logRetry(logger, { name, id, attempt, error, delayMs });
  }

  #bury(queued: QueuedEvent, reason: DeadReason, error: unknown): void {
    const { exchange, counters, setup: { service, logger } } = this.#options;
    const { event: { name, id }, attempt } = queued;
    counters.dead++;
    const isOldestLost = exchange.deadLetters(service).add(queued, reason, error);
    logDeath(logger, { name, id, attempt, error, reason });
    if (isOldestLost) logger.warn("The oldest dead letter is gone: only the last 10000 are kept");
  }
}
