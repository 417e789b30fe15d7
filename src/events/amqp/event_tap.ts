/**
 * Shows events as they are emitted, without taking them from anyone.
 *
 * @module
 */
import { BrokerUnavailableError } from "../../errors.ts";
import { checkEventName } from "../event.ts";
import type { ReceivedEvent } from "../event_transport.ts";
import { readNamespace } from "../namespace.ts";
import { TapEnd } from "../tap_end.ts";
import { AmqpNames } from "./amqp_names.ts";
import type { AmqpChannel, AmqpMessage } from "./driver.ts";
import { explainRefusal } from "./explain_refusal.ts";
import { MessageReader, UnreadableMessage } from "./message_reader.ts";
import type { RabbitMqConnectionOptions } from "./options.ts";
import { ToolConnection } from "./tool_connection.ts";

/**
 * What is shown, and to whom.
 *
 * @example The events of one name, and what is not JSON under it
 * ```ts
 * import { type AmqpTapOptions, tapAmqp } from "@gemstone/gemstone/rabbitmq";
 *
 * async function watch(url: string, signal: AbortSignal): Promise<void> {
 *   const options: AmqpTapOptions = {
 *     event: "order_paid",
 *     onEvent: ({ id, body }) => console.log(id, body),
 *     onUnreadable: (name, error) => console.error(name, error),
 *     signal,
 *   };
 *   await tapAmqp(url, options);
 * }
 * ```
 */
export interface AmqpTapOptions {
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
  readonly connection?: RabbitMqConnectionOptions | undefined;
}

/**
 * Shows the events that are emitted from now on, until the signal ends it. What is delivered again after a failure
 * is not shown again. Events with `compat: "gemstone"` are not shown.
 *
 * @param url The URL of the broker.
 * @param options What is shown.
 * @returns Nothing, when the signal has ended it.
 * @throws {TypeError} when an option is of a wrong type.
 * @throws {RangeError} when an option is out of range.
 * @throws {BrokerUnavailableError} when the broker can not be reached, does not let us in, or is lost.
 *
 * @example
 * ```ts
 * import { tapAmqp } from "@gemstone/gemstone/rabbitmq";
 *
 * async function showForAMinute(): Promise<void> {
 *   await tapAmqp("amqp://127.0.0.1", {
 *     onEvent: ({ name, body }) => console.log(name, body),
 *     signal: AbortSignal.timeout(60_000),
 *   });
 * }
 * ```
 */
export async function tapAmqp(url: string | URL, options: AmqpTapOptions): Promise<void> {
  const { event, signal, onReady } = options;
  const names = new AmqpNames(readNamespace(options.namespace));
  if (event !== undefined) checkEventName(event);
  if (signal.aborted) return;
  let tool: ToolConnection;
  try {
    tool = await ToolConnection.open(url, { ...options.connection, name: "gemstone tap", signal });
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  const end = new TapEnd(signal);
  try {
    await Promise.race([open(tool, names, end, options).then(() => onReady?.()), end.promise, tool.lost]);
    await Promise.race([end.promise, tool.lost]);
  } finally {
    end.remove();
    await tool.close();
  }
}

/** The largest body that is decoded, in bytes. */
const MAX_EVENT_BYTES = 64 * 1024 * 1024;

async function open(
  { connection }: ToolConnection,
  names: AmqpNames,
  end: TapEnd,
  options: AmqpTapOptions,
): Promise<void> {
  const lose = (cause: Error): void =>
    end.fail(new BrokerUnavailableError(`Cannot show events: ${explainRefusal(cause)}`, { cause }));
  const channel = await connection.createChannel({
    // Later than the connection, which says more when it is lost, too.
    onClosed: (error) => queueMicrotask(() => lose(error ?? new Error("the broker has closed the channel"))),
  }, false);
  const queue = await declareQueue(channel, names, options.event ?? "#");
  const show = createShow(names, options);
  await channel.consume(queue, (message) => {
    if (message === null) return lose(new Error("the broker has ended the consumer"));
    try {
      show(message);
    } catch (error) {
      end.fail(error);
    }
  }, { noAck: true });
}

async function declareQueue(channel: AmqpChannel, names: AmqpNames, key: string): Promise<string> {
  const { queue } = await channel.assertQueue("", { durable: false, exclusive: true });
  for (const exchange of [names.events, names.broadcast]) {
    await channel.assertExchange(exchange, "topic", { durable: true });
    await channel.bindQueue(queue, exchange, key);
  }
  return queue;
}

function createShow(
  names: AmqpNames,
  { onEvent, onUnreadable }: AmqpTapOptions,
): (message: AmqpMessage) => void {
  const [group, broadcast] = [false, true].map((isBroadcast) =>
    new MessageReader({ event: undefined, broadcast: isBroadcast, maxEventBytes: MAX_EVENT_BYTES })
  ) as [MessageReader, MessageReader];
  return (message) => {
    const event = (message.fields.exchange === names.broadcast ? broadcast : group).read(message);
    if (event instanceof UnreadableMessage) onUnreadable?.(event.name, event.error);
    else onEvent(event);
  };
}
