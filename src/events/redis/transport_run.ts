/**
 * One run of the transport, from its start to its stop.
 *
 * @module
 */
import type { EmitReceipt } from "../../emit.ts";
import { TopologyConflictError } from "../../errors.ts";
import type {
  EventStopReport,
  EventSubscription,
  EventTransportSetup,
  EventTransportStatus,
  OutgoingEvent,
  TransportEmitOptions,
} from "../event_transport.ts";
import { waitAtMost } from "../time_limit.ts";
import type { EventCounters } from "../transport_state.ts";
import { Consumption } from "./consumption.ts";
import type { RedisConnect } from "./driver.ts";
import { toEmitCommand } from "./emit_command.ts";
import { BURY, EMIT } from "./emit_scripts.ts";
import { EventLink, type EventLinkOptions } from "./event_link.ts";
import { RedisKeys } from "./keys.ts";
import type { ResolvedRedisOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { FINISH, HAND_OVER, KILL, LEAVE, RENAME, RETRY } from "./queue_scripts.ts";
import { loadScripts } from "./script.ts";
import { StatusTeller } from "./status_teller.ts";
import { Supervisor } from "./supervisor.ts";
import { TEND } from "./tend_script.ts";

/** What a run works with. */
export interface TransportRunOptions {
  /** The options of the transport. */
  readonly options: ResolvedRedisOptions;
  /** Who uses it. */
  readonly setup: EventTransportSetup;
  /** Makes connections. */
  readonly connect: RedisConnect;
  /** The counts of the transport. */
  readonly counters: EventCounters;
  /** Hears of each change of state. */
  readonly onStatus: (status: EventTransportStatus) => void;
}

/** Signing off gets so much time at least, in milliseconds: it spares the others the wait for a dead instance. */
const LEAVE_MS = 200;
/** What handlers leave of the time to stop, in milliseconds, for what was emitted: no more than a fifth of it. */
const EMIT_RESERVE_MS = 500;
const SCRIPTS = [EMIT, BURY, FINISH, RETRY, KILL, HAND_OVER, RENAME, LEAVE, TEND];

/** Connects what emits and what handles with one server. */
export class TransportRun {
  readonly #run: TransportRunOptions;
  readonly #keys: RedisKeys;
  readonly #outbox: Outbox;
  readonly #teller: StatusTeller;
  readonly #supervisor: Supervisor<EventLink>;
  #consumption: Consumption | undefined;
  #isStrict = false;

  /**
   * Creates a run that does nothing yet.
   *
   * @param run What it works with.
   */
  constructor(run: TransportRunOptions) {
    const { options, setup, counters, onStatus } = run;
    this.#run = run;
    this.#keys = new RedisKeys(options.namespace);
    const onBroken = (error: Error): void => this.#reconnect(error);
    this.#outbox = new Outbox({ publishing: options.publishing, counters, logger: setup.logger, onBroken });
    const { address } = options.target;
    const teller = this.#teller = new StatusTeller({ address, logger: setup.logger, onStatus });
    this.#supervisor = new Supervisor({
      address,
      connection: options.connection,
      open: (signal, onLost) => this.#open(signal, onLost),
      onDown: () => this.#detach(),
      onStatus: (status) => teller.tell(status),
    });
  }

  /** Why there is no connection; `undefined` while there is one, and while it is tried for the first time. */
  get lossReason(): string | undefined {
    return this.#teller.reason;
  }

  /** Why it works in part only; `undefined` when all is well. */
  get fault(): string | undefined {
    return this.#consumption?.fault;
  }

  /** Connects. */
  async start(): Promise<void> {
    this.#supervisor.start();
    if (this.#run.options.waitForBroker) await this.#supervisor.whenUp();
  }

  /** Begins to deliver. */
  async subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
    const { options, setup, counters } = this.#run;
    if (this.#consumption !== undefined) {
      throw new TypeError("Cannot subscribe twice: give all handlers at once");
    }
    const onBroken = (error: Error): void => this.#reconnect(error);
    const consumption = new Consumption({ subscriptions, setup, options, counters, onBroken });
    this.#consumption = consumption;
    this.#isStrict = options.waitForBroker;
    try {
      await this.#attach(consumption);
    } catch (error) {
      // So that it can be tried again; who only emits does not need it.
      this.#consumption = undefined;
      consumption.abandon(error as Error);
      throw error;
    } finally {
      this.#isStrict = false;
    }
  }

  /** Emits an event. */
  emit(event: OutgoingEvent, options: TransportEmitOptions): Promise<EmitReceipt> {
    try {
      return this.#outbox.emit(toEmitCommand(event, this.#keys, this.#run.options), options);
    } catch (error) {
      this.#run.counters.rejected++;
      return Promise.reject(error);
    }
  }

  /** Stops in any state. Never rejects. */
  async stop(drainMs: number): Promise<EventStopReport> {
    const endMs = performance.now() + drainMs;
    const left = (): number => Math.max(0, endMs - performance.now());
    const consumption = this.#consumption;
    if (consumption !== undefined) {
      const reserveMs = Math.min(EMIT_RESERVE_MS, drainMs / 5);
      await waitAtMost(consumption.pause().then(() => consumption.idle()), left() - reserveMs);
    }
    this.#outbox.close();
    await this.#outbox.flush(left());
    if (consumption !== undefined) await waitAtMost(consumption.leave(), Math.max(LEAVE_MS, left()));
    const unfinishedHandlers = consumption?.abandon(new Error("The service has stopped")) ?? 0;
    const unsentEvents = this.#outbox.stop();
    this.#supervisor.stop();
    return { drained: unfinishedHandlers + unsentEvents === 0, unfinishedHandlers, unsentEvents };
  }

  async #attach(consumption: Consumption): Promise<void> {
    const { link } = this.#supervisor;
    if (link !== undefined) {
      try {
        return await consumption.attach(link, this.#isStrict);
      } catch (error) {
        this.#supervisor.reconnect(link, error as Error);
        if (error instanceof TopologyConflictError) throw error;
      }
    }
    if (this.#isStrict) await this.#supervisor.whenUp();
  }

  async #open(signal: AbortSignal, onLost: (error: Error) => void): Promise<EventLink> {
    const link = await EventLink.open(this.#linkOptions(), signal, onLost);
    let consumption: Consumption | undefined;
    const onAbort = (): void => link.close();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await loadScripts(link.commands, SCRIPTS);
      consumption = this.#consumption;
      await consumption?.attach(link, this.#isStrict);
      if (link.isClosed) throw new Error("The connection was lost while it was set up");
      this.#outbox.attach(link.commands);
      return link;
    } catch (error) {
      link.close();
      this.#outbox.detach();
      consumption?.detach();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #linkOptions(): EventLinkOptions {
    const { connect, options, setup } = this.#run;
    const { target, namespace, connection: { connectTimeoutMs, responseTimeoutMs, tls } } = options;
    const name = `${namespace}:${encodeURIComponent(setup.service)}`;
    return { connect, target, name, timeoutMs: connectTimeoutMs, responseTimeoutMs, tls };
  }

  #detach(): void {
    this.#outbox.detach();
    this.#consumption?.detach();
  }

  #reconnect(error: Error): void {
    this.#supervisor.reconnect(this.#supervisor.link, error);
  }
}
