/**
 * `gemstone bench URL METHOD [PARAM]...`
 *
 * @module
 */
// Loaded here, and not by the first call, whose time would be longer.
import "../../client/single_call.ts";
import {
  CalledServiceError,
  CallTimeoutError,
  InvalidResponseError,
  RemoteCallError,
  TransportError,
} from "../../errors.ts";
import { type CommandArguments, readArguments, readNumber } from "../arguments.ts";
import { CALL_OPTIONS_USAGE, CALL_RULES, createClient, readCallSettings } from "../call_settings.ts";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import { FAILED, NOT_REACHABLE, toExitCode } from "../exit_codes.ts";
import { PARAMETERS_USAGE, readParameters } from "../parameters.ts";
import { untilStopped } from "../stop_signal.ts";
import { PLAIN } from "../style.ts";
import { toJsonLine } from "../terminal_text.ts";
import { toProgress, toReport, toReportObject } from "./bench_report.ts";
import { type LoadPlan, LoadRun } from "./load_run.ts";

const MAX_CALLS = 1_000_000;
const MAX_CONCURRENCY = 1000;
const MAX_DURATION_MS = 600_000;
const MAX_RATE = 1_000_000;
const DEFAULT_CALLS = 1000;
const DEFAULT_CONCURRENCY = 10;
const PROGRESS_INTERVAL_MS = 100;

/** `gemstone bench`. */
export const BENCH_COMMAND: Command = {
  usage: `usage: gemstone bench [options] URL METHOD [PARAM]...

Calls METHOD of the service at URL many times and tells calls per second, how
long calls with a result took, and how many failed. It really calls the method.
${PARAMETERS_USAGE}

options:
      --concurrency N      so many calls at once (default: 10, at most 1000)
      --requests N         so many calls (default: 1000, at most 1000000; as
                           many as that with --duration)
      --duration MS        begin no call after so many milliseconds (default and
                           at most: 600000)
      --rate N             begin so many calls in a second; a late one counts
                           from when it was due${CALL_OPTIONS_USAGE}
      --json               print JSON, in one line
  -h, --help               show this text and exit

Ctrl-C ends it early, with the figures so far.
Exit codes: 0, all calls had a result; 1, some failed; 2, wrong usage; 3, all
failed for want of an answer.`,
  run: bench,
};

async function bench(args: readonly string[], context: CommandContext): Promise<number> {
  const parsed = readArguments(args, {
    ...CALL_RULES,
    values: [...CALL_RULES.values, "concurrency", "requests", "duration", "rate"],
    flags: ["json"],
    hasMore: true,
  });
  const [url, method, ...texts] = parsed.positionals;
  if (url === undefined || url === "" || method === undefined || method === "") {
    throw new UsageError("bench needs a URL and a method");
  }
  const plan = readPlan(parsed);
  // The run has the signal, and passes it on.
  const service = createClient(url, { ...readCallSettings(parsed, context), signal: undefined });
  const params = await readParameters(texts, context.readInput);
  const run = new LoadRun(plan, {
    call: async (signal) => (await service.callMethod(method, params, { signal })).unwrap(),
    toKind,
  });
  await runWithProgress(run, context);
  const { output, style = PLAIN } = context;
  if (parsed.flags.has("json")) output.out(toJsonLine(toReportObject(run)));
  else toReport(run, style).forEach(output.out);
  if (run.failed === 0) return 0;
  const wasAnswered = run.failed < run.calls ||
    run.failures.some(({ example }) => toExitCode(example) !== NOT_REACHABLE);
  return wasAnswered ? FAILED : NOT_REACHABLE;
}

function readPlan({ values }: CommandArguments): LoadPlan {
  const maxMs = readNumber(values, "duration", MAX_DURATION_MS);
  const calls = readNumber(values, "requests", MAX_CALLS);
  return {
    concurrency: readNumber(values, "concurrency", MAX_CONCURRENCY) ?? DEFAULT_CONCURRENCY,
    maxCalls: calls ?? (maxMs === undefined ? DEFAULT_CALLS : MAX_CALLS),
    maxMs: maxMs ?? MAX_DURATION_MS,
    rate: readNumber(values, "rate", MAX_RATE),
  };
}

async function runWithProgress(
  run: LoadRun,
  { output, signal, style = PLAIN }: CommandContext,
): Promise<void> {
  const { status } = output;
  const timer = status === undefined
    ? undefined
    : setInterval(() => status(toProgress(run, style)), PROGRESS_INTERVAL_MS);
  try {
    await untilStopped(signal, (ended) => run.run(ended));
  } finally {
    clearInterval(timer);
    status?.("");
  }
}

/** `undefined` for what is no failure of a call. */
function toKind(error: unknown): string | undefined {
  if (error instanceof RemoteCallError) return `error ${error.rpcCode}`;
  if (error instanceof CalledServiceError) return `HTTP status ${error.status}`;
  if (error instanceof CallTimeoutError) return "no answer in time";
  if (error instanceof InvalidResponseError) return "not the answer of a service";
  if (!(error instanceof TransportError)) return undefined;
  return error.outcome === "not-sent" ? "not connected" : "connection lost";
}
