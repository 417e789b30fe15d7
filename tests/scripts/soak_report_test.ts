import { assertEquals } from "@std/assert";
import {
  atLeast,
  atMost,
  formatCount,
  formatMb,
  hasMissed,
  type SoakReport,
  toMarkdown,
} from "../../scripts/soak/report.ts";

/** The cells of the table without its head. */
function toCells(reports: readonly SoakReport[]): string[][] {
  return toMarkdown(reports).trimEnd().split("\n").slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

Deno.test("toMarkdown() has a column for each runtime, and says where a bound was missed", () => {
  const deno: SoakReport = {
    runtime: "deno",
    figures: [{ what: "Calls", value: "9" }, atMost("Lost", 0, { most: 0 }), atMost("Twice", 3, { most: 2 })],
  };
  const node: SoakReport = {
    runtime: "node",
    figures: [{ what: "Calls", value: "8" }, atMost("Lost", 0, { most: 0 }), atMost("Twice", 2, { most: 2 })],
  };

  assertEquals(toCells([deno, node]), [
    ["Calls", "9", "8", "", ""],
    ["Lost", "0", "0", "0", "passed"],
    ["Twice", "3", "2", "at most 2", "MISSED on Deno"],
  ]);
  assertEquals([hasMissed([deno]), hasMissed([node]), hasMissed([node, deno])], [true, false, true]);
});

Deno.test("toMarkdown() shows both bounds where those of the runtimes differ, and a gap where one has no figure", () => {
  const rows = toCells([
    { runtime: "deno", figures: [atLeast("Load", 5, { least: 4 })] },
    { runtime: "node", figures: [atLeast("Load", 6, { least: 7 }), { what: "Extra", value: "1" }] },
  ]);

  assertEquals(rows, [
    ["Load", "5", "6", "at least 4; at least 7", "MISSED on Node"],
    ["Extra", "", "1", "", ""],
  ]);
});

Deno.test("atMost() misses what never came and what is no number", () => {
  assertEquals(atMost("Recovery", Infinity, { most: 5 }), {
    what: "Recovery",
    value: "∞",
    bound: "at most 5",
    isMet: false,
  });
  assertEquals([atMost("", NaN, { most: 5 }).isMet, atLeast("", NaN, { least: 5 }).isMet], [false, false]);
});

Deno.test("formatCount() and formatMb() round", () => {
  assertEquals([formatCount(1234567.8), formatMb(3.26 * 2 ** 20)], ["1,234,568", "3.3 MB"]);
});
