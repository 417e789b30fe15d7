/**
 * What is written down of an event that could not be handled.
 *
 * @module
 */
import { describeFailure } from "../dead_letter.ts";

/** What a dead letter says besides its entry. */
export interface LetterFields {
  /** The name of the event. */
  readonly event: string;
  /** The id of the event. */
  readonly eventId: string | undefined;
  /** The queue where a redrive sends it. */
  readonly origin: string;
  /** Why it is dead-lettered. */
  readonly reason: string;
  /** How often it was delivered. */
  readonly attempts: number;
  /** When it failed for the first time (ISO 8601). */
  readonly firstFailure: string | undefined;
  /** What it failed with. */
  readonly error: unknown;
}

/** The fields of a dead letter in Redis; those of the entry follow, with `entry.` before their names. */
export const LETTER = {
  event: "event",
  eventId: "event_id",
  origin: "origin",
  reason: "reason",
  attempts: "attempts",
  errorName: "error_name",
  errorMessage: "error_message",
  errorStack: "error_stack",
  firstFailure: "first_failure",
  lastFailure: "last_failure",
} as const;

/** What goes before the names of the fields of the entry. */
export const ENTRY_PREFIX = "entry.";

/**
 * Writes a dead letter.
 *
 * @param letter What it says.
 * @returns Names and values.
 */
export function writeLetter(letter: LetterFields): string[] {
  const { errorName, errorMessage, errorStack } = describeFailure(letter.error);
  const now = new Date().toISOString();
  const fields: [string, string | undefined][] = [
    [LETTER.event, letter.event],
    [LETTER.eventId, letter.eventId],
    [LETTER.origin, letter.origin],
    [LETTER.reason, letter.reason],
    [LETTER.attempts, String(letter.attempts)],
    [LETTER.errorName, errorName],
    [LETTER.errorMessage, errorMessage],
    [LETTER.errorStack, errorStack],
    [LETTER.firstFailure, letter.firstFailure ?? now],
    [LETTER.lastFailure, now],
  ];
  return fields.flatMap(([name, value]) => value === undefined ? [] : [name, value]);
}
