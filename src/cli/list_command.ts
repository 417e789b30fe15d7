/**
 * `gemstone list [PATTERN]`
 *
 * @module
 */
import { readArguments } from "./arguments.ts";
import type { Command, CommandContext } from "./command.ts";
import { type ListedService, Registries, REGISTRY_OPTION_USAGE } from "./registries.ts";
import { toJsonLine } from "./terminal_text.ts";
import { toTextTable } from "./text_table.ts";

/** `gemstone list`. */
export const LIST_COMMAND: Command = {
  usage: `usage: gemstone list [options] [PATTERN]

Prints the services that a registry knows, all or those whose names match
PATTERN: * stands for any characters, ? for one, [ab] for one of these.

options:${REGISTRY_OPTION_USAGE}
      --json               print JSON, one object a line
  -h, --help               show this text and exit

A registry that can not list (that of Python gemstone) is asked where they are:
it tells URLs only.
Exit codes: 0, done; 2, wrong usage; 3, no registry gave an answer, not in time,
or not as such; 4, there is no such service.`,
  run: list,
};

async function list(args: readonly string[], context: CommandContext): Promise<number> {
  const parsed = readArguments(args, { lists: ["registry"], flags: ["json"], places: ["PATTERN"] });
  const [pattern = "*"] = parsed.positionals;
  const services = await new Registries(parsed, { context }).list(pattern);
  const { output, style } = context;
  if (parsed.flags.has("json")) {
    for (const service of services) output.out(toJsonLine(toJson(service)));
    return 0;
  }
  const hasNames = services.some(({ name }) => name !== null);
  const lines = hasNames
    ? toTextTable(["NAME", "URL", "LAST SEEN"], services.map((service) => toRow(service, Date.now())), style)
    : toTextTable(["URL"], services.map(({ url }) => [url]), style);
  lines.forEach(output.out);
  return 0;
}

function toRow({ name, url, lastSeenMs }: ListedService, nowMs: number): string[] {
  return [name ?? "-", url, lastSeenMs === null ? "-" : toAge(nowMs - lastSeenMs)];
}

function toJson({ name, url, lastSeenMs }: ListedService): unknown {
  return { name, url, last_seen: lastSeenMs === null ? null : new Date(lastSeenMs).toISOString() };
}

/** Clocks differ: what the registry has seen just now may seem to be in the future. */
function toAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}
