/**
 * Calls a method and prints what came of it.
 *
 * @module
 */
import type { CallParams } from "../client/call.ts";
import type { RemoteService } from "../client/remote_service.ts";
import type { CommandContext } from "./command.ts";
import { toPrettyJson } from "./json_text.ts";
import { toJsonLine } from "./terminal_text.ts";

/** What is called. */
export interface CallRequest {
  readonly method: string;
  readonly params: CallParams;
}

/** How it is called, and what is printed. */
export interface CallManner {
  /** No result is waited for. */
  readonly isNotification: boolean;
  /** Timings are printed. */
  readonly isVerbose: boolean;
  /** The result is printed in one line. */
  readonly isJson: boolean;
}

/** What the flags of both commands do, for help texts. */
export const CALL_FLAGS_USAGE = `
  -n, --notify             send a notification and wait for no result
  -v, --verbose            print how long it took
      --json               print the result in one line
  -h, --help               show this text and exit`;

/** The flags, and their letters. */
export const CALL_FLAGS: readonly string[] = ["notify", "verbose", "json"];
/** Letters for flags. */
export const CALL_FLAG_SHORTS: Readonly<Record<string, string>> = { n: "notify", v: "verbose" };

/**
 * Says how a method is to be called.
 *
 * @param flags The flags that are set.
 * @returns The manner.
 */
export function readManner(flags: ReadonlySet<string>): CallManner {
  return {
    isNotification: flags.has("notify"),
    isVerbose: flags.has("verbose"),
    isJson: flags.has("json"),
  };
}

/**
 * Calls a method and prints its result.
 *
 * @param service The service.
 * @param request What is called.
 * @param given `manner`: how. `context`: where to print.
 * @returns 0.
 * @throws {RemoteServiceError} when there is no result.
 */
export async function callService(
  service: RemoteService,
  { method, params }: CallRequest,
  { manner, context: { output, style } }: { readonly manner: CallManner; readonly context: CommandContext },
): Promise<number> {
  const begunMs = performance.now();
  if (manner.isNotification) {
    await service.notify(method, params);
    if (manner.isVerbose) output.error(`[!] Method call: ${toSeconds(performance.now() - begunMs)}`);
    return 0;
  }
  const { value = null, error } = await service.callMethod(method, params);
  if (manner.isVerbose) output.error(`[!] Method call: ${toSeconds(performance.now() - begunMs)}`);
  if (error !== undefined) throw error;
  if (manner.isVerbose) ["[!] Result:", ""].forEach(output.error);
  for (const line of manner.isJson ? [toJsonLine(value)] : toPrettyJson(value, style)) output.out(line);
  return 0;
}

/**
 * Writes a time as the original did.
 *
 * @param ms Milliseconds.
 * @returns Seconds with five decimals.
 */
export function toSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(5)} seconds`;
}
