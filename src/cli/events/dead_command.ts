/**
 * `gemstone events dead list|show|redrive|drop`
 *
 * @module
 */
import type { DeadLetterOffice } from "../../events/dead_letter.ts";
import { type CommandArguments, readArguments, readNumber } from "../arguments.ts";
import { type CommandContext, UsageError } from "../command.ts";
import { toJsonLine, toLine } from "../terminal_text.ts";
import { type DeadLetterLines, toTable, toText } from "./dead_letter_text.ts";
import { BROKER_OPTIONS, openEventBroker } from "./event_broker.ts";

/** Shown for `--help`. */
export const DEAD_USAGE = `usage: gemstone events dead list --service NAME [--limit N] [--json]
       gemstone events dead show --service NAME [--json] ID
       gemstone events dead redrive --service NAME ID... | --all
       gemstone events dead drop --service NAME ID... | --all --yes

The events that service NAME could not handle: list the oldest, show all there
is to know of one, deliver some once more, or delete them for good.

options:
  --service NAME     the service that could not handle them
  --all              all that are there now
  --yes              delete all, really
  --limit N          list at most N (default: 50)
  --json             print JSON, one object a line`;

const DEFAULT_LIMIT = 50;
/** What brokers list at once. */
const MAX_LISTED = 10_000;
/** The exit code when there is no such dead letter. */
const NOT_FOUND = 4;

/** What is done with the dead letters of a service. */
type DeadAction = (
  office: DeadLetterOffice,
  args: CommandArguments,
  context: CommandContext,
) => Promise<number>;

/**
 * Lists dead letters.
 *
 * @param args The arguments of the command.
 * @param context Its surroundings.
 * @returns 0.
 * @throws {UsageError} when the arguments can not be understood.
 * @throws {BrokerUnavailableError} when the broker can not be reached.
 */
export async function listDead(args: readonly string[], context: CommandContext): Promise<number> {
  const parsed = readArguments(args, { values: [...OPTIONS, "limit"], flags: ["json"] });
  const limit = readNumber(parsed.values, "limit", MAX_LISTED - 1) ?? DEFAULT_LIMIT;
  return await withOffice(parsed, context, async (office, { flags, values }, { output }) => {
    // One more tells that there are more.
    const letters = await office.list({ limit: limit + 1 });
    const shown = letters.slice(0, limit);
    for (const line of flags.has("json") ? shown.map(toJsonLine) : toTable(shown)) output.out(line);
    if (letters.length > limit) output.error(`gemstone: there are more than ${limit}, see --limit`);
    else if (letters.length === 0) {
      output.error(`gemstone: there are no dead letters of service "${toLine(values.get("service") ?? "")}"`);
    }
    return 0;
  });
}

/**
 * Shows one dead letter.
 *
 * @param args The arguments of the command.
 * @param context Its surroundings.
 * @returns 0, or 4 when there is no such one.
 * @throws {UsageError} when the arguments can not be understood.
 * @throws {BrokerUnavailableError} when the broker can not be reached.
 */
export async function showDead(args: readonly string[], context: CommandContext): Promise<number> {
  const parsed = readArguments(args, { values: OPTIONS, flags: ["json"], places: ["ID"] });
  const [id] = parsed.positionals;
  if (id === undefined) throw new UsageError("show needs the ID of a dead letter, see list");
  return await withOffice(parsed, context, async (office, { flags }, { output }) => {
    const letters = await office.list({ limit: MAX_LISTED });
    const letter = letters.find((each) => each.id === id);
    if (letter === undefined) {
      const where = letters.length < MAX_LISTED ? "" : ` among the first ${MAX_LISTED}`;
      output.error(`gemstone: error: there is no dead letter "${toLine(id)}"${where}`);
      return NOT_FOUND;
    }
    const lines: DeadLetterLines = flags.has("json") ? [toJsonLine(letter)] : toText(letter);
    for (const line of lines) output.out(line);
    return 0;
  });
}

/**
 * Delivers dead letters once more.
 *
 * @param args The arguments of the command.
 * @param context Its surroundings.
 * @returns 0; 1 when none of all could be delivered; 4 when one is not there.
 * @throws {UsageError} when the arguments can not be understood.
 * @throws {BrokerUnavailableError} when the broker can not be reached.
 */
export async function redriveDead(args: readonly string[], context: CommandContext): Promise<number> {
  const parsed = readArguments(args, { values: OPTIONS, flags: ["all"], hasMore: true });
  const wanted = readWanted("redrive", parsed);
  return await withOffice(parsed, context, async (office, _, { output }) => {
    const count = await office.redrive(wanted);
    output.out(`Redrove ${toAmount(count)}`);
    if (wanted !== "all") return reportMissing(wanted, count, output, " or have no queue any more");
    if (count > 0 || (await office.list({ limit: 1 })).length === 0) return 0;
    output.error("gemstone: error: the queues of those that are there do not exist; start the service first");
    return 1;
  });
}

/**
 * Deletes dead letters.
 *
 * @param args The arguments of the command.
 * @param context Its surroundings.
 * @returns 0, or 4 when one is not there.
 * @throws {UsageError} when the arguments can not be understood.
 * @throws {BrokerUnavailableError} when the broker can not be reached.
 */
export async function dropDead(args: readonly string[], context: CommandContext): Promise<number> {
  const parsed = readArguments(args, { values: OPTIONS, flags: ["all", "yes"], hasMore: true });
  const wanted = readWanted("drop", parsed);
  if (wanted === "all" && !parsed.flags.has("yes")) {
    throw new UsageError("drop --all deletes all dead letters for good; add --yes when you mean it");
  }
  return await withOffice(parsed, context, async (office, _, { output }) => {
    const count = await office.drop(wanted);
    output.out(`Dropped ${toAmount(count)}`);
    return wanted === "all" ? 0 : reportMissing(wanted, count, output);
  });
}

const OPTIONS: readonly string[] = [...BROKER_OPTIONS, "service"];

async function withOffice(
  args: CommandArguments,
  context: CommandContext,
  act: DeadAction,
): Promise<number> {
  const service = args.values.get("service");
  if (service === undefined || service === "") throw new UsageError("dead needs --service NAME");
  const broker = await openEventBroker(args.values, context.env);
  const office = await broker.openDeadLetters(service).catch((error) => {
    // No broker has room for a name of any length.
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  });
  try {
    return await act(office, args, context);
  } finally {
    await office.close();
  }
}

function readWanted(action: string, { flags, positionals }: CommandArguments): readonly string[] | "all" {
  if (flags.has("all")) {
    if (positionals.length === 0) return "all";
    throw new UsageError(`${action} takes either IDs or --all`);
  }
  if (positionals.length > 0) return positionals;
  throw new UsageError(`${action} needs the IDs of dead letters, see list, or --all`);
}

function reportMissing(
  ids: readonly string[],
  count: number,
  output: CommandContext["output"],
  alternative = "",
): number {
  if (count >= ids.length) return 0;
  const missing = ids.length - count;
  output.error(`gemstone: error: ${missing} of ${ids.length} are not there${alternative}`);
  return NOT_FOUND;
}

function toAmount(count: number): string {
  return `${count} dead letter${count === 1 ? "" : "s"}`;
}
