/** @module */
import { NPM_IMPORTS } from "./imports.ts";
import { buildNpm } from "./programs.ts";
import { testOnDeno } from "./runners.ts";
import { type Part, stepOutcome, Tally } from "./tally.ts";

/**
 * `deno task examples [idea]`: runs the examples on both runtimes.
 *
 * @param args Names of folders of `examples/`. @default all
 * @returns 1 when anything failed.
 */
export async function examples(args: string[]): Promise<number> {
  const tally = new Tally();
  await tally.add("build of the npm package", async () => stepOutcome(await buildNpm(["--if-stale"])));
  await tally.addSideBySide([[examplesPart(args)]]);
  return tally.report();
}

/**
 * The examples as a part of something larger; the npm package must be there.
 *
 * @param ideas Names of folders of `examples/`. @default all
 */
export function examplesPart(ideas: string[] = []): Part {
  const paths = ["scripts/examples.ts", "--", ...ideas];
  return { name: "examples", work: (held) => testOnDeno(NPM_IMPORTS, paths, { held }) };
}
