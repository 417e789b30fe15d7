/**
 * Takes care of deliveries that could not be handled: a copy of each goes to where it belongs, and only then is
 * the delivery acknowledged.
 *
 * @module
 */
import type { Logger } from "../../logger.ts";
import type { DeadReason } from "../delivery_pool.ts";
import { checkEventName } from "../event.ts";
import type { ReceivedEvent } from "../event_transport.ts";
import { logDeath, logRetry } from "../failure_log.ts";
import type { EventCounters } from "../transport_state.ts";
import type { AmqpNames } from "./amqp_names.ts";
import type { AmqpDelivery, ConsumerEpoch } from "./consumer_epoch.ts";
import { type CopyPublisher, CopyReturnedError, type CopyRoute } from "./copy_channel.ts";
import { createFailureCopy, type FailureNote, type MessageCopy } from "./message_copy.ts";
import { readAttempt, toHeaders } from "./message_headers.ts";

/** What a courier needs to know. */
export interface FailureCourierOptions {
  /** The name of the service. */
  readonly service: string;
  /** The names of exchanges and queues. */
  readonly names: AmqpNames;
  /** The events of the queue that have handlers; at least one. */
  readonly events: readonly string[];
  /** The queue of the group events of one name, where a redrive sends them. */
  readonly groupQueue: (event: string) => string;
  /** Whether the queue outlives connections and broker. What is for one that does not rests elsewhere. */
  readonly durable: boolean;
  /** How long an event rests, by the number of its delivery; the last one holds for all further ones. */
  readonly retryDelaysMs: readonly number[];
  /** Gets `retried` and `dead`. */
  readonly counters: EventCounters;
  /** Where failures are logged. */
  readonly logger: () => Logger;
  /** Declares once more where copies go, because something of that is missing. Must not reject. */
  restore(): Promise<void>;
}

/** A delivery that can not be handled. */
export interface DeadDelivery {
  /** The name of the event. */
  readonly event: string;
  /** Why. */
  readonly reason: DeadReason;
  /** What was thrown. */
  readonly error: unknown;
}

const MIN_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 10_000;

/** Takes care of what fails in one queue. */
export class FailureCourier {
  readonly #options: FailureCourierOptions;
  readonly #events: ReadonlySet<string>;
  #pending = 0;
  #idle: (() => void)[] = [];

  /**
   * Creates a courier.
   *
   * @param options What it needs to know.
   */
  constructor(options: FailureCourierOptions) {
    this.#options = options;
    this.#events = new Set(options.events);
  }

  /** How many copies are not safe yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Resolves when all copies are safe, or their deliveries can not be settled any more. */
  idle(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Has an event delivered again later. */
  retry(delivery: AmqpDelivery, { name: event, id, attempt }: ReceivedEvent, error: unknown): void {
    const { names, durable, retryDelaysMs, counters, logger } = this.#options;
    const delayMs = retryDelaysMs[Math.min(attempt, retryDelaysMs.length) - 1]!;
    const exchange = durable ? names.retry(delayMs) : names.transientRetry(delayMs);
    void this.#carry(delivery, {
      event,
      route: { exchange, routingKey: delivery.epoch.queue },
      copy: this.#copy(delivery, { event, attempt: attempt + 1, error, reason: undefined }),
      onSafe: () => {
        counters.retried++;
        logRetry(logger(), { name: event, id, attempt, error, delayMs });
      },
    });
  }

  /** Has an event kept for a person to look at. */
  bury(delivery: AmqpDelivery, { event, reason, error }: DeadDelivery): void {
    const { names, service, counters, logger } = this.#options;
    const { headers, messageId: id } = delivery.message.properties;
    const attempt = readAttempt(toHeaders(headers));
    void this.#carry(delivery, {
      event,
      route: this.#toDeadRoute(event),
      otherRoute: { exchange: "", routingKey: names.deadLetterQueue(service) },
      copy: this.#copy(delivery, { event, attempt, error, reason }),
      onSafe: () => {
        counters.dead++;
        logDeath(logger(), { name: event, id, attempt, error, reason });
      },
    });
  }

  #copy({ message, epoch }: AmqpDelivery, note: Omit<FailureNote, "origin" | "nowMs">): MessageCopy {
    const origin = this.#originOf(note.event, epoch.queue);
    return createFailureCopy(message, { ...note, origin, nowMs: Date.now() });
  }

  async #carry(delivery: AmqpDelivery, errand: Errand): Promise<void> {
    this.#pending++;
    try {
      if (await this.#tryCarry(delivery.epoch, errand)) {
        delivery.ack();
        errand.onSafe();
      }
    } catch {
      // A logger that throws must not end the process.
    } finally {
      this.#pending--;
      if (this.#pending === 0) { for (const resolve of this.#idle.splice(0)) resolve(); }
    }
  }

  /** Says whether the copy is safe; otherwise the delivery is lost with its connection, and comes again. */
  async #tryCarry(epoch: ConsumerEpoch, { event, route, otherRoute, copy }: Errand): Promise<boolean> {
    for (let failures = 0; epoch.isOpen; failures++) {
      try {
        await publishCopy(epoch.copies, copy, route, otherRoute);
        return true;
      } catch (error) {
        if (!epoch.isOpen) break;
        const delayMs = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** failures);
        const details = { delayMs, error };
        // While a broker is down each attempt fails alike, but what lasts must not be forgotten.
        const level = failures === 0 || delayMs === MAX_BACKOFF_MS ? "warn" : "debug";
        this.#options.logger()[level](
          `Cannot store a copy of event "${event}", which is tried again`,
          details,
        );
        await epoch.sleep(delayMs);
        if (error instanceof CopyReturnedError && epoch.isOpen) await this.#options.restore();
      }
    }
    return false;
  }

  /** What nobody knows goes where a dead letter of the service goes all the same; it says where it came from. */
  #toDeadRoute(event: string): CopyRoute {
    const { names, events, groupQueue } = this.#options;
    const known = this.#events.has(event) ? event : events[0]!;
    return { exchange: names.deadLetters, routingKey: groupQueue(known) };
  }

  #originOf(event: string, queue: string): string {
    try {
      checkEventName(event);
      return this.#options.groupQueue(event);
    } catch {
      // No event can have that name, so there is no queue for it.
      return queue;
    }
  }
}

/** A copy and its way. */
interface Errand {
  readonly event: string;
  readonly route: CopyRoute;
  /** Where it goes when no queue is bound there. */
  readonly otherRoute?: CopyRoute;
  readonly copy: MessageCopy;
  readonly onSafe: () => void;
}

async function publishCopy(
  copies: CopyPublisher,
  copy: MessageCopy,
  route: CopyRoute,
  otherRoute: CopyRoute | undefined,
): Promise<void> {
  try {
    await copies.publish(route, copy);
  } catch (error) {
    if (otherRoute === undefined || !(error instanceof CopyReturnedError)) throw error;
    await copies.publish(otherRoute, copy);
  }
}
