/**
 * Events: services tell each other what has happened, without knowing who listens.
 *
 * A service lists its transports in `eventTransports`, emits with `emitEvent(name, body)` and handles with methods that are
 * decorated with `@eventHandler(name)`. This entry holds what all transports share, and {@linkcode MemoryEventTransport},
 * which carries events within the process; `@gemstone/gemstone/rabbitmq` and `@gemstone/gemstone/redis` are entries of their
 * own.
 *
 * Two services in one process, one that emits and one that handles:
 *
 * ```ts
 * import { type EventContext, eventHandler, MicroService, NonRetryableError } from "@gemstone/gemstone";
 * import { MemoryEventBroker, MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
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
 *     this.logger.info(`Billed order ${order.id}`, { delivery: event.attempt });
 *   }
 * }
 *
 * await using shop = new Shop();
 * await using billing = new Billing();
 * await Promise.all([shop.start(), billing.start()]);
 *
 * await shop.emitEvent("order_paid", { id: 7, cents: 1200 }, { broadcast: false });
 * await shop.emitEvent("order_paid", { id: 8, cents: -1 }, { broadcast: false });
 * await broker.idle();
 *
 * const [letter] = await broker.deadLetters("billing").list({ limit: 10 });
 * assertEquals(letter?.errorMessage, "Cannot bill order 8: its price is negative");
 * ```
 *
 * ## Names and bodies
 *
 * A name is any text up to 128 bytes without white space, control characters, `*`, `#` and `/`. Name an event after what
 * has happened: `order_paid`. The body is anything that JSON can carry, up to `maxEventBytes` of the transport (1 MiB);
 * every handler gets a copy.
 *
 * ## Who gets an event
 *
 * | | `broadcast: true`, the default | `broadcast: false`, a group event |
 * | --- | --- | --- |
 * | goes to | every instance with a handler | one instance of each service with a handler |
 * | is for | what all must know: settings have changed | work that is done once in each service |
 * | while none is there | is missed | waits in the queue of the service, once that has had a handler |
 *
 * A handler gets both kinds. Before a service has been started for the first time it has no queue, so an event for it goes
 * to nobody: the receipt of `emitEvent` says `routed: false`, the log says so once for each name, and with
 * `requireRoute: true` the emit rejects.
 *
 * ## Handlers
 *
 * The event is done when the handler has returned or its promise has resolved. A service has one handler for a name.
 * `concurrency` says how many run at once in an instance (16), `prefetch` how many are fetched ahead (32), `timeoutMs` how
 * long a delivery may take (5 minutes); after it `signal` aborts, and the delivery has failed. `ordered: true` handles one
 * after the other, over all instances of the service. `schema` checks the body. See {@linkcode EventHandlerOptions}.
 *
 * The handler of a service is called with the body and an `EventContext`: id, attempt, time, trace, `signal`. What it emits
 * by `event.emitEvent` belongs to the same trace and has the same `correlationId`.
 *
 * ## When a handler fails
 *
 * It is called again within the same delivery after each of `localRetryDelaysMs` (50 and 250 ms). Then the event rests,
 * longer each time (`retryDelaysMs` of the transport: 1, 5, 30, 120, 600 s), and is delivered to any instance of the
 * service with `attempt` one higher; a broadcast comes back to the same instance. After `maxAttempts` deliveries (5), or
 * at once after a `NonRetryableError`, it becomes a {@linkcode DeadLetter} of the service, with the error and the times.
 * What can not be read (no JSON, no UTF-8, too large) becomes one without any try.
 *
 * ## Dead letters
 *
 * Nobody looks at them by itself: list them, mend what was wrong, and redrive them, which delivers them once more with a
 * new count of attempts. `gemstone events dead list | show | redrive | drop --service NAME` does it on the command line; a
 * {@linkcode DeadLetterOffice} in a program: `openAmqpDeadLetters` and `openRedisDeadLetters`, or, as here, the broker in
 * memory. A broadcast that is redriven goes to one instance.
 *
 * ```ts
 * import { eventHandler, MicroService } from "@gemstone/gemstone";
 * import { MemoryEventBroker, MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * const broker = new MemoryEventBroker();
 *
 * class Mailer extends MicroService {
 *   override name = "mailer";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport({ broker })];
 *   isUp = false;
 *   readonly sent: string[] = [];
 *
 *   @eventHandler("user_registered", { maxAttempts: 1, localRetryDelaysMs: [] })
 *   greet(user: { email: string }): void {
 *     if (!this.isUp) throw new Error("The mail server does not answer");
 *     this.sent.push(user.email);
 *   }
 * }
 *
 * await using mailer = new Mailer();
 * await mailer.start();
 * await mailer.emitEvent("user_registered", { email: "ann@example.org" }, { broadcast: false });
 * await broker.idle();
 *
 * const office = broker.deadLetters("mailer");
 * const [letter] = await office.list({ limit: 100 });
 * assertEquals([letter?.reason, letter?.attempts], ["max_attempts", 1]);
 * mailer.isUp = true;
 * assertEquals(await office.redrive("all"), 1);
 * await broker.idle();
 * assertEquals(mailer.sent, ["ann@example.org"]);
 * ```
 *
 * ## What is guaranteed
 *
 * With RabbitMQ, and for group events with Redis, a group event that `emitEvent` resolved for is stored, and is handled
 * **at least once** by each service that has ever had a handler, or is one of its dead letters. Broadcasts reach an
 * instance at most once, while it is connected (`durableBroadcast` of RabbitMQ does better). Order holds for events of one
 * name from one emitter with `ordered` handlers, as long as none fails.
 *
 * An event may be handled twice: when a process dies between the work and the word to the broker, or when a confirmation
 * is lost and the event is sent again. A copy that reaches an instance which has handled the event is left out: each handler
 * remembers the last 5,000 to 10,000 events. Whoever must be sure keeps `event.id` together with the effect:
 *
 * ```ts
 * import { type EventContext, eventHandler, MicroService } from "@gemstone/gemstone";
 *
 * abstract class Billing extends MicroService {
 *   override name = "billing";
 *   // Books, and notes the id, in one transaction; false when the id is there already.
 *   abstract book(eventId: string | undefined, cents: number): Promise<boolean>;
 *
 *   @eventHandler("order_paid")
 *   async bill({ cents }: { cents: number }, event: EventContext): Promise<void> {
 *     if (!await this.book(event.id, cents)) this.logger.info("Booked before", { event: event.id });
 *   }
 * }
 * ```
 *
 * ## When `emitEvent` rejects
 *
 * With an `EmitError`, whose `outcome` says whether the event may have been delivered (`"unknown"`) or surely was not
 * (`"not-sent"`). Emit it again with the same `id`, so that copies can be told. While a broker is away, events wait in
 * memory up to `timeoutMs` (30 s) and the buffer of the transport; a full buffer rejects at once with an
 * `EventBufferFullError`. With `confirm: false` the promise resolves before the broker knows: what is lost then is only
 * logged.
 *
 * ```ts
 * import { EmitTimeoutError } from "@gemstone/gemstone/events";
 * import type { MicroService } from "@gemstone/gemstone";
 *
 * async function emitInTheEnd(service: MicroService, name: string, body: unknown): Promise<void> {
 *   const options = { id: crypto.randomUUID(), broadcast: false, timeoutMs: 10_000 };
 *   for (;;) {
 *     try {
 *       return void await service.emitEvent(name, body, options);
 *     } catch (error) {
 *       if (!(error instanceof EmitTimeoutError)) throw error;
 *       service.logger.warn(`Emitting ${name} takes long`, { error });
 *     }
 *   }
 * }
 * ```
 *
 * An event that must go out if, and only if, a database transaction is committed needs an outbox: store the event, with its
 * id, in the same transaction, and emit what is there from a periodic task.
 *
 * ## Start and stop
 *
 * `start()` connects before `onServiceStart` and begins to deliver after it; when a broker can not be had it rejects, unless
 * the transport has `waitForBroker: false`. `stop()` takes no more deliveries, waits for running handlers, then for the
 * confirmations of what was emitted, all within `shutdownTimeoutMs`. Group events that had not begun go to other instances,
 * or wait.
 *
 * ## Watching
 *
 * A transport has `health()` for probes ({@linkcode EventTransportHealth}), `stats()` for metrics
 * ({@linkcode EventTransportStats}) and `onStatus` for changes. Keep it in a field of its own to reach it. Watch the dead
 * letters of each service, `pending` and the lengths of the queues. `gemstone events tail` prints what is emitted, without
 * taking it from anyone; `gemstone events emit NAME JSON` emits. Each retry is logged as a warning, each dead letter as an
 * error.
 *
 * ## Which transport
 *
 * | | {@linkcode MemoryEventTransport} | `RabbitMqEventTransport` | `RedisEventTransport` |
 * | --- | --- | --- | --- |
 * | for | tests, examples, services in one process | when nothing may be lost | where Redis is there already |
 * | a confirmed group event | ends with the process | is on the disk of the broker | is as safe as the persistence of Redis |
 * | backlog is bounded by | memory (`maxQueueLength`) | disk | the memory of Redis |
 * | Python gemstone hears | – | everything, with `compat` | broadcasts |
 *
 * Each service needs a transport object of its own; those of `MemoryEventTransport` meet in a shared `MemoryEventBroker`.
 * A service with several transports emits through all of them, and its handlers get the event from each.
 * For one of your own implement {@linkcode EventTransport}, and prove it with the contract suite of
 * `@gemstone/gemstone/testing`, which also tells how to test services with events.
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
