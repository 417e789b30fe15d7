/**
 * Texts from outside for a terminal: a control character of an event must not move the cursor, change the title of
 * the window or turn the direction of the line.
 *
 * @module
 */

/** Control characters (C0, DEL, C1), what breaks lines, and what turns their direction. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Writes what a terminal would obey as the escapes of JSON, so that JSON text stays the same JSON.
 *
 * @param text Any text.
 * @returns One line that is safe to print.
 */
export function toLine(text: string): string {
  return text.replace(UNSAFE, escape);
}

/**
 * The same for a text of several lines.
 *
 * @param text Any text.
 * @returns Its lines, each safe to print; tabs are two spaces.
 */
export function toLines(text: string): string[] {
  return text.split(/\r\n|\n/).map((line) => toLine(line.replaceAll("\t", "  ")));
}

/**
 * Writes a value as one line of JSON that is safe to print.
 *
 * @param value Anything that JSON can carry.
 * @returns The JSON text.
 */
export function toJsonLine(value: unknown): string {
  return toLine(JSON.stringify(value));
}

function escape(character: string): string {
  const short = SHORT.get(character);
  return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

const SHORT: ReadonlyMap<string, string> = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);
