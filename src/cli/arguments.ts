/**
 * Reads the arguments of every command.
 *
 * @module
 */
import { CommandLineFault, OptionTable, quoteArgument } from "../config/option_table.ts";
import { UsageError } from "./command.ts";

/** What a command understands. */
export interface ArgumentRules {
  /** The names of the options with a value; the last of several wins. */
  readonly values?: readonly string[];
  /** The names of the options with a value that may be repeated. */
  readonly lists?: readonly string[];
  /** The names of the options without a value. */
  readonly flags?: readonly string[];
  /** Letters for options, as in `{ t: "timeout" }`. */
  readonly shorts?: Readonly<Record<string, string>>;
  /** The names of the arguments without a name, in order. @default {none} */
  readonly places?: readonly string[];
  /** Whether more arguments than these are understood. @default {false} */
  readonly hasMore?: boolean;
}

/** What the arguments say. */
export interface CommandArguments {
  /** The values of options. */
  readonly values: ReadonlyMap<string, string>;
  /** The values of options that may be repeated, in order; nothing for those that are not given. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** The flags that are set. */
  readonly flags: ReadonlySet<string>;
  /** The arguments without a name. */
  readonly positionals: readonly string[];
}

/** A JSON number may be negative, and a lone `-` stands for standard input. */
const LOOKS_LIKE_OPTION = /^-(?!$|\d|\.\d)/;

/**
 * Reads the arguments: `--name value`, `--name=value`, `--flag`, `--no-flag`, unambiguous beginnings of these;
 * `-n value`, `-nvalue` and `-ab` for letters; `--` ends the options.
 *
 * @param args The arguments.
 * @param rules What the command understands.
 * @returns What they say.
 * @throws {UsageError} when something is not understood; the message says what was probably meant.
 */
export function readArguments(args: readonly string[], rules: ArgumentRules): CommandArguments {
  const reader = new Reader(rules);
  try {
    return reader.read(args);
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
export function readNumber(
  values: CommandArguments["values"],
  name: string,
  max: number,
): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (number >= 1 && number <= max) return number;
  throw new UsageError(`--${name} must be a whole number from 1 to ${max}, got ${quoteArgument(text)}`);
}

/**
 * Says whether the user asks for the help text. What follows `--` is no option.
 *
 * @param args The arguments.
 * @returns `true` for `-h` or `--help` among them.
 */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  return options.includes("-h") || options.includes("--help");
}

/** Reads one command line. */
class Reader {
  readonly #rules: ArgumentRules;
  readonly #table: OptionTable;
  readonly #shorts: ReadonlyMap<string, string>;
  readonly #values = new Map<string, string>();
  readonly #lists = new Map<string, string[]>();
  readonly #flags = new Set<string>();
  readonly #positionals: string[] = [];
  #left: string[] = [];

  constructor(rules: ArgumentRules) {
    const { values = [], lists = [], flags = [], shorts = {} } = rules;
    this.#rules = rules;
    this.#shorts = new Map(Object.entries(shorts));
    this.#table = new OptionTable([
      ...[...values, ...lists].map((name) => ({ name, spellings: [name], kind: "value" as const })),
      ...flags.map((name) => ({ name, spellings: [name], kind: "flag" as const })),
    ]);
  }

  read(args: readonly string[]): CommandArguments {
    this.#left = [...args];
    for (let argument = this.#left.shift(); argument !== undefined; argument = this.#left.shift()) {
      if (argument === "--") this.#positionals.push(...this.#left.splice(0));
      else if (!LOOKS_LIKE_OPTION.test(argument)) this.#positionals.push(argument);
      else if (argument.startsWith("--")) this.#takeOption(argument);
      else this.#takeLetters(argument);
    }
    const { places = [], hasMore } = this.#rules;
    const surplus = this.#positionals[places.length];
    if (surplus !== undefined && hasMore !== true) {
      throw new UsageError(`unexpected argument ${quoteArgument(surplus)}`);
    }
    const [values, lists, flags] = [this.#values, this.#lists, this.#flags];
    return { values, lists, flags, positionals: this.#positionals };
  }

  #takeOption(argument: string): void {
    const equals = argument.indexOf("=");
    const { name, spelling, takes, implied } = this.#table.resolve(
      argument.slice(2, equals < 0 ? undefined : equals),
    );
    // `--help` has been looked for before.
    if (name === undefined) throw new UsageError(`--${spelling} takes no value`);
    const value = equals < 0 ? undefined : argument.slice(equals + 1);
    if (takes === "value") {
      this.#setValue(name, value ?? this.#nextValue(`--${spelling}`));
    } else if (value !== undefined) {
      throw new UsageError(`option --${spelling} takes no value, got ${quoteArgument(value)}`);
    } else if (implied === "true") {
      this.#flags.add(name);
    } else {
      this.#flags.delete(name);
    }
  }

  /** Several letters in one are flags, and the last may have a value: `-nv`, `-nt 100`, `-nt100`. */
  #takeLetters(argument: string): void {
    const letters = [...argument.slice(1)];
    for (const [index, letter] of letters.entries()) {
      const name = this.#shorts.get(letter);
      if (name === undefined) {
        throw this.#table.unknownOption(letters.length === 1 ? argument : `-${letter}`);
      }
      if (this.#rules.flags?.includes(name) === true) {
        this.#flags.add(name);
        continue;
      }
      const rest = letters.slice(index + 1).join("");
      return this.#setValue(name, rest === "" ? this.#nextValue(`-${letter}`) : rest);
    }
  }

  #nextValue(spelling: string): string {
    const next = this.#left[0];
    if (next === undefined || next === "--") throw new UsageError(`option ${spelling} needs a value`);
    if (LOOKS_LIKE_OPTION.test(next)) {
      const way = spelling.startsWith("--") ? `${spelling}=-…` : `${spelling}-…`;
      throw new UsageError(`option ${spelling} needs a value, write one that begins with - as ${way}`);
    }
    this.#left.shift();
    return next;
  }

  #setValue(name: string, value: string): void {
    if (this.#rules.lists?.includes(name) !== true) this.#values.set(name, value);
    else this.#lists.set(name, [...this.#lists.get(name) ?? [], value]);
  }
}
