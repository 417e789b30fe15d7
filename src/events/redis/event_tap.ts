/**
 * Shows events as they are emitted, without taking them from anyone.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { BrokerUnavailableError } from "../../errors.ts";
import { readNamespace } from "../namespace.ts";
import { TapEnd } from "../tap_end.ts";
import { checkEventName } from "../event.ts";
import type { ReceivedEvent } from "../event_transport.ts";
import type { OnRedisMessage } from "./driver.ts";
import { FIELDS, readBroadcast, readEntry, UnreadableEntry } from "./entry_reader.ts";
import { RedisKeys } from "./keys.ts";
import type { RedisConnectionOptions } from "./options.ts";
import { readReplyCode } from "./script.ts";
import { ToolConnection } from "./tool_connection.ts";

/**
 * What is shown, and to whom.
 *
 * @example The next event of a name
 * ```ts
 * import type { ReceivedEvent } from "@gemstone/gemstone/redis";
 * import { type RedisTapOptions, tapRedis } from "@gemstone/gemstone/redis";
 *
 * async function awaitNext(url: string, event: string): Promise<ReceivedEvent | undefined> {
 *   const seen = new AbortController();
 *   let next: ReceivedEvent | undefined;
 *   const onEvent: RedisTapOptions["onEvent"] = (received) => {
 *     next ??= received;
 *     seen.abort();
 *   };
 *   await tapRedis(url, { event, onEvent, signal: AbortSignal.any([seen.signal, AbortSignal.timeout(60_000)]) });
 *   return next;
 * }
 * ```
 */
export interface RedisTapOptions {
  /** The name of the events. @default {all} */
  readonly event?: string | undefined;
  /** Called with each event. What it throws ends the tap. */
  readonly onEvent: (event: ReceivedEvent) => void;
  /** Called with what is no event: the name that it was emitted under, and what is wrong with it. @default {nothing} */
  readonly onUnreadable?: ((name: string, error: unknown) => void) | undefined;
  /** Called when events begin to come. @default {nothing} */
  readonly onReady?: (() => void) | undefined;
  /** Ends the tap. */
  readonly signal: AbortSignal;
  /** That of the transport. @default {"gemstone"} */
  readonly namespace?: string | undefined;
  /** How to connect. It is tried once. */
  readonly connection?: RedisConnectionOptions | undefined;
}

/**
 * Shows the events that are emitted from now on, until the signal ends it: broadcasts, also those of Python services,
 * and group events of this library. What is delivered again after a failure is not shown again. Without a name,
 * whatever else is published on the server is shown as a broadcast when its channel could be the name of an event.
 *
 * @param url The URL of the server.
 * @param options What is shown.
 * @returns Nothing, when the signal has ended it.
 * @throws {TypeError} when an option is of a wrong type.
 * @throws {RangeError} when the URL is none of Redis, or an option is out of range.
 * @throws {BrokerUnavailableError} when Redis can not be reached, does not let us in, or is lost.
 *
 * @example
 * ```ts
 * import { tapRedis } from "@gemstone/gemstone/redis";
 *
 * async function showForAMinute(): Promise<void> {
 *   await tapRedis("redis://127.0.0.1", {
 *     onEvent: ({ name, body }) => console.log(name, body),
 *     signal: AbortSignal.timeout(60_000),
 *   });
 * }
 * ```
 */
export async function tapRedis(url: string | URL, options: RedisTapOptions): Promise<void> {
  const { event, signal, connection, onReady } = options;
  const namespace = readNamespace(options.namespace);
  const keys = new RedisKeys(namespace);
  if (event !== undefined) checkEventName(event);
  if (signal.aborted) return;
  let tool: ToolConnection;
  try {
    tool = await ToolConnection.open(url, { connection, name: `${namespace}:tap`, signal });
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  const end = new TapEnd(signal);
  const onMessage = createShow(keys, options, end);
  const listening = listen(tool, event === undefined ? undefined : [event, keys.tap(event)], onMessage);
  try {
    await Promise.race([listening.then(() => onReady?.()), end.promise, tool.lost]);
    await Promise.race([end.promise, tool.lost]);
  } finally {
    end.remove();
    listening.catch(() => {/* it ends with the connection */});
    tool.close();
  }
}

async function listen(
  { connection }: ToolConnection,
  channels: readonly string[] | undefined,
  onMessage: OnRedisMessage,
): Promise<void> {
  try {
    if (channels === undefined) await connection.subscribeToPattern("*", onMessage);
    else await connection.subscribe(channels, onMessage);
  } catch (cause) {
    // Without an answer the connection is lost, which says more.
    if (readReplyCode(cause) === undefined) throw cause;
    throw new BrokerUnavailableError(`Cannot show events: ${(cause as Error).message}`, { cause });
  }
}

/** The largest body that is decoded, in bytes. */
const MAX_EVENT_BYTES = 64 * 1024 * 1024;
const EVENT_FIELD = Buffer.from(FIELDS.event);

function createShow(
  keys: RedisKeys,
  { onEvent, onUnreadable }: RedisTapOptions,
  end: TapEnd,
): OnRedisMessage {
  const prefix = keys.tap("");
  return (channel, message) => {
    const isGroup = channel.startsWith(prefix);
    const name = isGroup ? channel.slice(prefix.length) : channel;
    if (!isEventName(name)) return;
    const event = isGroup
      ? readEntry(name, [EVENT_FIELD, message], 1, MAX_EVENT_BYTES)
      : readBroadcast(name, message, MAX_EVENT_BYTES);
    try {
      if (event instanceof UnreadableEntry) onUnreadable?.(name, event.error);
      else onEvent(event);
    } catch (error) {
      end.fail(error);
    }
  };
}

/** Redis itself publishes in channels whose names begin with two underscores. */
function isEventName(name: string): boolean {
  if (name.startsWith("__")) return false;
  try {
    checkEventName(name);
    return true;
  } catch {
    return false;
  }
}
