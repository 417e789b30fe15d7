/**
 * Plays conformance cases against running services. As a program it plays those of the files given, or all that
 * are here, optional ones included:
 *
 *     deno run -A tests/conformance/play.ts '{"main":"http://127.0.0.1:8000"}' [cases.json …]
 *
 * @module
 */
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { type CaseStep, type ConformanceCase, readCases } from "./case.ts";
import { checkResponse } from "./check.ts";
import { exchange } from "./exchange.ts";

/** The files of cases: those that every implementation is given, and their neighbours. */
export const CASE_FILES: readonly URL[] = [
  new URL("./cases.json", import.meta.url),
  new URL("./more_cases.json", import.meta.url),
];

/**
 * Plays a case.
 *
 * @param conformanceCase The case.
 * @param base The base URL of its service.
 * @returns What went wrong, one text a fault; none when it passed.
 */
export async function playCase(conformanceCase: ConformanceCase, base: string): Promise<readonly string[]> {
  const steps = "steps" in conformanceCase ? conformanceCase.steps : [conformanceCase];
  const faults: string[] = [];
  for (const [index, step] of steps.entries()) {
    const prefix = steps.length > 1 ? `step ${index + 1}: ` : "";
    faults.push(...(await playStep(step, base)).map((fault) => prefix + fault));
  }
  return faults;
}

async function playStep({ request, expect, wait_ms }: CaseStep, base: string): Promise<readonly string[]> {
  try {
    return checkResponse(expect, await exchange(base, request));
  } catch (error) {
    return [String(error)];
  } finally {
    if (wait_ms !== undefined) await delay(wait_ms);
  }
}

/** Plays files and returns the exit code. */
async function main([bases = "{}", ...paths]: readonly string[]): Promise<number> {
  const addresses = new Map<string, string>(Object.entries(JSON.parse(bases)));
  const files = paths.length > 0 ? paths.map((path) => pathToFileURL(path)) : CASE_FILES;
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const conformanceCase of (await Promise.all(files.map(readCases))).flat()) {
    const base = addresses.get(conformanceCase.service ?? "main");
    const faults = base === undefined ? undefined : await playCase(conformanceCase, base);
    counts[faults === undefined ? "skipped" : faults.length > 0 ? "failed" : "passed"]++;
    if (faults?.length) process.stdout.write(`${conformanceCase.id}: ${faults.join("; ")}\n`);
  }
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
