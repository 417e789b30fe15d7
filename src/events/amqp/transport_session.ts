/**
 * The RabbitMQ transport from its start to its stop.
 *
 * @module
 */
import { TopologyConflictError } from "../../errors.ts";
import type {
  EmitReceipt,
  EventStopReport,
  EventSubscription,
  EventTransportHealth,
  EventTransportSetup,
  OutgoingEvent,
  TransportEmitOptions,
} from "../event_transport.ts";
import type { EventCounters, StatusBoard } from "../transport_state.ts";
import { ConsumeSide } from "./consume_side.ts";
import { LagMonitor } from "./lag_monitor.ts";
import { MergedStatus } from "./merged_status.ts";
import type { ResolvedRabbitMqOptions } from "./options.ts";
import { PublishSide } from "./publish_side.ts";
import type { ConnectionSupervisor } from "./supervisor.ts";
import { Topology } from "./topology.ts";
import type { TransportContext } from "./transport_context.ts";

/** How long a connection may take to close, in milliseconds; its socket is closed by force then. */
const CLOSE_MS = 2_000;
/** So much of the time to stop, and at most a fifth of it, handlers leave for what they have emitted last. */
const FLUSH_MS = 500;

/** Used once. */
export class TransportSession {
  readonly #context: Omit<TransportContext, "onStatus">;
  readonly #status: MergedStatus;
  readonly #publish: PublishSide;
  readonly #lagMonitor: LagMonitor;
  #consume: ConsumeSide | undefined;
  #stopping: Promise<EventStopReport> | undefined;

  /**
   * Creates a session; nothing happens yet.
   *
   * @param options The options.
   * @param setup Who uses it.
   * @param counters What is counted.
   * @param board Where changes are told.
   */
  constructor(
    options: ResolvedRabbitMqOptions,
    setup: EventTransportSetup,
    counters: EventCounters,
    board: StatusBoard,
  ) {
    this.#status = new MergedStatus(board);
    this.#context = { options, setup, counters, topology: new Topology(options) };
    const { heartbeatSeconds } = options.connection;
    this.#lagMonitor = new LagMonitor({
      limitMs: heartbeatSeconds * 1000,
      onLag: (lagMs) =>
        setup.logger.warn(
          `The event loop was blocked for ${(lagMs / 1000).toFixed(1)} s: after two heartbeats of ` +
            `${heartbeatSeconds} s the broker gives the connection up, and the events of running handlers come again`,
        ),
    });
    this.#publish = new PublishSide(
      this.#contextOf("publish"),
      async (onProgress) => await this.#consume?.declareAgain(onProgress),
    );
  }

  /** Connects to publish. */
  start(): Promise<void> {
    this.#lagMonitor.start();
    return this.#publish.supervisor.start({ wait: this.#context.options.waitForBroker });
  }

  /** Connects to consume, unless there is nothing to consume. */
  async subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
    if (this.#consume !== undefined) {
      throw new TypeError("Cannot subscribe to events over RabbitMQ: that has been done before");
    }
    if (subscriptions.length === 0 || this.#stopping !== undefined) return;
    this.#consume = new ConsumeSide(this.#contextOf("consume"), subscriptions, this.#publish);
    await this.#consume.supervisor.start({ wait: this.#context.options.waitForBroker });
  }

  /** Emits an event. */
  emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
    return this.#publish.emit(event, options);
  }

  /** Stops within so many milliseconds, and the time that closing takes. Never rejects. */
  stop(drainMs: number): Promise<EventStopReport> {
    return this.#stopping ??= this.#stop(drainMs);
  }

  /** How it is. */
  health(): EventTransportHealth {
    const publish = describe(this.#publish.supervisor);
    const consume = this.#consume === undefined ? undefined : describe(this.#consume.supervisor);
    const isConsuming = this.#consume?.isConsuming ?? true;
    if (publish === undefined && consume === undefined) {
      return isConsuming ? { state: "up" } : { state: "degraded", reason: "A queue is not consumed" };
    }
    const supervisors = [this.#publish.supervisor, this.#consume?.supervisor];
    const works = supervisors.some((supervisor) =>
      supervisor !== undefined &&
      (supervisor.current !== undefined || supervisor.lastError instanceof TopologyConflictError)
    );
    return { state: works ? "degraded" : "down", reason: publish ?? consume ?? "" };
  }

  async #stop(drainMs: number): Promise<EventStopReport> {
    const endMs = performance.now() + drainMs;
    const rest = (): number => Math.max(0, endMs - performance.now());
    this.#lagMonitor.stop();
    // Handlers may still emit, and their copies still go out.
    await this.#consume?.drain(drainMs - Math.min(FLUSH_MS, drainMs / 5));
    await this.#publish.drain(rest());
    const [unfinishedHandlers = 0, unsentEvents] = await Promise.all([
      this.#consume?.stop(CLOSE_MS),
      this.#publish.stop(CLOSE_MS),
    ]);
    return { drained: unfinishedHandlers === 0 && unsentEvents === 0, unfinishedHandlers, unsentEvents };
  }

  #contextOf(part: string): TransportContext {
    return { ...this.#context, onStatus: (status) => this.#status.set(part, status) };
  }
}

/** What is wrong with a connection; `undefined`: nothing. */
function describe({ state, lastError }: ConnectionSupervisor): string | undefined {
  if (state === "up") return undefined;
  if (state === "blocked") return "The broker takes no events for the time being";
  return lastError?.message ?? "It has not connected yet";
}
