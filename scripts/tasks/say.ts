/** @module */
import process from "node:process";

/**
 * Writes a line for people. It goes to standard error, because standard output belongs to the program that a
 * task starts: `deno task fixture` must print one line of JSON there and nothing else.
 *
 * @param line The text, without the line end.
 */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
