/**
 * The program `gemstone`: calls a method of a service from a terminal or a script.
 *
 * ```sh
 * gemstone call_raw http://127.0.0.1:8000/api say_hello name=world
 * "hello world"
 * ```
 *
 * Exit codes: 0, the service answered with a result; 1, with an error; 2, wrong usage; 3, not reachable.
 *
 * @module
 */
import { exit, getArguments } from "../runtime/process.ts";
import { callRaw } from "./call_raw.ts";
import { type CommandOutput, UsageError } from "./command.ts";

export type { CommandOutput };

const USAGE = `usage: gemstone call_raw [options] URL METHOD [PARAMS]...

Calls METHOD of the service at URL and prints its result as JSON.
PARAMS are named arguments: name=text, or name:=json for any other value.

options:
  -H, --header NAME:VALUE  send this header; may be repeated
  -n, --notify             send a notification and wait for no result
  -t, --timeout MS         wait so many milliseconds (default: 30000)
  -v, --verbose            print how long the call took
  -h, --help               show this text and exit`;

const COMMANDS = new Map([["call_raw", callRaw], ["call-raw", callRaw]]);

/**
 * Runs a command line.
 *
 * @param args The arguments behind the name of the program.
 * @param output Where to write.
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
export async function runCommand(args: readonly string[], output: CommandOutput): Promise<number> {
  const [name, ...rest] = args;
  if (
    name === undefined || name === "-h" || name === "--help" || rest.includes("--help") || rest.includes("-h")
  ) {
    (name === undefined ? output.error : output.out)(USAGE);
    return name === undefined ? 2 : 0;
  }
  try {
    const command = COMMANDS.get(name);
    if (command !== undefined) return await command(rest, output);
    throw new UsageError(`unknown command "${name}", the commands are: call_raw`);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    output.error(`gemstone: error: ${error.message}; see gemstone --help`);
    return 2;
  }
}

if (import.meta.main) {
  exit(
    await runCommand(getArguments(), {
      // deno-lint-ignore no-console -- a program writes on its console
      out: (line) => console.log(line),
      // deno-lint-ignore no-console -- a program writes on its console
      error: (line) => console.error(line),
    }),
  );
}
