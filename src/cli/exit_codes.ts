/**
 * The exit codes of the program, and what is said of an error.
 *
 * @module
 */
import { hidePasswords } from "../config/hide_passwords.ts";
import { RemoteCallError } from "../errors.ts";
import type { JsonValue } from "../json.ts";
import { CommandError, UsageError } from "./command.ts";
import { toLine } from "./terminal_text.ts";

/** The service answered with an error, the broker refused, or the command could not do what it is for. */
export const FAILED = 1;
/** The command line can not be understood, or a value in it not be used. */
export const WRONG_USAGE = 2;
/** Nobody answered, not in time, or not as a service does. */
export const NOT_REACHABLE = 3;
/** There is no such service, dead letter, module or class. */
export const NOT_FOUND = 4;
/** Ctrl-C ended it, as shells report it. */
const INTERRUPTED = 130;

/** The text about exit codes in help texts. */
export const EXIT_CODES_USAGE = `Exit codes: 0, done; 1, the service answered with an error, or the broker
refused; 2, wrong usage; 3, not reachable: nobody answered in time and as a
service does; 4, no such service, module or dead letter.`;

/** By `code`, which works where `instanceof` does not: `start` runs services of another copy of the package. */
const CODES: ReadonlyMap<unknown, number> = new Map([
  ["ERR_CONFIGURATION_VALUE", WRONG_USAGE],
  ["ERR_TRANSPORT", NOT_REACHABLE],
  ["ERR_TIMEOUT", NOT_REACHABLE],
  ["ERR_HTTP_STATUS", NOT_REACHABLE],
  ["ERR_INVALID_RESPONSE", NOT_REACHABLE],
  ["ERR_DISCOVERY", NOT_REACHABLE],
  ["ERR_BROKER_UNAVAILABLE", NOT_REACHABLE],
  ["ERR_SERVICE_NOT_FOUND", NOT_FOUND],
  ["ERR_ABORTED", INTERRUPTED],
]);

/** The start of a page that clients quote in an error text. */
const HTML = /: "(?:\s|\\[nrt])*<(?:!doctype|html|head|body)\b(?:[^"\\]|\\.)*"/gi;

/** The text of an error, in characters. */
const MAX_TEXT_LENGTH = 4000;
/** The data of an error, in characters. */
const MAX_DATA_LENGTH = 300;
/** What Deno puts in front of the reason; the URL stands in our own text already. */
const DENO_PREFIX = /(?:fetch failed: )?error sending request for url \(\S*?\): /g;

/**
 * Finds the exit code for an error.
 *
 * @param error What a command has thrown.
 * @returns The exit code, never 0.
 */
export function toExitCode(error: unknown): number {
  if (error instanceof UsageError) return WRONG_USAGE;
  if (error instanceof CommandError) return error.exitCode;
  return CODES.get((error as { readonly code?: unknown } | null | undefined)?.code) ?? FAILED;
}

/**
 * Tells an error in one line: without stack, without the passwords of URLs, and without what a terminal obeys.
 *
 * @param error What a command has thrown.
 * @returns The line. Of an error that a service has answered with, it has the code and the data.
 */
export function toErrorText(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : describeThrown(error);
  const text = message.replace(DENO_PREFIX, "")
    .replace(HTML, ": it is a web page, not the answer of a service; is the path right?");
  const safe = toLine(hidePasswords(text));
  // A service may say anything, at any length.
  const shown = safe.length > MAX_TEXT_LENGTH ? `${safe.slice(0, MAX_TEXT_LENGTH)}…` : safe;
  return error instanceof RemoteCallError ? shown + toLine(hidePasswords(describeAnswer(error))) : shown;
}

function describeThrown(value: unknown): string {
  return typeof value === "object" && value !== null ? "an error of an unknown kind" : String(value);
}

function describeAnswer({ rpcCode, data }: RemoteCallError): string {
  const json = data === undefined || data === null || isReasonAlone(data) ? "" : JSON.stringify(data);
  const shown = json.length > MAX_DATA_LENGTH ? `${json.slice(0, MAX_DATA_LENGTH)}…` : json;
  return ` (error ${rpcCode}${shown === "" ? "" : `, data ${shown}`})`;
}

/** A reason is in the message. */
function isReasonAlone(data: JsonValue | undefined): boolean {
  return typeof data === "object" && data !== null && Object.keys(data).join() === "reason";
}
