/** @module */
import { NPM_IMPORTS } from "./imports.ts";
import { buildNpm } from "./programs.ts";
import { testOnDeno } from "./runners.ts";
import { stepOutcome, Tally } from "./tally.ts";

/**
 * `deno task examples [idea]`: runs the examples on both runtimes.
 *
 * @param args Names of folders of `examples/`. @default all
 * @returns 1 when anything failed.
 */
export async function examples(args: string[]): Promise<number> {
  const tally = new Tally();
  await tally.add("build of the npm package", async () => stepOutcome(await buildNpm(["--if-stale"])));
  await addExamples(tally, args);
  return tally.report();
}

/**
 * Runs the examples as a part of something larger; the npm package must be there.
 *
 * @param tally Gets the counts.
 * @param ideas Names of folders of `examples/`. @default all
 */
export async function addExamples(tally: Tally, ideas: string[]): Promise<void> {
  await tally.add("examples", () => testOnDeno(NPM_IMPORTS, ["scripts/examples.ts", "--", ...ideas]));
}
