/** What tests of the reader of messages share. */
import { assertInstanceOf } from "@std/assert";
import { MessageReader, UnreadableMessage } from "../../../src/events/amqp/message_reader.ts";
import type { ReceivedEvent } from "../../../src/events/event_transport.ts";
import { createMessage, type MessageParts } from "./fake_channel.ts";

/** Reads the events of one name. */
export const GROUP: MessageReader = new MessageReader({
  event: "order_paid",
  broadcast: false,
  maxEventBytes: 1000,
});
/** Reads broadcasts. */
export const BROADCAST: MessageReader = new MessageReader({
  event: undefined,
  broadcast: true,
  maxEventBytes: 1000,
});
/** What is made of a message that says nothing. */
export const BARE: ReceivedEvent = {
  id: undefined,
  name: "order_paid",
  body: {},
  source: undefined,
  timeMs: undefined,
  broadcast: false,
  attempt: 1,
  trace: {},
  correlationId: undefined,
};

/** Reads an event. */
export function read(reader: MessageReader, parts: MessageParts): ReceivedEvent {
  const event = reader.read(createMessage(parts));
  if (event instanceof UnreadableMessage) throw event.error;
  return event;
}

/** Reads what is no event. */
export function refuse(reader: MessageReader, parts: MessageParts): UnreadableMessage {
  const message = reader.read(createMessage(parts));
  assertInstanceOf(message, UnreadableMessage);
  return message;
}
