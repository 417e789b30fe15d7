/**
 * Keeps the transport connected: tries, waits, tries again.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { BrokerUnavailableError, TopologyConflictError, TransportStoppedError } from "../../errors.ts";
import type { EventTransportStatus } from "../event_transport.ts";
import { RedisConnectError, toConnectError } from "./connect_error.ts";
import type { ResolvedRedisConnection } from "./options.ts";

/** What is open while the transport is connected. */
export interface RedisLink {
  /** Ends all connections at once. Must not throw. */
  close(): void;
}

/** How a {@linkcode Supervisor} connects, and whom it tells. */
export interface SupervisorOptions<Link extends RedisLink> {
  /** The server, without password. */
  readonly address: string;
  /** How often and how long. */
  readonly connection: ResolvedRedisConnection;
  /** Opens all connections and sets up what is needed on them. Leaves nothing behind when it rejects. */
  readonly open: (signal: AbortSignal, onLost: (error: Error) => void) => Promise<Link>;
  /** The link that was opened last is gone. Must not throw. */
  readonly onDown: (error: Error) => void;
  /** Hears of each change of state. */
  readonly onStatus: (status: EventTransportStatus) => void;
  /** From 0 to 1. @default {Math.random} */
  readonly random?: () => number;
}

/** Connections that live shorter do not reset the pauses: a server that dies at once is not asked again at once. */
const STEADY_MS = 10_000;
/** What is to be set up has this time on top of connecting. */
const SET_UP_MS = 5000;
/** A key of a wrong type does not go away by itself. */
const CONFLICT_PAUSE_MS = 30_000;

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/** One server, one link at a time. */
export class Supervisor<Link extends RedisLink> {
  readonly #options: SupervisorOptions<Link>;
  readonly #waiters = new Set<Waiter>();
  #link: Link | undefined;
  #giveUp: AbortController | undefined;
  #pause: ReturnType<typeof startTimer> | undefined;
  #steady: ReturnType<typeof startTimer> | undefined;
  #failures = 0;
  #isRunning = false;

  /**
   * Creates one that does nothing yet.
   *
   * @param options How to connect, and whom to tell.
   */
  constructor(options: SupervisorOptions<Link>) {
    this.#options = options;
  }

  /** What is open now. */
  get link(): Link | undefined {
    return this.#link;
  }

  /** Begins to connect. */
  start(): void {
    this.#isRunning = true;
    void this.#connect();
  }

  /**
   * Waits until the transport is connected.
   *
   * @throws {BrokerUnavailableError} when `connectRetries` further attempts have failed, or no attempt can help; all
   * is stopped then.
   * @throws {TopologyConflictError} when a key is of a wrong type; likewise.
   * @throws {TransportStoppedError} when it is stopped meanwhile.
   */
  whenUp(): Promise<void> {
    if (this.#link !== undefined) return Promise.resolve();
    if (!this.#isRunning) return Promise.reject(this.#stopError());
    // What failed before anybody waited does not count.
    if (this.#waiters.size === 0) this.#failures = 0;
    return new Promise((resolve, reject) => this.#waiters.add({ resolve, reject }));
  }

  /** Gives a link up, unless it is gone already. */
  reconnect(link: Link | undefined, error: Error): void {
    if (link === undefined || link !== this.#link) return;
    this.#drop(error);
    this.#failed(error);
  }

  /** Stops in any state. */
  stop(): void {
    if (!this.#isRunning) return;
    this.#halt(this.#stopError());
    this.#options.onStatus({ state: "stopped" });
  }

  async #connect(): Promise<void> {
    const { open, connection, onStatus } = this.#options;
    onStatus({ state: "connecting" });
    const giveUp = this.#giveUp = new AbortController();
    let link: Link | undefined;
    let lost: Error | undefined;
    const limit = startTimer(() => {
      lost ??= new RedisConnectError("Setting up has taken too long", { isFinal: false });
      giveUp.abort();
    }, connection.connectTimeoutMs + SET_UP_MS);
    try {
      link = await open(giveUp.signal, (error) => {
        lost ??= error;
        this.reconnect(link, error);
      });
      if (lost === undefined && !giveUp.signal.aborted) return this.#rise(link);
      link.close();
      throw lost;
    } catch (error) {
      if (giveUp === this.#giveUp) this.#failed(lost ?? error);
    } finally {
      clearTimeout(limit);
    }
  }

  #rise(link: Link): void {
    this.#link = link;
    this.#steady = startTimer(() => this.#failures = 0, STEADY_MS);
    this.#steady.unref();
    this.#options.onStatus({ state: "up" });
    for (const waiter of this.#takeWaiters()) waiter.resolve();
  }

  #failed(cause: unknown): void {
    const { connection, onStatus, random = Math.random } = this.#options;
    const failures = ++this.#failures;
    const isConflict = cause instanceof TopologyConflictError;
    const error = isConflict ? cause : toConnectError(cause);
    const isHopeless = isConflict || error instanceof RedisConnectError && error.isFinal;
    if (this.#waiters.size > 0 && (isHopeless || failures > connection.connectRetries)) {
      const failure = isConflict ? cause : this.#toUnavailable(error, failures);
      this.#halt(failure);
      onStatus({ state: "failed", error: failure });
      return;
    }
    const longest = Math.min(connection.maxBackoffMs, connection.minBackoffMs * 2 ** (failures - 1));
    const nextRetryMs = isConflict
      ? Math.min(connection.maxBackoffMs, CONFLICT_PAUSE_MS)
      : Math.round(longest * (0.5 + random() / 2));
    this.#pause = startTimer(() => void this.#connect(), nextRetryMs);
    onStatus({ state: "down", reason: error.message, nextRetryMs });
  }

  #drop(error: Error): void {
    clearTimeout(this.#steady);
    const link = this.#link;
    this.#link = undefined;
    link?.close();
    if (link !== undefined) this.#options.onDown(error);
  }

  #halt(error: Error): void {
    this.#isRunning = false;
    clearTimeout(this.#pause);
    const giveUp = this.#giveUp;
    this.#giveUp = undefined;
    giveUp?.abort();
    this.#drop(error);
    for (const waiter of this.#takeWaiters()) waiter.reject(error);
  }

  #takeWaiters(): Waiter[] {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    return waiters;
  }

  #stopError(): TransportStoppedError {
    return new TransportStoppedError(
      "not-sent",
      `Cannot connect to ${this.#options.address}: the event transport has been stopped`,
    );
  }

  #toUnavailable(cause: Error, failures: number): BrokerUnavailableError {
    const tries = failures === 1 ? "" : ` (${failures} attempts)`;
    return new BrokerUnavailableError(
      `Cannot connect to ${this.#options.address}${tries}: ${cause.message}`,
      { cause },
    );
  }
}
