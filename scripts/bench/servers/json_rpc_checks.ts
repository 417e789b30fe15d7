/**
 * The checks that every server of the HTTP comparison makes, written as a hand-made server would write
 * them: media type, members of the request object, method, parameters by name.
 *
 * @module
 */

/** The largest body that a server of the comparison reads, in bytes. */
export const MAX_BODY_BYTES = 1_048_576;

/** The media type of every answer. */
export const JSON_TYPE = "application/json";

/** The answer to a body that is not JSON. */
export const PARSE_ERROR_TEXT = '{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null}';

/** A response object (JSON-RPC 2.0, section 5). */
export interface CallAnswer {
  jsonrpc: "2.0";
  result?: unknown;
  error?: { code: number; message: string };
  id: string | number | null;
}

/** Says whether a Content-Type header names JSON; parameters such as a charset are tolerated. */
export function isJsonType(value: string | null | undefined): boolean {
  if (value === JSON_TYPE) return true;
  if (value === null || value === undefined) return false;
  const end = value.indexOf(";");
  return (end === -1 ? value : value.slice(0, end)).trim().toLowerCase() === JSON_TYPE;
}

/** Checks a request object, calls the method and makes the response object; `undefined` for a notification. */
export function answerCall(message: unknown): CallAnswer | undefined {
  if (typeof message !== "object" || message === null) return fail(-32600, "Invalid Request", null);
  const { jsonrpc, method, params, id } = message as Record<string, unknown>;
  if (jsonrpc !== "2.0" || typeof method !== "string") return fail(-32600, "Invalid Request", null);
  if (typeof id !== "number" && typeof id !== "string" && id !== null && id !== undefined) {
    return fail(-32600, "Invalid Request", null);
  }
  const answer = callMethod(method, params, id ?? null);
  return id === undefined ? undefined : answer;
}

/** The same as text. An answer is put together from its parts, which is faster than to write the whole object. */
export function answerText(message: unknown): string | undefined {
  const answer = answerCall(message);
  if (answer === undefined || answer.error !== undefined) return answer && JSON.stringify(answer);
  const { result, id } = answer;
  return `{"jsonrpc":"2.0","result":${JSON.stringify(result)},"id":${
    Number.isInteger(id) ? id : JSON.stringify(id)
  }}`;
}

function callMethod(method: string, params: unknown, id: CallAnswer["id"]): CallAnswer {
  if (method !== "say_hello") return fail(-32601, "Method not found", id);
  if (typeof params !== "object" || params === null || !hasOnlyName(params)) {
    return fail(-32602, "Invalid params", id);
  }
  return { jsonrpc: "2.0", result: sayHello(params.name), id };
}

/** The method that all servers of the comparison offer. */
export function sayHello(name: unknown): string {
  return `hello ${name}`;
}

function hasOnlyName(params: object): params is { name: unknown } {
  let count = 0;
  for (const key in params) {
    if (key !== "name") return false;
    count++;
  }
  return count === 1;
}

function fail(code: number, message: string, id: CallAnswer["id"]): CallAnswer {
  return { jsonrpc: "2.0", error: { code, message }, id };
}
