/**
 * Reads the messages of a dead-letter queue: copies that we have put there, and what the broker has given up.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type DeadLetter, toDeadBody } from "../dead_letter.ts";
import type { AmqpNames } from "./amqp_names.ts";
import type { AmqpMessage } from "./driver.ts";
import { readIsoTime } from "./message_copy.ts";
import { HEADERS, type MessageHeaders, readAttempt, toHeaders } from "./message_headers.ts";
import { readEventName } from "./message_reader.ts";

/** Whose dead letters they are. */
export interface DeadMessageOwner {
  /** The names of exchanges and queues. */
  readonly names: AmqpNames;
  /** The name of the service. */
  readonly service: string;
}

/**
 * Reads a message of a dead-letter queue.
 *
 * @param message The message; anything may stand in it.
 * @param owner Whose it is.
 * @returns The dead letter.
 */
export function readDeadMessage(message: AmqpMessage, owner: DeadMessageOwner): DeadLetter {
  const headers = toHeaders(message.properties.headers);
  const death = readDeath(headers);
  const attempt = readAttempt(headers);
  const letter = {
    ...(death === undefined ? readCopy(message, headers, owner) : readGivenUp(message, death, owner)),
    eventId: toText(message.properties.messageId),
    // What did not come back from its rest carries the number of the delivery that was to follow.
    attempts: death?.reason === "expired" ? attempt - 1 : attempt,
    errorName: toText(headers[HEADERS.errorName]),
    errorMessage: toText(headers[HEADERS.errorMessage]),
    errorStack: toText(headers[HEADERS.errorStack]),
    firstFailure: readIsoTime(headers, HEADERS.firstFailure),
    ...toDeadBody(message.content),
  };
  return { id: hash(message, letter), ...letter };
}

type Cause = Pick<DeadLetter, "event" | "origin" | "reason" | "lastFailure">;

/** What the broker says of the last time that it moved the message. Copies of ours do not have it. */
interface Death {
  readonly reason: string;
  readonly time: string | undefined;
}

/** Why we put it there. */
function readCopy(message: AmqpMessage, headers: MessageHeaders, owner: DeadMessageOwner): Cause {
  const event = toText(headers[HEADERS.event]) ?? readEventName(message, headers);
  return {
    event,
    origin: toText(headers[HEADERS.origin]) ?? toQueue(event, owner),
    reason: toText(headers[HEADERS.reason]) ?? "unknown",
    lastFailure: readIsoTime(headers, HEADERS.lastFailure),
  };
}

/**
 * Why the broker put it there. Its routing key is the queue that it comes from, or was to go to; what our headers
 * say of that may be forged, because nobody has written them anew.
 */
function readGivenUp(message: AmqpMessage, { reason, time }: Death, owner: DeadMessageOwner): Cause {
  const { names, service } = owner;
  const headers = toHeaders(message.properties.headers);
  const { routingKey } = message.fields;
  const groupQueues = names.groupQueue(service, "");
  const event = routingKey.startsWith(groupQueues)
    ? decode(routingKey.slice(groupQueues.length))
    : readEventName(message, headers);
  // That of a broadcast is the queue of an instance, which may be gone for good.
  const origin = routingKey.startsWith(groupQueues) ? routingKey : toQueue(event, owner);
  return { event, origin, reason, lastFailure: time ?? readIsoTime(headers, HEADERS.lastFailure) };
}

/** `x-death` has what happened last first (RabbitMQ, "Dead Letter Exchanges"). */
function readDeath(headers: MessageHeaders): Death | undefined {
  const deaths = headers["x-death"];
  const last: unknown = Array.isArray(deaths) ? deaths[0] : undefined;
  if (typeof last !== "object" || last === null) return undefined;
  const { reason, time } = last as { reason?: unknown; time?: { value?: unknown } | null };
  const seconds = typeof time === "object" ? Number(time?.value) : NaN;
  const date = new Date(seconds * 1000);
  return {
    reason: toText(reason) ?? "unknown",
    time: Number.isNaN(date.getTime()) ? undefined : date.toISOString(),
  };
}

function toQueue(event: string, { names, service }: DeadMessageOwner): string {
  try {
    return names.groupQueue(service, event);
  } catch {
    // Too long, or not well-formed: there can be no such queue.
    return "";
  }
}

/** The same for as long as the message is there, and different for another death of the same event. */
function hash({ content }: AmqpMessage, letter: Omit<DeadLetter, "id">): string {
  const { eventId, event, origin, reason, firstFailure, lastFailure } = letter;
  const parts = JSON.stringify([eventId, event, origin, reason, firstFailure, lastFailure]);
  return createHash("sha256").update(parts).update(content).digest("hex").slice(0, 16);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function toText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
