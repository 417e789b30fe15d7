/**
 * The options of the RabbitMQ transport: what they mean, their defaults and their limits.
 *
 * @module
 */
import { checkBrokerUrl } from "./broker_url.ts";
import { readNamespace } from "../namespace.ts";
import { OptionReader } from "../option_reader.ts";
import { LONGEST_DELAY_MS } from "../../clock.ts";
import { type BrokerTlsOptions, readTls } from "../tls_options.ts";

/**
 * How the transport uses the broker.
 *
 * @example A service that works on while the broker is away, and is no user who may declare
 * ```ts
 * import { RabbitMqEventTransport, type RabbitMqOptions } from "@gemstone/gemstone/rabbitmq";
 *
 * const options: RabbitMqOptions = {
 *   namespace: "shop",
 *   waitForBroker: false,
 *   topology: "check",
 *   retryDelaysMs: [1_000, 60_000],
 *   publishing: { bufferEvents: 50_000, bufferBytes: 64 * 1024 * 1024 },
 * };
 * const transport = new RabbitMqEventTransport("amqp://127.0.0.1", options);
 * ```
 */
export interface RabbitMqOptions {
  /** Goes before the names of all exchanges and queues: 1 to 32 of `A-Z a-z 0-9 _ -`. @default {"gemstone"} */
  readonly namespace?: string | undefined;
  /**
   * `"gemstone"` speaks the exchanges of the Python library gemstone 0.10 to 0.12, so that old and new services
   * hear each other. These are not durable: an event is lost with the broker. All services share one queue for each
   * group event, which goes to one of them. @default {undefined}
   */
  readonly compat?: "gemstone" | undefined;
  /**
   * Declare exchanges and queues; or only check that they are there; or take them as given. The queue for the
   * broadcasts of this instance, and with `compat` the exchange of an event that is emitted, are declared in any
   * case. @default {"declare"}
   */
  readonly topology?: "declare" | "check" | "none" | undefined;
  /**
   * How events are written: properties and headers beside a plain body (CloudEvents, binary mode), all in the body
   * (structured mode), or bare JSON. All three are understood. @default {"binary"; "none" with `compat`}
   */
  readonly envelope?: "binary" | "structured" | "none" | undefined;
  /**
   * Whether `start` waits for the broker, and rejects when it can not be had; otherwise it connects in the
   * background, for ever, and events wait meanwhile. @default {true}
   */
  readonly waitForBroker?: boolean | undefined;
  /**
   * How long an event rests after a failed delivery, by the number of that delivery, in milliseconds; the last one
   * holds for all further ones. At most 20, of up to a day; each is two queues at the broker, which services share.
   * @default {[1000, 5000, 30000, 120000, 600000]}
   */
  readonly retryDelaysMs?: readonly number[] | undefined;
  /** The largest body that is sent or handled, in bytes. RabbitMQ 4 takes 16 MiB by default. @default {1048576} */
  readonly maxEventBytes?: number | undefined;
  /**
   * Keeps the broadcasts of this instance for up to an hour while it is away. The value tells the instance from
   * others of its service, also after a restart: 1 to 64 characters, such as the name of its host. Two instances with
   * the same one share what comes. @default {undefined, broadcasts are missed while it is away}
   */
  readonly durableBroadcast?: string | undefined;
  /** How to connect. */
  readonly connection?: RabbitMqConnectionOptions | undefined;
  /** How much may be on its way to the broker, and how long. */
  readonly publishing?: RabbitMqPublishingOptions | undefined;
}

/**
 * How the transport connects.
 *
 * @example Notice a dead broker in 4 to 6 seconds, and give up a start after three attempts
 * ```ts
 * import { type RabbitMqConnectionOptions, RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
 *
 * const connection: RabbitMqConnectionOptions = { heartbeatSeconds: 2, connectRetries: 2, connectTimeoutMs: 2_000 };
 * const transport = new RabbitMqEventTransport(["amqp://10.0.0.1", "amqp://10.0.0.2"], { connection });
 * ```
 */
