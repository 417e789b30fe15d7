import { assertEquals } from "@std/assert";
import { judgeDryRun } from "../../scripts/jsr_package/dry_run.ts";

/** As Deno 2.9 prints it. */
const OUTPUT = `Checking for slow types in the public API...
warning[unanalyzable-dynamic-import]: unable to analyze dynamic import
  --> src/cli/service_module.ts:82:25
   | 
82 |     return await import(url);
   |                         ^^^ the unanalyzable dynamic import
   | 

  info: dynamic imports that can not be analyzed at publish time will not be rewritten automatically

Simulating publish of @gemstone/gemstone@0.1.0 with files:
   LICENSE (1.05KB)
   src/errors.ts (736B)
   src/a.ts (1.2MB)
Success Dry run complete`;
const FILES = ["LICENSE", "src/errors.ts", "src/a.ts"];

const SLOW_TYPE = `error[missing-explicit-return-type]: missing explicit return type in the public API
   --> src/errors.ts:644:17
    | 
644 | export function slow() { return new Map(); }
`;

Deno.test("judgeDryRun() accepts the expected files and the known loaders", () => {
  assertEquals(judgeDryRun(OUTPUT, FILES), []);
});

const ROWS: { title: string; output: string; files?: string[]; expected: string[] }[] = [
  {
    title: "a slow type, after which there is no list",
    output: SLOW_TYPE,
    expected: [
      "src/errors.ts: error[missing-explicit-return-type]: missing explicit return type in the public API",
    ],
  },
  {
    title: "a dynamic import in another file",
    output: OUTPUT.replace("service_module.ts:82", "other.ts:8"),
    expected: ["src/cli/other.ts: warning[unanalyzable-dynamic-import]: unable to analyze dynamic import"],
  },
  {
    title: "another warning in a file of the loaders",
    output: OUTPUT.replace("unanalyzable-dynamic-import", "unsupported-jsx"),
    expected: ["src/cli/service_module.ts: warning[unsupported-jsx]: unable to analyze dynamic import"],
  },
  {
    title: "an error without a place",
    output: `error: Found 1 problem\n${OUTPUT}`,
    expected: ["error: Found 1 problem"],
  },
  {
    title: "a file too many",
    output: OUTPUT,
    files: FILES.slice(1),
    expected: ["LICENSE would be published"],
  },
  {
    title: "a file too few",
    output: OUTPUT,
    files: [...FILES, "mod.ts"],
    expected: ["mod.ts would not be published"],
  },
  { title: "an empty output", output: "", files: ["mod.ts"], expected: ["mod.ts would not be published"] },
];

for (const { title, output, files = FILES, expected } of ROWS) {
  Deno.test(`judgeDryRun() reports ${title}`, () => {
    assertEquals(judgeDryRun(output, files), expected);
  });
}
