/** A service that emits, over transports that a test brings along. */
import { type EventTransport, exposedMethod, MicroService } from "@gemstone/gemstone";
import type { FakeEventTransport } from "./fake_event_transport.ts";
import { createMemoryLogger, type MemoryLogger } from "./service.ts";

/** A service that emits. */
export class Emitter extends MicroService {
  override name = "emitter";
  override port = 0;
  override skipConfiguration = true;
  override eventTransports: readonly EventTransport[] = [];
  readonly log: MemoryLogger = createMemoryLogger();
  override getLogger(): MemoryLogger {
    return this.log;
  }
  @exposedMethod()
  async emit(name: string): Promise<string> {
    return (await this.emitEvent(name, null)).id;
  }
}

/** Makes one. */
export function createEmitter(...transports: FakeEventTransport[]): Emitter {
  const service = new Emitter();
  service.eventTransports = transports;
  return service;
}
