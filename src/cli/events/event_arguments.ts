/**
 * Reads the arguments of the commands behind `gemstone events`.
 *
 * @module
 */
import { CommandLineFault, OptionTable, quoteArgument } from "../../config/option_table.ts";
import { UsageError } from "../command.ts";

/** What a command understands. */
export interface ArgumentRules {
  /** The names of the options with a value. */
  readonly values?: readonly string[];
  /** The names of the options without one. */
  readonly flags?: readonly string[];
  /** The names of the arguments without a name, in order. @default {none} */
  readonly places?: readonly string[];
  /** Whether more arguments than these are understood. @default {false} */
  readonly hasMore?: boolean;
}

/** What the arguments say. */
export interface EventArguments {
  /** The values of options. */
  readonly values: ReadonlyMap<string, string>;
  /** The flags that are set. */
  readonly flags: ReadonlySet<string>;
  /** The arguments without a name. */
  readonly positionals: readonly string[];
}

/** The options of every command that talks to a broker. */
export const BROKER_OPTIONS: readonly string[] = ["url", "namespace", "compat"];

/** A JSON number may be negative, and a lone `-` stands for standard input. */
const LOOKS_LIKE_OPTION = /^-(?!$|\d)/;

/**
 * Reads the arguments: `--name value`, `--name=value`, `--flag`, unambiguous beginnings of these; `--` ends the
 * options.
 *
 * @param args The arguments.
 * @param rules What the command understands.
 * @returns What they say.
 * @throws {UsageError} when something is not understood; the message says what was probably meant.
 */
export function readEventArguments(args: readonly string[], rules: ArgumentRules): EventArguments {
  const table = new OptionTable([
    ...(rules.values ?? []).map((name) => ({ name, spellings: [name], kind: "value" as const })),
    ...(rules.flags ?? []).map((name) => ({ name, spellings: [name], kind: "flag" as const })),
  ]);
  try {
    return read(args, table, rules);
  } catch (error) {
    throw error instanceof CommandLineFault ? new UsageError(error.message) : error;
  }
}

/**
 * Takes a number out of an option.
 *
 * @param values The values of the options.
 * @param name The name of the option.
 * @param max The largest value; the smallest is 1.
 * @returns The number; `undefined` when the option is not given.
 * @throws {UsageError} when it is no such number.
 */
export function readNumber(values: EventArguments["values"], name: string, max: number): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (number >= 1 && number <= max) return number;
  throw new UsageError(`--${name} must be a whole number from 1 to ${max}, got ${quoteArgument(text)}`);
}

function read(args: readonly string[], table: OptionTable, { places = [], hasMore }: ArgumentRules) {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  const positionals: string[] = [];
  const left = [...args];
  for (let argument = left.shift(); argument !== undefined; argument = left.shift()) {
    if (argument === "--") {
      positionals.push(...left.splice(0));
    } else if (!LOOKS_LIKE_OPTION.test(argument)) {
      positionals.push(argument);
    } else {
      takeOption(argument, left, table, { values, flags });
    }
  }
  const surplus = positionals[places.length];
  if (surplus !== undefined && hasMore !== true) {
    throw new UsageError(`unexpected argument ${quoteArgument(surplus)}`);
  }
  return { values, flags, positionals };
}

function takeOption(
  argument: string,
  left: string[],
  table: OptionTable,
  { values, flags }: { values: Map<string, string>; flags: Set<string> },
): void {
  if (!argument.startsWith("--")) throw table.unknownOption(argument);
  const equals = argument.indexOf("=");
  const { name, spelling, takes, implied } = table.resolve(
    argument.slice(2, equals < 0 ? undefined : equals),
  );
  // `--help` has been looked for before.
  if (name === undefined) throw new UsageError(`--${spelling} takes no value`);
  let value = equals < 0 ? undefined : argument.slice(equals + 1);
  if (takes === "value") {
    value ??= LOOKS_LIKE_OPTION.test(left[0] ?? "--") ? undefined : left.shift();
    if (value === undefined) throw new UsageError(`option --${spelling} needs a value`);
    values.set(name, value);
  } else if (value !== undefined) {
    throw new UsageError(`option --${spelling} takes no value, got ${quoteArgument(value)}`);
  } else if (implied === "true") {
    flags.add(name);
  } else {
    flags.delete(name);
  }
}
