import { assertEquals } from "@std/assert";
import { readCases } from "./case.ts";
import { startFixture } from "./fixture.ts";
import { CASE_FILES, playCase } from "./play.ts";

/** Features that are not built yet; their cases are shown as ignored. */
const MISSING_FEATURES: ReadonlySet<string> = new Set(["F-13", "F-71", "F-72", "F-73"]);
/** Cases of these features that need nothing but what is there. */
const PLAYED_ANYWAY: ReadonlySet<string> = new Set(["WEB-16"]);

for (const file of CASE_FILES) {
  for (const conformanceCase of await readCases(file)) {
    const { id, feature, service = "main", note = "" } = conformanceCase;

    Deno.test({
      name: `conformance ${id} (${feature}): ${note}`,
      ignore: MISSING_FEATURES.has(feature) && !PLAYED_ANYWAY.has(id),
      async fn() {
        await using fixture = await startFixture([service]);

        const faults = await playCase(conformanceCase, fixture.bases[service]!);

        assertEquals(faults, []);
      },
    });
  }
}
