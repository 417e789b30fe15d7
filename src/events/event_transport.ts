/**
 * What carries events from service to service. Whoever writes a transport implements {@linkcode EventTransport}
 * and proves it with the contract suite of `@gemstone/gemstone/testing`.
 *
 * @module
 */
import type { EmitReceipt, TraceContext } from "../emit.ts";
import type { JsonValue } from "../json.ts";
import type { Logger } from "../logger.ts";

export type { EmitReceipt, TraceContext };

/** An event on its way out. `createEvent` makes one from a name and a body. */
export interface OutgoingEvent {
  /** Unique with `source`; stays the same however often the event is sent (CloudEvents `id`). */
  readonly id: string;
  /** The name that handlers subscribe to (CloudEvents `type`). */
  readonly name: string;
  /** Who emits it: `/gemstone/<service>` (CloudEvents `source`). */
  readonly source: string;
  /** When it happened, in milliseconds since 1970. */
  readonly timeMs: number;
  /** The body as JSON text. */
  readonly json: string;
  /** For every instance with a handler (true), or for one instance of each service with a handler (false). */
  readonly broadcast: boolean;
  /** The trace that the event belongs to. */
  readonly trace: TraceContext;
  /** What the event is a consequence of, such as the id of a request. */
  readonly correlationId: string | undefined;
}

/** How a single event is emitted. Transports get all of it resolved. */
export interface TransportEmitOptions {
  /** Resolve when the broker has stored the event (true), or when it is buffered (false); it is stored all the same. */
  readonly confirm: boolean;
  /** Reject with an `UnroutableEventError` when no service has a handler. */
  readonly requireRoute: boolean;
  /** How long to wait for the confirmation, in milliseconds; `undefined` leaves it to the transport. */
  readonly timeoutMs: number | undefined;
  /** Ends the wait. */
  readonly signal: AbortSignal | undefined;
}

/** An event as it comes in, decoded. */
export interface ReceivedEvent {
  /** The id that its emitter gave it; `undefined` when it gave none. */
  readonly id: string | undefined;
  /** Its name. */
  readonly name: string;
  /** Its body. */
  readonly body: JsonValue;
  /** Who emitted it; `undefined` when it does not say. */
  readonly source: string | undefined;
  /** When it happened, in milliseconds since 1970; `undefined` when it does not say. */
  readonly timeMs: number | undefined;
  /** Whether it went to every instance. */
  readonly broadcast: boolean;
  /** The how many-th delivery this is, from 1; a delivery after a crash counts only where the broker counts it. */
  readonly attempt: number;
  /** The trace that it belongs to. */
  readonly trace: TraceContext;
  /** What it is a consequence of. */
  readonly correlationId: string | undefined;
}

/** How the events of one subscription are handled, with all defaults filled in. */
export interface SubscriptionSettings {
  /** The most events that are handled at once. */
  readonly concurrency: number;
  /** The most events that are fetched and not yet settled; at least `concurrency`. */
  readonly prefetch: number;
  /** One after the other, in the order in which they were emitted, in one instance at a time. */
  readonly ordered: boolean;
  /** How often an event is delivered to a handler that fails before it is dead-lettered. */
  readonly maxAttempts: number;
  /** The pauses of the tries within one delivery, in milliseconds. */
  readonly localRetryDelaysMs: readonly number[];
  /** How long a handler may take, in milliseconds; its signal aborts then, and it counts as failed. */
  readonly timeoutMs: number;
}

/** Handles the events of one name. */
export interface EventSubscription {
  /** The name of the events. */
  readonly event: string;
  /**
   * Handles one event. Anything thrown or rejected is a failure; a `NonRetryableError` is final.
   *
   * @param event The event.
   * @param signal Makes a signal that aborts when the handler has run out of time or the service gives it up.
   */
  readonly handle: (event: ReceivedEvent, signal: () => AbortSignal) => unknown;
  /** How. */
  readonly settings: SubscriptionSettings;
}

