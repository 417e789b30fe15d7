/**
 * The broker that a command of `gemstone events` talks to. What it needs is loaded when it is used: the other
 * commands need no driver.
 *
 * @module
 */
import { quoteArgument } from "../../config/option_table.ts";
import type { DeadLetterOffice } from "../../events/dead_letter.ts";
import type { EventTransport, ReceivedEvent } from "../../events/event_transport.ts";
import type { CommandArguments } from "../arguments.ts";
import { UsageError } from "../command.ts";

/** What the command line says of a broker. */
export interface BrokerSettings {
  /** Where it is. May hold a password. */
  readonly url: string;
  /** What the names of its queues begin with; `undefined` for the default. */
  readonly namespace: string | undefined;
  /** Whose exchanges are used. */
  readonly compat: "gemstone" | undefined;
}

/** How events are watched. */
export interface TapOptions {
  /** Only the events of this name. */
  readonly event: string | undefined;
  /** Gets each event; must not throw. */
  readonly onEvent: (event: ReceivedEvent) => void;
  /** Gets what is no event: the name that it was emitted under, and what is wrong with it; must not throw. */
  readonly onUnreadable: (name: string, error: unknown) => void;
  /** Called when every event from now on will be seen. */
  readonly onReady: () => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** A broker. Nothing is connected before it is asked for. */
export interface EventBroker {
  /** Makes a transport that connects once, within so many milliseconds, or gives up. */
  createTransport(options: { readonly connectTimeoutMs: number }): EventTransport;
  /** Opens the dead letters of a service. */
  openDeadLetters(service: string): Promise<DeadLetterOffice>;
  /** Watches events; resolves when the signal has aborted. */
  tap(options: TapOptions): Promise<void>;
}

/** The options of every command that talks to a broker. */
export const BROKER_OPTIONS: readonly string[] = ["url", "namespace", "compat"];

const DEFAULT_URL = "amqp://127.0.0.1:5672";
const SCHEMES: ReadonlyMap<string, "amqp" | "redis"> = new Map([
  ["amqp", "amqp"],
  ["amqps", "amqp"],
  ["redis", "redis"],
  ["rediss", "redis"],
  ["unix", "redis"],
]);

/**
 * Finds the broker that a command line means.
 *
 * @param values The values of its options.
 * @param env Reads a variable of the environment.
 * @returns The broker.
 * @throws {UsageError} when the URL or an option can not be used.
 */
export async function openEventBroker(
  values: CommandArguments["values"],
  env: (name: string) => string | undefined,
): Promise<EventBroker> {
  const url = (values.get("url") ?? (env("AMQP_URL") || DEFAULT_URL)).trim();
  const compat = values.get("compat");
  if (compat !== undefined && compat !== "gemstone") {
    throw new UsageError(`--compat knows "gemstone" only, got ${quoteArgument(compat)}`);
  }
  const kind = readKind(url);
  if (kind === "redis" && compat !== undefined) {
    throw new UsageError("--compat is for RabbitMQ; over Redis broadcasts reach Python services anyway");
  }
  const createBroker = kind === "amqp"
    ? (await import("./amqp_broker.ts")).createAmqpBroker
    : (await import("./redis_broker.ts")).createRedisBroker;
  try {
    return createBroker({ url, namespace: values.get("namespace"), compat });
  } catch (error) {
    // The transports check what they are given in this way.
    if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

/** Says nothing of the URL but its scheme: anything else could be a part of the password. */
function readKind(url: string): "amqp" | "redis" {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[1]?.toLowerCase();
  const kind = SCHEMES.get(scheme ?? "");
  if (kind !== undefined) return kind;
  const found = scheme === undefined ? "it has none" : `got ${quoteArgument(scheme)}`;
  throw new UsageError(`the URL of the broker must begin with amqp, amqps, redis, rediss or unix, ${found}`);
}
