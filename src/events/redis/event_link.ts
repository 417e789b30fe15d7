/**
 * The connections of one epoch: when one of them is lost, all are given up.
 *
 * @module
 */
import type { RedisConnect, RedisConnection, RedisConnectOptions } from "./driver.ts";
import type { RedisLink } from "./supervisor.ts";
import type { RedisTarget } from "./url.ts";

/** How a link connects. */
export interface EventLinkOptions extends Omit<RedisConnectOptions, "connectionName" | "signal"> {
  /** Makes connections. */
  readonly connect: RedisConnect;
  /** The server. */
  readonly target: RedisTarget;
  /** What the names of the connections begin with. */
  readonly name: string;
}

/** One connection for commands, and others that are added when they are needed. */
export class EventLink implements RedisLink {
  readonly #options: EventLinkOptions;
  readonly #closing = new AbortController();
  readonly #onLost: (error: Error) => void;
  readonly #connections = new Set<RedisConnection>();
  #commands: RedisConnection | undefined;

  private constructor(options: EventLinkOptions, onLost: (error: Error) => void) {
    this.#options = options;
    this.#onLost = onLost;
  }

  /**
   * Opens a link with one connection.
   *
   * @param options How.
   * @param signal Gives up while it connects.
   * @param onLost Called once when a connection is lost; the others are closed then.
   * @returns The link.
   */
  static async open(
    options: EventLinkOptions,
    signal: AbortSignal,
    onLost: (error: Error) => void,
  ): Promise<EventLink> {
    const link = new EventLink(options, onLost);
    const onAbort = (): void => link.close();
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      link.#commands = await link.connect("commands");
      return link;
    } catch (error) {
      link.close();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** For what does not block. */
  get commands(): RedisConnection {
    return this.#commands!;
  }

  /** Whether it is closed or lost. */
  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /**
   * Adds a connection.
   *
   * @param purpose What it is for, in one word.
   * @returns The connection.
   */
  async connect(purpose: string): Promise<RedisConnection> {
    const { connect, target, name, ...options } = this.#options;
    const connection = await connect(
      target,
      { ...options, connectionName: `${name}:${purpose}`, signal: this.#closing.signal },
      { onClosed: (error) => this.#lose(error) },
    );
    this.#connections.add(connection);
    if (this.isClosed) connection.close();
    return connection;
  }

  /** Ends all connections at once, also those that are being made. */
  close(): void {
    this.#closing.abort();
    for (const connection of this.#connections) connection.close();
  }

  #lose(error: Error): void {
    if (this.isClosed) return;
    this.close();
    this.#onLost(error);
  }
}
