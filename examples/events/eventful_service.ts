/**
 * Where the events of both services go.
 *
 * @module
 */
import { type EventTransport, MicroService } from "@gemstone/gemstone";
import { Configurable, defaultConfigurables } from "@gemstone/gemstone/config";
import { type MemoryEventBroker, MemoryEventTransport } from "@gemstone/gemstone/events";
import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";

/** A service whose events stay in the process, unless its command line says `--amqp URL`. */
export abstract class EventfulService extends MicroService {
  override configurables = [
    ...defaultConfigurables(),
    new Configurable("amqp", {
      template: (url: unknown) => [new RabbitMqEventTransport(String(url))],
      description: "URL of a RabbitMQ broker that carries the events",
    }),
  ];

  /** @param broker What the services of this process have in common; each gets a transport of its own. */
  constructor(broker: MemoryEventBroker) {
    super();
    this.eventTransports = [new MemoryEventTransport({ broker })];
  }

  /** What becomes of `--amqp URL`: nothing else in a service knows how its events travel. */
  set amqp(transports: EventTransport[]) {
    this.eventTransports = transports;
  }
}
