/**
 * Keeps one connection to the broker alive.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { BrokerUnavailableError, TopologyConflictError, TransportStoppedError } from "../../errors.ts";
import type { EventTransportStatus } from "../event_transport.ts";
import { describeUrl } from "./broker_url.ts";
import { ConnectionAttempt, type SetUp } from "./connection_attempt.ts";
import { type AmqpConnect, AmqpConnectError, type AmqpConnection, replyCodeOf } from "./driver.ts";
import { explainRefusal } from "./explain_refusal.ts";
import type { ResolvedConnectionOptions } from "./options.ts";

/** What a supervisor needs. */
export interface SupervisorOptions {
  /** Which of the connections of a transport. */
  readonly name: "publish" | "consume";
  /** The name of the connection, for people who look at the broker. */
  readonly connectionName: string;
  /** The nodes of the broker: shuffled, then tried in turn. */
  readonly urls: readonly string[];
  /** Connects. */
  readonly connect: AmqpConnect;
  /** How often and how fast. */
  readonly connection: ResolvedConnectionOptions;
  /**
   * Opens channels, declares, consumes; one step with connecting, under a time limit that begins anew with each progress. It is called anew for each
   * connection. What it throws ends the attempt; a `TopologyConflictError` makes the next one wait long.
   */
  readonly setUp: SetUp;
  /** The connection of the last `setUp` is gone, also when that failed half way. Must not throw. */
  readonly tearDown: (reason: Error) => void;
  /** Told of each change. `down` comes once for each loss, however many attempts follow. Must not throw. */
  readonly onStatus: (status: EventTransportStatus) => void;
  /** Told of each failed attempt and each loss, and when the next attempt is. Must not throw. */
  readonly onFailure?: (error: Error, nextRetryMs: number) => void;
  /** A number from 0 to 1. @default {Math.random} */
  readonly random?: () => number;
  /** Times that tests change. */
  readonly timing?: Partial<SupervisorTiming>;
}

/** Times in milliseconds. */
export interface SupervisorTiming {
  /** How long setting up may make no progress, beyond what connecting may take. */
  readonly setUpMs: number;
  /** How long a connection must last for its successor to be tried at once again. */
  readonly stableMs: number;
  /** The pause after a topology conflict, which a person has to solve. */
  readonly conflictMs: number;
}

/** How long a lost connection may take to go, in milliseconds. */
const LEAVE_MS = 1_000;
const TIMING: SupervisorTiming = { setUpMs: 5_000, stableMs: 10_000, conflictMs: 30_000 };

/** Connects, sets up, waits for the loss, and begins anew, until it is stopped. Used once. */
export class ConnectionSupervisor {
  readonly #options: SupervisorOptions;
  readonly #timing: SupervisorTiming;
  readonly #random: () => number;
  #attempt: ConnectionAttempt | undefined;
  #loop: Promise<void> = Promise.resolve();
  #state: EventTransportStatus["state"] = "stopped";
  #lastError: Error | undefined;
  #stopping: Promise<void> | undefined;
  #endPause: () => void = () => {};

