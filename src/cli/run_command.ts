/**
 * From a command line to the command that it means, and from what that throws to a line and an exit code.
 *
 * @module
 */
import { closestName } from "../config/closest_name.ts";
import { quoteArgument } from "../config/option_table.ts";
import { getEnvironmentVariable } from "../runtime/process.ts";
import { asksForHelp, readArguments } from "./arguments.ts";
import {
  type Command,
  type CommandContext,
  type CommandOptions,
  type CommandOutput,
  UsageError,
} from "./command.ts";
import { ROOT } from "./commands.ts";
import { toErrorText, toExitCode, WRONG_USAGE } from "./exit_codes.ts";
import { COLOR_CHOICES, type ColorChoice, createStyle, type Style } from "./style.ts";
import { VERSION } from "./version.ts";

/** A command and how the user got to it. */
interface FoundCommand {
  readonly command: Command;
  /** The words that led to it. */
  readonly path: readonly string[];
  /** What follows them. */
  readonly rest: readonly string[];
}

/** What stands in front of the command. */
interface GlobalOptions {
  readonly choice: ColorChoice;
  readonly asksForVersion: boolean;
  readonly asksForHelp: boolean;
  readonly rest: readonly string[];
}

/**
 * Runs a command line.
 *
 * @param args The arguments behind the name of the program.
 * @param output Where to write.
 * @param options `signal`: ends a command that runs on. `readInput`, `env`, `terminal`: in place of those of the
 * process.
 * @returns The exit code. Whatever happens is told in one line on `output`; it rejects with nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { runCommand } from "@gemstone/gemstone/cli";
 *
 * const lines: string[] = [];
 * const code = await runCommand(["--help"], { out: (line) => lines.push(line), error: () => {} });
 * assertEquals(code, 0);
 * assertEquals(lines[0]?.startsWith("usage: gemstone"), true);
 * ```
 */
export async function runCommand(
  args: readonly string[],
  output: CommandOutput,
  options: CommandOptions = {},
): Promise<number> {
  const { env = getEnvironmentVariable, terminal } = options;
  let choice: ColorChoice = "auto";
  let path: readonly string[] = [];
  try {
    const global = readGlobalOptions(args);
    choice = global.choice;
    if (global.asksForVersion) return tell(output, `gemstone ${VERSION}`);
    const style = createStyle({ choice, isTerminal: terminal?.isOut === true, env });
    const found = await findCommand(global);
    path = found.path;
    const { command, rest } = found;
    if (global.asksForHelp || (command.asksForHelp ?? asksForHelp)(rest)) {
      return tell(output, paintUsage(command.usage, style));
    }
    if (command.run !== undefined) return await command.run(rest, createContext(output, options, style));
    if (path.length > 0 || rest.length > 0) throw explainUnknown(found);
    output.error(command.usage);
    return WRONG_USAGE;
  } catch (error) {
    output.status?.("");
    const style = createStyle({ choice, isTerminal: terminal?.isError === true, env });
    const hint = error instanceof UsageError ? `; see ${["gemstone", ...path].join(" ")} --help` : "";
    output.error(`gemstone: ${style.paint("red", "error:")} ${toErrorText(error)}${hint}`);
    return toExitCode(error);
  }
}

/** `help x y` is `x y --help`. */
function readGlobalOptions(args: readonly string[]): GlobalOptions {
  let end = 0;
  while (args[end]?.startsWith("-") === true) end += args[end] === "--color" ? 2 : 1;
  const isHelp = args[end] === "help";
  const rest = args.slice(isHelp ? end + 1 : end);
  const own = args.slice(0, end);
  if (isHelp || asksForHelp(own)) return { choice: "auto", asksForVersion: false, asksForHelp: true, rest };
  const { values, flags } = readArguments(own, {
    values: ["color"],
    flags: ["version"],
    shorts: { V: "version" },
  });
  const color = values.get("color") ?? "auto";
  const choice = COLOR_CHOICES.find((each) => each === color);
  if (choice === undefined) {
    throw new UsageError(`--color must be ${COLOR_CHOICES.join(", ")}, got ${quoteArgument(color)}`);
  }
  return { choice, asksForVersion: flags.has("version"), asksForHelp: false, rest };
}

async function findCommand(global: GlobalOptions): Promise<FoundCommand> {
  const rest = [...global.rest];
  const path: string[] = [];
  let command = ROOT;
  for (;;) {
    const next = command.commands?.get(rest[0] ?? "");
    if (next === undefined) break;
    path.push(rest.shift() ?? "");
    command = await next.load();
  }
  const found: FoundCommand = { command, path, rest };
  const [word] = rest;
  if (global.asksForHelp && word !== undefined && command.commands !== undefined && !word.startsWith("-")) {
    throw explainUnknown(found);
  }
  return found;
}

function explainUnknown({ command, path, rest: [word] }: FoundCommand): UsageError {
  const { commands = new Map() } = command;
  const listed = [...commands].filter(([, { summary }]) => summary !== undefined).map(([name]) => name);
  const list = `the commands are: ${listed.join(", ")}`;
  if (word === undefined) return new UsageError(`${path.join(" ")} needs a command, ${list}`);
  // Below the first level, the word that it stands behind tells of which commands it should be one.
  const lead = path.slice(1).map((name) => `${name} `).join("");
  const meant = closestName(word, commands.keys());
  const hint = meant === undefined ? list : `did you mean "${lead}${meant}"`;
  return new UsageError(`unknown command ${quoteArgument(lead + word)}, ${hint}`);
}

function createContext(output: CommandOutput, options: CommandOptions, style: Style): CommandContext {
  const { signal, readInput = readInputOfProcess, env = getEnvironmentVariable } = options;
  return { output, signal, readInput, env, style };
}

async function readInputOfProcess(): Promise<Uint8Array> {
  const { readStandardInput } = await import("./standard_input.ts");
  return await readStandardInput();
}

function tell(output: CommandOutput, text: string): number {
  output.out(text);
  return 0;
}

/** Headings stand at the beginning of a line. */
function paintUsage(usage: string, { paint }: Style): string {
  return usage.replace(/^(?:[a-z]+|Exit codes):/gm, (heading) => paint("bold", heading));
}
