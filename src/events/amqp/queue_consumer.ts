/**
 * Consumes one queue over all connections of a transport.
 *
 * @module
 */
import type { Logger } from "../../logger.ts";
import type { DeliveryOutcome } from "../delivery_pool.ts";
import type { EventSubscription, ReceivedEvent } from "../event_transport.ts";
import type { EventCounters } from "../transport_state.ts";
import type { AmqpNames } from "./amqp_names.ts";
import { AmqpDelivery, ConsumerEpoch } from "./consumer_epoch.ts";
import type { CopyPublisher } from "./copy_channel.ts";
import type { AmqpConnection, AmqpMessage } from "./driver.ts";
import { FailureCourier } from "./failure_courier.ts";
import type { HandlerPools } from "./handler_pools.ts";
import { DELIVERY_COUNT, toHeaders } from "./message_headers.ts";
import { MessageReader, UnreadableMessage } from "./message_reader.ts";

/** What a consumer needs to know. */
export interface QueueConsumerOptions {
  /** Whether it holds broadcasts for this instance, or the events of one name for one instance of the service. */
  readonly broadcast: boolean;
  /** Whether the queue outlives connections and broker. */
  readonly durable: boolean;
  /** The handlers, one for each name; at least one, and exactly one when these are not broadcasts. */
  readonly subscriptions: readonly EventSubscription[];
  /** Where they run, by the name of their event. */
  readonly pools: HandlerPools;
  /** The name of the service. */
  readonly service: string;
  /** The names of exchanges and queues. */
  readonly names: AmqpNames;
  /** The queue of the group events of one name, where a redrive sends them. */
  readonly groupQueue: (event: string) => string;
  /** How long an event rests, by the number of its delivery; the last one holds for all further ones. */
  readonly retryDelaysMs: readonly number[];
  /** The largest body that is decoded, in bytes. */
  readonly maxEventBytes: number;
  /** What is counted. */
  readonly counters: EventCounters;
  /** Where failures are logged. */
  readonly logger: () => Logger;
  /**
   * Declares the queue anew when the broker has ended the consumer, because the queue was deleted or a handler
   * took too long for it. Called with growing pauses until it resolves.
   *
   * @returns The name of the queue.
   */
  redeclare(): Promise<string>;
  /** Declares once more where failed events go, because something of that is missing. Must not reject. */
  restore(): Promise<void>;
  /** The broker has closed the channel, or the connection is lost. Not called after `detach`. */
  onLost(reason: Error): void;
}

/** Quorum queues take no more. */
const MAX_PREFETCH = 2000;
/** A message that was delivered so often and never settled may have ended the process each time. */
const SUSPECT_COUNT = 3;
const MIN_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 30_000;
/** A consumer that lasted so long has not been ended for a reason that lasts. */
const STABLE_MS = 10_000;

/**
 * Consumes one queue. Handlers outlive a connection; what is not settled by then comes again on the next one.
 *
 * The queue is asked for as many events as all its subscriptions prefetch together. A subscription whose handlers
 * do not end can thus fill it with events that wait for them; the others go on when these run out of time.
 */
export class QueueConsumer {
  readonly #options: QueueConsumerOptions;
  readonly #reader: MessageReader;
  readonly #courier: FailureCourier;
  readonly #pools: HandlerPools;
  readonly #prefetch: number;
  readonly #isOrdered: boolean;
  #epoch: ConsumerEpoch | undefined;
  #isPaused = false;
  #failures = 0;
  #consumingSince = 0;

