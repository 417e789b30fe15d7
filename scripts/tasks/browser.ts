/**
 * `deno task test:browser`: drives the pages of the examples in headless Chromium, with the service on both runtimes.
 *
 * Chromium is the program in `CHROMIUM`, or one on the PATH. In CI, and as root, Debian's package is installed where
 * there is none; elsewhere the tests are skipped.
 *
 * @module
 */
import { findBrowser } from "../../tests/browser/find_browser.ts";
import { installPackage } from "../services/package.ts";
import { BENCH_FLAGS, type ImportSet } from "./imports.ts";
import { pathsIn } from "./paths.ts";
import { buildNpm } from "./programs.ts";
import { testOnDeno } from "./runners.ts";
import { say } from "./say.ts";
import { type Part, stepOutcome, Tally } from "./tally.ts";

/** Where the tests are. Deno alone runs them, once, and apart from the others. */
export const BROWSER_TESTS = "tests/browser";

const PACKAGE = "chromium";
/** As for the benchmarks: what drives the browser has no place in deno.lock, it is too large for every first start. */
const UNLOCKED_IMPORTS: ImportSet = { name: "npm", flags: [...BENCH_FLAGS] };

/**
 * Runs the tests; the npm package is built when it is stale.
 *
 * @param args `--install` installs the Debian package also outside of CI; files of {@linkcode BROWSER_TESTS}.
 * @returns 1 when anything failed.
 */
export async function browser(args: string[]): Promise<number> {
  const paths = args.filter((arg) => !arg.startsWith("--"));
  const tally = new Tally();
  const built = await tally.add(
    "build of the npm package",
    async () => stepOutcome(await buildNpm(["--if-stale"])),
  );
  if (built) {
    const wanted = paths.length > 0 ? paths : [BROWSER_TESTS];
    await tally.addSideBySide([browserParts({ paths: wanted, install: args.includes("--install") })]);
  }
  return tally.report();
}

/**
 * The tests as a part of something larger; the npm package must be there. Without a browser they are skipped, loudly.
 *
 * @param options `paths`: files or folders of tests; those of {@linkcode BROWSER_TESTS} among them are run.
 * `install`: install the package also outside of CI.
 * @returns The part, when any of them are wanted.
 */
export function browserParts({ paths, install = false }: { paths: string[]; install?: boolean }): Part[] {
  const wanted = pathsIn(paths, BROWSER_TESTS);
  if (wanted.length === 0) return [];
  return [{
    name: "pages in a browser",
    work: async (held) => {
      if (findBrowser() === undefined) await installPackage(PACKAGE, install);
      if (findBrowser() === undefined) warn();
      return await testOnDeno(UNLOCKED_IMPORTS, wanted, { held });
    },
  }];
}

function warn(): void {
  say(`
********************************************************************************
WITHOUT BROWSER: there is no Chromium on the PATH, and none was installed
The tests of pages are SKIPPED. To run them set CHROMIUM to a program, or install
${PACKAGE} (as root on Debian: deno task test:browser --install does).
********************************************************************************
`);
}
