/**
 * `gemstone events emit NAME [JSON]`
 *
 * @module
 */
import type { EmitReceipt } from "../../emit.ts";
import { createEvent } from "../../events/event.ts";
import type { OutgoingEvent } from "../../events/event_transport.ts";
import { LONGEST_TIMER_MS } from "../../rpc/deadlines.ts";
import { type CommandArguments, readArguments, readNumber } from "../arguments.ts";
import { type CommandContext, UsageError } from "../command.ts";
import { createSilentLogger } from "../silent_logger.ts";
import { readInputText } from "../standard_input.ts";
import { toJsonLine, toLine } from "../terminal_text.ts";
import { BROKER_OPTIONS, openEventBroker } from "./event_broker.ts";

/** Shown for `--help`. */
export const EMIT_USAGE = `usage: gemstone events emit [options] NAME [JSON]

Emits the event NAME with the body JSON (default: null), and waits until the
broker has stored it. JSON - takes the body from standard input.

options:
  --group            for one instance of each service (default: for all
                     instances that are connected)
  --id ID            the id of the event: an instance that has handled one of
                     that id lately skips it
  --require-route    fail when no service has a handler
  --timeout MS       wait so many milliseconds for the broker (default: 30000)
  --json             print what became of it as JSON`;

const MAX_CONNECT_MS = 5000;
/** How long what is left may take after an emit that failed. */
const DRAIN_MS = 1000;

/**
 * Emits one event.
 *
 * @param args The arguments of the command.
 * @param context Its surroundings.
 * @returns 0.
 * @throws {UsageError} when the arguments can not be understood.
 * @throws {EmitError} when the broker has not stored it.
 * @throws {BrokerUnavailableError} when the broker can not be reached.
 */
export async function emitEvent(args: readonly string[], context: CommandContext): Promise<number> {
  const parsed = readArguments(args, {
    values: [...BROKER_OPTIONS, "id", "timeout"],
    flags: ["group", "require-route", "json"],
    places: ["NAME", "JSON"],
  });
  const { values, flags } = parsed;
  const timeoutMs = readNumber(values, "timeout", LONGEST_TIMER_MS);
  const event = await readEvent(parsed, context);
  const transport = (await openEventBroker(values, context.env)).createTransport({
    connectTimeoutMs: Math.min(timeoutMs ?? MAX_CONNECT_MS, MAX_CONNECT_MS),
  });
  try {
    const setup = { service: "gemstone-cli", instanceId: crypto.randomUUID(), logger: createSilentLogger() };
    await transport.start(setup);
    const requireRoute = flags.has("require-route");
    const receipt = await transport.emit(event, {
      confirm: true,
      requireRoute,
      timeoutMs,
      signal: context.signal,
    });
    report(event, receipt, flags.has("json"), context);
  } finally {
    await transport.stop({ drainMs: DRAIN_MS });
  }
  return 0;
}

async function readEvent(
  { values, flags, positionals: [name, text] }: CommandArguments,
  context: CommandContext,
): Promise<OutgoingEvent> {
  if (name === undefined) throw new UsageError("emit needs the name of an event");
  try {
    const event = createEvent(name, null, {
      source: "/gemstone/cli",
      broadcast: !flags.has("group"),
      id: values.get("id"),
    });
    // The text itself: read and written again, a number of many digits would be another one.
    return { ...event, json: await readBody(text, context) };
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

async function readBody(text: string | undefined, { readInput }: CommandContext): Promise<string> {
  if (text === undefined) return "null";
  const json = (text === "-" ? await readInputText(readInput) : text).trim();
  const hint = text === "-" ? "standard input" : "the body";
  try {
    JSON.parse(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${hint} is not JSON: ${reason}; a text is written '"text"'`);
  }
  return json;
}

function report(
  { name, broadcast }: OutgoingEvent,
  receipt: EmitReceipt,
  isJson: boolean,
  { output }: CommandContext,
): void {
  const { id, confirmed, routed } = receipt;
  if (isJson) return output.out(toJsonLine(receipt));
  const kind = broadcast ? "broadcast" : "group event";
  output.out(
    toLine(`Emitted ${kind} "${name}", id ${id}${confirmed ? "" : ", not confirmed by the broker"}`),
  );
  if (routed !== false) return;
  output.error(
    `gemstone: warning: ${broadcast ? "nobody who is there" : "no service"} handles "${toLine(name)}"`,
  );
}
