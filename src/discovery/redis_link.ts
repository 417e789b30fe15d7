/**
 * A connection to Redis that is opened when it is needed.
 *
 * @module
 */
import { BrokerUnavailableError } from "../errors.ts";
import { connectRedisClient } from "../events/redis/client_driver.ts";
import type { RedisCommand, RedisConnection, RedisReply } from "../events/redis/driver.ts";
import type { ResolvedRedisConnection } from "../events/redis/options.ts";
import type { RedisTarget } from "../events/redis/url.ts";
import { untilAborted } from "./until_aborted.ts";

/** One connection at a time, made again when it was lost. */
export class RedisLink {
  readonly #target: RedisTarget;
  readonly #options: ResolvedRedisConnection;
  #opening: Opening | undefined;

  /**
   * Stores where the server is; nothing is sent.
   *
   * @param target The server.
   * @param options How to connect.
   */
  constructor(target: RedisTarget, options: ResolvedRedisConnection) {
    this.#target = target;
    this.#options = options;
  }

  /**
   * Sends a command.
   *
   * @param command The command.
   * @param signal Ends the wait for the answer; the command may be executed all the same.
   * @returns What Redis answers.
   * @throws {BrokerUnavailableError} when there is no connection, no answer, or Redis refuses the command.
   */
  async ask(command: RedisCommand, signal: AbortSignal): Promise<RedisReply> {
    try {
      // Nobody would close a connection that is opened for somebody who has gone.
      signal.throwIfAborted();
      return await untilAborted(this.#send(command), signal);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new BrokerUnavailableError(`Cannot use Redis at ${this.#target.address}: ${why}`, { cause });
    }
  }

  /** Closes the connection, and ends the attempt to make one. */
  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    await opening?.close();
  }

  async #send(command: RedisCommand): Promise<RedisReply> {
    const connection = await this.#connect();
    return await connection.send(command);
  }

  #connect(): Promise<RedisConnection> {
    if (this.#opening !== undefined) return this.#opening.connection;
    const opening = new Opening(this.#target, this.#options, () => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    this.#opening = opening;
    return opening.connection;
  }
}

/** One connection, from the attempt to its end. */
class Opening {
  readonly connection: Promise<RedisConnection>;
  readonly #givenUp = new AbortController();

  constructor(target: RedisTarget, options: ResolvedRedisConnection, onEnd: () => void) {
    const { connectTimeoutMs: timeoutMs, responseTimeoutMs, tls } = options;
    this.connection = connectRedisClient(
      target,
      {
        timeoutMs,
        responseTimeoutMs,
        tls,
        connectionName: "gemstone-discovery",
        signal: this.#givenUp.signal,
      },
      { onClosed: onEnd },
    );
    // Whoever asked for it hears of it too.
    this.connection.catch(onEnd);
  }

  async close(): Promise<void> {
    this.#givenUp.abort();
    await this.connection.then((connection) => connection.close(), () => {/* there is none */});
  }
}
