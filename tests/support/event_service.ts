/** A service as a program of its own: it emits what it is told to, and handles it. Its broker is its argument. */
import process from "node:process";
import { eventHandler, exposedMethod, MicroService } from "@gemstone/gemstone";
import { RabbitMqEventTransport, type RabbitMqOptions } from "@gemstone/gemstone/rabbitmq";

class EventService extends MicroService {
  // As the tests name the service that handles.
  override name = "handlers";
  override port = 0;
  override skipConfiguration = true;
  override shutdownTimeoutMs = 1000;

  /** Resolves when the event is on its way, not when it has arrived. */
  @exposedMethod()
  async emit(n: number): Promise<void> {
    await this.emitEvent("numbered", { n }, { broadcast: false, confirm: false });
  }

  @eventHandler("numbered")
  handle({ n }: { n: number }): void {
    this.logger.info(`Handled ${n}`);
  }
}

if (import.meta.main) {
  const [url = "", options = "{}"] = process.argv.slice(2);
  const service = new EventService();
  service.eventTransports = [new RabbitMqEventTransport(url, JSON.parse(options) as RabbitMqOptions)];
  await service.start();
}
