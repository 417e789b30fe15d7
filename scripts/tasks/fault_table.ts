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

const HEAD = ["Bar", "Fault", "Events", "Lost", "Handled twice", "Recovery, ms", "Notes"];

/**
 * Writes rows as a table of Markdown, one line for each fault. Where the runtimes differ both figures are in it,
 * that of Deno first.
 *
 * @param rows What was measured.
 * @returns The table, sorted by bar.
 */
export function toMarkdown(rows: readonly FaultRow[]): string {
  const faults = new Map<string, FaultRow[]>();
  for (const row of [...rows].sort(compare)) {
    const key = JSON.stringify([row.bar, row.fault]);
    faults.set(key, [...faults.get(key) ?? [], row]);
  }
  const lines = [...faults.values()].map((group) => [
    group[0]!.bar,
    group[0]!.fault,
    ...(["events", "lost", "duplicates", "recoveryMs"] as const).map((name) => mergeNumbers(group, name)),
    mergeNotes(group),
  ]);
  const all = [HEAD, ...lines];
  const widths = HEAD.map((_, index) => Math.max(...all.map((line) => line[index]!.length)));
  const write = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index]!)).join(" | ")} |`;
  return [write(HEAD), write(widths.map((width) => "-".repeat(width))), ...lines.map(write), ""].join("\n");
}

function compare(a: FaultRow, b: FaultRow): number {
  return a.bar.localeCompare(b.bar, "en", { numeric: true }) || a.fault.localeCompare(b.fault) ||
    a.runtime.localeCompare(b.runtime);
}

function mergeNumbers(
  group: readonly FaultRow[],
  name: "events" | "lost" | "duplicates" | "recoveryMs",
): string {
  const texts = group.map((row) => row[name] === undefined ? "" : Math.round(row[name]).toLocaleString("en"));
  return new Set(texts).size === 1 ? texts[0]! : texts.join(" / ");
}

function mergeNotes(group: readonly FaultRow[]): string {
  const notes = new Set(group.map(({ note = "" }) => note));
  return notes.size === 1
    ? [...notes][0]!
    : group.map(({ runtime, note }) => `${runtime}: ${note}`).join("; ");
}
