/**
 * The little of a Redis client that the transport needs, so that the client library can be changed.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { BrokerTlsOptions } from "../tls_options.ts";
import type { RedisTarget } from "./url.ts";

/** A command: its name and its arguments. */
export type RedisCommand = readonly (string | Buffer)[];

/** What Redis answers (RESP 2). Bulk strings are text, or bytes where bytes were asked for. */
export type RedisReply = null | number | string | Buffer | readonly RedisReply[];

/** What a connection tells its owner. */
export interface RedisConnectionListener {
  /** The connection is gone, and what was pending on it has been rejected or soon will be. Called once; not after `close`. Must not throw. */
  onClosed(error: Error): void;
}

/** One connection, which is never made anew by itself. What it promises rejects at the latest when it is gone. */
export interface RedisConnection {
  /** Sends a command. Commands are executed in the order in which they are sent. */
  send(command: RedisCommand): Promise<RedisReply>;
  /** Sends a command whose answer has bytes in place of text. */
  sendForBytes(command: RedisCommand): Promise<RedisReply>;
  /** Listens to channels; after that the connection is good for nothing else. */
  subscribe(channels: readonly string[], onMessage: OnRedisMessage): Promise<void>;
  /** Listens to all channels whose names match a glob pattern. */
  subscribeToPattern(pattern: string, onMessage: OnRedisMessage): Promise<void>;
  /** Ends at once. May be called twice. */
  close(): void;
}

/** Takes a message; must not throw. */
export type OnRedisMessage = (channel: string, message: Buffer) => void;

/** How to connect. */
export interface RedisConnectOptions {
  /** How long connecting may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How long Redis may leave a question open, in milliseconds; it is asked at least each half of it. */
  readonly responseTimeoutMs: number;
  /** TLS, for `rediss:`. */
  readonly tls: BrokerTlsOptions | undefined;
  /** A name for people who look at the server; without white space. */
  readonly connectionName: string;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/**
 * Connects to a server. Rejects with a `RedisConnectError` within the time limit, and leaves nothing behind then.
 */
export type RedisConnect = (
  target: RedisTarget,
  options: RedisConnectOptions,
  listener: RedisConnectionListener,
) => Promise<RedisConnection>;
