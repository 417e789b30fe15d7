/**
 * The events of one service: its handlers and what it emits, over all its transports.
 *
 * @module
 */
import type { EmitEventOptions, EmitReceipt } from "../emit.ts";
import { EmitError, NonRetryableError, ServiceConfigurationError, TransportStoppedError } from "../errors.ts";
import { checkEventName, createEvent } from "../events/event.ts";
import type {
  EventStopReport,
  EventSubscription,
  EventTransport,
  OutgoingEvent,
  ReceivedEvent,
  TransportEmitOptions,
} from "../events/event_transport.ts";
import { guardLogger } from "../events/guard_logger.ts";
import { resolveSubscription } from "../events/subscription.ts";
import { isThenable } from "../rpc/call.ts";
import { checkTimeLimit } from "../rpc/deadlines.ts";
import type { StandardSchema } from "../rpc/schema.ts";
import { EventContext } from "./event_context.ts";
import type { EventHandling } from "./event_handler.ts";
import type { ServiceHandle } from "./service_handle.ts";

/** What is asked of a service that has events. */
export interface EventfulService extends ServiceHandle {
  readonly eventTransports: readonly EventTransport[];
}

/** The encoded name of a service travels with each of its events. */
const MAX_SOURCE_LENGTH = 400;
/** How long a start may wait for brokers before it says why nothing happens, in milliseconds. */
const PATIENCE_MS = 2_000;

/** Connects a service with its event transports. */
export class EventBus {
  readonly #service: EventfulService;
  readonly #transports: readonly EventTransport[];
  readonly #subscriptions: readonly EventSubscription[];
  readonly #instanceId: string = crypto.randomUUID();
  readonly #source: string;
  #isRunning = false;

  /**
   * Checks the handlers; nothing runs yet.
   *
   * @param service The service.
   * @param handlings All handlers of the service and its modules.
   * @throws {ServiceConfigurationError} when a handler can not be used.
   */
  constructor(service: EventfulService, handlings: readonly EventHandling[]) {
    this.#service = service;
    this.#transports = [...service.eventTransports];
    this.#subscriptions = createSubscriptions(service, handlings);
    // Without the instance: another one may emit the same event again, and it must be known as the same.
    this.#source = `/gemstone/${encodeURIComponent(service.name)}`;
    if (this.#source.length > MAX_SOURCE_LENGTH) {
      throw new ServiceConfigurationError(
        `Cannot use the name of service "${service.name}" with events: give a shorter one`,
      );
    }
  }

