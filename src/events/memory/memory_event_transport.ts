/**
 * Events within one process, for tests, examples and services that run in one process.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { EmitReceipt } from "../../emit.ts";
import {
  EmitAbortedError,
  EventTooLargeError,
  TransportStoppedError,
  UnroutableEventError,
} from "../../errors.ts";
import type { Logger } from "../../logger.ts";
import { guardLogger } from "../guard_logger.ts";
import type {
  EventStopReport,
  EventSubscription,
  EventTransport,
  EventTransportCapabilities,
  EventTransportHealth,
  EventTransportSetup,
  EventTransportStats,
  EventTransportStatus,
  OutgoingEvent,
  TransportEmitOptions,
} from "../event_transport.ts";
import { createCounters, StatusBoard } from "../transport_state.ts";
import { exchangeOf, MemoryEventBroker } from "./memory_event_broker.ts";
import type { MemoryExchange } from "./memory_exchange.ts";
import { MemoryInstance } from "./memory_instance.ts";
import { type MemoryEventTransportOptions, resolveMemoryOptions } from "./memory_options.ts";

/** Names of events may come from outside: only so many are remembered and warned of. */
const MAX_WARNINGS = 100;

/**
 * Carries events within the process, as a broker does between processes: same rules, same errors, but nothing
 * outlives the process.
 *
 * @example An event that a service handles itself
 * ```ts
 * import { eventHandler, MicroService } from "@gemstone/gemstone";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 *
 * class Greeter extends MicroService {
 *   override name = "greeter";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport()];
 *
 *   @eventHandler("visitor_came")
 *   greet(visitor: { name: string }): void {
 *     console.log(`hello ${visitor.name}`);
 *   }
 * }
 *
 * const greeter = new Greeter();
 * await greeter.start();
 * await greeter.emitEvent("visitor_came", { name: "Ann" });
 * await greeter.stop();
 * ```
 */
export class MemoryEventTransport implements EventTransport {
  /** All of it, as long as the process lives. */
  readonly capabilities: EventTransportCapabilities = {
    durable: false,
    groups: true,
    broadcast: true,
    delayedRetry: true,
    deadLetter: true,
    confirms: true,
  };
  readonly #exchange: MemoryExchange;
  readonly #options: ReturnType<typeof resolveMemoryOptions>;
  readonly #board: StatusBoard = new StatusBoard();
  #counters = createCounters();
  #logger: Logger | undefined;
  readonly #unroutedNames = new Set<string>();
  #instance: MemoryInstance | undefined;
  #stopping: Promise<EventStopReport> | undefined;

  /**
   * Creates a transport.
   *
   * @param options Which broker, and its limits.
   * @throws {TypeError} when an option has the wrong type.
   * @throws {RangeError} when an option is out of range.
   */
  constructor(options: MemoryEventTransportOptions = {}) {
    this.#options = resolveMemoryOptions(options);
    this.#exchange = exchangeOf(options.broker ?? new MemoryEventBroker());
  }

