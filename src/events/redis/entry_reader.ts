/**
 * Reads entries of queues and messages of channels as events.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { JsonValue } from "../../json.ts";
import { readCloudEvent } from "../cloud_event.ts";
import type { DeadReason } from "../delivery_pool.ts";
import type { ReceivedEvent } from "../event_transport.ts";
import { readJsonBody, UnreadableEventError } from "../json_body.ts";
import type { RedisReply } from "./driver.ts";

/** The fields of an entry. The event is in one of the first two. */
export const FIELDS = {
  /** A CloudEvent in JSON, or bare JSON. */
  event: "event",
  /** Bare JSON, whatever it looks like: a broadcast that was dead-lettered and redriven. */
  body: "body",
  /** Which delivery this is, from 1. */
  attempt: "attempt",
  /** When a delivery failed for the first time (ISO 8601). */
  firstFailure: "first_failure",
  /** When a delivery failed for the last time (ISO 8601). */
  lastFailure: "last_failure",
} as const;

/** What an entry says besides the event. */
export interface EntryHeader {
  /** Which delivery this is, from 1. */
  readonly attempt: number;
  /** When a delivery failed for the first time (ISO 8601). */
  readonly firstFailure: string | undefined;
}

/** An entry that is no event. */
export class UnreadableEntry {
  /**
   * Creates the note of an entry that is no event.
   *
   * @param reason Why it is dead-lettered.
   * @param error What is wrong with it.
   */
  constructor(readonly reason: DeadReason, readonly error: unknown) {}
}

/** A CloudEvent may be longer than its body by this: all attributes that we read are shorter together. */
const ENVELOPE_BYTES = 64 * 1024;
/** Ours have five at most; every one costs when the entry is copied. */
const MAX_FIELDS = 100;
const NO_TRACE: ReceivedEvent["trace"] = {};

/**
 * Reads the fields of an entry beside the event. What is wrong counts as missing.
 *
 * @param fields Names and values.
 * @returns What they say.
 */
export function readHeader(fields: readonly RedisReply[]): EntryHeader {
  const attempt = findField(fields, FIELDS.attempt)?.toString() ?? "";
  const firstFailure = findField(fields, FIELDS.firstFailure)?.toString() ?? "";
  return {
    attempt: /^([1-9]\d{0,2}|1000)$/.test(attempt) ? Number(attempt) : 1,
    firstFailure: ISO_TIME.test(firstFailure) ? firstFailure : undefined,
  };
}

/**
 * Reads an entry. Never throws, whatever stands in it.
 *
 * @param name The name of all events of the queue.
 * @param fields Names and values.
 * @param attempt Which delivery it is.
 * @param maxEventBytes The largest body that is decoded, in bytes.
 * @returns The event, or why it is none.
 */
export function readEntry(
  name: string,
  fields: readonly RedisReply[],
  attempt: number,
  maxEventBytes: number,
): ReceivedEvent | UnreadableEntry {
  try {
    if (fields.length > 2 * MAX_FIELDS) {
      throw new UnreadableEventError(
        "malformed",
        `Cannot read event: its entry has ${fields.length / 2} fields`,
      );
    }
    const event = findField(fields, FIELDS.event);
    if (event !== undefined) {
      const value = readJsonBody(event, maxEventBytes + ENVELOPE_BYTES);
      if (!looksLikeCloudEvent(value)) return toBareEvent(name, value, attempt, false);
      return { ...readCloudEvent(value), name, broadcast: false, attempt };
    }
    const body = findField(fields, FIELDS.body);
    if (body !== undefined) return toBareEvent(name, readJsonBody(body, maxEventBytes), attempt, false);
    throw new UnreadableEventError(
      "malformed",
      `Cannot read event: its entry has no field "${FIELDS.event}"`,
    );
  } catch (error) {
    return toUnreadable(error);
  }
}

/**
 * Reads a message of a channel: JSON and nothing else, as the Python library gemstone has it. Never throws.
 *
 * @param name The name of the channel.
 * @param message The message.
 * @param maxEventBytes The largest body that is decoded, in bytes.
 * @returns The event, or why it is none.
 */
export function readBroadcast(
  name: string,
  message: Buffer,
  maxEventBytes: number,
): ReceivedEvent | UnreadableEntry {
  try {
    return toBareEvent(name, readJsonBody(message, maxEventBytes), 1, true);
  } catch (error) {
    return toUnreadable(error);
  }
}

/**
 * Finds a field of an entry.
 *
 * @param fields Names and values, as bytes.
 * @param name The name.
 * @returns The value of the first field of that name.
 */
export function findField(fields: readonly RedisReply[], name: string): Buffer | undefined {
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const value = fields[i + 1];
    if (String(fields[i]) === name && Buffer.isBuffer(value)) return value;
  }
  return undefined;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

function looksLikeCloudEvent(value: JsonValue): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "specversion");
}

function toBareEvent(name: string, body: JsonValue, attempt: number, broadcast: boolean): ReceivedEvent {
  return {
    id: undefined,
    name,
    body,
    source: undefined,
    timeMs: undefined,
    broadcast,
    attempt,
    trace: NO_TRACE,
    correlationId: undefined,
  };
}

function toUnreadable(error: unknown): UnreadableEntry {
  return new UnreadableEntry(error instanceof UnreadableEventError ? error.reason : "malformed", error);
}
