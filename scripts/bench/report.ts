/**
 * What a section of the benchmark found, and how it is printed.
 *
 * @module
 */

/** A cell of a table. */
export type Cell = string | number;

/** A goal and whether it was reached. */
export interface Target {
  /** What shall hold, in words. */
  readonly text: string;
  /** What was measured. */
  readonly value: number;
  /** Whether it holds. */
  readonly met: boolean;
}

/** The outcome of one section. */
export interface Section {
  /** Its heading. */
  readonly title: string;
  /** The rows of its table; all have the same columns. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** Its goals. */
  readonly targets: readonly Target[];
  /** What misbehaved: each makes the benchmark fail. */
  readonly faults: readonly string[];
}

/** A goal that holds when the value is no less than the limit. */
export function atLeast(text: string, value: number, limit: number): Target {
  return { text: `${text}: at least ${formatCell(limit)}`, value, met: value >= limit };
}

/** A goal that holds when the value is no more than the limit. */
export function atMost(text: string, value: number, limit: number): Target {
  return { text: `${text}: at most ${formatCell(limit)}`, value, met: value <= limit };
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Writes a section as text. */
export function formatSection(section: Section): string {
  const faults = section.faults.map((fault) => `  FAULT   ${fault}`);
  const targets = section.targets.map(({ text, value, met }) =>
    `  ${met ? "met   " : "MISSED"}  ${text} (${formatCell(value)})`
  );
  return [`\n## ${section.title}\n`, ...formatTable(section.rows), "", ...targets, ...faults].join("\n");
}

function formatTable(rows: Section["rows"]): string[] {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => formatCell(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells.map((line) =>
    line.map((text, index) => index === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[index] ?? 0))
      .join("   ")
  );
}

function formatCell(value: Cell | undefined): string {
  if (typeof value !== "number") return value ?? "";
  const size = Math.abs(value);
  return value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 3 ? 2 : 3);
}
