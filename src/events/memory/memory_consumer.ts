/**
 * Takes the events of one subscription out of queues in memory.
 *
 * @module
 */
import type { JsonValue } from "../../json.ts";
import { type DeadReason, type DeliveryOutcome, DeliveryPool } from "../delivery_pool.ts";
import type { EventSubscription, ReceivedEvent } from "../event_transport.ts";
import type { EventCounters } from "../transport_state.ts";
import type { MemoryQueue, QueueConsumer, QueuedEvent } from "./memory_queue.ts";

/** What a consumer needs of its instance. */
export interface MemoryConsumerOptions {
  /** Gets `handled`, `duplicates` and `running`. */
  readonly counters: EventCounters;
  /** The queues that it takes events from. */
  readonly queues: { readonly group: MemoryQueue; readonly instance: MemoryQueue };
  /** Takes an event whose handler failed. */
  retry(queued: QueuedEvent, error: unknown): void;
  /** Takes an event that is given up. */
  bury(queued: QueuedEvent, reason: DeadReason, error: unknown): void;
}

/** One instance's part in the events of one name. */
export class MemoryConsumer implements QueueConsumer {
  readonly isOrdered: boolean;
  readonly #options: MemoryConsumerOptions;
  readonly #concurrency: number;
  readonly #pool: DeliveryPool<QueuedEvent>;

  /**
   * Creates a consumer and attaches it to its queues.
   *
   * @param subscription The handler.
   * @param options The queues, and who is told.
   */
  constructor(subscription: EventSubscription, options: MemoryConsumerOptions) {
    const { ordered, concurrency } = subscription.settings;
    this.isOrdered = ordered;
    this.#concurrency = concurrency;
    this.#options = options;
    this.#pool = new DeliveryPool<QueuedEvent>(subscription, {
      counters: options.counters,
      settle: (queued, _event, outcome) => this.#settle(queued, outcome),
    });
    options.queues.group.attach(this);
    options.queues.instance.attach(this);
  }

  // Nothing is fetched ahead: what no handler is free for stays where another instance can have it.
  get hasRoom(): boolean {
    return this.#pool.size < this.#concurrency;
  }

  deliver(queued: QueuedEvent): void {
    let event: ReceivedEvent;
    try {
      event = toReceived(queued);
    } catch (error) {
      this.#options.bury(queued, "malformed", error);
      queued.queue.settled();
      return;
    }
    this.#pool.push(queued, event);
  }

  /** Takes no more events. */
  detach(): void {
    const { group, instance } = this.#options.queues;
    group.detach(this);
    instance.detach(this);
    const waiting = this.#pool.takeWaiting();
    for (const queue of [group, instance]) {
      queue.putBack(waiting.filter((queued) => queued.queue === queue));
    }
    for (const { queue } of waiting) queue.settled();
  }

  /** Resolves when no handler runs. */
  idle(): Promise<void> {
    return this.#pool.idle();
  }

  /** Gives up what runs. Group events go back to their queue. Returns how many handlers ran. */
  abandon(reason: Error): number {
    const abandoned = this.#pool.abandon(reason);
    const { group } = this.#options.queues;
    group.putBack(abandoned.filter(({ queue }) => queue === group));
    for (const { queue } of abandoned) queue.settled();
    return abandoned.length;
  }

  #settle(queued: QueuedEvent, outcome: DeliveryOutcome): void {
    if (outcome.kind === "retry") this.#options.retry(queued, outcome.error);
    else if (outcome.kind === "dead") this.#options.bury(queued, outcome.reason, outcome.error);
    const { group, instance } = this.#options.queues;
    queued.queue.settled();
    // The other queue first, so that neither starves.
    (queued.queue === group ? instance : group).deliver();
    queued.queue.deliver();
  }
}

/** Each delivery has a body of its own, as if it had come over a network. */
function toReceived({ event, attempt }: QueuedEvent): ReceivedEvent {
  const { id, name, source, timeMs, broadcast, trace, correlationId } = event;
  const body = JSON.parse(event.json) as JsonValue;
  return { id, name, body, source, timeMs, broadcast, attempt, trace, correlationId };
}
