/**
 * `gemstone events`: emits and shows events, and looks after dead letters.
 *
 * @module
 */
import type { Command, CommandEntry } from "../command.ts";

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

/** `gemstone events`. */
export const EVENTS_COMMAND: Command = {
  usage: USAGE,
  commands: new Map<string, CommandEntry>([
    ["emit", {
      summary: "emit an event",
      load: async () => {
        const { EMIT_USAGE, emitEvent } = await import("./emit_command.ts");
        return { usage: EMIT_USAGE + BROKER_USAGE, run: emitEvent };
      },
    }],
    ["tail", {
      summary: "print events as they are emitted",
      load: async () => {
        const { TAIL_USAGE, tailEvents } = await import("./tail_command.ts");
        return { usage: TAIL_USAGE + BROKER_USAGE, run: tailEvents };
      },
    }],
    ["dead", { summary: "list, show, redrive or drop dead letters", load: loadDead }],
  ]),
};

async function loadDead(): Promise<Command> {
  const { DEAD_USAGE, dropDead, listDead, redriveDead, showDead } = await import("./dead_command.ts");
  const usage = DEAD_USAGE + BROKER_USAGE;
  const toEntry = (summary: string, run: Command["run"]): CommandEntry => ({
    summary,
    load: () => Promise.resolve({ usage, run }),
  });
  return {
    usage,
    commands: new Map([
      ["list", toEntry("list the events that a service could not handle", listDead)],
      ["show", toEntry("show one of them", showDead)],
      ["redrive", toEntry("deliver them once more", redriveDead)],
      ["drop", toEntry("delete them", dropDead)],
    ]),
  };
}
