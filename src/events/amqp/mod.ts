/**
 * Events over RabbitMQ 3.10 or later. It needs the package `amqplib`, which is loaded by the first connection.
 * `@gemstone/gemstone/events` tells what events are; here is what is special about RabbitMQ.
 *
 * A service that emits and handles:
 *
 * ```ts
 * import { eventHandler, type EventTransport, exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
 * import process from "node:process";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override eventTransports: EventTransport[] = [new RabbitMqEventTransport(process.env["AMQP_URL"] ?? "amqp://127.0.0.1")];
 *
 *   @exposedMethod()
 *   async order(sku: string): Promise<void> {
 *     await this.emitEvent("ordered", { sku }, { broadcast: false }); // resolved: on the disk of the broker
 *   }
 *
 *   @eventHandler("ordered")
 *   onOrdered({ sku }: { sku: string }): void {
 *     this.logger.info(`Ordered: ${sku}`); // when it throws: again later, dead-lettered in the end
 *   }
 * }
 *
 * if (import.meta.main) await new Shop().start();
 * ```
 *
 * ## What is guaranteed
 *
 * | When | Then |
 * | ---- | ---- |
 * | `emitEvent(…, { broadcast: false })` has resolved, `routed` | the event is on the disk of the broker. One instance of each service that has ever had a handler handles it at least once, or it is in the dead letters of that service |
 * | the broker or a connection dies at any moment | the same; a handler may get an event twice, with the same id |
 * | `emitEvent` has rejected, `"not-sent"` | nobody gets the event |
 * | `emitEvent` has rejected, `"unknown"` | somebody may get it |
 * | `broadcast: true` | each instance that is connected gets it at most once; with `durableBroadcast` at least once, also after up to an hour away |
 * | the process of a handler dies | the event comes again; after 20 deaths it is a dead letter |
 * | the process of the emitter dies | what was confirmed is safe, the rest is gone |
 *
 * It does not hold with `compat: "gemstone"`, whose exchanges and queues are not durable.
 *
 * ## What was tested
 *
 * With a broker that is private to the tests: `deno task test:faults`, on Deno / on Node, 2026-11,
 * RabbitMQ 3.10 and Redis 7.0 on two cores. Lost is what `emitEvent` resolved for and nobody got, handled twice what the
 * memory of handled ids did not catch.
 *
 * | Fault | Events | Lost | Handled twice | Recovery or notes |
 * | ----- | -----: | ---: | ------------: | ----------------- |
 * | none, emitter and handler for themselves | 1,000,000 each | 0 | 0 | heap 8 MB after each fifth, on both |
 * | broker killed (SIGKILL) 10 times at 2,000 events/s | 100,000 | 0 | 0 | 2.6 / 1.7 s after its port opens, at most |
 * | broker stopped in order 7 times, its connections closed 20 times | 81,000 | 0 | 0 | |
 * | black hole to, from and in both directions, 3 times each | 29,872 / 30,565 | 0 | 0 | noticed in 5.9 s, at a heartbeat of 2 s |
 * | broker halted (SIGSTOP) | 3,616 / 3,628 | 0 | 0 | 0.1 s after it goes on |
 * | connection reset 60 times in quick succession | 73,298 / 123,622 | 0 | 0 | 120 / 122 connections |
 * | connection reset at 50 points of setting up | 50 | 0 | 0 | |
 * | memory alarm at the broker | 500 | 0 | 0 | |
 * | handler killed (SIGKILL) 20 times, prefetch 32 | 50,000 | 0 | 79 / 37 | |
 * | one event that kills each process that handles it | 200 | 0 | 13 / 17 | a dead letter after 21 deliveries |
 * | handler that always fails, four attempts | 1,000 | 0 | 0 | 9 ms late at the median, dead-lettered |
 * | the same, broker killed (SIGKILL) 5 times | 1,000 | 0 | 10 / 37 | dead letters twice |
 * | service stopped under load, 10 times | 30,000 | 0 | 0 | |
 * | exchange deleted 10 times | 9,960 / 8,512 | 0 | 0 | |
 * | 200 forced reconnects | 206 | 0 | 0 | no socket, no timer left; memory +1 / +2 MB |
 * | 50 clients, broker killed and started | | | | at most 13 % of the attempts within 100 ms |
 * | durable broadcast to 5 instances, one away for a third | 6,000 | 0 | 0 | each got all |
 * | service whose methods emit, broker killed | 5,000 | 0 | 0 | all calls were answered |
 * | Redis killed (SIGKILL) 10 times, `appendfsync always` | 100,000 | 0 | 88 / 132 | |
 *
 * Not in these tests: other versions, clusters of several nodes, other systems than Linux.
 *
 * ## Where the broker is, and who we are to it
 *
 * `amqp://user:password@host:port/vhost`, or `amqps:` for TLS. All but the host may be left out: user and password are then
 * `guest`, the port is 5672 (5671), the virtual host `/`. Percent-encode user, password and virtual host
 * (`encodeURIComponent`). No error, log line or health text holds a password. A wrong password, an untrusted certificate and
 * a missing right reject `start()` at once; a broker that does not answer is tried for about a minute
 * (`connection.connectRetries`).
 *
 * Certificates are checked against the authorities of the system, or `connection.tls.ca`; with `cert` and `key` the broker
 * sees ours.
 *
 * ```ts
 * import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
 * import { readFileSync } from "node:fs";
 *
 * function createTransport(password: string): RabbitMqEventTransport {
 *   const url = `amqps://shop:${encodeURIComponent(password)}@rabbit.internal/production`;
 *   return new RabbitMqEventTransport(url, { connection: { tls: { ca: readFileSync("ca.pem", "utf8") } } });
 * }
 * ```
 *
 * **Several nodes of one cluster**: give a list of URLs. Each connection tries them in turn, in random order, and goes on to
 * the next one when its node is lost. How many nodes keep a copy of a quorum queue is up to RabbitMQ.
 *
 * **What the user needs**, with the namespace `gemstone` (`rabbitmqctl set_permissions -p VHOST USER CONFIGURE WRITE READ`;
 * measured with 3.10):
 *
 * | | configure | write | read |
 * | --- | --- | --- | --- |
 * | emits and handles, looks at dead letters | `^gemstone\.` | `^(gemstone\.\|amq\.default$)` | `^gemstone\.` |
 * | emits only, `topology: "check"` | `^$` | `^gemstone\.(events\|broadcast)$` | `^$` |
 * | handles, `topology: "check"` | `^gemstone\.b\.` | `^gemstone\.` | `^gemstone\.` |
 * | `tapAmqp`, `gemstone events tail` | `^(gemstone\.(events\|broadcast)$\|amq\.gen)` | `^amq\.gen` | `^(gemstone\.(events\|broadcast)$\|amq\.gen)` |
 *
 * With `topology: "check"` or `"none"`, somebody with the right to declare has to have started the service once.
 *
 * ## While the broker is away
 *
 * Events wait in memory, up to `bufferEvents`, `bufferBytes` and `timeoutMs`, and are sent in their order when it is back;
 * the methods of the service go on working. With `onFull: "wait"` an emit waits for a place instead of being rejected.
 * `start()` waits for the broker, unless `waitForBroker` is false. A connection that died without a word is noticed after
 * two to three heartbeats of 10 s. A handler that computes for two heartbeats without an `await` loses the connection, and
 * its event comes again; the log warns of it: use a blocking method, which runs on a thread of its own. RabbitMQ takes an
 * event back after 30 minutes, so `timeoutMs` of a handler ends at 29.
 *
 * Broadcasts that are emitted while an instance has no connection are missed, and the log says for how long; with
 * `durableBroadcast`, a name that the instance keeps over restarts, they wait for up to an hour.
 *
 * ## What is at the broker
 *
 * | With the namespace `ns` | |
 * | --- | --- |
 * | `ns.events`, `ns.broadcast` | topic exchanges for group events and broadcasts; the routing key is the name of the event |
 * | `ns.q.<service>/<event>` | a quorum queue for each handler: group events that wait for the service |
 * | `ns.b.<service>/…` | the broadcasts for one instance; goes with its connection, unless `durableBroadcast` |
 * | `ns.retry.<ms>`, `ns.requeue` | where events rest after a failure, shared by all services, and the exchange that takes them back |
 * | `ns.retry.transient.<ms>` | the same for queues that go with their connection |
 * | `ns.dlx`, `ns.dlq.<service>` | the dead letters of a service, a quorum queue that nothing empties but `gemstone events dead` |
 *
 * The name of the service is percent-encoded. All of it is declared at each connection; `topology` lets a user without that
 * right check it, or take it as given. What exists with other arguments is a `TopologyConflictError` at the start, which
 * says what differs.
 *
 * Some things that a person has to do:
 *
 * - **A handler or a service that is gone** leaves its queue, which goes on filling: `rabbitmqctl delete_queue
 *   "gemstone.q.billing/order_paid"`. The same for `gemstone.dlq.<service>`, and for `gemstone.retry.<ms>` of a delay that
 *   no service has in `retryDelaysMs` any more, once it is empty.
 * - **`ordered` of a handler changes**: it is an argument of the queue. Stop what emits the event, wait until the queue is
 *   empty, stop the service, delete the queue, start the new version.
 * - **A bound for the backlog**: `rabbitmqctl set_policy limit "^gemstone\.q\." '{"max-length":100000}' --apply-to queues`.
 *   When one is full, an emit is refused (`maxRefusals` times, 5) and rejects with an `EventRejectedError`; other queues may
 *   have taken the event.
 *
 * ## Watching
 *
 * `rabbitmqctl list_queues name messages consumers` tells most (it is some seconds behind): anything in `gemstone.dlq.*`
 * needs a person, a growing `gemstone.q.*` needs more instances, one with 0 consumers is handled by nobody,
 * `gemstone.retry.*` holds what failed lately. Connections are named `<service>/<instance> publish` and `… consume`; there
 * are two, because a broker that is short of memory stops the first.
 *
 * In the service: `transport.health()` is `up`, `degraded` (one of the connections, or a queue, does not work; or the broker
 * takes no events) or `down`; `transport.stats()` counts, `transport.onStatus` tells of changes, the worse of the two
 * connections. Each loss is logged once, and each dead letter as an error.
 *
 * `gemstone events dead list --service billing` shows what could not be handled and why, `show` one with its body and the
 * stack of the error, `redrive` delivers it again (to one instance of the service, also a broadcast), `drop` deletes it.
 * {@linkcode openAmqpDeadLetters} is that for programs, {@linkcode tapAmqp} what `gemstone events tail` does.
 *
 * ```ts
 * import { openAmqpDeadLetters } from "@gemstone/gemstone/rabbitmq";
 *
 * // After the fault has been mended: whatever the mail server did to the events of the mailer.
 * async function redriveMails(url: string): Promise<number> {
 *   const office = await openAmqpDeadLetters(url, "mailer");
 *   try {
 *     const letters = await office.list({ limit: 1_000 });
 *     const ours = letters.filter(({ errorMessage }) => errorMessage?.includes("mail server"));
 *     return await office.redrive(ours.map(({ id }) => id));
 *   } finally {
 *     await office.close();
 *   }
 * }
 * ```
 *
 * ## Other programs
 *
 * Messages are persistent, `application/json`, with the attributes of CloudEvents 1.0 in headers (`cloudEvents_id`, …) and
 * the W3C trace context; `envelope: "structured"` puts all into the body. What comes in may be either, or bare JSON without
 * any header: publish it to `ns.events` or `ns.broadcast` with the name of the event as routing key. Only an event with an
 * id and a source is known as the same when it comes twice.
 *
 * ## Python gemstone
 *
 * `{ compat: "gemstone" }` uses the exchanges and queues of the original: fanout `gemstone.broadcast.<event>`, and direct
 * `gemstone.tasks.<event>` with the queue `<event>`, bare JSON in both. They are not durable: what waits there is gone when
 * the broker stops. All services share the queue of an event, so a group event goes to **one instance of all services**,
 * not one of each. Bare JSON has no source, so a copy of an event is not known as one; `envelope: "binary"` adds headers for
 * other services of this library. Retries and dead letters work as ever. The Python releases 0.11 and 0.12 know broadcasts
 * only; 0.10 emits both kinds and, by a fault of its own, handles none.
 *
 * ## Known of RabbitMQ 3.10
 *
 * A quorum queue that is not three seconds old does not outlive a SIGKILL of its broker. Events for a new service are safe
 * once it has run that long.
 *
 * An acknowledgement that a quorum queue has not heard of when its channel closes is forgotten, and the event comes again
 * ([rabbitmq-server issue 10327](https://github.com/rabbitmq/rabbitmq-server/issues/10327)). A stop makes sure that the queue
 * has heard of all; who closes the connection otherwise, with SIGKILL say, has handlers called twice in any case.
 *
 * ## Only emit, from a script
 *
 * ```ts
 * import { createEvent } from "@gemstone/gemstone/events";
 * import { createLogger } from "@gemstone/gemstone";
 * import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
 *
 * export async function announce(): Promise<void> {
 *   const transport = new RabbitMqEventTransport("amqp://127.0.0.1");
 *   await transport.start({ service: "script", instanceId: "1", logger: createLogger("script") });
 *   const options = { confirm: true, requireRoute: false, timeoutMs: undefined, signal: undefined };
 *   await transport.emit(createEvent("deployed", { version: "1.2.3" }), options);
 *   await transport.stop({ drainMs: 5_000 });
 * }
 * ```
 *
 * @module
 */
export type { JsonObject, JsonValue } from "../../json.ts";
export type { Logger, LogProperties } from "../../logger.ts";
export type { DeadLetter, DeadLetterOffice } from "../dead_letter.ts";
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
} from "../event_transport.ts";
export { type AmqpDeadLettersOptions, openAmqpDeadLetters } from "./dead_letters.ts";
export type { BrokerTlsOptions } from "../tls_options.ts";
export { type AmqpTapOptions, tapAmqp } from "./event_tap.ts";
export type { RabbitMqConnectionOptions, RabbitMqOptions, RabbitMqPublishingOptions } from "./options.ts";
export { RabbitMqEventTransport } from "./rabbitmq_event_transport.ts";
