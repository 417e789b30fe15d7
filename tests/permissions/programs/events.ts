/** Emits an event and hears it, over the broker at the URL that it is given, or in memory. */
import process from "node:process";
import { eventHandler, type EventTransport } from "@gemstone/gemstone";
import { MemoryEventTransport } from "@gemstone/gemstone/events";
import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
import { RedisEventTransport } from "@gemstone/gemstone/redis";
import { expect, Greeter } from "./greeter.ts";

class Listener extends Greeter {
  readonly heard: Promise<unknown>;
  #hear: (body: unknown) => void = () => {};

  constructor(transport: EventTransport) {
    super();
    this.eventTransports = [transport];
    this.heard = new Promise((resolve) => this.#hear = resolve);
  }

  @eventHandler("permissions_tested")
  onTested(body: unknown): void {
    this.#hear(body);
  }
}

function createTransport(url: string): EventTransport {
  // Its queue ends with its connection.
  if (url.startsWith("amqp")) return new RabbitMqEventTransport(url, { compat: "gemstone" });
  if (url === "") return new MemoryEventTransport();
  return new RedisEventTransport(url, { namespace: "gemstone_permissions" });
}

const [url = ""] = process.argv.slice(2);
await using service = new Listener(createTransport(url));
await service.start({ args: [] });
await service.emitEvent("permissions_tested", { by: process.pid });
expect(await service.heard, { by: process.pid });
