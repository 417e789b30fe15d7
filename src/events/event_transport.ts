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

/**
 * An event on its way out, as `emit` of a transport gets it. `createEvent` makes one from a name and a body.
 *
 * @example
 * ```ts
 * import { createEvent, type OutgoingEvent } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * const event: OutgoingEvent = createEvent("order_paid", { id: 7 }, { source: "/gemstone/shop" });
 *
 * assertEquals(event.json, '{"id":7}');
 * assertEquals(event.broadcast, true);
 * ```
 */
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

/**
 * How a single event is emitted. `emitEvent` of a service fills in what is not given; whoever uses a transport without a
 * service gives all of it.
 *
 * @example Emit from a script, and insist on a handler
 * ```ts
 * import { createLogger } from "@gemstone/gemstone";
 * import {
 *   createEvent,
 *   MemoryEventTransport,
 *   type TransportEmitOptions,
 *   UnroutableEventError,
 * } from "@gemstone/gemstone/events";
 * import { assertRejects } from "@std/assert";
 *
 * const transport = new MemoryEventTransport();
 * await transport.start({ service: "script", instanceId: "1", logger: createLogger("script") });
 * const options: TransportEmitOptions = { confirm: true, requireRoute: true, timeoutMs: 5_000, signal: undefined };
 * await assertRejects(() => transport.emit(createEvent("order_paid", null), options), UnroutableEventError);
 * await transport.stop({ drainMs: 1_000 });
 * ```
 */
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

/**
 * An event as it comes in, decoded: what a subscription of a transport and the taps (`tapAmqp`, `tapRedis`) get. A handler
 * of a service gets the body and an `EventContext`.
 *
 * @example A line for each event
 * ```ts
 * import type { ReceivedEvent } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * function toLine({ name, id = "-", attempt, body }: ReceivedEvent): string {
 *   return `${name} ${id} #${attempt} ${JSON.stringify(body)}`;
 * }
 *
 * const event = { id: "1", name: "order_paid", body: { id: 7 }, broadcast: false, attempt: 1, trace: {} };
 * const rest = { source: undefined, timeMs: undefined, correlationId: undefined };
 * assertEquals(toLine({ ...event, ...rest }), 'order_paid 1 #1 {"id":7}');
 * ```
 */
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

/**
 * How the events of one subscription are handled, with all defaults filled in; `resolveSubscription` makes it.
 *
 * @example
 * ```ts
 * import { resolveSubscription, type SubscriptionSettings } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * const settings: SubscriptionSettings = resolveSubscription("order_paid", { ordered: true });
 *
 * assertEquals(settings.concurrency, 1);
 * assertEquals(settings.maxAttempts, 5);
 * ```
 */
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
  /**
   * How long a delivery may take, all its tries and pauses together, in milliseconds; the signal of the handler aborts
   * then, and it counts as failed.
   */
  readonly timeoutMs: number;
}

/**
 * Handles the events of one name. Decorated methods of a service become subscriptions; a script gives them to a transport
 * by hand.
 *
 * @example Handle events without a service
 * ```ts
 * import { createLogger } from "@gemstone/gemstone";
 * import {
 *   createEvent,
 *   type EventSubscription,
 *   MemoryEventBroker,
 *   MemoryEventTransport,
 *   resolveSubscription,
 * } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * const bodies: unknown[] = [];
 * const subscription: EventSubscription = {
 *   event: "order_paid",
 *   handle: ({ body }) => void bodies.push(body),
 *   settings: resolveSubscription("order_paid"),
 * };
 * const broker = new MemoryEventBroker();
 * const transport = new MemoryEventTransport({ broker });
 * await transport.start({ service: "script", instanceId: "1", logger: createLogger("script") });
 * await transport.subscribe([subscription]);
 *
 * const options = { confirm: true, requireRoute: false, timeoutMs: undefined, signal: undefined };
 * await transport.emit(createEvent("order_paid", { id: 7 }), options);
 * await broker.idle();
 * assertEquals(bodies, [{ id: 7 }]);
 * await transport.stop({ drainMs: 1_000 });
 * ```
 */
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

/**
 * Who uses a transport: what its `start` gets. A service does that by itself, with its name and a random id.
 *
 * @example
 * ```ts
 * import { createLogger } from "@gemstone/gemstone";
 * import { type EventTransportSetup, MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * const setup: EventTransportSetup = { service: "script", instanceId: "1", logger: createLogger("script") };
 * const transport = new MemoryEventTransport();
 * await transport.start(setup);
 * assertEquals(transport.health(), { state: "up" });
 * await transport.stop({ drainMs: 1_000 });
 * ```
 */
export interface EventTransportSetup {
  /** The name of the service: its instances share its group events. */
  readonly service: string;
  /** Tells the instances of a service apart. */
  readonly instanceId: string;
  /**
   * Where the transport logs: among other things each retry as a warning and each dead letter, with its reason, as an
   * error. Both name the event and have the properties `id`, `attempt` (the delivery that failed) and `error`.
   */
  readonly logger: Logger;
}

/**
 * What a transport can do; the contract suite skips what it can not, visibly.
 *
 * @example Refuse a transport that forgets
 * ```ts
 * import { type EventTransport, MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
 * import { assertEquals } from "@std/assert";
 *
 * const canTakeOrders = ({ capabilities }: EventTransport) => capabilities.durable && capabilities.groups;
 *
 * assertEquals(canTakeOrders(new MemoryEventTransport()), false);
 * assertEquals(canTakeOrders(new RabbitMqEventTransport("amqp://127.0.0.1")), true);
 * ```
 */
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

