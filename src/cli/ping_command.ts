/**
 * `gemstone ping URL|NAME`
 *
 * @module
 */
import type { RemoteService } from "../client/remote_service.ts";
// Loaded here, and not by the first call, whose time would be longer.
import "../client/single_call.ts";
import { RemoteServiceError } from "../errors.ts";
import { type CommandArguments, readArguments, readNumber } from "./arguments.ts";
import { CALL_OPTIONS_USAGE, CALL_RULES, createClient, readCallSettings } from "./call_settings.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { NOT_REACHABLE, toErrorText } from "./exit_codes.ts";
import { pause, SYSTEM_CLOCK } from "../clock.ts";
import { Registries, REGISTRY_OPTION_USAGE } from "./registries.ts";
import { untilStopped } from "./stop_signal.ts";
import { toJsonLine, toLine } from "./terminal_text.ts";

/** `gemstone ping`. */
export const PING_COMMAND: Command = {
  usage: `usage: gemstone ping [options] URL|NAME

Asks a service, at a URL or found by its name, for a method that no service
has: each answers that it does not have it, and does nothing. Prints how long
that took, the first with the time to connect. Ctrl-C ends it early.

options:${REGISTRY_OPTION_USAGE}${CALL_OPTIONS_USAGE}
      --count N            so many times (default: 4)
      --interval MS        one every so many milliseconds (default: 500)
      --json               print JSON, in one line, at the end
  -h, --help               show this text and exit

Exit codes: 0, it answered at least once; 2, wrong usage; 3, it never did, or
not as a service does; 4, no registry knows the service.`,
  run: ping,
};

/** JSON-RPC 2.0 (section 4.1) keeps names that begin like this for itself: no service has such a method. */
const METHOD = "rpc.ping";
const DEFAULT_COUNT = 4;
const DEFAULT_INTERVAL_MS = 500;
const MAX_COUNT = 1_000_000;
const MAX_INTERVAL_MS = 3_600_000;

async function ping(args: readonly string[], context: CommandContext): Promise<number> {
  const parsed = readArguments(args, {
    values: [...CALL_RULES.values, "count", "interval"],
    lists: ["registry", ...CALL_RULES.lists],
    flags: ["json"],
    shorts: CALL_RULES.shorts,
    places: ["URL"],
  });
  const count = readNumber(parsed.values, "count", MAX_COUNT) ?? DEFAULT_COUNT;
  const intervalMs = readNumber(parsed.values, "interval", MAX_INTERVAL_MS) ?? DEFAULT_INTERVAL_MS;
  const service = await findService(parsed, context);
  const isJson = parsed.flags.has("json");
  const tally: Tally = { sent: 0, answered: 0, minMs: Infinity, maxMs: 0, sumMs: 0 };
  await untilStopped(context.signal, async (signal) => {
    while (tally.sent < count && !signal.aborted) {
      if (tally.sent > 0) await pause(SYSTEM_CLOCK, intervalMs, signal);
      const ms = signal.aborted ? undefined : await pingOnce(service, signal, context);
      // One that was cut off says nothing of the service.
      if (signal.aborted) break;
      add(tally, ms);
      if (ms !== undefined && !isJson) {
        context.output.out(`${toLine(service.url)} answered in ${toMs(ms)} ms`);
      }
    }
  });
  if (isJson) context.output.out(toJsonLine(toJson(service.url, tally)));
  else if (tally.answered > 0) context.output.out(toText(tally));
  return tally.answered > 0 ? 0 : NOT_REACHABLE;
}

/** What came of all. */
interface Tally {
  sent: number;
  answered: number;
  minMs: number;
  maxMs: number;
  sumMs: number;
}

async function findService(args: CommandArguments, context: CommandContext): Promise<RemoteService> {
  const [target = ""] = args.positionals;
  if (target === "") throw new UsageError("ping needs the URL or the name of a service");
  const settings = readCallSettings(args, context);
  // Whoever writes a slash or a port means a URL, and the client says how one is written.
  if (/\/|:\d+$/.test(target)) return createClient(target, settings);
  const [url] = await new Registries(args, { context, timeoutMs: settings.timeoutMs }).locate(target);
  return createClient(url, settings);
}

/** Gives the time in milliseconds; `undefined` when there was no answer, which is told. */
async function pingOnce(
  service: RemoteService,
  signal: AbortSignal,
  { output }: CommandContext,
): Promise<number | undefined> {
  const begunMs = performance.now();
  try {
    // An error of the service is an answer as well.
    await service.callMethod(METHOD, undefined, { signal });
    return performance.now() - begunMs;
  } catch (error) {
    if (!(error instanceof RemoteServiceError)) throw error;
    if (!signal.aborted) output.error(`gemstone: error: ${toErrorText(error)}`);
    return undefined;
  }
}

function add(tally: Tally, ms: number | undefined): void {
  tally.sent++;
  if (ms === undefined) return;
  tally.answered++;
  tally.sumMs += ms;
  tally.minMs = Math.min(tally.minMs, ms);
  tally.maxMs = Math.max(tally.maxMs, ms);
}

function toText({ sent, answered, minMs, sumMs, maxMs }: Tally): string {
  const figures = [minMs, sumMs / answered, maxMs].map(toMs).join("/");
  return `${sent} sent, ${answered} answered, min/avg/max ${figures} ms`;
}

function toJson(url: string, { sent, answered, minMs, sumMs, maxMs }: Tally): unknown {
  const ms = answered === 0 ? null : { min: round(minMs), avg: round(sumMs / answered), max: round(maxMs) };
  return { url, sent, answered, ms };
}

function toMs(ms: number): string {
  return ms.toFixed(2);
}

function round(ms: number): number {
  return Number(ms.toFixed(3));
}
