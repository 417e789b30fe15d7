/** Uses all that a service can use without a broker; with the argument `rabbitmq` or `redis` it uses one. */
import process from "node:process";
import { eventHandler, type EventTransport, MicroService } from "@gemstone/gemstone";
import { MemoryEventTransport } from "@gemstone/gemstone/events";
import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
import { RedisEventTransport } from "@gemstone/gemstone/redis";
import { createGate, type Gate } from "./service.ts";

class Light extends MicroService {
  override name = "light";
  override port = 0;
  override skipConfiguration = true;
  readonly handled: Gate = createGate();

  @eventHandler("x")
  onX(): void {
    this.handled.open();
  }
}

if (import.meta.main) {
  const transports: Record<string, () => EventTransport> = {
    memory: () => new MemoryEventTransport(),
    // Nobody listens on port 1.
    rabbitmq: () => new RabbitMqEventTransport("amqp://127.0.0.1:1", { connection: { connectRetries: 0 } }),
    redis: () => new RedisEventTransport("redis://127.0.0.1:1"),
  };
  for (const create of Object.values(transports)) create();
  const service = new Light();
  service.eventTransports = [transports[process.argv[2] ?? "memory"]!()];
  await service.start();
  await service.emitEvent("x", 1, { broadcast: false });
  await service.handled.promise;
  await service.stop();
  console.log("done");
}
