/**
 * `gemstone call_raw URL METHOD [PARAMS]...`
 *
 * @module
 */
import { parseArgs } from "node:util";
import { RemoteService } from "../client/remote_service.ts";
import { RemoteServiceError } from "../errors.ts";
import type { JsonValue } from "../json.ts";
import { type CommandOutput, UsageError } from "./command.ts";

/** What the command line says. */
interface RawCall {
  readonly service: RemoteService;
  readonly method: string;
  readonly params: Record<string, JsonValue>;
  readonly isNotification: boolean;
  readonly isVerbose: boolean;
}

/**
 * Calls a method of the service at a URL and prints the result as JSON.
 *
 * @param args The arguments of the command.
 * @param output Where to write.
 * @returns 0 for a result, 1 when the service answered with an error, 3 when it gave no answer.
 * @throws {UsageError} when the arguments can not be understood.
 */
export async function callRaw(args: readonly string[], output: CommandOutput): Promise<number> {
  const { service, method, params, isNotification, isVerbose } = readArguments(args);
  const begin = performance.now();
  try {
    if (isNotification) {
      await service.notify(method, params);
      return 0;
    }
    const { value, error } = await service.callMethod(method, params);
    if (isVerbose) {
      output.error(`[!] Method call: ${((performance.now() - begin) / 1000).toFixed(5)} seconds`);
    }
    if (error === undefined) output.out(JSON.stringify(value, null, 2));
    else output.error(`gemstone: error: ${error.message}`);
    return error === undefined ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RemoteServiceError)) throw error;
    output.error(`gemstone: error: ${error.message}`);
    return 3;
  }
}

function readArguments(args: readonly string[]): RawCall {
  const { values, positionals } = parse(args);
  const [url, method, ...params] = positionals;
  if (url === undefined || method === undefined) throw new UsageError("call_raw needs a URL and a method");
  const timeoutMs = values.timeout === undefined ? undefined : Number(values.timeout);
  try {
    const headers = values.header?.map(readHeader);
    return {
      service: new RemoteService(url, {
        ...headers !== undefined && { headers },
        ...timeoutMs !== undefined && { timeoutMs },
      }),
      method,
      params: Object.fromEntries(params.map(readParam)),
      isNotification: values.notify ?? false,
      isVerbose: values.verbose ?? false,
    };
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError(error instanceof Error ? error.message : `${error}`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        header: { type: "string", short: "H", multiple: true },
        notify: { type: "boolean", short: "n" },
        timeout: { type: "string", short: "t" },
        verbose: { type: "boolean", short: "v" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readHeader(text: string): [string, string] {
  const at = text.indexOf(":");
  if (at <= 0) throw new UsageError(`a header is NAME:VALUE, got "${text}"`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function readParam(text: string): [string, JsonValue] {
  const at = text.indexOf("=");
  if (at <= 0) throw new UsageError(`a parameter is name=text or name:=json, got "${text}"`);
  const value = text.slice(at + 1);
  if (text[at - 1] !== ":") return [text.slice(0, at), value];
  try {
    return [text.slice(0, at - 1), JSON.parse(value)];
  } catch {
    throw new UsageError(`the value of ${text.slice(0, at - 1)} is not JSON: ${value}`);
  }
}
