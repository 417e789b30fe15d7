/**
 * Checks that each feature is documented: `scripts/features/list.json` says where, and what it names must be there.
 * A step of `deno task ok` runs it. The ids are those that the conformance cases use, too.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { hasAnchor, parseAnchor } from "./features/anchor.ts";
import { say } from "./tasks/say.ts";

/** The ids that there are, as ranges. An id is never used again, so there are gaps. */
const IDS: readonly (readonly [first: number, last: number])[] = [
  [1, 56],
  [60, 69],
  [71, 75],
  [80, 88],
  [90, 97],
  [100, 118],
  [120, 125],
  [130, 139],
];

/** A feature, as the list has it. */
export interface Feature {
  /** Such as "F-01". */
  id: string;
  /** What it is, for people. */
  name: string;
  /** The places where it is documented, see `features/anchor.ts`. */
  where: string[];
}

/**
 * Checks a list of features.
 *
 * @param features The list.
 * @param options `ids`: the ids that it must have, in this order. `read`: gives the text of a file, or `undefined`
 * when there is none.
 * @returns What is wrong, a line each.
 */
export async function checkFeatures(
  features: readonly Feature[],
  { ids, read }: { ids: readonly string[]; read: (path: string) => Promise<string | undefined> },
): Promise<string[]> {
  const listed = new Set(features.map(({ id }) => id));
  const known = new Set(ids);
  const mistakes = ids.filter((id) => !listed.has(id)).map((id) => `${id} is not in the list`);
  if (listed.size < features.length) mistakes.push("an id is in the list twice");
  for (const { id, name, where } of features) {
    if (!known.has(id)) mistakes.push(`${id} (${name}) is no feature`);
    if (where.length === 0) mistakes.push(`${id} (${name}) is documented nowhere`);
    for (const place of where) {
      const anchor = parseAnchor(place);
      const text = anchor === undefined ? undefined : await read(anchor.path);
      if (anchor === undefined || text === undefined || !hasAnchor(anchor, text)) {
        mistakes.push(`${id} (${name}) is not documented at ${place}`);
      }
    }
  }
  return mistakes;
}

/** Reads the list of the repository in a folder. */
export async function readFeatures(root: string): Promise<Feature[]> {
  return JSON.parse(await readFile(join(root, "scripts/features/list.json"), "utf8")) as Feature[];
}

/** Lists the ids that there are. */
export function listFeatureIds(): string[] {
  return IDS.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => `F-${String(first + index).padStart(2, "0")}`)
  );
}

if (import.meta.main) {
  const read = (path: string): Promise<string | undefined> => readFile(path, "utf8").catch(() => undefined);
  const mistakes = await checkFeatures(await readFeatures("."), { ids: listFeatureIds(), read });
  for (const mistake of mistakes) say(mistake);
  say(`features: ${mistakes.length === 0 ? "each is documented" : `${mistakes.length} mistakes`}`);
  process.exit(mistakes.length === 0 ? 0 : 1);
}
