/**
 * Carries events over Redis.
 *
 * @module
 */
import { TransportStoppedError } from "../../errors.ts";
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
  TransportEmitOptions,
} from "../event_transport.ts";
import { guardLogger } from "../guard_logger.ts";
import { createCounters, type EventCounters, StatusBoard } from "../transport_state.ts";
import { connectRedisClient } from "./client_driver.ts";
import { type RedisEventOptions, type ResolvedRedisOptions, resolveRedisOptions } from "./options.ts";
import { TransportRun } from "./transport_run.ts";

/**
 * Carries events over one Redis server, from version 6.2, or one that behaves like it; not over a cluster. The package
 * `@redis/client` is loaded at the first start.
 *
 * Broadcasts are what the Python library gemstone sends: `PUBLISH`, the channel is the name of the event, the message
 * its body in JSON; so old and new services hear each other. Redis keeps none: each instance gets them at most once,
 * while it is connected, and no id, time or trace travels with them.
 *
 * Group events go into a stream for each service and name, and are taken out when they are handled: at least once, by
 * one instance, also when instances or connections die. A failed one rests in a sorted set; one that can not be
 * handled ends in a stream of dead letters. Redis keeps all of these in memory, so its memory bounds the backlog.
 *
 * An emitted group event is confirmed when Redis has it. **How safe it is then is up to the server**: without
 * persistence it is lost when Redis ends; with `appendonly yes` and `appendfsync everysec`, the default of that, the
 * last second may be; only with `appendfsync always` it is on the disk. A failover to a replica loses what had not been
 * copied. `maxmemory-policy` must be `noeviction`.
 *
 * @example
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { RedisEventTransport } from "@gemstone/gemstone/redis";
 *
 * class Billing extends MicroService {
 *   override name = "billing";
 *   override eventTransports = [new RedisEventTransport("redis://127.0.0.1:6379/0")];
 * }
 * ```
 */
export class RedisEventTransport implements EventTransport {
  /** All of it; `durable` as far as the server is. */
  readonly capabilities: EventTransportCapabilities = {
    durable: true,
    groups: true,
    broadcast: true,
    delayedRetry: true,
    deadLetter: true,
    confirms: true,
  };
  readonly #options: ResolvedRedisOptions;
  readonly #status = new StatusBoard();
  #counters: EventCounters = createCounters();
  #run: TransportRun | undefined;
  #stopping: Promise<EventStopReport> | undefined;

  /**
   * Creates a transport that does nothing yet.
   *
   * @param url The server: `redis://user:password@host:port/database`, `rediss:` for TLS, or
   * `unix://user:password@/path?db=database`.
   * @param options How to use it.
   * @throws {TypeError} when something is of a wrong type.
   * @throws {RangeError} when the URL has another scheme or can not be read, or an option is out of range.
   */
  constructor(url: string | URL, options: RedisEventOptions = {}) {
    this.#options = resolveRedisOptions(url, options);
  }

  /**
   * Connects.
   *
   * @param setup Who uses it.
   * @throws {TypeError} when it has been started and not stopped.
   * @throws {BrokerUnavailableError} when `waitForBroker` and Redis can not be had.
   * @throws {TransportStoppedError} when it is stopped meanwhile.
   */
  async start(setup: EventTransportSetup): Promise<void> {
    await this.#stopping;
    if (this.#run !== undefined) throw new TypeError("Cannot start the event transport twice: stop it first");
    this.#counters = createCounters();
    const run = this.#run = new TransportRun({
      options: this.#options,
      setup: { ...setup, logger: guardLogger(setup.logger) },
      connect: connectRedisClient,
      counters: this.#counters,
      onStatus: (status) => this.#status.set(status),
    });
    try {
      await run.start();
    } catch (error) {
      if (this.#run === run && this.#stopping === undefined) this.#run = undefined;
      throw error;
    }
  }

  /**
   * Begins to deliver.
   *
   * @param subscriptions The handlers, one for each name. Nothing is subscribed to when there is none.
   * @throws {TypeError} when it has not been started, or has been subscribed before.
   * @throws {TopologyConflictError} when `waitForBroker` and a key that it needs is of another type.
   * @throws {BrokerUnavailableError} when `waitForBroker` and Redis can not be had.
   */
  async subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
    if (this.#run === undefined) {
      throw new TypeError("Cannot subscribe to events: the transport has not started");
    }
    if (subscriptions.length > 0) await this.#run.subscribe([...subscriptions]);
  }

  /**
   * Emits an event. A group event is sent again, with the same id, when the connection is lost before it is confirmed;
   * a broadcast is not, because nobody could tell that it is the same.
   *
   * @param event The event.
   * @param options How.
   * @returns What became of it; `routed` says of a broadcast whether anybody listened. Rejects with an `EmitError`.
   */
  emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
    if (this.#run !== undefined) return this.#run.emit(event, options);
    this.#counters.rejected++;
    return Promise.reject(
      new TransportStoppedError(
        "not-sent",
        `Cannot emit event "${event.name}": the transport has not started, or has stopped`,
      ),
    );
  }

  /**
   * Stops in any state. Never rejects.
   *
   * @param options `drainMs`: how long to wait for handlers and confirmations, in milliseconds.
   * @returns What was left undone.
   */
  stop({ drainMs }: { readonly drainMs: number }): Promise<EventStopReport> {
    if (this.#stopping !== undefined) return this.#stopping;
    const run = this.#run;
    if (run === undefined) return Promise.resolve({ drained: true, unfinishedHandlers: 0, unsentEvents: 0 });
    return this.#stopping = run.stop(drainMs).finally(() => {
      this.#run = undefined;
      this.#stopping = undefined;
    });
  }

  /** How it is now. */
  health(): EventTransportHealth {
    const { current } = this.#status;
    if (current.state === "failed") return { state: "down", reason: current.error.message };
    if (current.state !== "up") return { state: "down", reason: this.#run?.lossReason ?? current.state };
    const fault = this.#run?.fault;
    return fault === undefined ? { state: "up" } : { state: "degraded", reason: fault };
  }

  /** What it has counted since it started. */
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
    return this.#status.listen(listener);
  }
}