  /**
   * Starts; there is nothing to wait for.
   *
   * @param setup Who uses it.
   * @throws {TypeError} when it has been started and not stopped.
   */
  async start(setup: EventTransportSetup): Promise<void> {
    await this.#stopping;
    if (this.#instance !== undefined) {
      throw new TypeError(
        `Cannot start the transport for service "${setup.service}": it runs; give each service one of its own`,
      );
    }
    const { retryDelaysMs, maxQueueLength } = this.#options;
    this.#counters = createCounters();
    this.#logger = guardLogger(setup.logger);
    this.#instance = new MemoryInstance({
      setup: { ...setup, logger: this.#logger },
      exchange: this.#exchange,
      counters: this.#counters,
      retryDelaysMs,
      maxQueueLength,
    });
    this.#board.set({ state: "up" });
  }

  /**
   * Begins to handle events.
   *
   * @param subscriptions The handlers, one for each name.
   * @throws {TypeError} when it does not run, or has been called before.
   */
  // deno-lint-ignore require-await -- so that whatever is wrong rejects
  async subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
    if (this.#instance === undefined || this.#stopping !== undefined) {
      throw new TypeError("Cannot subscribe: the transport does not run");
    }
    this.#instance.subscribe(subscriptions);
  }

  /**
   * Puts an event into the queues that it is for.
   *
   * @param event The event.
   * @param options How. Nothing can take long, so `timeoutMs` does not matter.
   * @returns What became of it.
   * @throws {TransportStoppedError} when the transport does not run.
   * @throws {EmitAbortedError} when the signal has aborted.
   * @throws {EventTooLargeError} when the body has more than `maxEventBytes`.
   * @throws {EventBufferFullError} when one of the queues is full; then none has got it.
   * @throws {UnroutableEventError} when no service has a handler and `requireRoute` is set.
   */
  async emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
    let receipt: EmitReceipt;
    try {
      receipt = this.#emit(event, options);
    } catch (error) {
      this.#counters.rejected++;
      throw error;
    }
    // As with a broker: who emits one event after the other lets handlers have their turn in between.
    if (options.confirm) await this.#exchange.turn;
    return receipt;
  }

  /**
   * Stops. What has not begun waits for another instance of the service; broadcasts to this one are gone.
   *
   * @param options `drainMs`: how long to wait for handlers that run, in milliseconds.
   * @returns What was left undone.
   */
  stop({ drainMs }: { readonly drainMs: number }): Promise<EventStopReport> {
    const instance = this.#instance;
    if (instance === undefined) return Promise.resolve(toReport(0));
    return this.#stopping ??= instance.drain(drainMs).then((unfinishedHandlers) => {
      this.#instance = undefined;
      this.#stopping = undefined;
      this.#board.set({ state: "stopped" });
      return toReport(unfinishedHandlers);
    });
  }

  /** Up while it runs. */
  health(): EventTransportHealth {
    return this.#instance === undefined ? { state: "down", reason: "It does not run" } : { state: "up" };
  }

  /** What it has counted since its last start. */
  stats(): EventTransportStats {
    return { ...this.#counters };
  }

  /**
   * Calls a listener at each change of state.
   *
   * @param listener Must not throw.
   * @returns Removes the listener.
   */
  onStatus(listener: (status: EventTransportStatus) => void): () => void {
    return this.#board.listen(listener);
  }

  #emit(event: OutgoingEvent, { confirm, requireRoute, signal }: TransportEmitOptions): EmitReceipt {
    const { name, id, broadcast } = event;
    if (this.#instance === undefined) {
      throw new TransportStoppedError("not-sent", `Cannot emit event "${name}": the transport does not run`);
    }
    if (signal?.aborted) {
      throw new EmitAbortedError("not-sent", `Cannot emit event "${name}": its signal has aborted`, {
        cause: signal.reason,
      });
    }
    this.#checkSize(event);
    const routed = this.#exchange.publish(event);
    if (!routed && !broadcast) this.#countUnrouted(name);
    if (!routed && requireRoute) {
      throw new UnroutableEventError(
        "not-sent",
        `Cannot emit event "${name}": no service has a handler for it`,
      );
    }
    this.#counters.emitted++;
    this.#counters.confirmed++;
    return { id, confirmed: confirm, routed, attempts: 1 };
  }

  #countUnrouted(name: string): void {
    this.#counters.unrouted++;
    if (this.#unroutedNames.size >= MAX_WARNINGS || this.#unroutedNames.has(name)) return;
    this.#unroutedNames.add(name);
    this.#logger?.warn(`No service has ever handled event "${name}": it goes to nobody`);
  }

  #checkSize({ name, json }: OutgoingEvent): void {
    const { maxEventBytes } = this.#options;
    // A UTF-16 unit takes at most three bytes of UTF-8.
    if (json.length * 3 <= maxEventBytes) return;
    const bytes = Buffer.byteLength(json);
    if (bytes <= maxEventBytes) return;
    throw new EventTooLargeError(
      `Cannot emit event "${name}": its body has ${bytes} bytes, and ${maxEventBytes} are allowed`,
    );
  }
}

function toReport(unfinishedHandlers: number): EventStopReport {
  return { drained: unfinishedHandlers === 0, unfinishedHandlers, unsentEvents: 0 };
}
