/**
 * `deno task test [path]`: the whole matrix. All types, the tests on Deno with the packages of JSR (where it
 * answers) and with those of npm, the same tests on Node from the built package, the package itself, pages in a
 * browser where there is one, and the short forms of the fault tests on both runtimes.
 *
 * @module
 */
import { listFiles } from "../files.ts";
import { testInBatches } from "./batches.ts";
import { BROWSER_TESTS, browserParts } from "./browser.ts";
import { addFaults, FAULT_TESTS } from "./faults.ts";
import { BENCH_FLAGS, chooseImports, type ImportSet, JSR_IMPORTS, NPM_IMPORTS } from "./imports.ts";
import { filesWithin, pathsIn, pathsOutside } from "./paths.ts";
import { DENO, type HeldOutput, run } from "./process.ts";
import { buildNpm } from "./programs.ts";
import { testOnDeno, testOnNode } from "./runners.ts";
import { withServices } from "./services.ts";
import { type Outcome, type Part, stepOutcome, Tally } from "./tally.ts";

/** Tests of the finished package; they need it built, and one runtime is enough. */
const PACKAGE_TESTS = "tests/npm";
/** What names packages that have no place in deno.lock. */
const UNLOCKED = ["scripts/bench/", `${BROWSER_TESTS}/`];
/** What needs the npm map, because only that has the tools of the build. */
const TOOLS = ["scripts", "tests/scripts", PACKAGE_TESTS, BROWSER_TESTS];

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
 * @param extra What else is to run while the fault tests wait; the npm package is there by then.
 */
export async function addTests(tally: Tally, args: string[], extra: Part[] = []): Promise<void> {
  const paths = args.length > 0 ? args.map(normalize) : ["tests"];
  await withServices(() => addMatrix(tally, paths, extra));
}

async function addMatrix(tally: Tally, paths: string[], extra: Part[]): Promise<void> {
  const sets = await chooseImports() === JSR_IMPORTS ? [JSR_IMPORTS, NPM_IMPORTS] : [NPM_IMPORTS];
  let isBuilt = false;
  const build = async (held?: HeldOutput): Promise<Outcome> => {
    const code = await buildNpm([], { held });
    isBuilt = code === 0;
    return stepOutcome(code);
  };
  await tally.addSideBySide([
    sets.map((set) => ({ name: `types (${set.name} packages)`, work: (held) => checkTypes(set, held) })),
    [{ name: "types (Node 20)", work: checkNodeTypes }, { name: "build of the npm package", work: build }],
  ]);
  for (const set of sets) {
    const apart = [...(set === JSR_IMPORTS ? TOOLS : [PACKAGE_TESTS, BROWSER_TESTS]), FAULT_TESTS];
    if (pathsOutside(paths, apart).length > 0) {
      await tally.add(`Deno (${set.name} packages)`, () => testInBatches(set, paths, apart));
    }
  }
  if (!isBuilt) return;
  // Many of them measure time, so that little is to run beside them.
  await tally.addSideBySide([await nodeParts(paths)]);
  await addFaults(tally, { paths, beside: [[...packageParts(paths), ...browserParts({ paths }), ...extra]] });
}

async function nodeParts(paths: string[]): Promise<Part[]> {
  const files = await listNodeTests(paths);
  if (files.length === 0) return [];
  return [{ name: "Node (built package)", work: (held) => testOnNode(files, { held }) }];
}

function packageParts(paths: string[]): Part[] {
  const wanted = pathsIn(paths, PACKAGE_TESTS);
  if (wanted.length === 0) return [];
  return [{ name: "npm package", work: (held) => testOnDeno(NPM_IMPORTS, wanted, { held }) }];
}

async function checkTypes(set: ImportSet, held?: HeldOutput): Promise<Outcome> {
  const check = (flags: readonly string[], paths: string[]): Promise<number> =>
    run([DENO, "check", ...flags, ...paths], { held });
  const folders = ["src", "tests", "examples", "scripts"];
  const files = (await Promise.all(folders.map((folder) => listFiles(".", folder)))).flat()
    .filter((path) => path.endsWith(".ts"));
  if (set === JSR_IMPORTS) {
    const portable = files.filter((path) => !TOOLS.some((folder) => path.startsWith(`${folder}/`)));
    return stepOutcome(await check(set.flags, ["mod.ts", ...portable]));
  }
  const isUnlocked = (path: string): boolean => UNLOCKED.some((folder) => path.startsWith(folder));
  const [locked, unlocked] = [files.filter((path) => !isUnlocked(path)), files.filter(isUnlocked)];
  const code = await check(set.flags, ["mod.ts", ...locked]);
  const unlockedCode = unlocked.length > 0 ? await check(BENCH_FLAGS, unlocked) : 0;
  return stepOutcome(code || unlockedCode);
}

async function checkNodeTypes(held?: HeldOutput): Promise<Outcome> {
  return stepOutcome(
    await run([DENO, "run", "-A", ...NPM_IMPORTS.flags, "scripts/check_node_types.ts"], { held }),
  );
}

async function listNodeTests(paths: string[]): Promise<string[]> {
  const wanted = paths.map((path) => `npm/${path.replace(/\.ts$/, ".js")}`);
  const files = (await listFiles(".", "npm/tests")).filter((file) => file.endsWith("_test.js"));
  return pathsOutside(filesWithin(files, wanted), [`npm/${FAULT_TESTS}`]);
}

function normalize(path: string): string {
  return path.replace(/^\.\//, "").replace(/\/$/, "");
}
