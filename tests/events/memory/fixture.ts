/** Instances of services at a broker in memory. */
import {
  createEvent,
  type EmitReceipt,
  type EventHandlerOptions,
  type EventOptions,
  type MemoryEventBroker,
  MemoryEventTransport,
  type MemoryEventTransportOptions,
  type ReceivedEvent,
  resolveSubscription,
  type TransportEmitOptions,
} from "@gemstone/gemstone/events";
import { createMemoryLogger, type MemoryLogger } from "../../support/service.ts";

/** What a handler does. */
export type Handle = (event: ReceivedEvent, signal: () => AbortSignal) => unknown;

/** An instance, and what it has heard. */
export interface Instance {
  readonly transport: MemoryEventTransport;
  readonly received: ReceivedEvent[];
  readonly logger: MemoryLogger;
  emit(
    name: string,
    body: unknown,
    options?: EventOptions & Partial<TransportEmitOptions>,
  ): Promise<EmitReceipt>;
}

/** How an instance is made. */
export interface FixtureOptions extends MemoryEventTransportOptions, EventHandlerOptions {
  readonly service?: string;
  /** The name of the events that it handles; without one it only emits. */
  readonly event?: string;
  readonly handle?: Handle;
  readonly logger?: MemoryLogger;
}

/** Starts an instance. Its group events are emitted unless `broadcast` says otherwise. */
export async function start(broker: MemoryEventBroker, options: FixtureOptions = {}): Promise<Instance> {
  const { service = "service", event, handle, logger = createMemoryLogger() } = options;
  const transport = new MemoryEventTransport({ retryDelaysMs: [5], ...options, broker });
  const received: ReceivedEvent[] = [];
  await transport.start({ service, instanceId: "1", logger });
  if (event !== undefined) {
    await transport.subscribe([{
      event,
      settings: resolveSubscription(event, { localRetryDelaysMs: [], ...options }),
      handle(one, signal) {
        received.push(one);
        return handle?.(one, signal);
      },
    }]);
  }
  return {
    transport,
    received,
    logger,
    emit(name, body, emitOptions = {}) {
      const { confirm = true, requireRoute = false, timeoutMs, signal, ...rest } = emitOptions;
      const made = createEvent(name, body, { source: "/test", broadcast: false, ...rest });
      return transport.emit(made, { confirm, requireRoute, timeoutMs, signal });
    },
  };
}

/** Stops instances at once. */
export async function stop(...instances: readonly Instance[]): Promise<void> {
  await Promise.all(instances.map(({ transport }) => transport.stop({ drainMs: 1000 })));
}
