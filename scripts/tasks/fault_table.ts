/** @module */

/** What one fault test measured on one runtime. The tests write it; see tests/support/fault_run.ts. */
export interface FaultRow {
  /** Such as `R1`. */
  readonly bar: string;
  /** What was done to whom. */
  readonly fault: string;
  /** `Deno` or `Node`. */
  readonly runtime: string;
  /** Events emitted. */
  readonly events?: number;
  /** Events that `emit` resolved for and that were neither handled nor dead-lettered. */
  readonly lost?: number;
  /** Events handled again. */
  readonly duplicates?: number;
  /** How long it took until events were handled again, at worst, in milliseconds. */
  readonly recoveryMs?: number;
  /** What else was measured. */
  readonly note?: string;
}

const HEAD = ["Bar", "Fault", "Runtime", "Events", "Lost", "Duplicates", "Recovery, ms", "Notes"];

/**
 * Writes rows as a table of Markdown.
 *
 * @param rows What was measured.
 * @returns The table, sorted by bar, Deno before Node.
 */
export function toMarkdown(rows: readonly FaultRow[]): string {
  const sorted = [...rows].sort((a, b) =>
    a.bar.localeCompare(b.bar, "en", { numeric: true }) || a.fault.localeCompare(b.fault) ||
    a.runtime.localeCompare(b.runtime)
  );
  const lines = sorted.map(({ bar, fault, runtime, events, lost, duplicates, recoveryMs, note }) => [
    bar,
    fault,
    runtime,
    toCell(events),
    toCell(lost),
    toCell(duplicates),
    toCell(recoveryMs),
    note ?? "",
  ]);
  const all = [HEAD, ...lines];
  const widths = HEAD.map((_, index) => Math.max(...all.map((line) => line[index]!.length)));
  const write = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index]!)).join(" | ")} |`;
  return [write(HEAD), write(widths.map((width) => "-".repeat(width))), ...lines.map(write), ""].join("\n");
}

function toCell(value: number | undefined): string {
  return value === undefined ? "" : Math.round(value).toLocaleString("en");
}