export interface RabbitMqConnectionOptions {
  /** The interval of heartbeats, in seconds, as in the protocol. A dead broker is noticed after 2 to 3. @default {10} */
  readonly heartbeatSeconds?: number | undefined;
  /** How long one attempt may take to connect, in milliseconds; setting up gets 5 s more. @default {5000} */
  readonly connectTimeoutMs?: number | undefined;
  /** How often `start` tries again before it gives up. @default {10, which is about a minute} */
  readonly connectRetries?: number | undefined;
  /**
   * The first pause between two attempts, in milliseconds; each further one is twice as long. Up to half of each is left
   * out at random. @default {100}
   */
  readonly minBackoffMs?: number | undefined;
  /** The longest pause, in milliseconds. @default {30000} */
  readonly maxBackoffMs?: number | undefined;
  /** TLS, for `amqps:`; a RangeError without such a URL. @default {the authorities of the system, no certificate of our own} */
  readonly tls?: BrokerTlsOptions | undefined;
}

/**
 * How much may be on its way to the broker, and how long.
 *
 * @example A script that emits millions of events: it waits for a place instead of being rejected
 * ```ts
 * import { RabbitMqEventTransport, type RabbitMqPublishingOptions } from "@gemstone/gemstone/rabbitmq";
 *
 * const publishing: RabbitMqPublishingOptions = { onFull: "wait", timeoutMs: 120_000, windowEvents: 2_000 };
 * const transport = new RabbitMqEventTransport("amqp://127.0.0.1", { publishing });
 * ```
 */
export interface RabbitMqPublishingOptions {
  /** The most events that are sent and not yet confirmed. @default {500} */
  readonly windowEvents?: number | undefined;
  /** The same in bytes. @default {8388608} */
  readonly windowBytes?: number | undefined;
  /** The most events that wait to be sent. @default {10000} */
  readonly bufferEvents?: number | undefined;
  /** The same in bytes. @default {16777216} */
  readonly bufferBytes?: number | undefined;
  /** What `emit` does when no place is left: reject with an `EventBufferFullError`, or wait. @default {"reject"} */
  readonly onFull?: "reject" | "wait" | undefined;
  /** How long `emit` waits for the confirmation, in milliseconds. @default {30000} */
  readonly timeoutMs?: number | undefined;
  /** How often the broker may refuse an event before `emit` rejects. @default {5} */
  readonly maxRefusals?: number | undefined;
  /** How long the broker may confirm nothing of what was sent before the connection counts as dead. @default {15000} */
  readonly confirmWatchdogMs?: number | undefined;
}

/** {@linkcode RabbitMqConnectionOptions} with all defaults filled in. */
export interface ResolvedConnectionOptions {
  /** In seconds. */
  readonly heartbeatSeconds: number;
  readonly connectTimeoutMs: number;
  readonly connectRetries: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly tls: BrokerTlsOptions | undefined;
}

/** {@linkcode RabbitMqPublishingOptions} with all defaults filled in. */
export type ResolvedPublishingOptions = {
  readonly [Name in keyof RabbitMqPublishingOptions]-?: NonNullable<RabbitMqPublishingOptions[Name]>;
};

/** {@linkcode RabbitMqOptions} with all defaults filled in. */
export interface ResolvedRabbitMqOptions {
  /** At least one. */
  readonly urls: readonly string[];
  readonly namespace: string;
  readonly compat: "gemstone" | undefined;
  readonly topology: "declare" | "check" | "none";
  readonly envelope: "binary" | "structured" | "none";
  readonly waitForBroker: boolean;
  readonly retryDelaysMs: readonly number[];
  readonly maxEventBytes: number;
  readonly durableBroadcast: string | undefined;
  readonly connection: ResolvedConnectionOptions;
  readonly publishing: ResolvedPublishingOptions;
}

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60_000;
const MAX_URLS = 100;

/**
 * Fills in the defaults and checks. Nothing is kept of what is passed.
 *
 * @param urls One URL or several of the same broker.
 * @param options The options.
 * @returns All of it.
 * @throws {TypeError} when something is of a wrong type.
 * @throws {RangeError} when something is out of range. No text holds a password.
 */
