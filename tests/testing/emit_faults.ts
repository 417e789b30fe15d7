/** Faults in how events are emitted. */
import {
  createEvent,
  type EmitReceipt,
  type EventSubscription,
  type OutgoingEvent,
  type TransportEmitOptions,
} from "@gemstone/gemstone/events";
import { type Fault, PassingTransport } from "./passing_transport.ts";

/** The faults. */
export const EMIT_FAULTS: readonly Fault[] = [
  [
    "loses one event of a hundred",
    "emit() of 1000 events at once loses none",
    class extends PassingTransport {
      #count = 0;

      override emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
        if (++this.#count % 100 > 0) return super.emit(event, options);
        return super.emit({ ...event, name: "nowhere" }, options);
      }
    },
  ],
  [
    "delivers within emit()",
    "emit() of group events delivers nothing before it returns",
    class extends PassingTransport {
      #handle: EventSubscription["handle"] | undefined;

      override subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
        this.#handle = subscriptions[0]?.handle;
        return super.subscribe(subscriptions);
      }

      override emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
        const { json, ...rest } = event;
        const { signal } = new AbortController();
        this.#handle?.({ ...rest, body: JSON.parse(json), attempt: 1 }, () => signal);
        return super.emit(event, options);
      }
    },
  ],
  [
    "throws where it should reject",
    "emit() before start() rejects",
    class extends PassingTransport {
      override emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
        if (this.health().state === "down") throw new Error("It does not run");
        return super.emit(event, options);
      }
    },
  ],
  [
    "knows no requireRoute",
    "emit() with requireRoute rejects a group event that nobody handles",
    class extends PassingTransport {
      override emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
        return super.emit(event, { ...options, requireRoute: false });
      }
    },
  ],
  [
    "heeds no signal",
    "emit() rejects when its signal has aborted, and nothing is sent",
    class extends PassingTransport {
      override emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
        return super.emit(event, { ...options, signal: undefined });
      }
    },
  ],
  [
    "leaves a listener on the signal",
    "emit() heeds no signal that aborts after it has resolved, and keeps no listener on it",
    class extends PassingTransport {
      override emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
        options.signal?.addEventListener("abort", () => {});
        return super.emit(event, options);
      }
    },
  ],
  [
    "sends to everybody what is for one",
    "a group event goes to one instance of each service",
    class extends PassingTransport {
      override emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
        return super.emit({ ...event, broadcast: true }, options);
      }
    },
  ],
  [
    "sends to one what is for everybody",
    "a broadcast goes to every instance, that of its emitter too",
    class extends PassingTransport {
      override emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
        return super.emit({ ...event, broadcast: false }, options);
      }
    },
  ],
  [
    "loses the envelope",
    "a group event brings its envelope",
    class extends PassingTransport {
      override emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
        const { name, json, broadcast } = event;
        return super.emit(createEvent(name, JSON.parse(json), { broadcast }), options);
      }
    },
  ],
  [
    "gives each copy another id",
    "an event that is emitted twice with the same id is handled once by an instance",
    class extends PassingTransport {
      override emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
        return super.emit({ ...event, id: crypto.randomUUID() }, options);
      }
    },
  ],
];