  /**
   * Stores what it needs.
   *
   * @param options What it needs.
   */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    this.#random = options.random ?? Math.random;
  }

  /** The connection, while it is up. */
  get current(): AmqpConnection | undefined {
    return this.#attempt?.connection;
  }

  /** Its state, as told last. */
  get state(): EventTransportStatus["state"] {
    return this.#state;
  }

  /** Why the last attempt failed or the last connection was lost; `undefined` while one is up. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }

  /**
   * Begins.
   *
   * @param options `wait`: whether to wait until it is up.
   * @returns With `wait`: resolves when it is up for the first time. Rejects, and has ended then, with a
   * `BrokerUnavailableError` when the attempts are used up or can not succeed, with the `TopologyConflictError` of
   * `setUp`, or with a `TransportStoppedError`. Without: resolves at once, and goes on for ever.
   */
  start({ wait }: { wait: boolean }): Promise<void> {
    if (!wait) {
      this.#loop = this.#run(Infinity, () => {});
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.#loop = this.#run(this.#options.connection.connectRetries, resolve).catch(reject);
    });
  }

  /**
   * Gives the present connection up, or the attempt to make one; the next attempt follows.
   *
   * @param reason Why.
   */
  reconnect(reason: Error): void {
    this.#attempt?.end(reason);
  }

  /**
   * Ends it in any state. Never rejects.
   *
   * @param limitMs How long closing may take; it is done by force then.
   */
  stop(limitMs: number): Promise<void> {
    return this.#stopping ??= this.#stop(limitMs);
  }

  async #stop(limitMs: number): Promise<void> {
    // The field that `stop` sets must be there before the loop looks at it.
    await Promise.resolve();
    this.#endPause();
    const { name } = this.#options;
    await this.#attempt?.close(new Error(`The ${name} connection was closed by stop`), limitMs);
    await this.#loop;
    this.#tell({ state: "stopped" });
  }

  async #run(retries: number, onUp: () => void): Promise<void> {
    const urls = shuffle(this.#options.urls, this.#random);
    const beginMs = performance.now();
    let hasBeenUp = false;
    let failures = 0;
    for (let count = 0; this.#stopping === undefined; count++) {
      const url = urls[count % urls.length]!;
      const attempt = this.#attempt = this.#createAttempt(url);
      this.#tell({ state: "connecting" });
      const upMs = await this.#live(attempt, url, onUp);
      const error = await attempt.lost;
      hasBeenUp ||= upMs !== undefined;
      if (this.#stopping !== undefined) break;
      await attempt.left(LEAVE_MS);
      if (!hasBeenUp && (count >= retries || retries !== Infinity && isFinal(error))) {
        throw this.#fail(error, url, count + 1, performance.now() - beginMs);
      }
      if (upMs !== undefined && upMs >= this.#timing.stableMs) failures = 0;
      await this.#rest(error, url, failures++);
    }
    if (!hasBeenUp && retries !== Infinity) {
      throw new TransportStoppedError("not-sent", "Cannot connect to the broker: the transport was stopped");
    }
  }

  /** From the attempt to the loss; says how long it was up. */
  async #live(attempt: ConnectionAttempt, url: string, onUp: () => void): Promise<number | undefined> {
    try {
      await attempt.open(url);
    } catch {
      // `lost` says why.
      return undefined;
    }
    const beginMs = performance.now();
    this.#lastError = undefined;
    onUp();
    this.#tellUp(attempt.blockedReason);
    await attempt.lost;
    return performance.now() - beginMs;
  }

  async #rest(error: Error, url: string, failures: number): Promise<void> {
    const { minBackoffMs, maxBackoffMs } = this.#options.connection;
    const delayMs = error instanceof TopologyConflictError
      ? this.#timing.conflictMs
      : Math.min(maxBackoffMs, minBackoffMs * 2 ** failures) * (0.5 + this.#random() / 2);
    this.#lastError = error;
    if (this.#state !== "connecting" || failures === 0) {
      const reason = `${describeUrl(url)}: ${error.message}`;
      this.#tell({ state: "down", reason, nextRetryMs: Math.round(delayMs) });
    }
    this.#options.onFailure?.(error, delayMs);
    if (this.#stopping !== undefined) return;
    await new Promise<void>((resolve) => {
      const timer = startTimer(resolve, delayMs);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #fail(error: Error, url: string, count: number, durationMs: number): Error {
    const tries = count === 1 ? "" : ` (${count} attempts in ${Math.round(durationMs / 1000)} s)`;
    const failure = error instanceof TopologyConflictError ? error : new BrokerUnavailableError(
      `Cannot use the broker at ${describeUrl(url)}: ${explainRefusal(error)}${tries}`,
      { cause: error },
    );
    this.#lastError = failure;
    this.#tell({ state: "failed", error: failure });
    return failure;
  }

  #createAttempt(url: string): ConnectionAttempt {
    const { connect, connection, connectionName, setUp, tearDown } = this.#options;
    return new ConnectionAttempt({
      connect,
      connectOptions: {
        heartbeatSeconds: connection.heartbeatSeconds,
        timeoutMs: connection.connectTimeoutMs,
        tls: url.startsWith("amqps:") ? connection.tls : undefined,
        connectionName,
      },
      limitMs: connection.connectTimeoutMs + this.#timing.setUpMs,
      setUp,
      tearDown,
      onBlocked: (reason) => this.#tellUp(reason),
    });
  }

  #tellUp(blockedReason: string | undefined): void {
    this.#tell(blockedReason === undefined ? { state: "up" } : { state: "blocked", reason: blockedReason });
  }

  #tell(status: EventTransportStatus): void {
    if (status.state === this.#state && status.state !== "blocked") return;
    this.#state = status.state;
    this.#options.onStatus(status);
  }
}

/** Trying again does not help. */
function isFinal(error: Error): boolean {
  return error instanceof TopologyConflictError ||
    error instanceof AmqpConnectError && error.isFinal ||
    // A user who may connect and not declare.
    replyCodeOf(error) === 403;
}

/** Fisher and Yates: every order is equally likely. */
function shuffle(urls: readonly string[], random: () => number): string[] {
  const result = [...urls];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.min(last, Math.floor(random() * (last + 1)));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
