/**
 * Reads the command line of a service.
 *
 * Written here and not with a general parser: those accept what is not known, guess numbers, and disagree with
 * each other about `--name=`, repeated options, `--name -5` and what follows `--`. Here each word is either
 * understood or an error, on every runtime.
 *
 * @module
 */
import type { CommandLineOption } from "./configurator.ts";
import { helpText, usageLine } from "./help_text.ts";
import { CommandLineFault, OptionTable, quoteArgument } from "./option_table.ts";
import { UsageRequest } from "./usage.ts";

/** A command line and what it may say. */
export interface CommandLine {
  /** The arguments, without the program. */
  readonly args: readonly string[];
  /** The options of all configurators. */
  readonly options: readonly CommandLineOption[];
  /** The help text; `undefined` for the generated one. */
  readonly usage: string | undefined;
}

/** A value may be a negative number or a lone `-`; anything else that begins with `-` is an option. */
const LOOKS_LIKE_OPTION = /^-(?!$|\d|\.\d)/;

/**
 * Reads a command line.
 *
 * `--name value` and `--name=value` give a value (the first `=` separates); a flag is `--name`, `--no-name` or
 * `--name=value`; the beginning of a name is enough when only one option begins so; of several the last wins;
 * `--` ends the options; `-h` and `--help` ask for the help text and end the reading.
 *
 * @param program The name in the usage line.
 * @param line The arguments, the options, and the help text.
 * @returns The values as text by the name of the option.
 * @throws {UsageRequest} when help is asked for, or an argument can not be understood.
 * @throws {TypeError} when two options share a spelling.
 */
export function parseCommandLine(program: string, line: CommandLine): ReadonlyMap<string, string> {
  const { args, options, usage } = line;
  const table = new OptionTable(options);
  try {
    const values = readArguments(args, table);
    if (values !== undefined) return values;
  } catch (error) {
    if (!(error instanceof CommandLineFault)) throw error;
    throw new UsageRequest(errorText(program, options, error.message), 2);
  }
  throw new UsageRequest(usage ?? helpText(program, options), 0);
}

/** Gives the values; `undefined` when help is asked for. */
function readArguments(args: readonly string[], table: OptionTable): Map<string, string> | undefined {
  const values = new Map<string, string>();
  const places = [...table.positionals];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!;
    if (argument === "--") {
      for (const rest of args.slice(index + 1)) takePlace(rest, places, values);
      break;
    }
    if (argument === "-h") return undefined;
    if (!LOOKS_LIKE_OPTION.test(argument)) {
      takePlace(argument, places, values);
      continue;
    }
    if (!argument.startsWith("--")) throw table.unknownOption(argument);
    const { name, value, usesNext } = readOption(argument, args[index + 1], table);
    if (name === undefined) return undefined;
    values.set(name, value);
    if (usesNext) index++;
  }
  return values;
}

function readOption(
  argument: string,
  next: string | undefined,
  table: OptionTable,
): { name: string | undefined; value: string; usesNext: boolean } {
  const equals = argument.indexOf("=");
  const { name, spelling, takes, implied } = table.resolve(
    argument.slice(2, equals < 0 ? undefined : equals),
  );
  if (equals >= 0) {
    const value = argument.slice(equals + 1);
    if (takes === "nothing") {
      throw new CommandLineFault(`option --${spelling} takes no value, got ${quoteArgument(value)}`);
    }
    return { name, value, usesNext: false };
  }
  if (takes !== "value") return { name, value: implied, usesNext: false };
  if (next === undefined || LOOKS_LIKE_OPTION.test(next)) {
    throw new CommandLineFault(
      `option --${spelling} needs a value` +
        (next === undefined || next === "--" ? "" : `, write one that begins with - as --${spelling}=-…`),
    );
  }
  return { name, value: next, usesNext: true };
}

function takePlace(argument: string, places: string[], values: Map<string, string>): void {
  const name = places.shift();
  if (name === undefined) {
    throw new CommandLineFault(
      `unexpected argument ${quoteArgument(argument)}, values are written --name=value`,
    );
  }
  values.set(name, argument);
}

function errorText(program: string, options: readonly CommandLineOption[], reason: string): string {
  return `${usageLine(program, options)}\n${program}: error: Cannot read the command line: ${reason}`;
}
