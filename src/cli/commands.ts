/**
 * The table of all commands. Each is loaded when it is used.
 *
 * @module
 */
import type { Command, CommandEntry } from "./command.ts";
import { EXIT_CODES_USAGE } from "./exit_codes.ts";

const CALL_RAW: CommandEntry = {
  synopsis: "URL METHOD [PARAM]...",
  summary: "call a method of the service at a URL",
  load: async () => (await import("./call_raw_command.ts")).CALL_RAW_COMMAND,
};

const COMMANDS: ReadonlyMap<string, CommandEntry> = new Map<string, CommandEntry>([
  ["call", {
    synopsis: "NAME METHOD [PARAM]...",
    summary: "call a method of a service by its name",
    load: async () => (await import("./call_command.ts")).CALL_COMMAND,
  }],
  ["call_raw", CALL_RAW],
  ["call-raw", { load: CALL_RAW.load }],
  ["list", {
    synopsis: "[PATTERN]",
    summary: "list the services that a registry knows",
    load: async () => (await import("./list_command.ts")).LIST_COMMAND,
  }],
  ["ping", {
    synopsis: "URL|NAME",
    summary: "measure how fast a service answers",
    load: async () => (await import("./ping_command.ts")).PING_COMMAND,
  }],
  ["bench", {
    synopsis: "URL METHOD [PARAM]...",
    summary: "put a bounded load on a method",
    load: async () => (await import("./bench/bench_command.ts")).BENCH_COMMAND,
  }],
  ["start", {
    synopsis: "MODULE [ARGUMENT]...",
    summary: "start the service that a module exports",
    load: async () => (await import("./start_command.ts")).START_COMMAND,
  }],
  ["registry", {
    synopsis: "[options]",
    summary: "run a registry of services",
    load: async () => (await import("./registry_command.ts")).REGISTRY_COMMAND,
  }],
  ["new", {
    synopsis: "NAME",
    summary: "write the project of a new service",
    load: async () => {
      const { NEW_USAGE, runNew } = await import("./new/new_command.ts");
      return { usage: NEW_USAGE, run: runNew };
    },
  }],
  ["events", {
    synopsis: "emit|tail|dead ...",
    summary: "emit and print events, look after dead letters",
    load: async () => (await import("./events/event_command.ts")).EVENTS_COMMAND,
  }],
]);

/** The program itself. */
export const ROOT: Command = {
  commands: COMMANDS,
  usage: `usage: gemstone [options] COMMAND [ARGUMENT]...

Calls services, finds them, measures and starts them, and works with events.

commands:
${listCommands(COMMANDS)}
  help [COMMAND]                  show the help text of a command

options:
  --color WHEN                    auto (default: on a terminal), always, never
  -V, --version                   print the version and exit
  -h, --help                      show this text and exit

${EXIT_CODES_USAGE}
gemstone COMMAND --help says more.`,
};

function listCommands(commands: ReadonlyMap<string, CommandEntry>): string {
  return [...commands].flatMap(([name, { synopsis = "", summary }]) =>
    summary === undefined ? [] : [`  ${`${name} ${synopsis}`.padEnd(30)}  ${summary}`]
  ).join("\n");
}
