/**
 * The tasks that start one program.
 *
 * @module
 */
import { BENCH_FLAGS, chooseImports, NPM_IMPORTS } from "./imports.ts";
import { DENO, run, type RunOptions } from "./process.ts";

/**
 * Runs the hello-world service until it is stopped.
 *
 * @param args The arguments of the service, for example `--port 8001`.
 * @returns Its exit code.
 */
export function start(args: string[]): Promise<number> {
  return runChosen("examples/hello_world/main.ts", args);
}

/**
 * Runs the conformance service on Deno until it is stopped; it prints one line of JSON.
 *
 * @param args The arguments of the service.
 * @returns Its exit code.
 */
export function fixture(args: string[]): Promise<number> {
  return runChosen("tests/conformance/fixture.ts", args);
}

/**
 * Runs the conformance service on Node, from the built package; it prints one line of JSON.
 *
 * @param args The arguments of the service.
 * @returns Its exit code.
 */
export async function fixtureOnNode(args: string[]): Promise<number> {
  const built = await buildNpm(["--if-stale"]);
  if (built !== 0) return built;
  return await run(["node", "--enable-source-maps", "npm/tests/conformance/fixture.js", ...args]);
}

/**
 * Runs the benchmarks.
 *
 * @param args Which ones; see scripts/bench/main.ts.
 * @returns Its exit code.
 */
export async function bench(args: string[]): Promise<number> {
  const built = await buildNpm(["--if-stale"]);
  if (built !== 0) return built;
  return await run([DENO, "run", "-A", ...BENCH_FLAGS, "scripts/bench/main.ts", ...args]);
}

/**
 * Runs the benchmark of events.
 *
 * @param args See scripts/bench/main.ts.
 * @returns Its exit code.
 */
export function benchEvents(args: string[]): Promise<number> {
  return bench(["events", ...args]);
}

/**
 * Builds the npm package into `npm/`.
 *
 * @param args `--if-stale` does nothing when the sources have not changed since.
 * @param options Where the output goes. @default standard error
 * @returns The exit code of the build.
 */
export function buildNpm(args: string[], options: Pick<RunOptions, "held"> = {}): Promise<number> {
  const command = [DENO, "run", "-A", ...NPM_IMPORTS.flags, "scripts/build_npm.ts", ...args];
  return run(command, { ...options, stdoutToStderr: true });
}

/**
 * Finds or starts RabbitMQ and Redis.
 *
 * @param args `--install` installs the Debian packages where they are missing.
 * @returns Its exit code.
 */
export function services(args: string[]): Promise<number> {
  return run([DENO, "run", "-A", ...NPM_IMPORTS.flags, "scripts/services.ts", ...args]);
}

/**
 * Checks the layers of `src/` and the import maps.
 *
 * @returns 1 when a rule is broken.
 */
export function layers(): Promise<number> {
  return run([DENO, "run", "-A", ...NPM_IMPORTS.flags, "scripts/layers.ts"]);
}

async function runChosen(entry: string, args: string[]): Promise<number> {
  const { flags } = await chooseImports();
  return await run([DENO, "run", "-A", ...flags, entry, ...args]);
}
