/**
 * `gemstone events tail [NAME]`
 *
 * @module
 */
import { checkEventName } from "../../events/event.ts";
import type { ReceivedEvent } from "../../events/event_transport.ts";
import type { JsonValue } from "../../json.ts";
import { type CommandContext, UsageError } from "../command.ts";
import { readArguments, readNumber } from "../arguments.ts";
import { untilStopped } from "../stop_signal.ts";
import { toJsonLine, toLine } from "../terminal_text.ts";
import { BROKER_OPTIONS, openEventBroker } from "./event_broker.ts";

/** Shown for `--help`. */
export const TAIL_USAGE = `usage: gemstone events tail [options] [NAME]

Prints the events that are emitted from now on, all or those of NAME, one a
line: time, kind (broadcast or group), name, id, body. It takes nothing from
anybody. Ctrl-C ends it.

options:
  --limit N          end after N events
  --json             print JSON, one object a line`;

const MAX_LIMIT = 1_000_000_000;

/**
 * Prints events until it is told to end.
 *
 * @param args The arguments of the command.
 * @param context Its surroundings.
 * @returns 0.
 * @throws {UsageError} when the arguments can not be understood.
 * @throws {BrokerUnavailableError} when the broker can not be reached.
 */
export async function tailEvents(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, flags, positionals: [event] } = readArguments(args, {
    values: [...BROKER_OPTIONS, "limit"],
    flags: ["json"],
    places: ["NAME"],
  });
  if (event !== undefined) checkName(event);
  const limit = readNumber(values, "limit", MAX_LIMIT) ?? Infinity;
  const broker = await openEventBroker(values, context.env);
  const { output } = context;
  const write = flags.has("json") ? toJsonLine : toText;
  let count = 0;
  await untilStopped(context.signal, (signal, stop) => {
    const print = (line: string): void => {
      if (count >= limit) return;
      output.out(line);
      if (++count === limit) stop();
    };
    return broker.tap({
      event,
      signal,
      onReady: () => output.error("gemstone: watching, Ctrl-C ends"),
      onEvent: (received) => print(write(toFacts(received))),
      onUnreadable: (name, error) => print(write(toUnreadableFacts(name, error))),
    });
  });
  return 0;
}

/** What is printed of an event. */
interface Facts {
  readonly time: string;
  readonly kind: "broadcast" | "group" | "malformed";
  readonly name: string;
  readonly id?: string | undefined;
  readonly body?: JsonValue;
  /** Why it is no event. */
  readonly error?: string;
}

function checkName(name: string): void {
  try {
    checkEventName(name);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function toFacts({ timeMs, broadcast, attempt: _, ...rest }: ReceivedEvent): Facts {
  return { time: toTime(timeMs), kind: broadcast ? "broadcast" : "group", ...rest };
}

function toUnreadableFacts(name: string, error: unknown): Facts {
  const reason = error instanceof Error ? error.message : String(error);
  return { time: toTime(undefined), kind: "malformed", name, error: reason };
}

/** When it happened; when it came, if it does not say so, or says what is no time. */
function toTime(timeMs = NaN): string {
  const time = new Date(timeMs);
  return (Number.isNaN(time.getTime()) ? new Date() : time).toISOString();
}

function toText({ time, kind, name, id = "-", body, error }: Facts): string {
  return toLine(`${time} ${kind.padEnd(9)} ${name} ${id} ${error ?? JSON.stringify(body)}`);
}
