import { assertEquals } from "@std/assert";
import { toMarkdown } from "../../scripts/tasks/fault_table.ts";

Deno.test("toMarkdown() sorts by number of the bar, then by fault, Deno before Node", () => {
  const row = (bar: string, fault: string, runtime: string) => ({ bar, fault, runtime });
  const rows = [
    row("R10", "a", "Deno"),
    row("R2", "b", "Node"),
    row("R2", "b", "Deno"),
    row("R2", "a", "Node"),
  ];

  const order = toMarkdown(rows).trimEnd().split("\n").slice(2)
    .map((line) => line.split("|").slice(1, 4).map((cell) => cell.trim()).join(" "));

  assertEquals(order, ["R2 a Node", "R2 b Deno", "R2 b Node", "R10 a Deno"]);
});

Deno.test("toMarkdown() rounds and groups numbers, and leaves out what was not measured", () => {
  const table = toMarkdown([
    { bar: "R1", fault: "killed", runtime: "Deno", events: 100_000, lost: 0, recoveryMs: 959.4, note: "x" },
  ]);

  const cells = table.split("\n")[2]!.split("|").slice(1, -1).map((cell) => cell.trim());
  assertEquals(cells, ["R1", "killed", "Deno", "100,000", "0", "", "959", "x"]);
});
