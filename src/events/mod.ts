/**
 * Events: services tell each other what has happened, without knowing who listens.
 *
 * A service lists its transports in `eventTransports`, emits with `emitEvent(name, body)` and handles with methods
 * that are decorated with `@eventHandler(name)`. This entry holds what all transports share, and
 * {@linkcode MemoryEventTransport}, which carries events within the process.
 *
 * **Names.** Any text up to 128 bytes without white space, control characters, `*`, `#` and `/`. Name an event
 * after what has happened: `order_paid`. The body is anything that JSON can carry; every handler gets a copy.
 *
 * **Who gets an event.** By default every instance that has a handler (`broadcast: true`): for what all must
 * know, such as changed settings. With `broadcast: false` one instance of each service that has a handler: for
 * work that is to be done once in each service. A handler gets both kinds. Group events wait in the queue of their
 * service while none of its instances runs, once one has run; broadcasts go to whoever is there.
 *
 * **Handlers.** `@eventHandler(name, options)`: `concurrency` says how many run at once, `ordered: true` that they
 * run one after the other, over all instances of the service; `timeoutMs` how long one may take, after which its
 * `signal` aborts and it counts as failed. The event is done when the handler has returned or its promise has
 * resolved. See {@linkcode EventHandlerOptions} for all of them with their defaults.
 *
 * **When a handler fails.** It is called again within the same delivery after each of `localRetryDelaysMs`. Then the
 * event rests at the broker, longer each time (`retryDelaysMs` of the transport), and is delivered to any instance
 * of the service, with `attempt` one higher; a broadcast comes back to the same instance. After `maxAttempts`
 * deliveries, or at once after a `NonRetryableError`, it becomes a {@linkcode DeadLetter} of the service, with the
 * error and the times. What can not be read (no JSON, no UTF-8, too large) becomes one without any try. A
 * {@linkcode DeadLetterOffice} lists, redrives and drops them; so does `gemstone events dead` on the command line.
 *
 * **What is guaranteed.** With RabbitMQ, and for group events with Redis, a group event that `emitEvent` resolved
 * for is stored, and is handled at least once by each service or dead-lettered. It may be handled twice: a copy that
 * reaches the same instance is left out, but whoever must be sure keeps `event.id` with the effect. When `emitEvent`
 * rejects, `outcome` of the `EmitError` says whether the event may have been delivered (`"unknown"`) or has not
 * been sent (`"not-sent"`); emit it again with the same `id`. Order holds for events of one name from one
 * emitter with `ordered` handlers, as long as none fails. Broadcasts reach an instance at most once, while it is
 * connected.
 *
 * **Which transport.** {@linkcode MemoryEventTransport} for tests, examples and services in one process: the same
 * rules and errors, but nothing outlives the process. `RabbitMqEventTransport` of `@gemstone/gemstone/rabbitmq` when
 * nothing may be lost. `RedisEventTransport` of `@gemstone/gemstone/redis` where Redis is there already: group
 * events are as safe as the persistence of Redis is set to be. One of your own: implement
 * {@linkcode EventTransport}, and prove it with the contract suite of `@gemstone/gemstone/testing`.
 *
 * @example Emit and handle in one process
 * ```ts
 * import { type EventContext, eventHandler, MicroService, NonRetryableError } from "@gemstone/gemstone";
 * import { MemoryEventBroker, MemoryEventTransport } from "@gemstone/gemstone/events";
 *
 * const broker = new MemoryEventBroker();
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport({ broker })];
 * }
 *
 * class Billing extends MicroService {
 *   override name = "billing";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport({ broker })];
 *
 *   @eventHandler("order_paid", { concurrency: 4, timeoutMs: 20_000 })
 *   bill(order: { id: number; cents: number }, event: EventContext): void {
 *     if (order.cents < 0) throw new NonRetryableError(`Cannot bill order ${order.id}: its price is negative`);
 *     console.log(`billed order ${order.id}, delivery ${event.attempt}`);
 *   }
 * }
 *
 * const [shop, billing] = [new Shop(), new Billing()];
 * await Promise.all([shop.start(), billing.start()]);
 *
 * await shop.emitEvent("order_paid", { id: 7, cents: 1200 }, { broadcast: false });
 * await shop.emitEvent("order_paid", { id: 8, cents: -1 }, { broadcast: false });
 * await broker.idle();
 *
 * const [letter] = await broker.deadLetters("billing").list({ limit: 10 });
 * console.log(letter?.errorMessage); // Cannot bill order 8: its price is negative
 * await Promise.all([shop.stop(), billing.stop()]);
 * ```
 *
 * @module
 */

// Transports.
export type {
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
  ReceivedEvent,
  SubscriptionSettings,
  TraceContext,
  TransportEmitOptions,
} from "./event_transport.ts";
export { MemoryEventBroker } from "./memory/memory_event_broker.ts";
export { MemoryEventTransport } from "./memory/memory_event_transport.ts";
export type { MemoryEventTransportOptions } from "./memory/memory_options.ts";

// Events and how they are handled.
export { checkEventName, createEvent, type EventOptions, MAX_EVENT_NAME_BYTES } from "./event.ts";
export { type EventHandlerOptions, resolveSubscription } from "./subscription.ts";

// Dead letters.
export type { DeadLetter, DeadLetterOffice } from "./dead_letter.ts";

// Why an event was not emitted, and how a handler gives up.
export {
  EmitAbortedError,
  EmitError,
  type EmitOutcome,
  EmitTimeoutError,
  EventBufferFullError,
  EventRejectedError,
  EventTooLargeError,
  GemstoneError,
  type GemstoneErrorCode,
  NonRetryableError,
  TransportStoppedError,
  UnroutableEventError,
} from "../errors.ts";
export type { JsonObject, JsonValue } from "../json.ts";
export type { Logger, LogProperties } from "../logger.ts";
