/**
 * An instance of a service in a case of a contract.
 *
 * @module
 */
import type { EmitReceipt } from "../emit.ts";
import { createEvent, type EventOptions } from "../events/event.ts";
import type {
  EventStopReport,
  EventSubscription,
  EventTransport,
  EventTransportStats,
  OutgoingEvent,
  ReceivedEvent,
  TransportEmitOptions,
} from "../events/event_transport.ts";
import { type EventHandlerOptions, resolveSubscription } from "../events/subscription.ts";
import type { Logger } from "../logger.ts";

/** A handler, and how it is run; `handle` defaults to one that succeeds, and tries within a delivery to none. */
export interface ContractHandler extends EventHandlerOptions {
  /** Called with each event after it has been noted. */
  readonly handle?: (event: ReceivedEvent, signal: () => AbortSignal) => unknown;
}

/** Handlers, by the name of the event. */
export type ContractHandlers = Readonly<Record<string, ContractHandler>>;

/** How an event is emitted. */
export type ContractEmitOptions = EventOptions & Partial<TransportEmitOptions>;

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A service with one transport that notes what it hears. */
export class ContractInstance {
  /** Its transport. */
  readonly transport: EventTransport;
  /** What its handlers were called with, in that order. */
  readonly received: ReceivedEvent[] = [];
  readonly #service: string;
  readonly #logger: Logger;

  /**
   * Creates an instance that does not run.
   *
   * @param transport Its transport.
   * @param service The name of its service.
   * @param logger Where the transport logs.
   */
  constructor(transport: EventTransport, service: string, logger: Logger = SILENT) {
    this.transport = transport;
    this.#service = service;
    this.#logger = logger;
  }

  /** The bodies of what it has received. */
  get bodies(): unknown[] {
    return this.received.map(({ body }) => body);
  }

  /** What the transport has counted. */
  get stats(): EventTransportStats {
    return this.transport.stats();
  }

  /** Starts, and subscribes when there are handlers. */
  async start(handlers?: ContractHandlers): Promise<void> {
    await this.transport.start({
      service: this.#service,
      instanceId: crypto.randomUUID(),
      logger: this.#logger,
    });
    if (handlers !== undefined) await this.subscribe(handlers);
  }

  /** Subscribes. */
  async subscribe(handlers: ContractHandlers): Promise<void> {
    await this.transport.subscribe(this.#toSubscriptions(handlers));
  }

  /** Emits a group event. */
  emit(name: string, body: unknown, options: ContractEmitOptions = {}): Promise<EmitReceipt> {
    const event = createEvent(name, body, { source: "/contract", broadcast: false, ...options });
    return this.emitEvent(event, options);
  }

  /** Emits an event to every instance. */
  broadcast(name: string, body: unknown, options: ContractEmitOptions = {}): Promise<EmitReceipt> {
    return this.emit(name, body, { ...options, broadcast: true });
  }

  /** Emits an event that has been made. */
  emitEvent(event: OutgoingEvent, options: Partial<TransportEmitOptions> = {}): Promise<EmitReceipt> {
    const { confirm = true, requireRoute = false, timeoutMs, signal } = options;
    return this.transport.emit(event, { confirm, requireRoute, timeoutMs, signal });
  }

  /** Stops. */
  stop(drainMs = 5000): Promise<EventStopReport> {
    return this.transport.stop({ drainMs });
  }

  #toSubscriptions(handlers: ContractHandlers): EventSubscription[] {
    return Object.entries(handlers).map(([event, { handle, ...options }]) => ({
      event,
      settings: resolveSubscription(event, { localRetryDelaysMs: [], ...options }),
      handle: (received, signal) => {
        this.received.push(received);
        return handle?.(received, signal);
      },
    }));
  }
}
