import { assertEquals } from "@std/assert";
import { filesWithin, pathsIn, pathsOutside } from "../../scripts/tasks/paths.ts";

const CASES: [wanted: string[], folder: string, within: string[], outside: string[]][] = [
  [["tests"], "tests/npm", ["tests/npm"], ["tests"]],
  [["tests/npm"], "tests/npm", ["tests/npm"], []],
  [["tests/npm/a_test.ts", "tests/rpc"], "tests/npm", ["tests/npm/a_test.ts"], ["tests/rpc"]],
  [["tests/np"], "tests/npm", [], ["tests/np"]],
  [["tests/npm_more"], "tests/npm", [], ["tests/npm_more"]],
  [[], "tests/npm", [], []],
];

for (const [wanted, folder, within, outside] of CASES) {
  Deno.test(`of [${wanted}], [${within}] are in ${folder}, and [${outside}] outside`, () => {
    assertEquals(pathsIn(wanted, folder), within);
    assertEquals(pathsOutside(wanted, [folder, "tests/other"]), outside);
  });
}

Deno.test("filesWithin() takes files by name or by their folder, and no more", () => {
  const files = ["tests/a_test.ts", "tests/a/b_test.ts", "tests/ab/c_test.ts"];

  assertEquals(filesWithin(files, ["tests/a"]), ["tests/a/b_test.ts"]);
  assertEquals(filesWithin(files, ["tests/a_test.ts", "tests/ab"]), [
    "tests/a_test.ts",
    "tests/ab/c_test.ts",
  ]);
});
