/**
 * JSON for people.
 *
 * @module
 */
import type { JsonValue } from "../json.ts";
import { PLAIN, type Style } from "./style.ts";
import { toLines } from "./terminal_text.ts";

/** A string, perhaps the name of a member; a word; a number. */
const TOKEN = /("(?:[^"\\]|\\.)*")(:?)|\b(?:true|false|null)\b|-?\b\d[\d.eE+-]*/g;

/**
 * Writes a value as JSON of several lines, which are safe to print.
 *
 * @param value The value.
 * @param style How it looks. @default {plain}
 * @returns The lines. Without colours they are the JSON text of the very value.
 */
export function toPrettyJson(value: JsonValue, style: Style = PLAIN): string[] {
  return toLines(JSON.stringify(value, null, 2)).map((line) => paintTokens(line, style));
}

function paintTokens(line: string, { paint }: Style): string {
  return line.replace(TOKEN, (token: string, string: string | undefined, colon: string | undefined) => {
    if (string === undefined) return paint("yellow", token);
    return colon === ":" ? paint("blue", string) + colon : paint("green", string);
  });
}
