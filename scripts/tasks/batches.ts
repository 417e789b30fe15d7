/**
 * Runs many test files on Deno in several processes.
 *
 * One process for all of them would take three times the processor time: it keeps something of each file, and
 * becomes slower from file to file (measured with Deno 2.9: 276 files, 1035 s; one by one, 379 s).
 *
 * @module
 */
import { listFiles } from "../files.ts";
import type { ImportSet } from "./imports.ts";
import { filesWithin, pathsOutside } from "./paths.ts";
import { HeldOutput } from "./process.ts";
import { testOnDeno } from "./runners.ts";
import { say } from "./say.ts";
import { addOutcomes, type Outcome } from "./tally.ts";

const BATCH_FILES = 12;
/** A batch takes less than a minute; Deno has no limit for a test that hangs. */
const BATCH_MS = 300_000;
/** Most tests wait most of their time: for a broker, a process or a timer. */
const LANES = 4;

/**
 * Runs test files on Deno, some at a time; what a process prints comes when it has ended.
 *
 * @param imports Which packages stand behind the specifiers.
 * @param paths Files or folders.
 * @param ignore Files and folders to leave out.
 * @returns The sum.
 */
export async function testInBatches(imports: ImportSet, paths: string[], ignore: string[]): Promise<Outcome> {
  const all = (await listFiles(".", "tests")).filter((file) => file.endsWith("_test.ts"));
  const files = pathsOutside(filesWithin(all, paths), ignore);
  const batches: string[][] = [];
  for (let from = 0; from < files.length; from += BATCH_FILES) {
    batches.push(files.slice(from, from + BATCH_FILES));
  }
  const outcomes: Outcome[] = [];
  const runLane = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const held = new HeldOutput();
      outcomes.push(await testOnDeno(imports, batch, { allMs: BATCH_MS, held }));
      say(held.text());
    }
  };
  await Promise.all(Array.from({ length: LANES }, runLane));
  return addOutcomes(outcomes);
}
