/**
 * One connection, from the attempt to make it to its loss.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { waitAtMost } from "../time_limit.ts";
import type { AmqpConnect, AmqpConnection, AmqpConnectOptions } from "./driver.ts";

/**
 * Makes a new connection useful.
 *
 * @param connection The connection.
 * @param signal Aborts when it is gone: what comes of an `await` may be older than that.
 * @param onProgress To be called after each step: the time limit begins anew, as there may be any number of steps.
 */
export type SetUp = (
  connection: AmqpConnection,
  signal: AbortSignal,
  onProgress: () => void,
) => Promise<void>;

/** What an attempt needs. */
export interface ConnectionAttemptOptions {
  /** Connects. */
  readonly connect: AmqpConnect;
  /** How. */
  readonly connectOptions: AmqpConnectOptions;
  /** How long connecting and the first step of setting up may take together, and each further step, in milliseconds. */
  readonly limitMs: number;
  /** Opens channels on the connection and whatever else makes it useful. */
  readonly setUp: SetUp;
  /** Called once for each `setUp` that began, when its connection is gone. Must not throw. */
  readonly tearDown: (reason: Error) => void;
  /** The broker takes no more messages; `undefined`: it does again. Only while it is up. */
  readonly onBlocked: (reason: string | undefined) => void;
}

/** Goes from connecting to up to lost, never back; a new connection is a new attempt. */
export class ConnectionAttempt {
  /** Resolves, with the reason, when the connection is gone or could not be made. */
  readonly lost: Promise<Error>;
  readonly #options: ConnectionAttemptOptions;
  readonly #controller = new AbortController();
  #resolveLost!: (reason: Error) => void;
  #opening: Promise<void> = Promise.resolve();
  #connection: AmqpConnection | undefined;
  #blockedReason: string | undefined;
  #isUp = false;
  #timer: ReturnType<typeof startTimer> | undefined;
  #reason: Error | undefined;

  /**
   * Stores what it needs.
   *
   * @param options What it needs.
   */
  constructor(options: ConnectionAttemptOptions) {
    this.#options = options;
    this.lost = new Promise((resolve) => this.#resolveLost = resolve);
  }

  /** The connection, while it is up. */
  get connection(): AmqpConnection | undefined {
    return this.#isUp && this.#reason === undefined ? this.#connection : undefined;
  }

  /** Why the broker takes no more messages; `undefined` when it does. */
  get blockedReason(): string | undefined {
    return this.#blockedReason;
  }

  /**
   * Connects and sets up.
   *
   * @param url The broker.
   * @returns Nothing. Rejects with the reason when it fails or is ended; `lost` has the same then.
   */
  async open(url: string): Promise<void> {
    this.#limitTime();
    this.#opening = this.#establish(url);
    try {
      await Promise.race([this.#opening, this.lost]);
    } catch (error) {
      this.end(error instanceof Error ? error : new Error(String(error)));
    } finally {
      clearTimeout(this.#timer);
    }
    // An operation that fails because its connection is gone says less than the connection does.
    if (this.#reason !== undefined) throw this.#reason;
    this.#isUp = true;
  }

  /**
   * Gives it up at once, whatever its state.
   *
   * @param reason Why. The first one counts.
   */
  end(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller.abort();
    this.#connection?.destroy(reason);
    this.#finish(reason);
  }

  /**
   * Closes it in order. Never rejects.
   *
   * @param reason What `lost` resolves with.
   * @param limitMs How long that may take; it is ended by force then.
   */
  async close(reason: Error, limitMs: number): Promise<void> {
    const { connection } = this;
    if (connection === undefined) this.end(reason);
    else {
      this.#reason = reason;
      await connection.close(limitMs);
      this.#controller.abort();
      this.#finish(reason);
    }
    await this.left(limitMs);
  }

  /**
   * Waits until nothing of it runs any more: neither connecting nor a socket on its way out. Call it when it is
   * lost. Never rejects.
   *
   * @param limitMs How long at most.
   */
  async left(limitMs: number): Promise<void> {
    const opened = this.#opening.catch(() => {/* that is what ending it does */});
    await waitAtMost(opened.then(() => this.#connection?.close(limitMs)), limitMs);
  }

  async #establish(url: string): Promise<void> {
    const { connect, connectOptions, setUp } = this.#options;
    const connection = await connect(url, { ...connectOptions, signal: this.#controller.signal }, {
      onClosed: (error) => this.end(error ?? new Error("The broker has closed the connection")),
      onBlocked: (reason) => this.#block(reason),
      onUnblocked: () => this.#block(undefined),
    });
    if (this.#reason !== undefined) return connection.destroy();
    this.#connection = connection;
    await setUp(connection, this.#controller.signal, () => this.#limitTime());
  }

  #limitTime(): void {
    clearTimeout(this.#timer);
    // What sets up may go on for a moment.
    if (this.#isUp || this.#reason !== undefined) return;
    const { limitMs } = this.#options;
    this.#timer = startTimer(() => {
      this.end(new Error(`Connecting and setting up have made no progress for ${limitMs} ms`));
    }, limitMs);
  }

  #block(reason: string | undefined): void {
    this.#blockedReason = reason;
    if (this.connection !== undefined) this.#options.onBlocked(reason);
  }

  #finish(reason: Error): void {
    if (this.#connection !== undefined) this.#options.tearDown(reason);
    this.#resolveLost(reason);
  }
}
