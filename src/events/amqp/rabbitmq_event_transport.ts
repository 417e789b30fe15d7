/**
 * Events over RabbitMQ.
 *
 * @module
 */
import { TransportStoppedError } from "../../errors.ts";
import type {
  EmitReceipt,
  EventStopReport,
  EventSubscription,
  EventTransport,
  EventTransportCapabilities,
  EventTransportHealth,
  EventTransportSetup,
  EventTransportStats,
  EventTransportStatus,
  OutgoingEvent,
  TransportEmitOptions,
} from "../event_transport.ts";
import { guardLogger } from "../guard_logger.ts";
import { createCounters, type EventCounters, StatusBoard } from "../transport_state.ts";
import { type RabbitMqOptions, type ResolvedRabbitMqOptions, resolveRabbitMqOptions } from "./options.ts";
import { TransportSession } from "./transport_session.ts";

/**
 * Carries events over RabbitMQ 3.10 or later, with amqplib, which has to be installed. What `emit` resolved for is
 * on the disk of the broker and is handled at least once by one instance of each service with a handler, or is in
 * the dead letters of that service.
 *
 * Two connections are kept alive, one to publish and, when there are handlers, one to consume. While the broker is
 * down events wait, up to the limits of the options.
 *
 * @example
 * ```ts
 * import { eventHandler, MicroService } from "@gemstone/gemstone";
 * import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
 *
 * class Billing extends MicroService {
 *   override name = "billing";
 *   override eventTransports = [new RabbitMqEventTransport("amqp://guest:guest@127.0.0.1:5672")];
 *
 *   @eventHandler("order_paid")
 *   onOrderPaid(order: { cents: number }): void {
 *     this.logger.info("Booked", { cents: order.cents });
 *   }
 * }
 *
 * if (import.meta.main) await new Billing().start();
 * ```
 */
export class RabbitMqEventTransport implements EventTransport {
  /** What it can do. */
  readonly capabilities: EventTransportCapabilities;
  readonly #options: ResolvedRabbitMqOptions;
  readonly #board = new StatusBoard();
  #counters: EventCounters = createCounters();
  #session: TransportSession | undefined;
  #stopping: Promise<EventStopReport> | undefined;

  /**
   * Checks the options; nothing else happens.
   *
   * @param urls `amqp://user:password@host:port/vhost` or `amqps:`; several are the nodes of one cluster.
   * @param options How the broker is used.
   * @throws {TypeError} when something is of a wrong type.
   * @throws {RangeError} when something is out of range. No text holds a password.
   */
  constructor(urls: string | URL | readonly (string | URL)[], options: RabbitMqOptions = {}) {
    this.#options = resolveRabbitMqOptions(urls, options);
    this.capabilities = {
      durable: this.#options.compat === undefined,
      groups: true,
      broadcast: true,
      delayedRetry: true,
      deadLetter: true,
      confirms: true,
    };
  }

  /**
   * Connects, after a stop that still runs. With `waitForBroker: false` it does not wait for the broker and connects
   * in the background.
   *
   * @param setup Who uses it.
   * @throws {TypeError} when it has been started before and not been stopped.
   * @throws {BrokerUnavailableError} when the broker can not be reached within the retries, refuses user or
   * password, or is not trusted.
   * @throws {TopologyConflictError} when an exchange is other than wanted.
   * @throws {TransportStoppedError} when it is stopped meanwhile.
   */
  async start(setup: EventTransportSetup): Promise<void> {
    // Without one it begins at once, so that a stop that follows knows of it.
    if (this.#stopping !== undefined) await this.#stopping;
    if (this.#session !== undefined) {
      throw new TypeError("Cannot start the RabbitMQ transport: it has been started before");
    }
    this.#counters = createCounters();
    const guarded = { ...setup, logger: guardLogger(setup.logger) };
    const session = new TransportSession(this.#options, guarded, this.#counters, this.#board);
    this.#session = session;
    try {
      await session.start();
    } catch (error) {
      await session.stop(0);
      if (this.#session === session) this.#session = undefined;
      throw error;
    }
  }

  /**
   * Begins to deliver.
   *
   * @param subscriptions The handlers, one for each name.
   * @throws {TypeError} when it has not been started, or has been subscribed before.
   * @throws {RangeError} when the names of service and event are too long together.
   * @throws {BrokerUnavailableError} when the broker can not be reached within the retries.
   * @throws {TopologyConflictError} when an exchange or queue is other than wanted.
   * @throws {TransportStoppedError} when it is stopped meanwhile.
   */
  async subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
    if (this.#session === undefined) {
      throw new TypeError("Cannot subscribe to events over RabbitMQ: the transport has not been started");
    }
    await this.#session.subscribe(subscriptions);
  }

  /**
   * Emits an event.
   *
   * @param event The event.
   * @param options How.
   * @returns What became of it. Rejects with an `EmitError`.
   */
  emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
    if (this.#session !== undefined) return this.#session.emit(event, options);
    return Promise.reject(
      new TransportStoppedError("not-sent", `Cannot emit event "${event.name}": the transport does not run`),
    );
  }

  /**
   * Stops, in any state.
   *
   * @param options `drainMs`: how long handlers and confirmations may take, in milliseconds. Closing the
   * connections takes up to 2 s more when the broker does not answer.
   * @returns What was left undone. Never rejects.
   */
  async stop({ drainMs }: { readonly drainMs: number }): Promise<EventStopReport> {
    if (this.#session === undefined) return { drained: true, unfinishedHandlers: 0, unsentEvents: 0 };
    return await (this.#stopping ??= this.#stop(this.#session, drainMs));
  }

  /** How it is now. */
  health(): EventTransportHealth {
    return this.#session?.health() ?? { state: "down", reason: "It does not run" };
  }

  /** What it has counted since it was started. */
  stats(): EventTransportStats {
    return { ...this.#counters };
  }

  /**
   * Calls a listener at each change of state: of the worse of the two connections.
   *
   * @param listener Must not throw.
   * @returns Removes the listener.
   */
  onStatus(listener: (status: EventTransportStatus) => void): () => void {
    return this.#board.listen(listener);
  }

  async #stop(session: TransportSession, drainMs: number): Promise<EventStopReport> {
    const report = await session.stop(drainMs);
    if (this.#session === session) this.#session = undefined;
    this.#stopping = undefined;
    return report;
  }
}
