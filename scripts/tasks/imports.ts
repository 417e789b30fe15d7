/**
 * Which packages stand behind the specifiers of the sources: those of deno.json (JSR), or the npm ones of
 * scripts/npm/import_map.json.
 *
 * deno.lock belongs to the npm map, because every network that can build this project reaches npm. A run with
 * the packages of JSR neither reads nor writes it; what JSR has published never changes.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import process from "node:process";
import { capture, DENO } from "./process.ts";
import { say } from "./say.ts";

/** How long JSR may take to answer, in milliseconds. */
const PROBE_TIMEOUT_MS = 8000;

/** One set of packages. */
export interface ImportSet {
  /** For people. */
  name: "JSR" | "npm";
  /** Arguments of `deno run`, `check`, `test` and `doc` that choose it. */
  flags: string[];
}

/** The packages of npm: works everywhere. */
export const NPM_IMPORTS: ImportSet = {
  name: "npm",
  // In CI a lock file that is not up to date is a mistake; elsewhere Deno brings it up to date.
  flags: ["--import-map=scripts/npm/import_map.json", ...(process.env.CI === "true" ? ["--frozen"] : [])],
};

/** The packages of JSR: what deno.json says. */
export const JSR_IMPORTS: ImportSet = { name: "JSR", flags: ["--no-lock"] };

/**
 * For the benchmarks. They have no place in deno.lock: Deno installs all that is in it before the first
 * `deno task start`, and the libraries that we are compared with are many.
 */
export const BENCH_FLAGS: readonly string[] = ["--import-map=scripts/npm/import_map.json", "--no-lock"];

/**
 * Chooses real JSR packages where JSR answers, and says on standard error what was chosen.
 *
 * @returns The set to use.
 */
export async function chooseImports(): Promise<ImportSet> {
  const chosen = await jsrAnswers() ? JSR_IMPORTS : NPM_IMPORTS;
  const reason = chosen === JSR_IMPORTS
    ? "the JSR packages of deno.json"
    : "scripts/npm/import_map.json, because JSR does not answer";
  say(`imports: ${reason}`);
  return chosen;
}

async function jsrAnswers(): Promise<boolean> {
  const { imports } = JSON.parse(await readFile("deno.json", "utf8")) as { imports: Record<string, string> };
  const modules = Object.values(imports).filter((target) => target.startsWith("jsr:"));
  const command = [DENO, "cache", "--quiet", "--no-config", "--no-lock", ...modules];
  return (await capture(command, { timeoutMs: PROBE_TIMEOUT_MS })).code === 0;
}
