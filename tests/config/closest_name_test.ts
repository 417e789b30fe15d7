import { assertEquals } from "@std/assert";
import { closestName } from "../../src/config/closest_name.ts";

const NAMES = ["port", "host", "endpoint", "accessible-at", "accessible_at"];

const ROWS: [word: string, expected: string | undefined][] = [
  ["prot", "port"],
  ["prt", "port"],
  ["ports", "port"],
  ["PORT", "port"],
  ["acessible-at", "accessible-at"],
  ["accesible_at", "accessible_at"],
  ["endpiont", "endpoint"],
  ["verbose", undefined],
  ["", undefined],
  ["x".repeat(1_000_000), undefined],
];

for (const [word, expected] of ROWS) {
  Deno.test(`closestName() takes ${JSON.stringify(word.slice(0, 20))} for ${expected ?? "nothing"}`, () => {
    assertEquals(closestName(word, NAMES), expected);
  });
}
