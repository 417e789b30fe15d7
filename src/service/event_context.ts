/**
 * What an event handler can learn about its event.
 *
 * @module
 */
import type { EmitEventOptions, EmitReceipt, TraceContext } from "../emit.ts";
import type { ReceivedEvent } from "../events/event_transport.ts";
import type { ServiceHandle } from "./service_handle.ts";

/**
 * The event behind a body: the second argument of an event handler.
 *
 * @example
 * ```ts
 * import { type EventContext, eventHandler, MicroService } from "@gemstone/gemstone";
 *
 * class Billing extends MicroService {
 *   override name = "billing";
 *
 *   @eventHandler("order_placed")
 *   async bill(order: { id: number }, event: EventContext): Promise<void> {
 *     this.logger.info(`Order ${order.id}`, { event: event.id, attempt: event.attempt });
 *     await event.emitEvent("order_billed", order); // belongs to the same trace
 *   }
 * }
 * ```
 */
export class EventContext<Service extends ServiceHandle = ServiceHandle> {
  /** The service that handles the event. */
  readonly microservice: Service;
  readonly #event: ReceivedEvent;
  readonly #getSignal: () => AbortSignal;

  /**
   * Opens the context of an event.
   *
   * @param microservice The service that handles it.
   * @param event The event.
   * @param getSignal Makes the signal of the handler, for one that asks.
   */
  constructor(microservice: Service, event: ReceivedEvent, getSignal: () => AbortSignal) {
    this.microservice = microservice;
    this.#event = event;
    this.#getSignal = getSignal;
  }

  /** The id that its emitter gave it, the same at every delivery; `undefined` when it gave none. */
  get id(): string | undefined {
    return this.#event.id;
  }

  /** Its name. */
  get name(): string {
    return this.#event.name;
  }

  /** Who emitted it, unique with `id`; `undefined` when it does not say. */
  get source(): string | undefined {
    return this.#event.source;
  }

  /** When it happened; `undefined` when it does not say. */
  get time(): Date | undefined {
    return this.#event.timeMs === undefined ? undefined : new Date(this.#event.timeMs);
  }

  /** Whether every instance gets it, or only this one of the service. */
  get broadcast(): boolean {
    return this.#event.broadcast;
  }

  /** The how many-th delivery this is, from 1; the tries within one delivery count as one. */
  get attempt(): number {
    return this.#event.attempt;
  }

  /** The trace that it belongs to. */
  get trace(): TraceContext {
    return this.#event.trace;
  }

  /** What it is a consequence of; `undefined` when it does not say. */
  get correlationId(): string | undefined {
    return this.#event.correlationId;
  }

  /** Aborts when the handler has passed its time limit, and when the service gives it up. */
  get signal(): AbortSignal {
    return this.#getSignal();
  }

  /**
   * Emits an event that belongs to the same trace, as a consequence of the same thing.
   *
   * @param name The name of the event.
   * @param body Anything that JSON can carry.
   * @param options As of `emitEvent` of the service.
   * @returns What became of it.
   */
  emitEvent(name: string, body: unknown, options: EmitEventOptions = {}): Promise<EmitReceipt> {
    const { trace, correlationId } = this.#event;
    return this.microservice.emitEvent(name, body, { trace, correlationId, ...options });
  }
}
