import { assertEquals } from "@std/assert";
import { readCases } from "./case.ts";
import { startFixture } from "./fixture.ts";
import { CASE_FILES, playCase } from "./play.ts";

for (const file of CASE_FILES) {
  for (const conformanceCase of await readCases(file)) {
    const { id, feature, service = "main", note = "" } = conformanceCase;

    Deno.test(`conformance ${id} (${feature}): ${note}`, async () => {
      await using fixture = await startFixture([service]);

      const faults = await playCase(conformanceCase, fixture.bases[service]!);

      assertEquals(faults, []);
    });
  }
}
