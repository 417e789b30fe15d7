/** Transports that pass everything on, so that one fault can be put in between. */
import type {
  EmitReceipt,
  EventStopReport,
  EventSubscription,
  EventTransport,
  EventTransportCapabilities,
  EventTransportHealth,
  EventTransportSetup,
  EventTransportStats,
  EventTransportStatus,
  OutgoingEvent,
  SubscriptionSettings,
  TransportEmitOptions,
} from "@gemstone/gemstone/events";

/** Passes everything on; a fault overrides a method. */
export class PassingTransport implements EventTransport {
  readonly capabilities: EventTransportCapabilities;
  protected readonly inner: EventTransport;

  constructor(inner: EventTransport) {
    this.inner = inner;
    this.capabilities = inner.capabilities;
  }

  start(setup: EventTransportSetup): Promise<void> {
    return this.inner.start(setup);
  }

  subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
    return this.inner.subscribe(subscriptions);
  }

  emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
    return this.inner.emit(event, options);
  }

  stop(options: { readonly drainMs: number }): Promise<EventStopReport> {
    return this.inner.stop(options);
  }

  health(): EventTransportHealth {
    return this.inner.health();
  }

  stats(): EventTransportStats {
    return this.inner.stats();
  }

  onStatus(listener: (status: EventTransportStatus) => void): () => void {
    return this.inner.onStatus(listener);
  }
}

/** Changes what handlers get. */
export abstract class ChangedHandlers extends PassingTransport {
  abstract change(handle: EventSubscription["handle"]): EventSubscription["handle"];

  override subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
    return super.subscribe(
      subscriptions.map((subscription) => ({ ...subscription, handle: this.change(subscription.handle) })),
    );
  }
}

/** Changes how handlers are run. */
export abstract class ChangedSettings extends PassingTransport {
  abstract readonly change: Partial<SubscriptionSettings>;

  override subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
    return super.subscribe(
      subscriptions.map(({ settings, ...rest }) => ({ ...rest, settings: { ...settings, ...this.change } })),
    );
  }
}

/** What a transport does wrong, the name of a case of the contract that finds it, and the transport. */
export type Fault = readonly [
  name: string,
  finds: string,
  Transport: new (inner: EventTransport) => EventTransport,
];
