import { assert, assertEquals } from "@std/assert";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { checkFeatures, type Feature, listFeatureIds, readFeatures } from "../../scripts/features.ts";

const ROOT = new URL("../../", import.meta.url);

const FILES: Record<string, string> = {
  "a.ts": `
    /** A service,
     * which starts. */
    export class Service {
      /** Starts it. */
      start(): void {
        // never answered
        const text = "in a string";
      }
      stop(): void {}
    }
    /** How to call it. */
    export interface Options {
      /** In milliseconds. */
      readonly timeoutMs?: number;
      retries?: number;
    }
    /** The code. */
    export const CODE = 1;
    export function bare(): void {}
  `,
  "README.md": "# Title\n\nAn event goes to\n  every instance.",
};

const FOUND = [
  "a.ts#Service",
  "a.ts#Service.start",
  "a.ts#Options.timeoutMs",
  "a.ts#CODE",
  "a.ts: A service, which starts.",
  "README.md: goes to every instance",
];
const NOT_FOUND: [title: string, place: string][] = [
  ["a member without a comment", "a.ts#Service.stop"],
  ["a field without a comment", "a.ts#Options.retries"],
  ["a function without a comment", "a.ts#bare"],
  ["a name that is gone", "a.ts#Gone"],
  ["a member that is gone", "a.ts#Service.gone"],
  ["words in a comment that is no documentation", "a.ts: never answered"],
  ["words in the code", "a.ts: in a string"],
  ["words that are gone", "README.md: every service"],
  ["a file that is gone", "gone.md: Title"],
  ["a place without a mark", "README.md"],
];

for (const place of FOUND) {
  Deno.test(`checkFeatures() finds ${place}`, async () => {
    assertEquals(await check([{ id: "F-01", name: "x", where: [place] }]), []);
  });
}

for (const [title, place] of NOT_FOUND) {
  Deno.test(`checkFeatures() reports ${title}`, async () => {
    const mistakes = await check([{ id: "F-01", name: "x", where: ["a.ts#CODE", place] }]);

    assertEquals(mistakes, [`F-01 (x) is not documented at ${place}`]);
  });
}

Deno.test("checkFeatures() reports ids too few, too many and twice, and a feature without a place", async () => {
  const one = { id: "F-02", name: "x", where: ["a.ts#CODE"] };

  assertEquals(await check([one, one, { id: "F-03", name: "y", where: [] }]), [
    "F-01 is not in the list",
    "an id is in the list twice",
    "F-02 (x) is no feature",
    "F-02 (x) is no feature",
    "F-03 (y) is no feature",
    "F-03 (y) is documented nowhere",
  ]);
});

Deno.test("listFeatureIds() has the features of the conformance cases", async () => {
  const ids = new Set(listFeatureIds());
  const listed = await readFeatures(fileURLToPath(ROOT));
  const found: string[] = [];
  for (const name of ["cases.json", "more_cases.json"]) {
    const text = await readFile(new URL(`tests/conformance/${name}`, ROOT), "utf8");
    found.push(...[...text.matchAll(/"feature": "(F-\d+)"/g)].map(([, id = ""]) => id));
  }

  assert(found.length > 100);
  assertEquals(found.filter((id) => !ids.has(id)), []);
  assertEquals(listed.map(({ id }) => id), [...ids]);
});

function check(features: Feature[]): Promise<string[]> {
  return checkFeatures(features, { ids: ["F-01"], read: (path) => Promise.resolve(FILES[path]) });
}
