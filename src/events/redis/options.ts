/**
 * The options of the Redis transport: what they mean, their defaults and their limits.
 *
 * @module
 */
import { readNamespace } from "../namespace.ts";
import { OptionReader } from "../option_reader.ts";
import { LONGEST_DELAY_MS } from "../../clock.ts";
import { type BrokerTlsOptions, readTls } from "../tls_options.ts";
import { parseRedisUrl, type RedisTarget } from "./url.ts";

/**
 * How the transport uses Redis.
 *
 * @example Bounds for a Redis that others use, too
 * ```ts
 * import { type RedisEventOptions, RedisEventTransport } from "@gemstone/gemstone/redis";
 *
 * const options: RedisEventOptions = { namespace: "shop", maxQueueLength: 100_000, maxDeadLetters: 10_000 };
 * const transport = new RedisEventTransport("redis://127.0.0.1:6379/2", options);
 * ```
 */
export interface RedisEventOptions {
  /** Goes before all keys: 1 to 32 of `A-Z a-z 0-9 _ -`. Broadcasts have none, as in Python. @default {"gemstone"} */
  readonly namespace?: string | undefined;
  /**
   * Whether `start` waits for Redis, and rejects when it can not be had; otherwise it connects in the background,
   * for ever, and events wait meanwhile. @default {true}
   */
  readonly waitForBroker?: boolean | undefined;
  /**
   * How long an event rests after a failed delivery, by the number of that delivery, in milliseconds; the last one
   * holds for all further ones. At most 20, of up to a day. @default {[1000, 5000, 30000, 120000, 600000]}
   */
  readonly retryDelaysMs?: readonly number[] | undefined;
  /** The largest body that is sent or handled, in bytes. @default {1048576} */
  readonly maxEventBytes?: number | undefined;
  /**
   * How long an instance must have been silent before the others take over the group events that it has not
   * settled, in milliseconds. A handler may take longer; one that blocks the event loop so long is taken for
   * dead. At least 100, at most a day; the same in all instances of a service. @default {30000}
   */
  readonly claimIdleMs?: number | undefined;
  /** How often an event may be taken over from dead instances until it is dead-lettered. @default {20} */
  readonly maxDeliveries?: number | undefined;
  /**
   * The most group events that wait for one service under one name; `emit` rejects with an `EventRejectedError`
   * above it. Redis keeps them in memory. @default {no limit}
   */
  readonly maxQueueLength?: number | undefined;
  /**
   * The most dead letters of a service above which those of broadcasts are dropped and logged; those of group
   * events are always kept. @default {100000}
   */
  readonly maxDeadLetters?: number | undefined;
  /** How to connect. */
  readonly connection?: RedisConnectionOptions | undefined;
  /** How much may be on its way to Redis, and how long. */
  readonly publishing?: RedisPublishingOptions | undefined;
}

/**
 * How the transport connects.
 *
 * @example A start that fails soon when Redis is not there
 * ```ts
 * import { type RedisConnectionOptions, RedisEventTransport } from "@gemstone/gemstone/redis";
 *
 * const connection: RedisConnectionOptions = { connectTimeoutMs: 2_000, connectRetries: 2, responseTimeoutMs: 4_000 };
 * const transport = new RedisEventTransport("redis://127.0.0.1", { connection });
 * ```
 */
export interface RedisConnectionOptions {
  /** How long one attempt may take to connect, in milliseconds; setting up gets 5 s more. @default {5000} */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * How long Redis may leave a question open before the connection counts as dead, in milliseconds. It is asked again and
   * again, so that one that has died without a word is noticed in about that time. @default {10000}
   */
  readonly responseTimeoutMs?: number | undefined;
  /** How often `start` tries again before it gives up. @default {10, which is about a minute} */
  readonly connectRetries?: number | undefined;
  /**
   * The first pause between two attempts, in milliseconds; each further one is twice as long. Up to half of each is left
   * out at random. @default {100}
   */
  readonly minBackoffMs?: number | undefined;
  /** The longest pause, in milliseconds. @default {30000} */
  readonly maxBackoffMs?: number | undefined;
  /** TLS, for `rediss:`; a RangeError without such a URL. @default {the authorities of the system, no certificate of our own} */
  readonly tls?: BrokerTlsOptions | undefined;
}

/**
 * How much may be on its way to Redis, and how long.
 *
 * @example A smaller buffer, and a shorter wait, for a service that must not grow while Redis is away
 * ```ts
 * import { RedisEventTransport, type RedisPublishingOptions } from "@gemstone/gemstone/redis";
 *
 * const publishing: RedisPublishingOptions = { bufferEvents: 1_000, timeoutMs: 5_000 };
 * const transport = new RedisEventTransport("redis://127.0.0.1", { publishing });
 * ```
 */
