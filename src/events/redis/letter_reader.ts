/**
 * Reads what was written down of an event that could not be handled.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { readCloudEvent } from "../cloud_event.ts";
import { type DeadLetter, toDeadBody } from "../dead_letter.ts";
import type { RedisReply } from "./driver.ts";
import { FIELDS, findField } from "./entry_reader.ts";
import { ENTRY_PREFIX, LETTER } from "./letter.ts";

/**
 * Reads a dead letter. Never throws, whatever stands in it.
 *
 * @param id Its id.
 * @param fields Its names and values, as bytes.
 * @returns The letter.
 */
export function readLetter(id: string, fields: readonly RedisReply[]): DeadLetter {
  const read = (name: string): string | undefined => findField(fields, name)?.toString();
  const attempts = Number(read(LETTER.attempts));
  const origin = read(LETTER.origin) ?? "";
  return {
    id,
    eventId: read(LETTER.eventId),
    event: read(LETTER.event) ?? origin.slice(origin.lastIndexOf("/") + 1),
    origin,
    reason: read(LETTER.reason) ?? "",
    attempts: Number.isSafeInteger(attempts) ? attempts : 0,
    errorName: read(LETTER.errorName),
    errorMessage: read(LETTER.errorMessage),
    errorStack: read(LETTER.errorStack),
    firstFailure: read(LETTER.firstFailure),
    lastFailure: read(LETTER.lastFailure),
    ...readBody(fields),
  };
}

function readBody(fields: readonly RedisReply[]): Pick<DeadLetter, "body" | "isText"> {
  const bare = findField(fields, ENTRY_PREFIX + FIELDS.body);
  const event = findField(fields, ENTRY_PREFIX + FIELDS.event);
  if (event === undefined) return toDeadBody(bare ?? toText(fields));
  try {
    const { body } = readCloudEvent(JSON.parse(event.toString()));
    return { body: JSON.stringify(body), isText: true };
  } catch {
    // No CloudEvent: bare JSON, or what is wrong with it.
    return toDeadBody(event);
  }
}

/** An entry without event: all its fields. */
function toText(fields: readonly RedisReply[]): Buffer {
  const lines: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = String(fields[i]);
    if (name.startsWith(ENTRY_PREFIX)) lines.push(`${name.slice(ENTRY_PREFIX.length)}: ${fields[i + 1]}`);
  }
  return Buffer.from(lines.join("\n"));
}
