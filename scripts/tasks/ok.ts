/**
 * `deno task ok`: whether a change may go in. `deno task ci`: the same and the examples.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { examplesPart } from "./examples.ts";
import { NPM_IMPORTS } from "./imports.ts";
import { DENO, run } from "./process.ts";
import { layers } from "./programs.ts";
import { type Part, stepOutcome, Tally } from "./tally.ts";
import { addTests } from "./test.ts";

/**
 * Runs all checks and the test matrix; the last line of standard output is the sum.
 *
 * @returns 1 when anything failed.
 */
export async function ok(): Promise<number> {
  return await check([]);
}

/**
 * Runs what {@linkcode ok} runs, and the examples on both runtimes.
 *
 * @returns 1 when anything failed.
 */
export async function ci(): Promise<number> {
  return await check([examplesPart()]);
}

async function check(extra: Part[]): Promise<number> {
  const tally = new Tally();
  const steps: [string, () => Promise<number>][] = [
    ["format", () => run([DENO, "fmt", "--check"])],
    ["lint", () => run([DENO, "lint"])],
    // A library prints nothing by itself; examples and scripts may.
    ["lint of src/", () => run([DENO, "lint", "--rules-include=no-console", "mod.ts", "src"])],
    ["layers", layers],
    ["dead exports", () => runScript("scripts/dead_exports.ts")],
    ["features", () => runScript("scripts/features.ts")],
    ["documentation", lintDocs],
    ["examples of the documentation", () => runScript("scripts/doc_tests.ts")],
    ["JSR package", () => runScript("scripts/jsr_package.ts")],
  ];
  for (const [name, step] of steps) await tally.add(name, async () => stepOutcome(await step()));
  await addTests(tally, [], extra);
  return tally.report();
}

function runScript(path: string): Promise<number> {
  return run([DENO, "run", "-A", ...NPM_IMPORTS.flags, path]);
}

async function lintDocs(): Promise<number> {
  const { exports } = JSON.parse(await readFile("deno.json", "utf8")) as { exports: Record<string, string> };
  const entries = Object.values(exports);
  const missing = entries.filter((entry) => !existsSync(entry));
  if (missing.length > 0) {
    process.stderr.write(`Cannot find ${missing.join(", ")}, which deno.json exports\n`);
  }
  const code = await run([DENO, "doc", "--lint", "--quiet", ...NPM_IMPORTS.flags, ...entries]);
  return missing.length > 0 ? 1 : code;
}
