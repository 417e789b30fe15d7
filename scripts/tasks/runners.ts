/**
 * Runs test files on Deno and on Node, and counts.
 *
 * @module
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { ImportSet } from "./imports.ts";
import { DENO, run, type RunOptions } from "./process.ts";
import type { Outcome } from "./tally.ts";

/** How tests are run: with which variables, and where their output goes; and how long they may take. */
export interface TestOptions extends Pick<RunOptions, "env" | "held"> {
  /** All of them on Deno, in milliseconds: Deno has no limit for one that hangs. @default 900000 */
  allMs?: number;
  /** Each of them on Node, and each file of them, in milliseconds. @default 240000 */
  eachMs?: number;
}

/**
 * Runs test files on Deno.
 *
 * @param imports Which packages stand behind the specifiers.
 * @param paths Files or folders.
 * @param options `ignore`: files and folders to leave out.
 * @returns The counts.
 */
export function testOnDeno(
  imports: ImportSet,
  paths: string[],
  { ignore = [], allMs = 900_000, ...options }: { ignore?: string[] } & TestOptions = {},
): Promise<Outcome> {
  return withReport(async (report) => {
    const flags = ["-A", "--no-check", "--permit-no-files", ...imports.flags, `--junit-path=${report}`];
    // Off by default: without them a timer or socket that is left behind goes unnoticed.
    const sanitizers = ["--sanitize-ops", "--sanitize-resources"];
    const left = ignore.length > 0 ? [`--ignore=${ignore.join(",")}`] : [];
    const command = [DENO, "test", ...flags, ...sanitizers, ...left, ...paths];
    const code = await run(command, { ...options, timeoutMs: allMs });
    return complete(code, countJunit(await readReport(report)));
  });
}

/**
 * Runs compiled test files on Node.
 *
 * @param files The files.
 * @param options With `isAlone` one file runs after the other.
 * @returns The counts.
 */
export function testOnNode(
  files: string[],
  { eachMs = 240_000, isAlone = false, ...options }: { isAlone?: boolean } & TestOptions = {},
): Promise<Outcome> {
  return withReport(async (report) => {
    const reporters = [
      ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
      ...["--test-reporter=tap", `--test-reporter-destination=${report}`],
    ];
    const flags = ["--enable-source-maps", "--test", `--test-timeout=${eachMs}`];
    // Its own default is one less than there are cores; but most tests wait most of their time.
    flags.push(`--test-concurrency=${isAlone ? 1 : Math.max(3, availableParallelism() - 1)}`);
    const code = await run(["node", ...flags, ...reporters, ...files], options);
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
