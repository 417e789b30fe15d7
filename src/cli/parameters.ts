/**
 * The arguments of a method, as they are written on the command line.
 *
 * @module
 */
import type { CallParams } from "../client/call.ts";
import { quoteArgument } from "../config/option_table.ts";
import type { JsonValue } from "../json.ts";
import { type CommandContext, UsageError } from "./command.ts";
import { readInputText } from "./standard_input.ts";

/** How they are written, for help texts. */
export const PARAMETERS_USAGE =
  `PARAM is name=text, or name:=json for any other value; without the name, =text
and :=json, it is passed by position. A lone - takes all of them from standard
input: a JSON object, or an array for those by position.`;

/** One argument. */
interface Parameter {
  /** Empty for one by position. */
  readonly name: string;
  readonly value: JsonValue;
}

/**
 * Reads the arguments of a method.
 *
 * @param texts What the command line says.
 * @param readInput Reads standard input; only called for a lone `-`.
 * @returns The arguments: by name, also when there are none, as Python gemstone sends them, or by position.
 * @throws {UsageError} when they can not be understood, or are partly by name and partly by position.
 */
export async function readParameters(
  texts: readonly string[],
  readInput: CommandContext["readInput"],
): Promise<CallParams> {
  if (texts.length === 1 && texts[0] === "-") return readInputParameters(await readInputText(readInput));
  const parameters = texts.map(readParameter);
  const unnamed = parameters.filter(({ name }) => name === "");
  if (unnamed.length === 0) return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
  if (unnamed.length === parameters.length) return unnamed.map(({ value }) => value);
  throw new UsageError("either all parameters have a name or none has");
}

function readParameter(text: string): Parameter {
  if (text === "-") throw new UsageError("- takes all parameters from standard input, give no others");
  const at = text.indexOf("=");
  if (at < 0) {
    throw new UsageError(
      `a parameter is name=text or name:=json, by position =text or :=json, got ${quoteArgument(text)}`,
    );
  }
  const value = text.slice(at + 1);
  if (text[at - 1] !== ":") return { name: text.slice(0, at), value };
  const name = text.slice(0, at - 1);
  try {
    return { name, value: JSON.parse(value) };
  } catch {
    const where = name === "" ? "a parameter by position" : quoteArgument(name);
    throw new UsageError(
      `the value of ${where} is not JSON: ${quoteArgument(value)}; a text is written name=text`,
    );
  }
}

function readInputParameters(text: string): CallParams {
  let params: JsonValue;
  try {
    params = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`standard input is not JSON: ${reason}`);
  }
  if (typeof params === "object" && params !== null) return params;
  throw new UsageError("standard input must be a JSON object or array");
}
