/**
 * What `emitEvent` takes and what it tells.
 *
 * @module
 */

/**
 * W3C Trace Context and Baggage, as they travel with an event. Values that break the syntax are dropped.
 *
 * @example Hand the trace of a call on to the event that follows from it
 * ```ts
 * import { exposedMethod, MicroService, type RequestContext, type TraceContext } from "@gemstone/gemstone";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override eventTransports = [new MemoryEventTransport()];
 *
 *   @exposedMethod({ requiresHandlerReference: true })
 *   async order(context: RequestContext, sku: string): Promise<void> {
 *     const trace: TraceContext = context.trace;
 *     await this.emitEvent("ordered", { sku }, { trace });
 *   }
 * }
 * ```
 */
export interface TraceContext {
  /** `traceparent` (W3C Trace Context, section 3.2). */
  readonly traceparent?: string | undefined;
  /** `tracestate` (W3C Trace Context, section 3.3). */
  readonly tracestate?: string | undefined;
  /** `baggage` (W3C Baggage). */
  readonly baggage?: string | undefined;
}

/**
 * How a service emits an event.
 *
 * @example One instance of each service does the work, and somebody must
 * ```ts
 * import { type EmitEventOptions, eventHandler, MicroService } from "@gemstone/gemstone";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport()];
 *   @eventHandler("ordered")
 *   onOrdered(): void {}
 * }
 *
 * await using shop = new Shop();
 * await shop.start({ args: [] });
 * const options: EmitEventOptions = {
 *   broadcast: false,
 *   requireRoute: true,
 *   timeoutMs: 5_000,
 *   id: "order-7",
 * };
 * const receipt = await shop.emitEvent("ordered", { sku: "a1" }, options);
 * assertEquals(receipt.id, "order-7");
 * ```
 */
export interface EmitEventOptions {
  /** For every instance with a handler, or for one instance of each service with a handler. @default {true} */
  readonly broadcast?: boolean | undefined;
  /** Resolve when the broker has stored the event, or when it is buffered; it is stored all the same. @default {true} */
  readonly confirm?: boolean | undefined;
  /**
   * Reject with an `UnroutableEventError` when no service has a handler; not together with `confirm: false`, where
   * nobody waits to hear of it. @default {false}
   */
  readonly requireRoute?: boolean | undefined;
  /** How long to wait for the broker, in milliseconds. @default {that of the transport, 30000} */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait; an event that was sent may be delivered all the same. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Give the same id to emit the same event again: an instance that has handled it lately skips it, others may
   * handle it twice. @default {a UUID of version 7}
   */
  readonly id?: string | undefined;
  /** The trace that the event belongs to. @default {none} */
  readonly trace?: TraceContext | undefined;
  /** What the event is a consequence of, such as the id of a request. @default {nothing} */
  readonly correlationId?: string | undefined;
}

/**
 * What became of an event that was emitted. With several transports it is confirmed when
 * all have confirmed it, and routed when one has routed it.
 *
 * @example Notice that nobody handles an event, without calling it an error
 * ```ts
 * import { type EmitReceipt, MicroService } from "@gemstone/gemstone";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport()];
 * }
 *
 * await using shop = new Shop();
 * await shop.start({ args: [] });
 * const receipt: EmitReceipt = await shop.emitEvent("ordered", { sku: "a1" }, { broadcast: false });
 * assertEquals([receipt.confirmed, receipt.routed, receipt.attempts], [true, false, 1]);
 * ```
 */
export interface EmitReceipt {
  /** The id of the event. */
  readonly id: string;
  /** The broker has stored it; false for `confirm: false` and for transports without confirmations. */
  readonly confirmed: boolean;
  /** Some handler's queue has got it; `undefined` when the transport can not tell. */
  readonly routed: boolean | undefined;
  /** How often it was sent. */
  readonly attempts: number;
}