/** Who uses a transport. */
export interface EventTransportSetup {
  /** The name of the service: its instances share its group events. */
  readonly service: string;
  /** Tells the instances of a service apart. */
  readonly instanceId: string;
  /** Where the transport logs. */
  readonly logger: Logger;
}

/** What a transport can do; the contract suite skips what it can not, visibly. */
export interface EventTransportCapabilities {
  /** A confirmed event outlives every process. */
  readonly durable: boolean;
  /** `broadcast: false` reaches one instance of each service. */
  readonly groups: boolean;
  /** `broadcast: true` reaches every instance. */
  readonly broadcast: boolean;
  /** An event whose handler failed is delivered again later. */
  readonly delayedRetry: boolean;
  /** An event that can not be handled is kept for a person to look at. */
  readonly deadLetter: boolean;
  /** `emit` resolves when the event is stored. */
  readonly confirms: boolean;
}

/** A change of state of a transport. Texts never hold a password. */
export type EventTransportStatus =
  | { readonly state: "connecting" }
  | { readonly state: "up" }
  | { readonly state: "blocked"; readonly reason: string }
  | { readonly state: "down"; readonly reason: string; readonly nextRetryMs: number }
  | { readonly state: "failed"; readonly error: Error }
  | { readonly state: "stopped" };

/** How a transport is. */
export interface EventTransportHealth {
  /** `degraded`: it works in part, or buffers. */
  readonly state: "up" | "degraded" | "down";
  /** Why it is not up. */
  readonly reason?: string;
}

/** What a transport has counted since it started. */
export interface EventTransportStats {
  /** Events that `emit` took. */
  readonly emitted: number;
  /** Events that the broker confirmed. */
  readonly confirmed: number;
  /** Group events that no service had a handler for. */
  readonly unrouted: number;
  /** Events sent again after a lost connection or a refusal. */
  readonly resent: number;
  /** Events whose `emit` rejected. */
  readonly rejected: number;
  /** Events handled with success. */
  readonly handled: number;
  /** Deliveries skipped because the event had been handled before. */
  readonly duplicates: number;
  /** Deliveries that failed and will be tried again. */
  readonly retried: number;
  /** Events dead-lettered. */
  readonly dead: number;
  /** Events that wait to be sent or confirmed. */
  readonly pending: number;
  /** Handlers that run. */
  readonly running: number;
}

/** What a transport left undone when it stopped. */
export interface EventStopReport {
  /** Nothing was left. */
  readonly drained: boolean;
  /** Handlers that were still running; their events come again. */
  readonly unfinishedHandlers: number;
  /** Events that were not confirmed; their `emit` has rejected. */
  readonly unsentEvents: number;
}

/** Carries events. One instance belongs to one service. */
export interface EventTransport {
  /** What it can do. */
  readonly capabilities: EventTransportCapabilities;

  /**
   * Connects, so that `emit` works. Nothing is delivered yet. May be called again after `stop`.
   *
   * @param setup Who uses it.
   */
  start(setup: EventTransportSetup): Promise<void>;

  /**
   * Begins to deliver. Called once after `start`, not at all by a service that only emits. When it resolves, an
   * event emitted from then on is delivered.
   *
   * @param subscriptions The handlers, one for each name.
   */
  subscribe(subscriptions: readonly EventSubscription[]): Promise<void>;

  /**
   * Emits an event. Never delivers before it returns.
   *
   * @param event The event.
   * @param options How.
   * @returns What became of it. Rejects with an `EmitError`.
   */
  emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt>;

  /**
   * Stops in any state: takes no more deliveries, waits for running handlers, then takes no more events and waits
   * for their confirmations, all within `drainMs`. May be called twice. Never rejects.
   *
   * @param options `drainMs`: how long to wait, in milliseconds.
   */
  stop(options: { readonly drainMs: number }): Promise<EventStopReport>;

  /** How it is now. */
  health(): EventTransportHealth;

  /** What it has counted. */
  stats(): EventTransportStats;

  /**
   * Calls a listener at each change of state.
   *
   * @param listener Must not throw.
   * @returns Removes the listener.
   */
  onStatus(listener: (status: EventTransportStatus) => void): () => void;
}
