/** An outbox whose surroundings a test controls. */
import type { EmitReceipt, TransportEmitOptions } from "../../../src/events/event_transport.ts";
import { createEvent } from "../../../src/events/event.ts";
import { toEmitCommand } from "../../../src/events/redis/emit_command.ts";
import { RedisKeys } from "../../../src/events/redis/keys.ts";
import { Outbox } from "../../../src/events/redis/outbox.ts";
import { createCounters } from "../../../src/events/transport_state.ts";
import { createMemoryLogger } from "../../support/service.ts";
import type { FakeConnection } from "./fake_connection.ts";

/** An outbox, and what it tells. */
export class OutboxBench {
  readonly counters = createCounters();
  readonly logger = createMemoryLogger();
  readonly broken: Error[] = [];
  readonly outbox: Outbox;
  #count = 0;

  constructor({ bufferEvents = 100, bufferBytes = 10_000, timeoutMs = 30_000 } = {}) {
    this.outbox = new Outbox({
      publishing: { bufferEvents, bufferBytes, timeoutMs },
      counters: this.counters,
      logger: this.logger,
      onBroken: (error) => {
        this.broken.push(error);
        this.outbox.detach();
      },
    });
  }

  emit(
    { broadcast = false, ...options }: Partial<TransportEmitOptions> & { broadcast?: boolean } = {},
  ): Promise<EmitReceipt> {
    const event = createEvent("name", "body", { broadcast, id: `id-${++this.#count}` });
    const command = toEmitCommand(event, new RedisKeys("ns"), { maxEventBytes: 1000, maxQueueLength: 0 });
    return this.outbox.emit(command, {
      ...{ confirm: true, requireRoute: false, timeoutMs: undefined, signal: undefined },
      ...options,
    });
  }

  [Symbol.dispose](): void {
    this.outbox.stop();
  }
}

/** The ids of what was sent. */
export function idsOf({ sent }: FakeConnection): (string | undefined)[] {
  return sent.map(({ command }) =>
    /"id":"(.*?)"/.exec(String(command.at(-1)))?.[1] ?? String(command.at(-1))
  );
}
