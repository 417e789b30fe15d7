/**
 * The command line of the soak.
 *
 * @module
 */
import { parseArgs } from "node:util";

/** Where a program runs. */
export type SoakRuntime = "deno" | "node";

/** What the command line asks for. */
export interface SoakOptions {
  /** How long the load lasts on each runtime, in minutes. */
  readonly minutes: number;
  /** The runtimes, one after the other. */
  readonly runtimes: readonly SoakRuntime[];
  /** The file that gets the table. */
  readonly markdown: string | undefined;
}

const RUNTIMES: ReadonlyMap<string, readonly SoakRuntime[]> = new Map([
  ["deno", ["deno"]],
  ["node", ["node"]],
  ["both", ["deno", "node"]],
]);
const DAY_MINUTES = 24 * 60;

/**
 * Reads the command line.
 *
 * @param args The arguments: `--minutes=30`, `--runtime=deno|node|both`, `--markdown=file`.
 * @returns The options.
 * @throws {TypeError} when there is another one, or no such runtime.
 * @throws {RangeError} when the minutes are not from 0.5 to a day.
 */
export function parseSoakOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "30" },
      runtime: { type: "string", default: "both" },
      markdown: { type: "string" },
    },
  });
  const runtimes = RUNTIMES.get(values.runtime);
  if (runtimes === undefined) {
    throw new TypeError(`Cannot soak on runtime "${values.runtime}": there are deno, node and both`);
  }
  const minutes = values.minutes.trim() === "" ? NaN : Number(values.minutes);
  if (!(minutes >= 0.5 && minutes <= DAY_MINUTES)) {
    throw new RangeError(`Cannot soak for "${values.minutes}" minutes: give 0.5 to ${DAY_MINUTES}`);
  }
  return { minutes, runtimes, markdown: values.markdown };
}
