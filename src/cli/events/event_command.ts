/**
 * `gemstone events`: emits and shows events, and looks after dead letters.
 *
 * @module
 */
import { closestName } from "../../config/closest_name.ts";
import { hidePasswords } from "../../config/hide_passwords.ts";
import { quoteArgument } from "../../config/option_table.ts";
import { BrokerUnavailableError } from "../../errors.ts";
import { getEnvironmentVariable } from "../../runtime/process.ts";
import { type CommandContext, type CommandOptions, type CommandOutput, UsageError } from "../command.ts";
import { DEAD_USAGE, dropDead, listDead, redriveDead, showDead } from "./dead_command.ts";
import { EMIT_USAGE, emitEvent } from "./emit_command.ts";
import { readStandardInput } from "./standard_input.ts";
import { TAIL_USAGE, tailEvents } from "./tail_command.ts";
import { toLine } from "./terminal_text.ts";

/** A command, or a word that others follow. */
interface EventCommand {
  readonly usage: string;
  readonly run?: (args: readonly string[], context: CommandContext) => Promise<number>;
  readonly commands?: ReadonlyMap<string, EventCommand>;
}

const BROKER_USAGE = `
  --url URL          the broker: amqp, amqps, redis, rediss or unix (default:
                     the environment's AMQP_URL, else amqp://127.0.0.1:5672)
  --namespace NAME   what the names of its queues begin with (default: gemstone)
  --compat gemstone  use the exchanges of the Python library
  -h, --help         show this text and exit`;

const USAGE = `usage: gemstone events COMMAND [options]...

commands:
  emit NAME [JSON]   emit an event
  tail [NAME]        print events as they are emitted
  dead list          list the events that a service could not handle
  dead show ID       show one of them
  dead redrive ID... deliver them once more
  dead drop ID...    delete them

options:${BROKER_USAGE}

Exit codes: 0, done; 1, refused or failed; 2, wrong usage; 3, broker not
reachable; 4, no such dead letter.
gemstone events COMMAND --help says more.`;

const ROOT: EventCommand = {
  usage: USAGE,
  commands: new Map<string, EventCommand>([
    ["emit", { usage: EMIT_USAGE + BROKER_USAGE, run: emitEvent }],
    ["tail", { usage: TAIL_USAGE + BROKER_USAGE, run: tailEvents }],
    ["dead", {
      usage: DEAD_USAGE + BROKER_USAGE,
      commands: new Map(
        ([["list", listDead], ["show", showDead], ["redrive", redriveDead], ["drop", dropDead]] as const)
          .map(([name, run]) => [name, { usage: DEAD_USAGE + BROKER_USAGE, run }]),
      ),
    }],
  ]),
};

/**
 * Runs a command line behind `gemstone events`.
 *
 * @param args The arguments.
 * @param output Where to write.
 * @param options The surroundings.
 * @returns 0, done; 1, refused or failed; 2, wrong usage; 3, broker not reachable; 4, no such dead letter.
 */
export async function runEvents(
  args: readonly string[],
  output: CommandOutput,
  options: CommandOptions,
): Promise<number> {
  const { signal, readInput = readStandardInput, env = getEnvironmentVariable } = options;
  const { command, path, rest } = findCommand(args);
  if (isHelp(rest)) {
    output.out(command.usage);
    return 0;
  }
  try {
    if (command.run === undefined) throw unknownCommand(command, path, rest[0]);
    return await command.run(rest, { output, signal, readInput, env });
  } catch (error) {
    const hint = error instanceof UsageError
      ? `; see ${["gemstone", "events", ...path].join(" ")} --help`
      : "";
    const message = error instanceof Error ? error.message : String(error);
    output.error(`gemstone: error: ${toLine(hidePasswords(message))}${hint}`);
    if (error instanceof UsageError) return 2;
    return error instanceof BrokerUnavailableError ? 3 : 1;
  }
}

function findCommand(args: readonly string[]): { command: EventCommand; path: string[]; rest: string[] } {
  const rest = [...args];
  const path: string[] = [];
  let command = ROOT;
  for (;;) {
    const next = command.commands?.get(rest[0] ?? "");
    if (next === undefined) return { command, path, rest };
    path.push(rest.shift()!);
    command = next;
  }
}

/** What follows `--` is no option. */
function isHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? undefined : end).some((argument) =>
    argument === "-h" || argument === "--help"
  );
}

function unknownCommand(
  { commands = new Map() }: EventCommand,
  path: readonly string[],
  word: string | undefined,
): UsageError {
  const names = [...commands.keys()];
  const list = `the commands are: ${names.join(", ")}`;
  const lead = path.map((name) => `${name} `).join("");
  if (word === undefined) return new UsageError(`${lead || "events "}needs a command, ${list}`);
  const meant = closestName(word, names);
  return new UsageError(
    `unknown command ${quoteArgument(lead + word)}, ${
      meant === undefined ? list : `did you mean "${lead}${meant}"`
    }`,
  );
}