/**
 * A change of state of a transport: what listeners of `onStatus` get. Texts never hold a password.
 *
 * `connecting` and `up` come and go with the connection; `blocked`: the broker takes no events for the time being, for
 * example because it is short of memory; `down`: the connection is lost or could not be made, and is tried again in
 * `nextRetryMs` milliseconds; `failed`: `start` has given up; `stopped`.
 *
 * @example
 * ```ts
 * import { createLogger } from "@gemstone/gemstone";
 * import { type EventTransportStatus, MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * const states: EventTransportStatus["state"][] = [];
 * const transport = new MemoryEventTransport();
 * const forget = transport.onStatus((status) => states.push(status.state));
 * await transport.start({ service: "script", instanceId: "1", logger: createLogger("script") });
 * await transport.stop({ drainMs: 1_000 });
 * forget();
 * assertEquals(states, ["up", "stopped"]);
 * ```
 */
export type EventTransportStatus =
  | { readonly state: "connecting" }
  | { readonly state: "up" }
  | { readonly state: "blocked"; readonly reason: string }
  | { readonly state: "down"; readonly reason: string; readonly nextRetryMs: number }
  | { readonly state: "failed"; readonly error: Error }
  | { readonly state: "stopped" };

/**
 * How a transport is, for probes and dashboards.
 *
 * @example A page that a load balancer asks
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { type EventTransportHealth, MemoryEventTransport } from "@gemstone/gemstone/events";
 * import type { ExtraHandler } from "@gemstone/gemstone/web";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   readonly events = new MemoryEventTransport();
 *   override eventTransports = [this.events];
 *   override extraHandlers: ExtraHandler[] = [["/ready", () => {
 *     const health: EventTransportHealth = this.events.health();
 *     return Response.json(health, { status: health.state === "down" ? 503 : 200 });
 *   }]];
 * }
 *
 * const response = await new Shop().fetch(new Request("http://127.0.0.1/ready"));
 * assertEquals(response.status, 503); // it has not started
 * assertEquals(await response.json(), { state: "down", reason: "It does not run" });
 * ```
 */
export interface EventTransportHealth {
  /** `degraded`: it works in part, or buffers. */
  readonly state: "up" | "degraded" | "down";
  /** Why it is not up. */
  readonly reason?: string;
}

/**
 * What a transport has counted since it started; `pending` and `running` are what there is now.
 *
 * @example Counts in the text format of Prometheus
 * ```ts
 * import { type EventTransportStats, MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * function toMetrics(stats: EventTransportStats): string[] {
 *   return Object.entries(stats).map(([name, value]) => `gemstone_events_${name} ${value}`);
 * }
 *
 * assertEquals(toMetrics(new MemoryEventTransport().stats())[0], "gemstone_events_emitted 0");
 * ```
 */
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

/**
 * What a transport left undone when it stopped. A service logs it as a warning when it is not empty.
 *
 * @example
 * ```ts
 * import { createLogger } from "@gemstone/gemstone";
 * import { type EventStopReport, MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * const transport = new MemoryEventTransport();
 * await transport.start({ service: "script", instanceId: "1", logger: createLogger("script") });
 * const report: EventStopReport = await transport.stop({ drainMs: 1_000 });
 *
 * assertEquals(report, { drained: true, unfinishedHandlers: 0, unsentEvents: 0 });
 * ```
 */
export interface EventStopReport {
  /** Nothing was left. */
  readonly drained: boolean;
  /** Handlers that were still running; their events come again. */
  readonly unfinishedHandlers: number;
  /** Events that were not confirmed; their `emit` has rejected. */
  readonly unsentEvents: number;
}

/**
 * Carries events. One instance belongs to one service. Whoever writes one proves it with `createEventTransportContract` of
 * `@gemstone/gemstone/testing`.
 *
 * @example One that only writes down what would be emitted
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import type { EmitReceipt, EventTransport, OutgoingEvent } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * const NO_COUNTS = { emitted: 0, confirmed: 0, unrouted: 0, resent: 0, rejected: 0, handled: 0 };
 *
 * class Notebook implements EventTransport {
 *   readonly names: string[] = [];
 *   readonly capabilities = {
 *     ...{ durable: false, groups: false, broadcast: false, delayedRetry: false, deadLetter: false, confirms: false },
 *   };
 *
 *   async start(): Promise<void> {}
 *   async subscribe(): Promise<void> {}
 *   emit({ id, name }: OutgoingEvent): Promise<EmitReceipt> {
 *     this.names.push(name);
 *     return Promise.resolve({ id, confirmed: false, routed: undefined, attempts: 1 });
 *   }
 *   stop = () => Promise.resolve({ drained: true, unfinishedHandlers: 0, unsentEvents: 0 });
 *   health = () => ({ state: "up" }) as const;
 *   stats = () => ({ ...NO_COUNTS, duplicates: 0, retried: 0, dead: 0, pending: 0, running: 0 });
 *   onStatus = () => () => {};
 * }
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   readonly notebook = new Notebook();
 *   override eventTransports = [this.notebook];
 * }
 *
 * await using shop = new Shop();
 * await shop.start();
 * await shop.emitEvent("order_paid", { id: 7 });
 * assertEquals(shop.notebook.names, ["order_paid"]);
 * ```
 */
export interface EventTransport {
  /** What it can do. */
  readonly capabilities: EventTransportCapabilities;

  /**
   * Connects, so that `emit` works. Nothing is delivered yet. May be called again after `stop`; rejects with a
   * TypeError when it runs.
   *
   * @param setup Who uses it.
   */
  start(setup: EventTransportSetup): Promise<void>;

  /**
   * Begins to deliver. Called once after `start`, not at all by a service that only emits. When it resolves, an
   * event emitted from then on is delivered. Rejects with a TypeError before `start`, and for a second time.
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