export function resolveRabbitMqOptions(
  urls: string | URL | readonly (string | URL)[],
  options: RabbitMqOptions = {},
): ResolvedRabbitMqOptions {
  const resolvedUrls = readUrls(urls);
  const from = new OptionReader(options, "");
  const compat = from.choice("compat", ["gemstone"]);
  const maxEventBytes = from.integer("maxEventBytes", 1, 512 * MIB) ?? MIB;
  const resolved: ResolvedRabbitMqOptions = {
    urls: resolvedUrls,
    namespace: readNamespace(options.namespace),
    compat,
    topology: from.choice("topology", ["declare", "check", "none"]) ?? "declare",
    envelope: from.choice("envelope", ["binary", "structured", "none"]) ??
      (compat === undefined ? "binary" : "none"),
    waitForBroker: from.boolean("waitForBroker") ?? true,
    retryDelaysMs: from.integers("retryDelaysMs", 1, DAY_MS, 20) ?? [1000, 5000, 30_000, 120_000, 600_000],
    maxEventBytes,
    durableBroadcast: from.text("durableBroadcast", 64),
    connection: readConnection(new OptionReader(options.connection, "connection.")),
    publishing: readPublishing(new OptionReader(options.publishing, "publishing.")),
  };
  checkTogether(resolved);
  return resolved;
}

/**
 * Checks how to connect.
 *
 * @param options The options.
 * @returns All of them.
 * @throws {TypeError} when something is of a wrong type.
 * @throws {RangeError} when something is out of range.
 */
export function resolveConnection(options: RabbitMqConnectionOptions = {}): ResolvedConnectionOptions {
  return readConnection(new OptionReader(options, "connection."));
}

function readUrls(urls: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(urls) ? urls : [urls];
  if (list.length === 0 || list.length > MAX_URLS) {
    throw new RangeError(`Cannot use ${list.length} URLs of a broker: give 1 to ${MAX_URLS}`);
  }
  return list.map(checkBrokerUrl);
}

function readConnection(from: OptionReader): ResolvedConnectionOptions {
  const minBackoffMs = from.integer("minBackoffMs", 1, 60_000) ?? 100;
  return {
    heartbeatSeconds: from.integer("heartbeatSeconds", 1, 600) ?? 10,
    connectTimeoutMs: from.integer("connectTimeoutMs", 1, 600_000) ?? 5000,
    connectRetries: from.integer("connectRetries", 0, 1_000_000) ?? 10,
    minBackoffMs,
    maxBackoffMs: from.integer("maxBackoffMs", minBackoffMs, DAY_MS) ?? Math.max(30_000, minBackoffMs),
    tls: readTls(from.object("tls")),
  };
}

function readPublishing(from: OptionReader): ResolvedPublishingOptions {
  return {
    windowEvents: from.integer("windowEvents", 1, 1_000_000) ?? 500,
    windowBytes: from.integer("windowBytes", 1, 2 ** 40) ?? 8 * MIB,
    bufferEvents: from.integer("bufferEvents", 1, 100_000_000) ?? 10_000,
    bufferBytes: from.integer("bufferBytes", 1, 2 ** 40) ?? 16 * MIB,
    onFull: from.choice("onFull", ["reject", "wait"]) ?? "reject",
    timeoutMs: from.integer("timeoutMs", 1, LONGEST_DELAY_MS) ?? 30_000,
    maxRefusals: from.integer("maxRefusals", 0, 1000) ?? 5,
    confirmWatchdogMs: from.integer("confirmWatchdogMs", 1, LONGEST_DELAY_MS) ?? 15_000,
  };
}

function checkTogether({ urls, maxEventBytes, connection, publishing }: ResolvedRabbitMqOptions): void {
  for (const name of ["windowBytes", "bufferBytes"] as const) {
    if (publishing[name] >= maxEventBytes) continue;
    throw new RangeError(
      `Cannot use publishing.${name} ${publishing[name]} with maxEventBytes ${maxEventBytes}: ` +
        "the largest event would never fit",
    );
  }
  if (connection.tls !== undefined && !urls.some((url) => url.startsWith("amqps:"))) {
    throw new RangeError("Cannot use connection.tls without a URL of scheme amqps");
  }
}
