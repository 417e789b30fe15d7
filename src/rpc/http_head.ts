/**
 * What is decided before a body is read: verb, media type, declared length.
 *
 * @module
 */
import { INVALID_REQUEST, type JsonRpcErrorObject, METHOD_NOT_ALLOWED, SERVICE_STOPPED } from "./message.ts";

/**
 * Why the body of a request is not answered: an HTTP status, the headers that belong to it, and the JSON-RPC error of
 * the body.
 *
 * @example Refuse before a body is read, in a server of your own
 * ```ts
 * import { Dispatcher, type HttpRefusal, RpcHttpHandler } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const handler = new RpcHttpHandler(new Dispatcher(new Map()));
 * const refusal: HttpRefusal | undefined = handler.checkHead("GET", null, null);
 * assertEquals([refusal?.status, refusal?.headers], [405, { allow: "POST" }]);
 * assertEquals(handler.checkHead("POST", "application/json; charset=utf-8", "17"), undefined);
 * ```
 */
export interface HttpRefusal {
  /** The HTTP status code. */
  readonly status: 400 | 405 | 408 | 413 | 415 | 503;
  /** The JSON-RPC error that the body carries. */
  readonly error: JsonRpcErrorObject;
  /** Headers beside the content type. */
  readonly headers: Readonly<Record<string, string>>;
}

const WRONG_VERB: HttpRefusal = { status: 405, error: METHOD_NOT_ALLOWED, headers: { allow: "POST" } };
const WRONG_MEDIA_TYPE: HttpRefusal = {
  status: 415,
  error: { ...INVALID_REQUEST, data: { reason: "The content type must be application/json" } },
  headers: { accept: "application/json" },
};

/** The body is over the limit. The connection ends, so that nobody reads the rest of it. */
export const TOO_LARGE: HttpRefusal = cutOff(413, "The body is over the limit of the service");
/** The body did not arrive in time. */
export const TOO_SLOW: HttpRefusal = cutOff(408, "The body did not arrive in time");
/** The body broke off. Most likely nobody is there to read this. */
export const CUT_SHORT: HttpRefusal = cutOff(400, "The body broke off");
/** The service stopped before the body had arrived. */
export const STOPPED: HttpRefusal = { status: 503, error: SERVICE_STOPPED, headers: { connection: "close" } };

const JSON_TYPE = "application/json";

/**
 * Checks the head of a request to the endpoint.
 *
 * @param verb The HTTP method; only POST is allowed (405 with `Allow` otherwise: RFC 9110, section 15.5.6).
 * @param contentType The header, null when absent; its media type must be `application/json` in any case,
 * with any parameters (415 otherwise).
 * @returns Why the request is refused, `undefined` when it is not.
 */
export function checkHead(verb: string, contentType: string | null): HttpRefusal | undefined {
  if (verb !== "POST") return WRONG_VERB;
  if (contentType !== JSON_TYPE && !isJson(contentType)) return WRONG_MEDIA_TYPE;
  return undefined;
}

/**
 * Checks the declared length of a body. A server holds the sender to what it declares.
 *
 * @param contentLength The header, null when absent.
 * @param maxBytes The limit in bytes.
 * @returns Why the request is refused, `undefined` when it is not.
 */
export function checkLength(contentLength: string | null, maxBytes: number): HttpRefusal | undefined {
  return contentLength !== null && Number(contentLength) > maxBytes ? TOO_LARGE : undefined;
}

function cutOff(status: 400 | 408 | 413, reason: string): HttpRefusal {
  return { status, error: { ...INVALID_REQUEST, data: { reason } }, headers: { connection: "close" } };
}

function isJson(contentType: string | null): boolean {
  if (contentType === null) return false;
  const end = contentType.indexOf(";");
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase() === JSON_TYPE;
}
