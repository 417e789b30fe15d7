/**
 * `deno task test:faults [path] [--markdown=file]`: the long forms of the fault tests on both runtimes, against a
 * private RabbitMQ that they kill, and a table of what was lost, handled twice, and how long it took to recover.
 *
 * @module
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { hasPrivateBroker, PrivateBroker } from "../../tests/support/broker.ts";
import { listFiles } from "../files.ts";
import { type FaultRow, toMarkdown } from "./fault_table.ts";
import { NPM_IMPORTS } from "./imports.ts";
import { buildNpm } from "./programs.ts";
import { testOnDeno, testOnNode } from "./runners.ts";
import { say } from "./say.ts";
import { stepOutcome, Tally } from "./tally.ts";

/** Where the fault tests are. */
export const FAULT_TESTS = "tests/faults";

/** What is run. */
export interface FaultOptions {
  /** Files or folders of tests; what is not below {@linkcode FAULT_TESTS} is left out. */
  paths: string[];
  /** The long forms, for a release: more events and more faults. @default false */
  isLong?: boolean;
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
  const rows = await addFaults(tally, { paths: paths.length > 0 ? paths : [FAULT_TESTS], isLong: true });
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
export async function addFaults(tally: Tally, { paths, isLong = false }: FaultOptions): Promise<FaultRow[]> {
  const wanted = paths.flatMap((path) => FAULT_TESTS.startsWith(path) ? [FAULT_TESTS] : path)
    .filter((path) => path.startsWith(FAULT_TESTS));
  if (wanted.length === 0) return [];
  const limits = isLong ? LONG : SHORT;
  if (isLong) process.env.GEMSTONE_FAULTS = "long";
  const folder = await mkdtemp(join(tmpdir(), "gemstone-faults-"));
  process.env.GEMSTONE_FAULTS_REPORT = join(folder, "report");
  try {
    // One for each runtime, so that the second does not work with what the first has left behind.
    await tally.add("faults on Deno", () => besideBroker(() => testOnDeno(NPM_IMPORTS, wanted, limits)));
    const files = await listCompiled(wanted);
    await tally.add(
      "faults on Node",
      () => besideBroker(() => testOnNode(files, { ...limits, isAlone: true })),
    );
    return await readRows(process.env.GEMSTONE_FAULTS_REPORT);
  } finally {
    delete process.env.GEMSTONE_FAULTS_REPORT;
    await rm(folder, { recursive: true });
  }
}

/** Starting a broker takes five seconds, so that the tests share one. Without one they are skipped. */
async function besideBroker<T>(work: () => Promise<T>): Promise<T> {
  if (!hasPrivateBroker()) {
    say(
      "WITHOUT PRIVATE RABBITMQ: the package rabbitmq-server is not installed, the fault tests are SKIPPED",
    );
    return await work();
  }
  await using broker = await PrivateBroker.create();
  const before = { ...process.env };
  Object.assign(process.env, broker.env);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(broker.env)) {
      if (before[name] === undefined) delete process.env[name];
    }
  }
}

async function listCompiled(paths: string[]): Promise<string[]> {
  const wanted = paths.map((path) => `npm/${path.replace(/\.ts$/, ".js")}`);
  const files = await listFiles(".", `npm/${FAULT_TESTS}`);
  return files.filter((file) => file.endsWith("_test.js"))
    .filter((file) => wanted.some((path) => file === path || file.startsWith(`${path}/`)));
}

async function readRows(path: string): Promise<FaultRow[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as FaultRow);
}