export interface RedisPublishingOptions {
  /** The most events that wait to be sent or confirmed. @default {10000} */
  readonly bufferEvents?: number | undefined;
  /** The same in bytes. @default {16777216} */
  readonly bufferBytes?: number | undefined;
  /** How long `emit` waits for the confirmation, in milliseconds. @default {30000} */
  readonly timeoutMs?: number | undefined;
}

/** {@linkcode RedisConnectionOptions} with all defaults filled in. */
export type ResolvedRedisConnection =
  & { readonly [Name in Exclude<keyof RedisConnectionOptions, "tls">]-?: number }
  & { readonly tls: BrokerTlsOptions | undefined };

/** {@linkcode RedisPublishingOptions} with all defaults filled in. */
export type ResolvedRedisPublishing = { readonly [Name in keyof RedisPublishingOptions]-?: number };

/** {@linkcode RedisEventOptions} with all defaults filled in; `maxQueueLength` 0 is no limit. */
export type ResolvedRedisOptions =
  & {
    readonly [Name in Exclude<keyof RedisEventOptions, "connection" | "publishing">]-?: NonNullable<
      RedisEventOptions[Name]
    >;
  }
  & {
    /** The server. */
    readonly target: RedisTarget;
    /** How to connect. */
    readonly connection: ResolvedRedisConnection;
    /** How much may be on its way. */
    readonly publishing: ResolvedRedisPublishing;
  };

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Fills in the defaults and checks. Nothing is kept of what is passed.
 *
 * @param url The URL of the server.
 * @param options The options.
 * @returns All of it.
 * @throws {TypeError} when something is of a wrong type.
 * @throws {RangeError} when something is out of range. No text holds a password.
 */
export function resolveRedisOptions(
  url: string | URL,
  options: RedisEventOptions = {},
): ResolvedRedisOptions {
  const target = parseRedisUrl(url);
  const from = new OptionReader(options, "");
  const maxEventBytes = from.integer("maxEventBytes", 1, 512 * MIB) ?? MIB;
  const connection = readConnection(from.object("connection"));
  const publishing = readPublishing(from.object("publishing"), maxEventBytes);
  if (connection.tls !== undefined && !target.isTls) {
    throw new RangeError("Cannot use connection.tls without a URL of scheme rediss");
  }
  return {
    target,
    namespace: readNamespace(options.namespace),
    waitForBroker: from.boolean("waitForBroker") ?? true,
    retryDelaysMs: from.integers("retryDelaysMs", 1, DAY_MS, 20) ?? [1000, 5000, 30_000, 120_000, 600_000],
    maxEventBytes,
    claimIdleMs: from.integer("claimIdleMs", 100, DAY_MS) ?? 30_000,
    maxDeliveries: from.integer("maxDeliveries", 1, 1_000_000) ?? 20,
    maxQueueLength: from.integer("maxQueueLength", 1, 2 ** 40) ?? 0,
    maxDeadLetters: from.integer("maxDeadLetters", 1, 2 ** 40) ?? 100_000,
    connection,
    publishing,
  };
}

/**
 * Checks how to connect.
 *
 * @param options The options.
 * @returns All of them.
 * @throws {TypeError} when something is of a wrong type.
 * @throws {RangeError} when something is out of range.
 */
export function resolveRedisConnection(options: RedisConnectionOptions = {}): ResolvedRedisConnection {
  return readConnection(new OptionReader(options, "connection."));
}

function readConnection(from: OptionReader = new OptionReader({}, "")): ResolvedRedisConnection {
  const minBackoffMs = from.integer("minBackoffMs", 1, 60_000) ?? 100;
  return {
    connectTimeoutMs: from.integer("connectTimeoutMs", 1, 600_000) ?? 5000,
    responseTimeoutMs: from.integer("responseTimeoutMs", 100, 600_000) ?? 10_000,
    connectRetries: from.integer("connectRetries", 0, 1_000_000) ?? 10,
    minBackoffMs,
    maxBackoffMs: from.integer("maxBackoffMs", minBackoffMs, DAY_MS) ?? Math.max(30_000, minBackoffMs),
    tls: readTls(from.object("tls")),
  };
}

function readPublishing(
  from: OptionReader = new OptionReader({}, ""),
  maxEventBytes: number,
): ResolvedRedisPublishing {
  const bufferBytes = from.integer("bufferBytes", 1, 2 ** 40) ?? Math.max(16 * MIB, maxEventBytes);
  if (bufferBytes < maxEventBytes) {
    throw new RangeError(
      `Cannot use publishing.bufferBytes ${bufferBytes} with maxEventBytes ${maxEventBytes}: ` +
        "the largest event would never fit",
    );
  }
  return {
    bufferEvents: from.integer("bufferEvents", 1, 100_000_000) ?? 10_000,
    bufferBytes,
    timeoutMs: from.integer("timeoutMs", 1, LONGEST_DELAY_MS) ?? 30_000,
  };
}
