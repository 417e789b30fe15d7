/** @module */
import { GEMSTONE_RANGE, STD_ASSERT_RANGE } from "../package_ranges.ts";
import type { ProjectOptions } from "../project_options.ts";
import { STRICTEST } from "../strictest.ts";
import { toJsonText } from "../template_text.ts";

/**
 * Writes `deno.json`: tasks, packages, and the compiler at its strictest.
 *
 * @param options What the project is made from.
 * @returns The text.
 */
export function createDenoConfig({ hasWeb }: ProjectOptions): string {
  const permissions = `--allow-net --allow-env${hasWeb ? " --allow-read=static,templates" : ""}`;
  // Templates are read once; files in static/ each time that they are asked for.
  const watch = hasWeb ? "--watch=templates" : "--watch";
  return toJsonText({
    tasks: {
      start: `deno run ${permissions} main.ts`,
      dev: `deno run ${watch} ${permissions} main.ts`,
      test: `deno test ${permissions}`,
      check: "deno fmt --check && deno lint && deno check",
      gemstone: `deno run --allow-net --allow-env jsr:@gemstone/gemstone@${GEMSTONE_RANGE}/cli`,
    },
    imports: {
      "@gemstone/gemstone": `jsr:@gemstone/gemstone@${GEMSTONE_RANGE}`,
      "@std/assert": `jsr:@std/assert@${STD_ASSERT_RANGE}`,
    },
    // Without it Deno prints a notice when a service first looks at the signal of a request.
    unstable: ["no-legacy-abort"],
    compilerOptions: STRICTEST,
    fmt: { lineWidth: 100, proseWrap: "preserve" },
  });
}