  /**
   * Creates a consumer; nothing happens yet.
   *
   * @param options What it needs to know.
   */
  constructor(options: QueueConsumerOptions) {
    const { broadcast, subscriptions, pools, maxEventBytes } = options;
    this.#options = options;
    const events = subscriptions.map(({ event }) => event);
    this.#reader = new MessageReader({ event: broadcast ? undefined : events[0], broadcast, maxEventBytes });
    this.#courier = new FailureCourier({ ...options, events });
    this.#pools = new Map([...pools].filter(([event]) => events.includes(event)));
    this.#isOrdered = !broadcast && subscriptions.some(({ settings }) => settings.ordered);
    const demand = subscriptions.reduce((sum, { settings }) => sum + settings.prefetch, 0);
    this.#prefetch = Math.min(MAX_PREFETCH, demand);
  }

  /** Whether the broker delivers to it. */
  get isConsuming(): boolean {
    return this.#epoch?.consumerTag !== undefined;
  }

  /** Handlers that run, and copies of what failed that are not safe yet. */
  get busy(): number {
    let count = this.#courier.pending;
    for (const pool of this.#pools.values()) count += pool.running;
    return count;
  }

  /**
   * Begins to consume, on a new connection.
   *
   * @param connection The connection.
   * @param queue The queue, which exists.
   * @param copies Takes copies of what fails.
   */
  async start(connection: AmqpConnection, queue: string, copies: CopyPublisher): Promise<void> {
    this.detach();
    if (this.#isPaused) return;
    const epoch = new ConsumerEpoch(copies, {
      begin: ({ delivery, event }) => this.#push(delivery, event),
      settle: (delivery, event, outcome) => this.#settle(delivery, event, outcome),
    });
    this.#epoch = epoch;
    epoch.channel = await connection.createChannel({
      onClosed: (error) => this.#lose(epoch, error ?? new Error(`The channel of queue "${queue}" is closed`)),
    }, false);
    if (!epoch.isOpen) return;
    await epoch.channel.prefetch(this.#prefetch);
    await this.#consume(epoch, queue);
  }

  /** The connection is gone: what it delivered comes again. Handlers go on, but what has not begun does not begin. */
  detach(): void {
    const epoch = this.#epoch;
    if (epoch === undefined) return;
    this.#epoch = undefined;
    epoch.consumerTag = undefined;
    epoch.close();
    for (const pool of this.#pools.values()) pool.takeWaiting();
  }

  /** Ends the consumer for good, and puts back what has not begun. Resolves when the broker has ended it. */
  async pause(): Promise<void> {
    if (this.#isPaused) return;
    this.#isPaused = true;
    const waiting = [...this.#pools.values()].flatMap((pool) => pool.takeWaiting());
    const epoch = this.#epoch;
    if (epoch === undefined) return;
    const { channel, consumerTag } = epoch;
    epoch.consumerTag = undefined;
    if (this.#isOrdered) return await this.#leaveInOrder(epoch);
    // Sent before what is put back, or the broker would deliver that to us once more. Some of it may have come to
    // other consumers of the same handlers, which are paused in the same moment.
    const ended = consumerTag === undefined ? undefined : channel.cancel(consumerTag);
    await Promise.resolve();
    for (const delivery of waiting) delivery.putBack();
    for (const { delivery } of epoch.suspects.close()) delivery.putBack();
    await ended?.catch(() => {/* The channel has closed, and the consumer with it. */});
  }

  /** Resolves when no handler runs and all copies are safe. Call `pause` before, or others follow. */
  async idle(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.idle()));
    await this.#courier.idle();
  }

  /** Makes sure that what has been settled does not come again. Call `pause` and `idle` before. Never rejects. */
  async flush(): Promise<void> {
    const epoch = this.#epoch;
    if (epoch !== undefined && this.#options.durable) {
      await epoch.flush((message) => this.#receive(epoch, message));
    }
  }

  /**
   * Gives up what runs; it comes again.
   *
   * @param reason The reason of the handlers' signals.
   * @returns How many handlers and copies were given up.
   */
  abandon(reason: Error): number {
    let count = this.#courier.pending;
    this.detach();
    for (const pool of this.#pools.values()) count += pool.abandon(reason).length;
    return count;
  }

  /**
   * Leaves the queue to the next instance. What we have and have not begun goes back with the channel, before that
   * one gets anything; after a cancellation it would get what follows first.
   */
  async #leaveInOrder(epoch: ConsumerEpoch): Promise<void> {
    epoch.suspects.close();
    await this.idle();
    if (!epoch.isOpen) return;
    epoch.close();
    await epoch.channel?.close();
  }

  async #consume(epoch: ConsumerEpoch, queue: string): Promise<void> {
    const { channel } = epoch;
    epoch.queue = queue;
    const consumerTag = await channel.consume(queue, (message) => this.#receive(epoch, message));
    if (!epoch.isOpen) return;
    if (this.#isPaused) return await channel.cancel(consumerTag);
    epoch.consumerTag = consumerTag;
    this.#consumingSince = performance.now();
  }

  /** On the hot path. Must not throw: that would end the connection. */
  #receive(epoch: ConsumerEpoch, message: AmqpMessage | null): void {
    if (message === null) return this.#handleCancellation(epoch);
    if (!epoch.isOpen) return;
    const delivery = new AmqpDelivery(message, epoch);
    if (this.#isPaused) return this.#isOrdered ? undefined : delivery.putBack();
    const event = this.#reader.read(message);
    if (event instanceof UnreadableMessage) {
      const { name, reason, error } = event;
      return this.#courier.bury(delivery, { event: name, reason, error });
    }
    if (message.fields.redelivered && isSuspect(message)) {
      delivery.isSuspect = true;
      return epoch.suspects.push({ delivery, event });
    }
    this.#push(delivery, event);
  }

  #push(delivery: AmqpDelivery, event: ReceivedEvent): void {
    const pool = this.#pools.get(event.name);
    if (pool !== undefined) return pool.push(delivery, event);
    const error = new Error(`No handler of this service takes event "${event.name}"`);
    this.#courier.bury(delivery, { event: event.name, reason: "unknown_event", error });
    if (delivery.isSuspect) delivery.epoch.suspects.done();
  }

  #settle(delivery: AmqpDelivery, event: ReceivedEvent, outcome: DeliveryOutcome): void {
    if (outcome.kind === "done") delivery.ack();
    else if (outcome.kind === "retry") this.#courier.retry(delivery, event, outcome.error);
    else this.#courier.bury(delivery, { event: event.name, reason: outcome.reason, error: outcome.error });
    if (delivery.isSuspect) delivery.epoch.suspects.done();
  }

  /** The broker has ended the consumer. */
  #handleCancellation(epoch: ConsumerEpoch): void {
    if (!epoch.isOpen || this.#isPaused) return;
    epoch.consumerTag = undefined;
    if (performance.now() - this.#consumingSince >= STABLE_MS) this.#failures = 0;
    this.#options.logger().warn(`The broker has ended the consumer of queue "${epoch.queue}"`);
    this.#resubscribe(epoch).catch((error) => this.#lose(epoch, error));
  }

  async #resubscribe(epoch: ConsumerEpoch): Promise<void> {
    for (;;) {
      const delayMs = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** this.#failures++);
      await epoch.sleep(delayMs);
      if (!epoch.isOpen || this.#isPaused) return;
      try {
        const queue = await this.#options.redeclare();
        if (epoch.isOpen && !this.#isPaused) await this.#consume(epoch, queue);
        return;
      } catch (error) {
        if (!epoch.isOpen) return;
        this.#options.logger().warn(`Cannot consume queue "${epoch.queue}" again, which is tried again`, {
          error,
        });
      }
    }
  }

  #lose(epoch: ConsumerEpoch, reason: Error): void {
    if (!epoch.isOpen) return;
    this.detach();
    this.#options.onLost(reason);
  }
}

function isSuspect({ properties }: AmqpMessage): boolean {
  const count = toHeaders(properties.headers)[DELIVERY_COUNT];
  return typeof count === "number" && count >= SUSPECT_COUNT;
}
