/**
 * The options of every command that calls a service.
 *
 * @module
 */
import { RemoteService } from "../client/remote_service.ts";
import type { RemoteServiceOptions } from "../client/remote_service_options.ts";
import type { ServiceInstances } from "../client/service_instances.ts";
import { LONGEST_TIMER_MS } from "../rpc/deadlines.ts";
import { type ArgumentRules, type CommandArguments, readNumber } from "./arguments.ts";
import { type CommandContext, UsageError } from "./command.ts";

/** What these options are called. */
export const CALL_RULES: Required<Pick<ArgumentRules, "values" | "lists" | "shorts">> = {
  values: ["auth", "timeout"],
  lists: ["header", "cookie"],
  shorts: { H: "header", t: "timeout" },
};

/** What they do, for help texts. */
export const CALL_OPTIONS_USAGE = `
      --auth TOKEN         send this token in the header X-Api-Token
  -H, --header NAME:VALUE  send this header; may be repeated
      --cookie NAME=VALUE  send this cookie; may be repeated
  -t, --timeout MS         wait so many milliseconds (default: 30000)`;

/** A name of a header or a cookie is a token (RFC 9110, section 5.6.2; RFC 6265, section 4.1.1). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110, section 5.5: the runtimes refuse them too, but not before the call. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const UNFIT_FOR_HEADER = /[\x00-\x08\x0a-\x1f\x7f]/;
/** RFC 6265, section 4.1.1; spaces and commas, which it does not allow, are understood all the same. */
const COOKIE_VALUE = /^[\x20-\x3A\x3C-\x7E]*$/;

/**
 * Reads the options.
 *
 * @param args The arguments of the command.
 * @param context Its surroundings.
 * @returns Settings for a client. No value is in an error text, because it may be secret.
 * @throws {UsageError} when one can not be used.
 */
export function readCallSettings(args: CommandArguments, context: CommandContext): RemoteServiceOptions {
  const token = args.values.get("auth");
  const timeoutMs = readNumber(args.values, "timeout", LONGEST_TIMER_MS);
  if (token !== undefined && UNFIT_FOR_HEADER.test(token)) {
    throw new UsageError("the token of --auth holds characters that a header can not");
  }
  const headers = new Headers();
  for (const text of args.lists.get("header") ?? []) addHeader(headers, text);
  addCookies(headers, args.lists.get("cookie") ?? []);
  return {
    headers,
    signal: context.signal,
    ...token !== undefined && { auth: { type: "header", token } },
    ...timeoutMs !== undefined && { timeoutMs },
  };
}

/**
 * Makes a client for a service.
 *
 * @param place The endpoint, as the user wrote it, or instances of the service.
 * @param settings How to call it.
 * @returns The client.
 * @throws {UsageError} when the URL or a setting can not be used.
 */
export function createClient(
  place: string | ServiceInstances,
  settings: RemoteServiceOptions,
): RemoteService {
  try {
    return new RemoteService(place, settings);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function addHeader(headers: Headers, text: string): void {
  const at = text.indexOf(":");
  const name = text.slice(0, at).trim();
  if (at < 0 || !TOKEN.test(name)) {
    throw new UsageError('--header is NAME:VALUE, as in --header "X-Request-Id: 7"');
  }
  const value = text.slice(at + 1).trim();
  try {
    if (!UNFIT_FOR_HEADER.test(value)) return headers.append(name, value);
  } catch {
    // The error of the runtime quotes the value.
  }
  throw new UsageError(`the value of the header ${name} holds characters that a header can not`);
}

/** One header holds them all (RFC 6265, section 5.4), with those of `--header`. */
function addCookies(headers: Headers, texts: readonly string[]): void {
  if (texts.length === 0) return;
  const cookies = texts.map((text) => {
    const at = text.indexOf("=");
    const name = text.slice(0, at);
    if (at < 0 || !TOKEN.test(name)) {
      throw new UsageError("--cookie is NAME=VALUE, as in --cookie AuthToken=7");
    }
    if (COOKIE_VALUE.test(text.slice(at + 1))) return text;
    throw new UsageError(`the value of the cookie ${name} holds characters that a cookie can not`);
  });
  const others = headers.get("cookie");
  headers.set("cookie", [...others === null ? [] : [others], ...cookies].join("; "));
}
