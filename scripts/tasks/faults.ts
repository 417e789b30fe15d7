/**
 * `deno task test:faults [path] [--markdown=file]`: the long forms of the fault tests on both runtimes, against a
 * private RabbitMQ and Redis that they kill, and a table of what was lost, handled twice, and how long it took to
 * recover.
 *
 * @module
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasPrivateBroker, PrivateBroker } from "../../tests/support/broker.ts";
import { listFiles } from "../files.ts";
import { type FaultRow, toMarkdown } from "./fault_table.ts";
import { NPM_IMPORTS } from "./imports.ts";
import { filesWithin, pathsIn } from "./paths.ts";
import { buildNpm } from "./programs.ts";
import { testOnDeno, testOnNode, type TestOptions } from "./runners.ts";
import { say } from "./say.ts";
import { withServices } from "./services.ts";
import { type Part, stepOutcome, Tally } from "./tally.ts";

/** Where the fault tests are. */
export const FAULT_TESTS = "tests/faults";
/** These have long forms, too; their short ones are a part of the other tests. */
const OTHER_FAULT_TESTS = ["tests/discovery/chaos_test.ts", "tests/events/redis/faults_test.ts"];

/** What is run. */
export interface FaultOptions {
  /** Files or folders of tests; what has no fault tests is left out. */
  paths: string[];
  /** The long forms, for a release: more events and more faults. @default false */
  isLong?: boolean;
  /** What else is run at the same time. @default nothing */
  beside?: Part[][];
}

const SHORT = { allMs: 900_000, eachMs: 180_000 };
const LONG = { allMs: 3 * 60 * 60_000, eachMs: 30 * 60_000 };

/**
 * Runs the long forms; the npm package is built when it is stale.
 *
 * @param args Files of {@linkcode FAULT_TESTS}, and `--markdown=file`. @default all
 * @returns 1 when anything failed.
 */
export async function faults(args: string[]): Promise<number> {
  const output = args.find((arg) => arg.startsWith("--markdown="))?.slice("--markdown=".length);
  const paths = args.filter((arg) => !arg.startsWith("--"));
  const tally = new Tally();
  await tally.add("build of the npm package", async () => stepOutcome(await buildNpm(["--if-stale"])));
  const all = [FAULT_TESTS, ...OTHER_FAULT_TESTS];
  const rows = await withServices(() =>
    addFaults(tally, { paths: paths.length > 0 ? paths : all, isLong: true })
  );
  const table = toMarkdown(rows);
  say(`\n${table}`);
  if (output !== undefined) await writeFile(output, table);
  return tally.report();
}

/**
 * Runs the fault tests as a part of something larger; the npm package must be there.
 *
 * @param tally Gets the counts.
 * @param options Which tests, and in which form.
 * @returns What was measured.
 */
export async function addFaults(
  tally: Tally,
  { paths, isLong = false, beside = [] }: FaultOptions,
): Promise<FaultRow[]> {
  const folders = isLong ? [FAULT_TESTS, ...OTHER_FAULT_TESTS] : [FAULT_TESTS];
  const wanted = folders.flatMap((folder) => pathsIn(paths, folder));
  const folder = await mkdtemp(join(tmpdir(), "gemstone-faults-"));
  const report = join(folder, "report");
  const env = { GEMSTONE_FAULTS_REPORT: report, ...(isLong && { GEMSTONE_FAULTS: "long" }) };
  try {
    const parts = wanted.length === 0 ? [] : await faultParts(wanted, { ...(isLong ? LONG : SHORT), env });
    // What the long forms measure is not to depend on what else runs.
    await tally.addSideBySide([...(isLong ? [parts] : parts.map((part) => [part])), ...beside]);
    return await readRows(report);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One for each runtime, each with a broker of its own, so that none works with what the other has left behind. */
async function faultParts(wanted: string[], options: TestOptions): Promise<Part[]> {
  const compiled = wanted.map((path) => `npm/${path.replace(/\.ts$/, ".js")}`);
  const files = filesWithin(await listFiles(".", "npm/tests"), compiled)
    .filter((file) => file.endsWith("_test.js"));
  const onDeno = (all: TestOptions) => testOnDeno(NPM_IMPORTS, wanted, all);
  const onNode = (all: TestOptions) => testOnNode(files, { ...all, isAlone: true });
  return [
    { name: "faults on Deno", work: (held) => besideBroker(onDeno, { ...options, held }) },
    { name: "faults on Node", work: (held) => besideBroker(onNode, { ...options, held }) },
  ];
}

/** Starting a broker takes five seconds, so that the tests share one. Without one they are skipped. */
async function besideBroker<T>(work: (options: TestOptions) => Promise<T>, options: TestOptions): Promise<T> {
  if (!hasPrivateBroker()) {
    say(
      "WITHOUT PRIVATE RABBITMQ: the package rabbitmq-server is not installed, the fault tests are SKIPPED",
    );
    return await work(options);
  }
  await using broker = await PrivateBroker.create();
  return await work({ ...options, env: { ...options.env, ...broker.env } });
}

async function readRows(path: string): Promise<FaultRow[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as FaultRow);
}
