/**
 * What `emitEvent` takes and what it tells.
 *
 * @module
 */

/** W3C Trace Context and Baggage, as they travel with an event. Values that break the syntax are dropped. */
export interface TraceContext {
  /** `traceparent` (W3C Trace Context, section 3.2). */
  readonly traceparent?: string | undefined;
  /** `tracestate` (W3C Trace Context, section 3.3). */
  readonly tracestate?: string | undefined;
  /** `baggage` (W3C Baggage). */
  readonly baggage?: string | undefined;
}

/** How a service emits an event. */
export interface EmitEventOptions {
  /** For every instance with a handler, or for one instance of each service with a handler. @default {true} */
  readonly broadcast?: boolean | undefined;
  /** Resolve when the broker has stored the event, or when it is buffered; it is stored all the same. @default {true} */
  readonly confirm?: boolean | undefined;
  /** Reject with an `UnroutableEventError` when no service has a handler. @default {false} */
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

/** What became of an event that was emitted. */
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
