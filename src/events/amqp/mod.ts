/**
 * Events over RabbitMQ 3.10 or later. It needs the package `amqplib`, which is loaded by the first connection.
 * `@gemstone/gemstone/events` tells what events are; here is what is special about RabbitMQ.
 *
 * **What is guaranteed.**
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
 * **While the broker is away** events wait in memory, up to `bufferMessages` and `timeoutMs`, and are sent in their
 * order when it is back; the methods of the service go on working. `start()` waits for the broker, unless
 * `waitForBroker` is false. A connection that died without a word is noticed after two to three heartbeats. A handler
 * that computes for two heartbeats without an `await` loses the connection, and its event comes again.
 *
 * **What is at the broker**, with the namespace `ns`: the exchanges `ns.events` and `ns.broadcast`; a quorum queue
 * `ns.q.<service>/<event>` for each handler; `ns.b.<service>/…`, the broadcasts of an instance; `ns.retry.<ms>` and
 * `ns.retry.transient.<ms>`, where events rest after a failure, and `ns.requeue`, which takes them back; `ns.dlx` and
 * `ns.dlq.<service>`, the dead letters, which nothing empties but `gemstone events dead`. The name of the service is
 * percent-encoded. All of it is declared at each connection; `topology` lets a user without that right check it, or
 * take it as given. A queue whose handler is gone goes on filling: delete it.
 *
 * **Known of RabbitMQ 3.10:** a quorum queue that is not three seconds old does not outlive a SIGKILL of its
 * broker. Events for a new service are safe once it has run that long.
 *
 * **Python gemstone.** `{ compat: "gemstone" }` uses the exchanges and queues of the original: fanout
 * `gemstone.broadcast.<event>`, and direct `gemstone.tasks.<event>` with the queue `<event>`, bare JSON in both. They
 * are not durable: what waits there is gone when the broker stops.
 *
 * @example Only emit, from a script
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
export type { AmqpTlsOptions } from "./tls_options.ts";
export { type AmqpTapOptions, tapAmqp } from "./event_tap.ts";
export type { RabbitMqConnectionOptions, RabbitMqOptions, RabbitMqPublishingOptions } from "./options.ts";
export { RabbitMqEventTransport } from "./rabbitmq_event_transport.ts";
