/**
 * RabbitMQ for the commands behind `gemstone events`.
 *
 * @module
 */
import { openAmqpDeadLetters } from "../../events/amqp/dead_letters.ts";
import { tapAmqp } from "../../events/amqp/event_tap.ts";
import { resolveRabbitMqOptions } from "../../events/amqp/options.ts";
import { RabbitMqEventTransport } from "../../events/amqp/rabbitmq_event_transport.ts";
import { UsageError } from "../command.ts";
import type { BrokerSettings, EventBroker } from "./event_broker.ts";

/**
 * Makes a RabbitMQ of what the command line says.
 *
 * @param settings What the command line says.
 * @returns The broker.
 * @throws {RangeError} when the URL or the namespace can not be used.
 */
export function createAmqpBroker({ url, namespace, compat }: BrokerSettings): EventBroker {
  const options = { namespace, compat };
  // Everything is checked before anything is done.
  resolveRabbitMqOptions(url, options);
  return {
    createTransport: (connection) =>
      new RabbitMqEventTransport(url, { ...options, connection: { ...connection, connectRetries: 0 } }),
    openDeadLetters: (service) => openAmqpDeadLetters(url, service, { namespace }),
    tap: (tapOptions) => {
      if (compat === undefined) return tapAmqp(url, { ...tapOptions, namespace });
      throw new UsageError("tail can not show what goes through the exchanges of --compat");
    },
  };
}
