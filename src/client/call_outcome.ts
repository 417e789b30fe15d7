/**
 * Whether a request that failed may have reached the service, from the errors of the runtimes.
 *
 * @module
 */
import type { CallOutcome } from "../errors.ts";

/** What may be found in an error of the runtime. */
interface RuntimeError {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** What the HTTP client of Deno says when it got no connection. A URL can not hold it: it has no blanks. */
const NO_CONNECTION = "client error (Connect)";
/** What the runtimes say of a port that the Fetch standard blocks, such as 6000: nothing was even tried. */
const BLOCKED_PORT = /^bad port$|Requests to port \d+ are blocked/;
/** What Node was doing when it got none. */
const CONNECTING: ReadonlySet<unknown> = new Set(["connect", "getaddrinfo"]);
/** What can only happen before there is a connection. `ECONNRESET`, for example, can happen later too. */
const CONNECT_CODES: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);
/** Longer chains of causes are most likely circles. */
const MAX_DEPTH = 8;

/**
 * Says whether a request may have reached the service.
 *
 * @param error What the request failed with.
 * @returns `"not-sent"` only when there surely was no connection: it was refused, there was no way to the host, or the
 * name did not resolve.
 */
export function toCallOutcome(error: unknown): CallOutcome {
  return hasNoConnection(error, 0) ? "not-sent" : "unknown";
}

function hasNoConnection(error: unknown, depth: number): boolean {
  if (typeof error !== "object" || error === null || depth > MAX_DEPTH) return false;
  const { message, code, syscall, cause, errors }: RuntimeError = error;
  // Of a host with several addresses none may have taken the connection.
  if (Array.isArray(errors) && errors.length > 0) {
    return errors.every((each) => hasNoConnection(each, depth + 1));
  }
  if (CONNECTING.has(syscall) || CONNECT_CODES.has(code)) return true;
  if (typeof message === "string" && (message.includes(NO_CONNECTION) || BLOCKED_PORT.test(message))) {
    return true;
  }
  return hasNoConnection(cause, depth + 1);
}
