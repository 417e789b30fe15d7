/**
 * `gemstone start MODULE [ARGUMENT]...`
 *
 * @module
 */
import { asksForHelp, readArguments } from "./arguments.ts";
import { type Command, type CommandContext, CommandError, UsageError } from "./command.ts";
import { FAILED, WRONG_USAGE } from "./exit_codes.ts";
import { describeFault, loadService, type StartableService } from "./service_module.ts";

/** `gemstone start`. */
export const START_COMMAND: Command = {
  usage: `usage: gemstone start [--class NAME] MODULE [ARGUMENT]...

Loads MODULE, a file or a URL, and starts the service that it exports: a class
that derives from MicroService, or an instance of one. ARGUMENTs are the command
line of the service, as in

  gemstone start ./service.ts --port 8001
  gemstone start ./service.ts --help

options:
  --class NAME  which of several services; it may also stand behind MODULE,
                where -- ends that
  -h, --help    show this text and exit

SIGINT (Ctrl-C) and SIGTERM stop the service; it finishes what runs.
Exit codes: 0, stopped; 1, it can not start; 2, wrong usage, also of the
service; 4, there is no such module or service.`,
  run: start,
  asksForHelp: (args) => asksForHelp(split(args).lead),
};

/** The arguments of the command and those of the service. */
interface SplitArguments {
  /** What stands in front of the module. */
  readonly lead: readonly string[];
  readonly module: string | undefined;
  /** The value of `--class` behind the module. */
  readonly className: string | undefined;
  /** What is for the service. */
  readonly rest: readonly string[];
}

async function start(args: readonly string[], context: CommandContext): Promise<number> {
  const { lead, module, className, rest } = split(args);
  const { values } = readArguments(lead, { values: ["class"] });
  if (module === undefined || module === "") throw new UsageError("start needs a module");
  const service = await loadService(module, className ?? values.get("class"));
  const stopped = whenStopped(service);
  try {
    await service.start({ args: rest, signal: context.signal });
  } catch (error) {
    return report(error, module, context);
  }
  await stopped;
  // It still has to say so.
  await service.stop();
  return 0;
}

function split(args: readonly string[]): SplitArguments {
  let at = 0;
  while (args[at]?.startsWith("-") === true) at += args[at] === "--class" ? 2 : 1;
  const behind = args.slice(at + 1);
  const end = behind.indexOf("--");
  const own = end < 0 ? behind : behind.slice(0, end);
  const place = own.findIndex((argument) => argument === "--class" || argument.startsWith("--class="));
  const isPair = own[place] === "--class";
  if (isPair && own[place + 1] === undefined) throw new UsageError("option --class needs a value");
  const rest = [...own];
  if (place >= 0) rest.splice(place, isPair ? 2 : 1);
  return {
    lead: args.slice(0, at),
    module: args[at],
    className: isPair ? own[place + 1] : own[place]?.slice("--class=".length),
    rest: end < 0 ? rest : [...rest, ...behind.slice(end)],
  };
}

/** Whoever stops it, a signal or the service itself, its hook is called. */
function whenStopped(service: StartableService): Promise<void> {
  const hook = service.onServiceStop;
  return new Promise((resolve) => {
    service.onServiceStop = async () => {
      resolve();
      await hook.call(service);
    };
  });
}

/** As it would have ended by itself, but in our words. */
function report(error: unknown, module: string, { output }: CommandContext): number {
  const { text, exitCode, code } = error as {
    readonly text?: unknown;
    readonly exitCode?: unknown;
    readonly code?: unknown;
  };
  if (typeof text === "string" && (exitCode === 0 || exitCode === WRONG_USAGE)) {
    (exitCode === 0 ? output.out : output.error)(text);
    return exitCode;
  }
  const isForeseen = error instanceof Error && typeof code === "string" && code.startsWith("ERR_");
  throw new CommandError(
    code === "ERR_CONFIGURATION_VALUE" ? WRONG_USAGE : FAILED,
    isForeseen ? error.message : `Cannot start ${module}: ${describeFault(error)}`,
  );
}
