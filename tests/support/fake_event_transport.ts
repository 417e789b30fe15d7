/** An event transport that does what a test says, and remembers what the service asked of it. */
import type {
  EmitReceipt,
  EventStopReport,
  EventSubscription,
  EventTransport,
  EventTransportCapabilities,
  EventTransportHealth,
  EventTransportSetup,
  EventTransportStats,
  OutgoingEvent,
  ReceivedEvent,
  TransportEmitOptions,
} from "@gemstone/gemstone";

/** An event that was emitted, and how. */
export interface Emitted {
  readonly event: OutgoingEvent;
  readonly options: TransportEmitOptions;
}

/** Carries nothing. */
export class FakeEventTransport implements EventTransport {
  readonly capabilities: EventTransportCapabilities = {
    durable: false,
    groups: true,
    broadcast: true,
    delayedRetry: false,
    deadLetter: false,
    confirms: true,
  };
  /** What was called, in order. */
  readonly calls: string[] = [];
  readonly emitted: Emitted[] = [];
  setup: EventTransportSetup | undefined;
  subscriptions: readonly EventSubscription[] = [];
  /** What `start` waits for. */
  starting: Promise<void> = Promise.resolve();
  /** What `emit` answers; an error rejects. */
  answer: Partial<EmitReceipt> | Error = {};
  report: EventStopReport = { drained: true, unfinishedHandlers: 0, unsentEvents: 0 };
  #refuse: (error: Error) => void = () => {};

  async start(setup: EventTransportSetup): Promise<void> {
    this.calls.push("start");
    this.setup = setup;
    const stopped = new Promise<never>((_resolve, reject) => this.#refuse = reject);
    await Promise.race([this.starting, stopped]);
  }

  subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
    this.calls.push("subscribe");
    this.subscriptions = subscriptions;
    return Promise.resolve();
  }

  async emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
    await Promise.resolve();
    this.emitted.push({ event, options });
    if (this.answer instanceof Error) throw this.answer;
    return { id: event.id, confirmed: true, routed: true, attempts: 1, ...this.answer };
  }

  stop({ drainMs }: { readonly drainMs: number }): Promise<EventStopReport> {
    this.calls.push(drainMs > 0 ? "stop" : "stop at once");
    this.#refuse(new Error("stopped while it connected"));
    return Promise.resolve(this.report);
  }

  health(): EventTransportHealth {
    return { state: "up" };
  }

  stats(): EventTransportStats {
    throw new Error("nobody asks");
  }

  onStatus(): () => void {
    return () => {};
  }

  /** Delivers an event to its handler, and returns what the handler returned. */
  deliver(event: string, parts: Partial<ReceivedEvent> = {}): unknown {
    const subscription = this.subscriptions.find((each) => each.event === event);
    if (subscription === undefined) throw new Error(`Nobody handles ${event}`);
    return subscription.handle({ ...RECEIVED, name: event, ...parts }, () => new AbortController().signal);
  }
}

const RECEIVED: ReceivedEvent = {
  id: "id-1",
  name: "",
  body: null,
  source: "/test",
  timeMs: 0,
  broadcast: true,
  attempt: 1,
  trace: {},
  correlationId: undefined,
};
