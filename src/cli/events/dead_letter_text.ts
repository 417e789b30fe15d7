/**
 * Dead letters for people.
 *
 * @module
 */
import type { DeadLetter } from "../../events/dead_letter.ts";
import { toLine, toLines } from "../terminal_text.ts";
import { toTextTable } from "../text_table.ts";

/** What is printed; nothing in it can harm a terminal. */
export type DeadLetterLines = readonly string[];

/** Errors are cut in the table; `show` has all of it. */
const MAX_ERROR_LENGTH = 60;

/**
 * Makes a table with a head line.
 *
 * @param letters The dead letters.
 * @returns Its lines; none without dead letters.
 */
export function toTable(letters: readonly DeadLetter[]): DeadLetterLines {
  const head = ["ID", "EVENT", "REASON", "ATTEMPTS", "LAST FAILURE", "ERROR"];
  return toTextTable(head, letters.map(toCells));
}

/**
 * Tells all there is to know of one.
 *
 * @param letter The dead letter.
 * @returns Lines.
 */
export function toText(letter: DeadLetter): DeadLetterLines {
  const facts: [string, string | undefined][] = [
    ["id", letter.id],
    ["event", letter.event],
    ["event id", letter.eventId],
    ["origin", letter.origin],
    ["reason", letter.reason],
    ["attempts", String(letter.attempts)],
    ["first failure", letter.firstFailure],
    ["last failure", letter.lastFailure],
    ["error", toError(letter)],
  ];
  return [
    ...facts.flatMap(([name, value]) => value === undefined ? [] : [`${name.padEnd(15)}${toLine(value)}`]),
    ...toBlock("stack", letter.errorStack),
    ...toBlock(letter.isText ? "body" : "body in base64", letter.body),
  ];
}

function toCells(letter: DeadLetter): string[] {
  const error = (toError(letter) ?? "").split("\n", 1)[0]!;
  return [
    letter.id,
    letter.event,
    letter.reason,
    String(letter.attempts),
    letter.lastFailure ?? "",
    error.length > MAX_ERROR_LENGTH ? `${error.slice(0, MAX_ERROR_LENGTH)}…` : error,
  ];
}

function toError({ errorName, errorMessage }: DeadLetter): string | undefined {
  const parts = [errorName, errorMessage].filter((part) => part !== undefined && part !== "");
  return parts.length === 0 ? undefined : parts.join(": ");
}

function toBlock(title: string, text: string | undefined): string[] {
  return text === undefined ? [] : [title, ...toLines(text).map((line) => `  ${line}`)];
}
