/**
 * What a soak found, as a table.
 *
 * @module
 */
import type { SoakRuntime } from "./options.ts";

/** One line of the table, of one runtime. */
export interface Figure {
  /** What was measured; the same for each runtime. */
  readonly what: string;
  /** What came out. */
  readonly value: string;
  /** What shall hold; absent for what is only told. */
  readonly bound?: string;
  /** Whether it holds. */
  readonly isMet?: boolean;
}

/** All that came out on one runtime. */
export interface SoakReport {
  readonly runtime: SoakRuntime;
  readonly figures: readonly Figure[];
}

const NAMES: Readonly<Record<SoakRuntime, string>> = { deno: "Deno", node: "Node" };

/**
 * Makes a figure with a bound.
 *
 * @param what What was measured.
 * @param value What came out.
 * @param most The most that it may be.
 */
export function atMost(what: string, value: number, { most }: { most: number }): Figure {
  const bound = most === 0 ? "0" : `at most ${formatCount(most)}`;
  return { what, value: formatCount(value), bound, isMet: value <= most };
}

/**
 * Makes a figure that shall not be too small.
 *
 * @param what What was measured.
 * @param value What came out.
 * @param least The least that it may be.
 */
export function atLeast(what: string, value: number, { least }: { least: number }): Figure {
  return { what, value: formatCount(value), bound: `at least ${formatCount(least)}`, isMet: value >= least };
}

/** Writes a whole number. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Writes a number of bytes as megabytes. */
export function formatMb(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

/** Says whether a bound was not kept. */
export function hasMissed(reports: readonly SoakReport[]): boolean {
  return reports.some(({ figures }) => figures.some(({ isMet }) => isMet === false));
}

/**
 * Writes reports as a table of Markdown: a line for each figure, a column for each runtime.
 *
 * @param reports What came out; at least one.
 * @returns The table.
 */
export function toMarkdown(reports: readonly SoakReport[]): string {
  const whats = [...new Set(reports.flatMap(({ figures }) => figures.map(({ what }) => what)))];
  const head = ["Figure", ...reports.map(({ runtime }) => NAMES[runtime]), "Bound", "Verdict"];
  const lines = whats.map((what) => toLine(what, reports));
  const widths = head.map((text, index) =>
    Math.max(text.length, ...lines.map((line) => line[index]!.length))
  );
  const write = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index]!)).join(" | ")} |`;
  return [write(head), write(widths.map((width) => "-".repeat(width))), ...lines.map(write), ""].join("\n");
}

function toLine(what: string, reports: readonly SoakReport[]): string[] {
  const found = reports.map(({ figures }) => figures.find((figure) => figure.what === what));
  const bounds = [...new Set(found.map((figure) => figure?.bound ?? ""))].filter((bound) => bound !== "");
  const missed = reports.filter((_report, index) => found[index]?.isMet === false);
  const isJudged = found.some((figure) => figure?.isMet !== undefined);
  const verdict = missed.length > 0
    ? `MISSED on ${missed.map(({ runtime }) => NAMES[runtime]).join(" and ")}`
    : isJudged
    ? "passed"
    : "";
  return [what, ...found.map((figure) => figure?.value ?? ""), bounds.join("; "), verdict];
}
