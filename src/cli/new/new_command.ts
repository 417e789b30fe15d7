/**
 * `gemstone new NAME`
 *
 * @module
 */
import { resolve } from "node:path";
import { quoteArgument } from "../../config/option_table.ts";
import { IS_DENO } from "../../runtime/process.ts";
import { type CommandArguments, readArguments, readNumber } from "../arguments.ts";
import { type CommandContext, UsageError } from "../command.ts";
import { toJsonLine, toLine } from "../terminal_text.ts";
import { createProjectFiles } from "./project_files.ts";
import { readProjectName } from "./project_name.ts";
import type { ProjectOptions } from "./project_options.ts";
import { COMMANDS } from "./templates/readme.ts";
import { writeProject, type WrittenFile } from "./write_project.ts";

/** Shown for `--help`. */
export const NEW_USAGE = `usage: gemstone new [options] NAME

Writes the project of a new service, which runs at once: its class, a web page
that calls it, its tests, its settings and a README. NAME is the folder and, in
snake_case, the name of the service: order-desk is the class OrderDeskService,
called order_desk.

options:
  --deno              for Deno (default: for the runtime that runs gemstone)
  --node              for Node and TypeScript
  --directory DIR     write into this folder (default: NAME)
  --description TEXT  what the service is for, in one line
  --author NAME       who writes it
  --port N            the port that it listens on (default: 8000)
  --api-only          without the web page
  --events            with a handler for an event, which RabbitMQ can carry
  --force             write into a folder that has content; files of the same
                      names are replaced, and listed as such
  --json              print what was written as JSON
  -h, --help          show this text and exit

Exit codes: 0, written; 1, not or not all written; 2, wrong usage.`;

/** The longest description and author, in characters. */
const MAX_TEXT_LENGTH = 200;
const MAX_PORT = 65_535;
const DEFAULT_PORT = 8000;

/**
 * Writes a new project.
 *
 * @param args The arguments of the command.
 * @param context Its surroundings.
 * @returns 0.
 * @throws {UsageError} when the arguments can not be understood, or the name can not be used.
 * @throws {ProjectWriteError} when the project could not be written, or not all of it.
 */
export async function runNew(args: readonly string[], context: CommandContext): Promise<number> {
  const parsed = readArguments(args, {
    values: ["directory", "description", "author", "port"],
    flags: ["deno", "node", "api-only", "events", "force", "json"],
    places: ["NAME"],
  });
  const { values, flags } = parsed;
  const options = readOptions(parsed);
  const directory = readText(values, "directory", Infinity) ?? options.name.folder;
  const force = flags.has("force");
  const files = await writeProject(resolve(directory), createProjectFiles(options), { force });
  if (flags.has("json")) context.output.out(toJsonLine(describe(options, directory, files)));
  else for (const line of report(options, directory, files)) context.output.out(toLine(line));
  return 0;
}

function readOptions({ values, flags, positionals: [text] }: CommandArguments): ProjectOptions {
  if (text === undefined) throw new UsageError("new needs a NAME, as in: gemstone new order-desk");
  const name = readProjectName(text);
  return {
    name,
    description: readText(values, "description", MAX_TEXT_LENGTH) ?? `The service ${name.serviceName}.`,
    author: readText(values, "author", MAX_TEXT_LENGTH),
    port: readNumber(values, "port", MAX_PORT) ?? DEFAULT_PORT,
    runtime: readRuntime(flags),
    hasEvents: flags.has("events"),
    hasWeb: !flags.has("api-only"),
  };
}

/** Who has only Node, and runs `npx gemstone`, can run what it writes. */
function readRuntime(flags: CommandArguments["flags"]): ProjectOptions["runtime"] {
  const [first, second] = (["deno", "node"] as const).filter((runtime) => flags.has(runtime));
  if (second !== undefined) throw new UsageError("--deno and --node can not be given together");
  return first ?? (IS_DENO ? "deno" : "node");
}

/** A text that stands in files and on terminals. */
function readText(
  values: CommandArguments["values"],
  option: string,
  maxLength: number,
): string | undefined {
  const text = values.get(option);
  if (text === undefined) return undefined;
  if (text.trim() === "") throw new UsageError(`--${option} must not be empty`);
  if (text.length > maxLength) {
    throw new UsageError(`--${option} has ${text.length} characters, and ${maxLength} are allowed`);
  }
  if (toLine(text) === text && text.isWellFormed()) return text;
  throw new UsageError(
    `--${option} must be one line without control characters, got ${toLine(quoteArgument(text))}`,
  );
}

function describe(options: ProjectOptions, directory: string, files: readonly WrittenFile[]): object {
  const { name: { serviceName, className }, runtime, port } = options;
  return {
    name: serviceName,
    class: className,
    runtime,
    port,
    directory: resolve(directory),
    files,
    commands: nextCommands(options, directory),
  };
}

function report(options: ProjectOptions, directory: string, files: readonly WrittenFile[]): string[] {
  const { name: { className }, runtime, port, hasWeb } = options;
  const where = runtime === "deno" ? "Deno" : "Node";
  return [
    `${className} for ${where} is in ${directory}:`,
    "",
    ...files.map(({ path, status }) => `  ${status === "created" ? path : `${path} (${status})`}`),
    "",
    "Next:",
    "",
    ...nextCommands(options, directory).map((command) => `  ${command}`),
    "",
    `While it runs, ${
      hasWeb ? `open http://127.0.0.1:${port}/ or, ` : ""
    }in another terminal in the same folder:`,
    "",
    `  ${COMMANDS[runtime].gemstone} call_raw http://127.0.0.1:${port}/api say_hello name=world`,
  ];
}

function nextCommands({ runtime }: ProjectOptions, directory: string): string[] {
  const { install, test, start } = COMMANDS[runtime];
  const isHere = resolve(directory) === resolve(".");
  return [
    ...(isHere ? [] : [`cd ${quoteForShell(directory)}`]),
    ...(install === undefined ? [] : [install]),
    test,
    start,
  ];
}

function quoteForShell(path: string): string {
  const text = path.startsWith("-") ? `./${path}` : path;
  return /^[\w./\\:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
