/**
 * `gemstone call NAME METHOD [PARAM]...`
 *
 * @module
 */
import type { RemoteService } from "../client/remote_service.ts";
import { type CommandArguments, readArguments } from "./arguments.ts";
import {
  CALL_FLAG_SHORTS,
  CALL_FLAGS,
  CALL_FLAGS_USAGE,
  callService,
  readManner,
  toSeconds,
} from "./call_report.ts";
import { CALL_OPTIONS_USAGE, CALL_RULES, createClient, readCallSettings } from "./call_settings.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { ListedInstances } from "./listed_instances.ts";
import { PARAMETERS_USAGE, readParameters } from "./parameters.ts";
import { Registries, REGISTRY_OPTION_USAGE } from "./registries.ts";
import { toLine } from "./terminal_text.ts";

/** What no service is named, but is written by who means `call_raw`. */
const URL_START = /^https?:\/\//i;

/** `gemstone call`. */
export const CALL_COMMAND: Command = {
  usage: `usage: gemstone call [options] NAME METHOD [PARAM]...

Finds the service NAME, or one of those that match a pattern such as
'workers.*', in a registry, calls METHOD of it, and prints the result as JSON.
${PARAMETERS_USAGE}

options:${REGISTRY_OPTION_USAGE}${CALL_OPTIONS_USAGE}${CALL_FLAGS_USAGE}

Token, headers and cookies are for the service; the registry gets none.
Exit codes: 0, done; 1, the service answered with an error; 2, wrong usage;
3, service or registry gave no answer, not in time, or not as such; 4, no
registry knows the service.`,
  run: call,
};

async function call(args: readonly string[], context: CommandContext): Promise<number> {
  const parsed = readArguments(args, {
    ...CALL_RULES,
    lists: ["registry", ...CALL_RULES.lists],
    flags: CALL_FLAGS,
    shorts: { ...CALL_RULES.shorts, ...CALL_FLAG_SHORTS },
    hasMore: true,
  });
  const [name, method, ...texts] = parsed.positionals;
  if (name === undefined || name === "" || method === undefined || method === "") {
    throw new UsageError("call needs the name of a service and a method");
  }
  if (URL_START.test(name)) {
    throw new UsageError(
      `call takes the name of a service; to call a URL: gemstone call_raw ${toLine(name)}`,
    );
  }
  const params = await readParameters(texts, context.readInput);
  const service = await identify(name, parsed, context);
  return await callService(service, { method, params }, { manner: readManner(parsed.flags), context });
}

async function identify(
  name: string,
  args: CommandArguments,
  context: CommandContext,
): Promise<RemoteService> {
  const settings = readCallSettings(args, context);
  const registries = new Registries(args, { context, timeoutMs: settings.timeoutMs });
  const begunMs = performance.now();
  const urls = await registries.locate(name);
  const ms = performance.now() - begunMs;
  const isVerbose = args.flags.has("verbose");
  if (isVerbose) {
    context.output.error(`[!] Service identification: ${toSeconds(ms)}`);
    context.output.error(`[!] Service name: ${toLine(name)}`);
    context.output.error(`[!] Service URL : ${toLine(urls[0])}`);
  }
  // The next one gets the call when it surely has not run.
  const instances = new ListedInstances(name, urls, (url) => {
    if (isVerbose) context.output.error(`[!] ${toLine(url)} does not take it`);
  });
  return createClient(instances, settings);
}
