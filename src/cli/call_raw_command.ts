/**
 * `gemstone call_raw URL METHOD [PARAM]...`
 *
 * @module
 */
import { readArguments } from "./arguments.ts";
import { CALL_FLAG_SHORTS, CALL_FLAGS, CALL_FLAGS_USAGE, callService, readManner } from "./call_report.ts";
import { CALL_OPTIONS_USAGE, CALL_RULES, createClient, readCallSettings } from "./call_settings.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { PARAMETERS_USAGE, readParameters } from "./parameters.ts";

/** `gemstone call_raw`. */
export const CALL_RAW_COMMAND: Command = {
  usage: `usage: gemstone call_raw [options] URL METHOD [PARAM]...

Calls METHOD of the service at URL and prints its result as JSON.
${PARAMETERS_USAGE}

options:${CALL_OPTIONS_USAGE}${CALL_FLAGS_USAGE}

Exit codes: 0, done; 1, the service answered with an error; 2, wrong usage;
3, no answer, not in time, or not that of a service.`,
  run: callRaw,
};

async function callRaw(args: readonly string[], context: CommandContext): Promise<number> {
  const parsed = readArguments(args, {
    ...CALL_RULES,
    flags: CALL_FLAGS,
    shorts: { ...CALL_RULES.shorts, ...CALL_FLAG_SHORTS },
    hasMore: true,
  });
  const [url, method, ...texts] = parsed.positionals;
  if (url === undefined || url === "" || method === undefined || method === "") {
    throw new UsageError("call_raw needs a URL and a method");
  }
  const service = createClient(url, readCallSettings(parsed, context));
  const params = await readParameters(texts, context.readInput);
  return await callService(service, { method, params }, { manner: readManner(parsed.flags), context });
}
