/**
 * The help text of a command line, laid out as Python's argparse does, whose users know it.
 *
 * @module
 */
import type { CommandLineOption } from "./configurator.ts";

const LINE_WIDTH = 80;
/** Where descriptions begin. */
const DESCRIPTION_COLUMN = 24;

/**
 * Writes the line that shows how to call a program, wrapped at 80 columns.
 *
 * @param program The name of the program.
 * @param options Its options.
 * @returns The text, without a line feed at its end.
 */
export function usageLine(program: string, options: readonly CommandLineOption[]): string {
  const lead = `usage: ${program}`;
  const named = options.filter(({ kind }) => kind !== "positional");
  const positional = options.filter(({ kind }) => kind === "positional");
  const parts = [
    "[-h]",
    ...named.map((option) => `[${invocations(option).join(" | ")}]`),
    ...positional.map((option) => `[${placeholder(option)}]`),
  ];
  const hasRoom = lead.length < DESCRIPTION_COLUMN;
  const indent = " ".repeat(hasRoom ? lead.length + 1 : "usage: ".length);
  const lines = wrap(parts, LINE_WIDTH - indent.length).join(`\n${indent}`);
  return hasRoom ? `${lead} ${lines}` : `${lead}\n${indent}${lines}`;
}

/**
 * Writes the whole help text.
 *
 * @param program The name of the program.
 * @param options Its options.
 * @returns The text, without a line feed at its end.
 */
export function helpText(program: string, options: readonly CommandLineOption[]): string {
  const named = options.filter(({ kind }) => kind !== "positional");
  const positional = options.filter(({ kind }) => kind === "positional");
  const sections = [usageLine(program, options)];
  if (positional.length > 0) {
    const rows = positional.map((option) => row(placeholder(option), describe(option)));
    sections.push(["positional arguments:", ...rows].join("\n"));
  }
  const rows = named.map((option) => row(invocations(option).join(", "), describe(option)));
  sections.push(["options:", row("-h, --help", "show this help text and exit"), ...rows].join("\n"));
  return sections.join("\n\n");
}

function invocations(option: CommandLineOption): string[] {
  const spelling = option.spellings[0] ?? option.name;
  return option.kind === "flag"
    ? [`--${spelling}`, `--no-${spelling}`]
    : [`--${spelling} ${placeholder(option)}`];
}

function placeholder(option: CommandLineOption): string {
  return (option.spellings[0] ?? option.name).replaceAll("-", "_").toUpperCase();
}

function describe(option: CommandLineOption): string {
  const defaultText = option.defaultText?.();
  const shownDefault = defaultText === undefined ? "" : `(default: ${defaultText})`;
  return `${option.description ?? ""} ${shownDefault}`.trim();
}

/** Writes one option; its description begins on the next line when there is no room beside it. */
function row(invocation: string, description: string): string {
  const head = `  ${invocation}`;
  if (description === "") return head;
  const indent = " ".repeat(DESCRIPTION_COLUMN);
  const lines = wrap(description.split(/\s+/), LINE_WIDTH - DESCRIPTION_COLUMN).join(`\n${indent}`);
  const fits = head.length + 2 <= DESCRIPTION_COLUMN;
  return fits ? head.padEnd(DESCRIPTION_COLUMN) + lines : `${head}\n${indent}${lines}`;
}

/** Fills lines with parts; a part that is longer than a line gets one of its own. */
function wrap(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + part.length > width) lines.push(part);
    else lines[lines.length - 1] = `${last} ${part}`;
  }
  return lines;
}
