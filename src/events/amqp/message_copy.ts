/**
 * Copies of messages whose handling failed: for another try later, for the dead letters, and back from there.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { describeFailure } from "../dead_letter.ts";
import type { AmqpMessage, AmqpPublishOptions } from "./driver.ts";
import { HEADERS, keepHeaders, keepKnownHeaders, type MessageHeaders, toHeaders } from "./message_headers.ts";

/** What a copy says of the failure. */
export interface FailureNote {
  /** The name of the event. */
  readonly event: string;
  /** The queue where a redrive sends it. */
  readonly origin: string;
  /** The how many-th delivery the copy is; of a dead letter, how often it was delivered. */
  readonly attempt: number;
  /** What was thrown. */
  readonly error: unknown;
  /** Why it is dead; `undefined` when it is to be tried again. */
  readonly reason: string | undefined;
  /** When it failed, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** A copy that is to be published. */
export interface MessageCopy {
  /** The body as it came. */
  readonly content: Buffer;
  /** The properties with all headers that came. */
  readonly options: AmqpPublishOptions;
  /** Makes properties with the headers that we know only, for when the others can not be written again. */
  readonly reduce: () => AmqpPublishOptions;
}

/**
 * Copies a message whose handling failed.
 *
 * @param message The message.
 * @param note What the copy says of the failure.
 * @returns The copy: persistent, and to be returned when no queue takes it.
 */
export function createFailureCopy(message: AmqpMessage, note: FailureNote): MessageCopy {
  const { errorName, errorMessage, errorStack } = describeFailure(note.error);
  const now = new Date(note.nowMs).toISOString();
  return createCopy(message, {
    [HEADERS.attempt]: note.attempt,
    [HEADERS.event]: note.event,
    [HEADERS.origin]: note.origin,
    [HEADERS.reason]: note.reason,
    [HEADERS.firstFailure]: readIsoTime(toHeaders(message.properties.headers), HEADERS.firstFailure) ?? now,
    [HEADERS.lastFailure]: now,
    [HEADERS.errorName]: errorName,
    [HEADERS.errorMessage]: errorMessage,
    [HEADERS.errorStack]: errorStack,
  });
}

/**
 * Copies a message without what our headers say of it, so that it is tried as if for the first time.
 *
 * @param message The message.
 * @returns The copy: persistent, and to be returned when no queue takes it.
 */
export function createFreshCopy(message: AmqpMessage): MessageCopy {
  return createCopy(message, {});
}

/**
 * Reads a time that a header gives.
 *
 * @param headers The headers.
 * @param name The name of the header.
 * @returns The time (ISO 8601); `undefined` when there is none, or something else.
 */
export function readIsoTime(headers: MessageHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" && ISO_TIME.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
/** AMQP 0-9-1: a short string. What was not UTF-8 is longer now than when it came. */
const MAX_PROPERTY_BYTES = 255;

function createCopy(message: AmqpMessage, notes: Record<string, unknown>): MessageCopy {
  const headers = toHeaders(message.properties.headers);
  const properties = copyProperties(message.properties);
  return {
    content: message.content,
    options: { ...properties, headers: { ...keepHeaders(headers), ...notes } },
    reduce: () => ({ ...properties, headers: { ...keepKnownHeaders(headers), ...notes } }),
  };
}

function copyProperties(properties: AmqpMessage["properties"]): AmqpPublishOptions {
  const { timestamp } = properties;
  return {
    messageId: toShortText(properties.messageId),
    contentType: toShortText(properties.contentType),
    contentEncoding: toShortText(properties.contentEncoding),
    type: toShortText(properties.type),
    appId: toShortText(properties.appId),
    correlationId: toShortText(properties.correlationId),
    timestamp: Number.isSafeInteger(timestamp) && timestamp as number >= 0 ? timestamp as number : undefined,
    deliveryMode: 2,
    mandatory: true,
  };
}

function toShortText(value: unknown): string | undefined {
  return typeof value === "string" && Buffer.byteLength(value) <= MAX_PROPERTY_BYTES ? value : undefined;
}
