/**
 * `deno task test [path]`: the whole matrix. All types, the tests on Deno with the packages of JSR (where it
 * answers) and with those of npm, the same tests on Node from the built package, the package itself, and the short
 * forms of the fault tests on both runtimes.
 *
 * @module
 */
import { listFiles } from "../files.ts";
import { addFaults, FAULT_TESTS } from "./faults.ts";
import { BENCH_FLAGS, chooseImports, type ImportSet, JSR_IMPORTS, NPM_IMPORTS } from "./imports.ts";
import { DENO, run } from "./process.ts";
import { buildNpm } from "./programs.ts";
import { testOnDeno, testOnNode } from "./runners.ts";
import { withServices } from "./services.ts";
import { stepOutcome, Tally } from "./tally.ts";

/** Tests of the finished package; they need it built, and one runtime is enough. */
const PACKAGE_TESTS = "tests/npm";
/** The benchmarks compare us with other libraries. */
const BENCH = "scripts/bench/";
/** What needs the npm map, because only that has the tools of the build. */
const TOOLS = ["scripts", "tests/scripts", PACKAGE_TESTS];

/**
 * Runs the matrix; the last line of standard output is the sum.
 *
 * @param args Test files or folders below `tests/`. @default all
 * @returns 1 when anything failed.
 */
export async function test(args: string[]): Promise<number> {
  const tally = new Tally();
  await addTests(tally, args);
  return tally.report();
}

/**
 * Runs the matrix as a part of something larger.
 *
 * @param tally Gets the counts.
 * @param args Test files or folders. @default all
 */
export async function addTests(tally: Tally, args: string[]): Promise<void> {
  const paths = args.length > 0 ? args.map(normalize) : ["tests"];
  await withServices(() => addMatrix(tally, paths));
}

async function addMatrix(tally: Tally, paths: string[]): Promise<void> {
  const sets = await chooseImports() === JSR_IMPORTS ? [JSR_IMPORTS, NPM_IMPORTS] : [NPM_IMPORTS];
  for (const set of sets) {
    await tally.add(`types (${set.name} packages)`, async () => stepOutcome(await checkTypes(set)));
  }
  await tally.add("types (Node 20)", async () => stepOutcome(await checkNodeTypes()));
  for (const set of sets) {
    const ignore = [...(set === JSR_IMPORTS ? TOOLS : [PACKAGE_TESTS]), FAULT_TESTS];
    await tally.add(`Deno (${set.name} packages)`, () => testOnDeno(set, paths, { ignore }));
  }
  const built = await tally.add("build of the npm package", async () => stepOutcome(await buildNpm([])));
  if (!built) return;
  const files = (await listNodeTests(paths)).filter((file) => !file.startsWith(`npm/${FAULT_TESTS}/`));
  if (files.length > 0) await tally.add("Node (built package)", () => testOnNode(files));
  const packagePaths = paths.flatMap((path) => PACKAGE_TESTS.startsWith(path) ? [PACKAGE_TESTS] : path)
    .filter((path) => path.startsWith(PACKAGE_TESTS));
  if (packagePaths.length > 0) {
    await tally.add("npm package", () => testOnDeno(NPM_IMPORTS, packagePaths));
  }
  await addFaults(tally, { paths });
}

async function checkTypes(set: ImportSet): Promise<number> {
  const folders = ["src", "tests", "examples", "scripts"];
  const files = (await Promise.all(folders.map((folder) => listFiles(".", folder)))).flat()
    .filter((path) => path.endsWith(".ts"));
  if (set === JSR_IMPORTS) {
    const portable = files.filter((path) => !TOOLS.some((folder) => path.startsWith(`${folder}/`)));
    return await run([DENO, "check", ...set.flags, "mod.ts", ...portable]);
  }
  const bench = files.filter((path) => path.startsWith(BENCH));
  const rest = files.filter((path) => !path.startsWith(BENCH));
  const code = await run([DENO, "check", ...set.flags, "mod.ts", ...rest]);
  const benchCode = bench.length > 0 ? await run([DENO, "check", ...BENCH_FLAGS, ...bench]) : 0;
  return code || benchCode;
}

function checkNodeTypes(): Promise<number> {
  return run([DENO, "run", "-A", ...NPM_IMPORTS.flags, "scripts/check_node_types.ts"]);
}

async function listNodeTests(paths: string[]): Promise<string[]> {
  const wanted = paths.map((path) => `npm/${path.replace(/\.ts$/, ".js")}`);
  const files = await listFiles(".", "npm/tests");
  return files.filter((file) => file.endsWith("_test.js"))
    .filter((file) => wanted.some((path) => file === path || file.startsWith(`${path}/`)));
}

function normalize(path: string): string {
  return path.replace(/^\.\//, "").replace(/\/$/, "");
}
