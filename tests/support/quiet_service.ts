/** A service that logs into memory, and a task for it. */
import { MicroService, type PeriodicRun } from "@gemstone/gemstone";
import { createGate, createMemoryLogger, type Gate, type MemoryLogger } from "./service.ts";

/** Says little. */
export class Quiet extends MicroService {
  override name = "quiet";
  override port = 0;
  override skipConfiguration = true;
  override shutdownTimeoutMs = 1_000;
  readonly memory: MemoryLogger = createMemoryLogger();
  override getLogger = (): MemoryLogger => this.memory;

  constructor() {
    super();
    this.expose("ping", () => "pong");
  }
}

/** A task that can be waited for. */
export function createTask(): { readonly task: (run: PeriodicRun) => void; readonly ran: Gate<PeriodicRun> } {
  const ran = createGate<PeriodicRun>();
  return { task: ran.open, ran };
}
