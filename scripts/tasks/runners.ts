/**
 * Runs test files on Deno and on Node, and counts.
 *
 * @module
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImportSet } from "./imports.ts";
import { DENO, run } from "./process.ts";
import type { Outcome } from "./tally.ts";

/** How long tests may take. */
export interface TestLimits {
  /** All of them on Deno, in milliseconds: Deno has no limit for one that hangs. @default 600000 */
  allMs?: number;
  /** Each of them on Node, in milliseconds. @default 60000 */
  eachMs?: number;
}

/**
 * Runs test files on Deno.
 *
 * @param imports Which packages stand behind the specifiers.
 * @param paths Files or folders.
 * @param options `ignore`: folders to leave out; and the limits.
 * @returns The counts.
 */
export function testOnDeno(
  imports: ImportSet,
  paths: string[],
  { ignore = [], allMs = 600_000 }: { ignore?: string[] } & TestLimits = {},
): Promise<Outcome> {
  return withReport(async (report) => {
    const flags = ["-A", "--no-check", "--permit-no-files", ...imports.flags, `--junit-path=${report}`];
    // Off by default: without them a timer or socket that is left behind goes unnoticed.
    const sanitizers = ["--sanitize-ops", "--sanitize-resources"];
    const left = ignore.length > 0 ? [`--ignore=${ignore.join(",")}`] : [];
    const code = await run([DENO, "test", ...flags, ...sanitizers, ...left, ...paths], {
      timeoutMs: allMs,
    });
    return complete(code, countJunit(await readReport(report)));
  });
}

/**
 * Runs compiled test files on Node.
 *
 * @param files The files.
 * @param limits The limits. With `isAlone` one file runs after the other.
 * @returns The counts.
 */
export function testOnNode(
  files: string[],
  { eachMs = 60_000, isAlone = false }: { isAlone?: boolean } & TestLimits = {},
): Promise<Outcome> {
  return withReport(async (report) => {
    const reporters = [
      ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
      ...["--test-reporter=tap", `--test-reporter-destination=${report}`],
    ];
    const flags = ["--enable-source-maps", "--test", `--test-timeout=${eachMs}`];
    if (isAlone) flags.push("--test-concurrency=1");
    const code = await run(["node", ...flags, ...reporters, ...files]);
    return complete(code, countTap(await readReport(report)));
  });
}

async function withReport(work: (path: string) => Promise<Outcome>): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "gemstone-test-"));
  try {
    return await work(join(folder, "report"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readReport(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    // The runner ended before it wrote one; the exit code says so.
    return "";
  }
}

function countJunit(report: string): Outcome {
  const cases = report.match(/<testcase\b/g)?.length ?? 0;
  const failed = (report.match(/<failure\b/g)?.length ?? 0) + (report.match(/<error\b/g)?.length ?? 0);
  const skipped = report.match(/<skipped\b/g)?.length ?? 0;
  return { passed: cases - failed - skipped, failed, skipped };
}

function countTap(report: string): Outcome {
  const count = (name: string): number =>
    Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(report)?.[1] ?? 0);
  return {
    passed: count("pass"),
    failed: count("fail") + count("cancelled"),
    skipped: count("skipped") + count("todo"),
  };
}

/** A runner that failed without a failed test could not load a file, say; that must not look like success. */
function complete(code: number, outcome: Outcome): Outcome {
  return code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}
