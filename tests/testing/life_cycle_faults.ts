/** Faults in how a transport starts, stops and tells of itself. */
import type {
  EventStopReport,
  EventSubscription,
  EventTransportHealth,
  EventTransportSetup,
  EventTransportStats,
  EventTransportStatus,
} from "@gemstone/gemstone/events";
import { type Fault, PassingTransport } from "./passing_transport.ts";

/** The faults. */
export const LIFE_CYCLE_FAULTS: readonly Fault[] = [
  [
    "waits for no handler",
    "stop() waits for handlers that run",
    class extends PassingTransport {
      override stop(): Promise<EventStopReport> {
        return super.stop({ drainMs: 0 });
      }
    },
  ],
  [
    "waits for no handler when it may wait for ever",
    "stop() with drainMs: Infinity waits for handlers that run",
    class extends PassingTransport {
      override stop({ drainMs }: { readonly drainMs: number }): Promise<EventStopReport> {
        return super.stop({ drainMs: drainMs === Infinity ? 1 : drainMs });
      }
    },
  ],
  [
    "does not stop",
    "nothing is delivered after stop(), and nothing runs",
    class extends PassingTransport {
      override stop(): Promise<EventStopReport> {
        return Promise.resolve({ drained: true, unfinishedHandlers: 0, unsentEvents: 0 });
      }
    },
  ],
  [
    "waits for handlers for ever",
    "stop() with drainMs: 0 resolves at once, whatever runs",
    class extends PassingTransport {
      override stop({ drainMs }: { readonly drainMs: number }): Promise<EventStopReport> {
        return super.stop({ drainMs: drainMs === 0 ? 1000 : drainMs });
      }
    },
  ],
  [
    "can be stopped once",
    "stop() twice, also at the same time, resolves",
    class extends PassingTransport {
      #isStopped = false;

      override stop(options: { readonly drainMs: number }): Promise<EventStopReport> {
        if (this.#isStopped && options.drainMs === 5000) return Promise.reject(new Error("It has stopped"));
        this.#isStopped = true;
        return super.stop(options);
      }
    },
  ],
  [
    "can be started once",
    "start() after stop() starts anew",
    class extends PassingTransport {
      #hasStarted = false;

      override start(setup: EventTransportSetup): Promise<void> {
        if (this.#hasStarted) return Promise.reject(new Error("It has been started"));
        this.#hasStarted = true;
        return super.start(setup);
      }
    },
  ],
  [
    "says everything twice",
    "onStatus() tells of up, and of stopped at the end and once",
    class extends PassingTransport {
      override onStatus(listener: (status: EventTransportStatus) => void): () => void {
        super.onStatus(listener);
        return super.onStatus(listener);
      }
    },
  ],
  [
    "is always well",
    "health() is up while it runs, and down before and after",
    class extends PassingTransport {
      override health(): EventTransportHealth {
        return { state: "up" };
      }
    },
  ],
  [
    "gives its own counters away",
    "stats() is a copy, which stays as it was",
    class extends PassingTransport {
      override stats(): EventTransportStats {
        return new Proxy({} as EventTransportStats, {
          get: (_target, name) => this.inner.stats()[name as keyof EventTransportStats],
        });
      }
    },
  ],
  [
    "can be started twice",
    "start() of one that runs rejects with a TypeError, and it goes on",
    class extends PassingTransport {
      override start(setup: EventTransportSetup): Promise<void> {
        return super.start(setup).catch(() => {});
      }
    },
  ],
  [
    "takes handlers before it runs",
    "subscribe() before start() rejects with a TypeError",
    class extends PassingTransport {
      override subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
        return super.subscribe(subscriptions).catch(() => {});
      }
    },
  ],
  [
    "takes handlers twice",
    "subscribe() for a second time rejects with a TypeError, and the first handlers stay",
    class extends PassingTransport {
      override subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
        return super.subscribe(subscriptions).catch(() => {});
      }
    },
  ],
  [
    "subscribes although it stops",
    "subscribe() while stop() runs delivers nothing",
    class extends PassingTransport {
      #setup: EventTransportSetup | undefined;
      #isStopping = false;

      override start(setup: EventTransportSetup): Promise<void> {
        this.#setup = setup;
        return super.start(setup);
      }

      override stop(options: { readonly drainMs: number }): Promise<EventStopReport> {
        // Only the first: that of the case itself.
        if (options.drainMs !== 5000) return super.stop(options);
        this.#isStopping = true;
        return super.stop(options);
      }

      override async subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
        if (this.#isStopping) await super.start(this.#setup!);
        await super.subscribe(subscriptions);
      }
    },
  ],
  [
    "ends with its logger",
    "a logger that throws harms nothing",
    class extends PassingTransport {
      override start(setup: EventTransportSetup): Promise<void> {
        setup.logger.info("Starting");
        return super.start(setup);
      }
    },
  ],
];
