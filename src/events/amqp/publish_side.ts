/**
 * The half of the RabbitMQ transport that emits, on a connection of its own: a broker that is short of memory reads
 * nothing more from it, acknowledgements included.
 *
 * @module
 */
import { EmitError, TransportStoppedError } from "../../errors.ts";
import type {
  EmitReceipt,
  EventTransportStatus,
  OutgoingEvent,
  TransportEmitOptions,
} from "../event_transport.ts";
import type { SetUp } from "./connection_attempt.ts";
import { ConfirmedPublisher } from "./confirmed_publisher.ts";
import { CopyChannel, type CopyPublisher, type CopyRoute } from "./copy_channel.ts";
import { replyCodeOf } from "./driver.ts";
import { EventExchanges } from "./event_exchanges.ts";
import type { MessageCopy } from "./message_copy.ts";
import { checkEventSize, MessageWriter } from "./message_writer.ts";
import type { ConnectionSupervisor } from "./supervisor.ts";
import { applyTopology } from "./topology.ts";
import { createSupervisor, type TransportContext } from "./transport_context.ts";

/** So many exchanges are remembered beyond the events that may be on their way. */
const SPARE_EXCHANGES = 1_000;

/** Declares what was bound to an exchange that was deleted; tells of each step. */
type OnExchangeLost = (onProgress: () => void) => Promise<void>;

/** Publishes events and copies. */
export class PublishSide implements CopyPublisher {
  /** Keeps the connection alive. */
  readonly supervisor: ConnectionSupervisor;
  readonly #context: TransportContext;
  readonly #publisher: ConfirmedPublisher;
  readonly #writer: MessageWriter;
  readonly #exchanges: EventExchanges | undefined;
  readonly #onExchangeLost: OnExchangeLost;
  #hasLostExchange = false;
  #copies: CopyChannel | undefined;
  #isRefusing = false;

  /**
   * Creates the side; nothing happens yet.
   *
   * @param context What it works with.
   * @param onExchangeLost Awaited before what was on its way is sent again. Must not reject.
   */
  constructor(context: TransportContext, onExchangeLost: OnExchangeLost) {
    const { options, setup, counters } = context;
    const { publishing, compat } = options;
    this.#context = context;
    this.#onExchangeLost = onExchangeLost;
    this.supervisor = createSupervisor(context, {
      name: "publish",
      setUp: (...setUp) => this.#setUp(...setUp),
      tearDown: (reason) => this.#tearDown(reason),
      onStatus: (status) => this.#handleStatus(status),
    });
    this.#publisher = new ConfirmedPublisher({
      publishing,
      counters,
      logger: () => setup.logger,
      onStalled: (reason) => this.supervisor.reconnect(reason),
    });
    this.#writer = new MessageWriter(options.envelope, setup.service);
    if (compat !== undefined) {
      const most = publishing.windowEvents + publishing.bufferEvents + SPARE_EXCHANGES;
      this.#exchanges = new EventExchanges(most, setup.logger);
    }
  }

  /** Emits an event. Rejects with an `EmitError`. */
  emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
    const { name, broadcast } = event;
    if (this.#isRefusing) {
      return this.#refuse(
        new TransportStoppedError("not-sent", `Cannot emit event "${name}": the transport has stopped`),
      );
    }
    const { topology, options: { maxEventBytes } } = this.#context;
    const { exchange, routingKey } = topology.addressOf(name, broadcast);
    const { content, options: properties } = this.#writer.write(event);
    try {
      checkEventSize(name, content, maxEventBytes);
    } catch (error) {
      return this.#refuse(error);
    }
    const message = {
      id: event.id,
      name,
      exchange,
      routingKey,
      content,
      options: properties,
      isGroup: !broadcast,
      ready: this.#exchanges?.ensure(exchange, () => topology.exchangeOf(name, broadcast)),
    };
    return this.#publisher.publish(message, options);
  }

  /** Publishes a copy; see `CopyPublisher`. */
  publish(route: CopyRoute, copy: MessageCopy): Promise<void> {
    if (this.#copies !== undefined) return this.#copies.publish(route, copy);
    return Promise.reject(new Error("The publish connection is down"));
  }

  /** Takes no more events, and waits so many milliseconds for the confirmations of the others. */
  async drain(limitMs: number): Promise<void> {
    this.#isRefusing = true;
    await this.#publisher.flush(limitMs);
  }

  /** Rejects what is on its way, and ends the connection. Returns how many events that were. */
  async stop(limitMs: number): Promise<number> {
    this.#isRefusing = true;
    const unsent = this.#publisher.stop();
    await this.supervisor.stop(limitMs);
    return unsent;
  }

  #refuse(error: unknown): Promise<never> {
    this.#context.counters.rejected++;
    const isEmitError = error instanceof EmitError;
    return Promise.reject(isEmitError ? error : new EmitError("not-sent", String(error), { cause: error }));
  }

  async #setUp(...[connection, signal, onProgress]: Parameters<SetUp>): Promise<void> {
    const { options, topology } = this.#context;
    const lose = (error: Error | undefined): void =>
      this.supervisor.reconnect(error ?? new Error("The channel is closed"));
    await applyTopology(connection, topology.forPublishing(), options.topology, onProgress);
    await this.#exchanges?.attach(connection, onProgress);
    if (this.#hasLostExchange) await this.#onExchangeLost(onProgress);
    const copies = await CopyChannel.open(connection, { onLost: lose });
    const channel = await connection.createChannel({
      onClosed: (error) => {
        // Here and not in `#tearDown`: only this channel closes because of an event.
        this.#publisher.detach(error);
        lose(error);
      },
      onReturn: (message) => this.#publisher.handleReturn(message),
    }, true);
    signal.throwIfAborted();
    this.#hasLostExchange = false;
    this.#copies = copies;
    this.#publisher.attach(channel);
  }

  #tearDown(reason: Error): void {
    // What is published to an exchange that is not there costs the channel.
    this.#hasLostExchange ||= replyCodeOf(reason) === 404;
    this.#publisher.detach();
    this.#exchanges?.detach();
    this.#copies?.detach();
    this.#copies = undefined;
  }

  #handleStatus(status: EventTransportStatus): void {
    const isBlocked = status.state === "blocked";
    if (isBlocked || status.state === "up") {
      this.#publisher.setBlocked(isBlocked);
      this.#copies?.setBlocked(isBlocked);
    }
    this.#context.onStatus(status);
  }
}
