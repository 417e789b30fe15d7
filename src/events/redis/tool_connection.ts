/**
 * A connection for tools, which look at a server once: it is neither supervised nor made again.
 *
 * @module
 */
import { BrokerUnavailableError } from "../../errors.ts";
import { connectRedisClient } from "./client_driver.ts";
import type { RedisCommand, RedisConnection, RedisReply } from "./driver.ts";
import { type RedisConnectionOptions, resolveRedisConnection } from "./options.ts";
import { readReplyCode } from "./script.ts";
import { parseRedisUrl } from "./url.ts";

/** How a tool connects. */
export interface ToolConnectionOptions {
  /** How to connect. It is tried once. */
  readonly connection: RedisConnectionOptions | undefined;
  /** A name for people who look at the server; without white space. */
  readonly name: string;
  /** Gives up. @default {nothing does} */
  readonly signal?: AbortSignal | undefined;
}

/** A connection and its end. */
export class ToolConnection {
  /** The connection. */
  readonly connection: RedisConnection;
  /** Rejects with a `BrokerUnavailableError` when the connection is lost. Need not be listened to. */
  readonly lost: Promise<never>;
  readonly #address: string;

  private constructor(connection: RedisConnection, lost: Promise<never>, address: string) {
    this.connection = connection;
    this.lost = lost;
    this.#address = address;
  }

  /**
   * Connects, once.
   *
   * @param url The URL of the server.
   * @param options How.
   * @returns The connection.
   * @throws {TypeError} when an option is of a wrong type.
   * @throws {RangeError} when the URL is none of Redis, or an option is out of range.
   * @throws {BrokerUnavailableError} when Redis can not be reached or does not let us in.
   */
  static async open(url: string | URL, options: ToolConnectionOptions): Promise<ToolConnection> {
    const target = parseRedisUrl(url);
    const { connectTimeoutMs: timeoutMs, responseTimeoutMs, tls } = resolveRedisConnection(
      options.connection,
    );
    const { name: connectionName, signal = new AbortController().signal } = options;
    let lose: (error: Error) => void = () => {};
    const lost = new Promise<never>((_resolve, reject) => lose = reject);
    lost.catch(() => {/* whoever uses the connection meets the error */});
    try {
      const connection = await connectRedisClient(
        target,
        { timeoutMs, responseTimeoutMs, tls, connectionName, signal },
        {
          onClosed: (cause) =>
            lose(new BrokerUnavailableError(`Lost Redis at ${target.address}: ${cause.message}`, { cause })),
        },
      );
      return new ToolConnection(connection, lost, target.address);
    } catch (cause) {
      const why = (cause as Error).message;
      throw new BrokerUnavailableError(`Cannot use Redis at ${target.address}: ${why}`, { cause });
    }
  }

  /**
   * Asks for an answer in bytes.
   *
   * @param command The command.
   * @returns The answer.
   * @throws {BrokerUnavailableError} when there is none, or Redis refuses the command.
   */
  async ask(command: RedisCommand): Promise<RedisReply> {
    try {
      return await this.connection.sendForBytes(command);
    } catch (cause) {
      // The question fails before the loss that it fails of is known.
      if (readReplyCode(cause) === undefined) await Promise.race([this.lost, Promise.resolve()]);
      const why = (cause as Error).message;
      throw new BrokerUnavailableError(`Cannot use Redis at ${this.#address}: ${why}`, { cause });
    }
  }

  /** Closes the connection; has no effect when it is closed. */
  close(): void {
    this.connection.close();
  }
}