  /** Connects, so that events can be emitted. Stops what has started when one transport can not. */
  async start(): Promise<void> {
    if (this.#subscriptions.length > 0 && this.#transports.length === 0) {
      const names = this.#subscriptions.map(({ event }) => event).join(", ");
      this.#service.logger.warn(`No events will come, because "eventTransports" is empty: ${names}`);
    }
    const logger = guardLogger(this.#service.logger);
    const setup = { service: this.#service.name, instanceId: this.#instanceId, logger };
    const patience = setTimeout(() =>
      logger.warn(
        "start() waits for the event transports, and listens when they are ready; " +
          "for a broker that may be away at the start there is waitForBroker: false",
      ), PATIENCE_MS);
    // One of somebody else may throw where it should reject.
    const starts = await Promise.allSettled(
      this.#transports.map(async (transport) => await transport.start(setup)),
    );
    clearTimeout(patience);
    const failure = starts.find((start) => start.status === "rejected");
    if (failure !== undefined) {
      await this.stop(0);
      throw failure.reason;
    }
    this.#isRunning = true;
  }

  /** Begins to handle events. */
  async subscribe(): Promise<void> {
    if (this.#subscriptions.length === 0) return;
    await Promise.all(this.#transports.map((transport) => transport.subscribe(this.#subscriptions)));
  }

  /** Emits an event through all transports. */
  emit(name: string, body: unknown, options: EmitEventOptions): Promise<EmitReceipt> {
    try {
      const { confirm = true, requireRoute = false, timeoutMs, signal, ...rest } = options;
      if (timeoutMs !== undefined) checkTimeLimit(`timeoutMs of event "${name}"`, timeoutMs);
      if (requireRoute && !confirm) {
        throw new TypeError(
          `Cannot emit event "${name}" with requireRoute and without confirm: give one of them`,
        );
      }
      const event = createEvent(name, body, { ...rest, source: this.#source });
      this.#checkReady(name);
      const [first] = this.#transports;
      const resolved: TransportEmitOptions = { confirm, requireRoute, timeoutMs, signal };
      // No promise of our own where there is nothing to wait for but the transport.
      return first !== undefined && this.#transports.length === 1
        ? first.emit(event, resolved)
        : emitThroughAll(this.#transports, event, resolved);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Stops all transports; never rejects. */
  async stop(drainMs: number): Promise<void> {
    const stops = await Promise.allSettled(
      this.#transports.map(async (transport) => await transport.stop({ drainMs })),
    );
    this.#isRunning = false;
    const reports = stops.flatMap((stop) => {
      if (stop.status === "fulfilled") return [stop.value];
      this.#service.logger.error("A transport failed to stop", { error: stop.reason });
      return [];
    });
    const unfinishedHandlers = sum(reports, "unfinishedHandlers");
    const unsentEvents = sum(reports, "unsentEvents");
    if (unfinishedHandlers + unsentEvents === 0) return;
    this.#service.logger.warn(
      "Stopped before all events were done: unfinished ones come again, the emitters of unsent ones were told",
      { unfinishedHandlers, unsentEvents },
    );
  }

  #checkReady(name: string): void {
    if (!this.#isRunning) {
      throw new TransportStoppedError("not-sent", `Cannot emit event "${name}": the service has not started`);
    }
    if (this.#transports.length > 0) return;
    throw new ServiceConfigurationError(
      `Cannot emit event "${name}": list a transport in the service's "eventTransports"`,
    );
  }
}

function sum(reports: readonly EventStopReport[], count: "unfinishedHandlers" | "unsentEvents"): number {
  return reports.reduce((total, report) => total + report[count], 0);
}

function createSubscriptions(
  service: EventfulService,
  handlings: readonly EventHandling[],
): EventSubscription[] {
  const owners = new Map<string, string>();
  return handlings.map(({ event, fn, target, options }) => {
    const owner = `${target.constructor.name}.${fn.name || "(anonymous)"}`;
    const other = owners.get(event);
    if (other !== undefined) {
      throw new ServiceConfigurationError(
        `Cannot handle event "${event}" twice: by ${other} and by ${owner}; let one call the other`,
      );
    }
    owners.set(event, owner);
    try {
      checkEventName(event);
      const settings = resolveSubscription(event, options);
      return { event, settings, handle: createHandle(service, { event, fn, target, options }) };
    } catch (cause) {
      throw new ServiceConfigurationError((cause as Error).message, { cause });
    }
  });
}

function createHandle(
  service: EventfulService,
  { fn, target, options: { schema } }: EventHandling,
): EventSubscription["handle"] {
  if (schema === undefined) {
    return (event, getSignal) => fn.call(target, event.body, new EventContext(service, event, getSignal));
  }
  const call = (body: unknown, event: ReceivedEvent, getSignal: () => AbortSignal): unknown =>
    fn.call(target, body, new EventContext(service, event, getSignal));
  return (event, getSignal) => {
    const result = schema["~standard"].validate(event.body);
    return isThenable(result)
      ? result.then((late) => call(takeValue(event, late), event, getSignal))
      : call(takeValue(event, result), event, getSignal);
  };
}

type Validation = Awaited<ReturnType<StandardSchema["~standard"]["validate"]>>;

function takeValue({ name }: ReceivedEvent, result: Validation): unknown {
  if (result.issues === undefined) return result.value;
  const faults = result.issues.map(({ message }) => message).join("; ");
  throw new NonRetryableError(`Cannot handle event "${name}": its body is not valid: ${faults}`);
}

async function emitThroughAll(
  transports: readonly EventTransport[],
  event: OutgoingEvent,
  options: TransportEmitOptions,
): Promise<EmitReceipt> {
  const results = await Promise.allSettled(transports.map((transport) => transport.emit(event, options)));
  const receipts = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  const errors = results.flatMap((result) => result.status === "rejected" ? [result.reason] : []);
  if (errors.length > 0) {
    const isSurelyUnsent = receipts.length === 0 &&
      errors.every((error) => error instanceof EmitError && error.outcome === "not-sent");
    const count = `${errors.length} of ${transports.length} transports`;
    throw new EmitError(
      isSurelyUnsent ? "not-sent" : "unknown",
      `Cannot emit event "${event.name}" through ${count}: ${errors.map(toText).join("; ")}`,
      { cause: errors.length === 1 ? errors[0] : new AggregateError(errors) },
    );
  }
  const routes = receipts.map(({ routed }) => routed);
  return {
    id: event.id,
    confirmed: receipts.every(({ confirmed }) => confirmed),
    routed: routes.includes(true) ? true : routes.includes(undefined) ? undefined : false,
    attempts: Math.max(...receipts.map(({ attempts }) => attempts)),
  };
}

function toText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
