/**
 * Events over RabbitMQ. It needs the package `amqplib`, which is loaded by the first connection.
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
export type { AmqpTlsOptions } from "./driver.ts";
export { type AmqpTapOptions, tapAmqp } from "./event_tap.ts";
export type { RabbitMqConnectionOptions, RabbitMqOptions, RabbitMqPublishingOptions } from "./options.ts";
export { RabbitMqEventTransport } from "./rabbitmq_event_transport.ts";
