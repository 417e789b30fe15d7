/** @module */
import { NPM_IMPORTS } from "./imports.ts";
import { DENO, run } from "./process.ts";
import { buildNpm } from "./programs.ts";

/**
 * `deno task soak [--minutes=30] [--runtime=deno|node|both] [--markdown=file]`: mixed load at half of full speed
 * while the broker, a registry and 1,000 connections fail; the npm package is built when it is stale.
 *
 * @param args See scripts/soak/main.ts.
 * @returns 1 when anything was lost, or memory or handles were not flat.
 */
export async function soak(args: string[]): Promise<number> {
  if (!args.includes("--runtime=deno")) {
    const built = await buildNpm(["--if-stale"]);
    if (built !== 0) return built;
  }
  return await run([DENO, "run", "-A", ...NPM_IMPORTS.flags, "scripts/soak/main.ts", ...args]);
}
