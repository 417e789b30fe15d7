/**
 * The program `gemstone`: calls methods of services and works with their events, from a terminal or a script.
 *
 * ```sh
 * gemstone call_raw http://127.0.0.1:8000/api say_hello name=world
 * "hello world"
 * gemstone events emit user_registered '{"name": "ann"}'
 * gemstone events tail
 * gemstone events dead list --service mailer
 * ```
 *
 * Exit codes: 0, done; 1, the service answered with an error, or the broker refused; 2, wrong usage; 3, not
 * reachable; 4, no such dead letter.
 *
 * @module
 */
import { closestName } from "../config/closest_name.ts";
import { exit, getArguments } from "../runtime/process.ts";
import { callRaw } from "./call_raw.ts";
import { type CommandOptions, type CommandOutput, UsageError } from "./command.ts";

export type { CommandOptions, CommandOutput };

const USAGE = `usage: gemstone COMMAND [ARGUMENTS]...

commands:
  call_raw URL METHOD [PARAMS]...  call a method of a service
  events emit NAME [JSON]          emit an event
  events tail [NAME]               print events as they are emitted
  events dead                      list, show, redrive or drop dead letters

gemstone COMMAND --help says more.`;

const CALL_RAW_USAGE = `usage: gemstone call_raw [options] URL METHOD [PARAMS]...

Calls METHOD of the service at URL and prints its result as JSON.
PARAMS are named arguments: name=text, or name:=json for any other value.

options:
  -H, --header NAME:VALUE  send this header; may be repeated
  -n, --notify             send a notification and wait for no result
  -t, --timeout MS         wait so many milliseconds (default: 30000)
  -v, --verbose            print how long the call took
  -h, --help               show this text and exit`;

type Command = (args: readonly string[], output: CommandOutput, options: CommandOptions) => Promise<number>;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["call_raw", runCallRaw],
  ["call-raw", runCallRaw],
  ["events", runEvents],
]);

/**
 * Runs a command line.
 *
 * @param args The arguments behind the name of the program.
 * @param output Where to write.
 * @param options `signal`: ends a command that runs on. `readInput`, `env`: in place of those of the process.
 * @returns The exit code.
 *
 * @example
 * ```ts
 * import { runCommand } from "@gemstone/gemstone/cli";
 *
 * const lines: string[] = [];
 * const code = await runCommand(["--help"], { out: (line) => lines.push(line), error: () => {} });
 * // code is 0, lines has the usage text
 * ```
 */
export async function runCommand(
  args: readonly string[],
  output: CommandOutput,
  options: CommandOptions = {},
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "-h" || name === "--help") {
    (name === undefined ? output.error : output.out)(USAGE);
    return name === undefined ? 2 : 0;
  }
  try {
    const command = COMMANDS.get(name);
    if (command !== undefined) return await command(rest, output, options);
    throw new UsageError(explainUnknown(name));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    output.error(`gemstone: error: ${error.message}; see gemstone --help`);
    return 2;
  }
}

async function runCallRaw(args: readonly string[], output: CommandOutput): Promise<number> {
  if (!args.includes("--help") && !args.includes("-h")) return await callRaw(args, output);
  output.out(CALL_RAW_USAGE);
  return 0;
}

async function runEvents(...given: Parameters<Command>): Promise<number> {
  // Loaded when used: the others need nothing of it.
  const command = await import("./events/event_command.ts");
  return await command.runEvents(...given);
}

function explainUnknown(name: string): string {
  const meant = closestName(name, COMMANDS.keys());
  const hint = meant === undefined ? "the commands are: call_raw, events" : `did you mean "${meant}"`;
  return `unknown command ${JSON.stringify(name)}, ${hint}`;
}

if (import.meta.main) {
  const { createTerminalOutput } = await import("./terminal_output.ts");
  const terminal = createTerminalOutput();
  const code = await runCommand(getArguments(), terminal);
  await terminal.flush();
  exit(code);
}
