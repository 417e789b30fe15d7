import { assertEquals } from "@std/assert";
import { type FaultRow, toMarkdown } from "../../scripts/tasks/fault_table.ts";

/** The cells of the table without its head. */
function toCells(rows: readonly FaultRow[]): string[][] {
  return toMarkdown(rows).trimEnd().split("\n").slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

Deno.test("toMarkdown() sorts by the number of the bar, then by fault", () => {
  const row = (bar: string, fault: string): FaultRow => ({ bar, fault, runtime: "Deno" });

  const cells = toCells([row("R10", "a"), row("R2", "b"), row("R2", "a")]);

  assertEquals(cells.map(([bar, fault]) => [bar, fault]), [["R2", "a"], ["R2", "b"], ["R10", "a"]]);
});

Deno.test("toMarkdown() puts the runtimes on one line, Deno first, and says once what is the same", () => {
  const same = { bar: "R1", fault: "killed", events: 100_000, lost: 0 };

  const cells = toCells([
    { ...same, runtime: "Node", recoveryMs: 1478.6, note: "x" },
    { ...same, runtime: "Deno", recoveryMs: 1852, note: "y" },
  ]);

  assertEquals(cells, [["R1", "killed", "100,000", "0", "", "1,852 / 1,479", "Deno: y; Node: x"]]);
});

Deno.test("toMarkdown() of nothing is a head", () => {
  assertEquals(toCells([]), []);
});
