/**
 * The command line of the benchmark.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type RuntimeName, RUNTIMES } from "./programs.ts";

/** The sections, in the order in which they run. */
export const SECTIONS = [
  "http",
  "client",
  "dispatch",
  "batch",
  "memory",
  "startup",
  "blocking",
  "events",
] as const;

/** The name of a section. */
export type SectionName = typeof SECTIONS[number];

/** What the command line asks for. */
export interface BenchOptions {
  /** The sections to run. */
  readonly sections: readonly SectionName[];
  /** The runtimes to measure. */
  readonly runtimes: readonly RuntimeName[];
  /** Rounds that count, of each server. */
  readonly rounds: number;
  /** The length of a round in milliseconds. */
  readonly roundMs: number;
  /** The length of the uncounted round before, in milliseconds. */
  readonly warmUpMs: number;
  /** Sockets of the load client. */
  readonly connections: number;
  /** A short run with less certain figures. */
  readonly isQuick: boolean;
  /** Print JSON instead of tables. */
  readonly json: boolean;
}

/**
 * Reads the command line.
 *
 * @throws {TypeError} when a section, runtime or option does not exist.
 */
export function parseOptions(args: string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: "string" },
      runtime: { type: "string" },
      connections: { type: "string", default: "32" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const isQuick = values.quick;
  return {
    sections: chooseFrom(SECTIONS, positionals, "section"),
    runtimes: chooseFrom(RUNTIMES, values.runtime === undefined ? [] : [values.runtime], "runtime"),
    rounds: toCount("rounds", values.rounds ?? (isQuick ? "9" : "31")),
    roundMs: isQuick ? 200 : 300,
    warmUpMs: isQuick ? 500 : 1000,
    connections: toCount("connections", values.connections),
    isQuick,
    json: values.json,
  };
}

function chooseFrom<Name extends string>(
  all: readonly Name[],
  asked: readonly string[],
  what: string,
): Name[] {
  for (const name of asked) {
    if (!(all as readonly string[]).includes(name)) {
      throw new TypeError(`Cannot measure the ${what} "${name}": choose from ${all.join(", ")}`);
    }
  }
  return all.filter((name) => asked.length === 0 || asked.includes(name));
}

function toCount(name: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new TypeError(`Cannot use --${name} ${text}: it must be a whole number above 0`);
}
