/** @module */
import { PLAIN, type Style } from "./style.ts";
import { toLine } from "./terminal_text.ts";

/**
 * Makes a table with a head line.
 *
 * @param head The names of the columns.
 * @param rows The cells, row by row; they may hold any text.
 * @param style How the head line looks. @default {plain}
 * @returns Lines that are safe to print; none without rows.
 */
export function toTextTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style = PLAIN,
): string[] {
  if (rows.length === 0) return [];
  const [names = [], ...cells] = [head, ...rows].map((row) => row.map(toLine));
  const widths = names.map((name, column) => {
    let width = name.length;
    // Not Math.max of all: there may be more rows than a call can have arguments.
    for (const row of cells) width = Math.max(width, row[column]?.length ?? 0);
    return width;
  });
  const align = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd();
  return [style.paint("bold", align(names)), ...cells.map(align)];
}
