/**
 * What is decided before a body is read: verb, media type, declared length.
 *
 * @module
 */
import { INVALID_REQUEST, type JsonRpcErrorObject, METHOD_NOT_ALLOWED } from "./message.ts";

/** Why a request is not read. */
export interface HeadRefusal {
  /** The HTTP status code. */
  readonly status: 405 | 413 | 415;
  /** The JSON-RPC error that the body carries. */
  readonly error: JsonRpcErrorObject;
  /** Headers beside the content type. */
  readonly headers: Readonly<Record<string, string>>;
}

const WRONG_VERB: HeadRefusal = { status: 405, error: METHOD_NOT_ALLOWED, headers: { allow: "POST" } };
const WRONG_MEDIA_TYPE: HeadRefusal = {
  status: 415,
  error: { ...INVALID_REQUEST, data: { reason: "The content type must be application/json" } },
  headers: { accept: "application/json" },
};
/** The body is over the limit; the connection ends, so that nobody reads the rest of it. */
export const TOO_LARGE: HeadRefusal = {
  status: 413,
  error: { ...INVALID_REQUEST, data: { reason: "The body is over the limit of the service" } },
  headers: { connection: "close" },
};

const JSON_TYPE = "application/json";

/**
 * Checks the head of a request to the endpoint.
 *
 * @param verb The HTTP method; only POST is allowed (405 with `Allow` otherwise: RFC 9110, section 15.5.6).
 * @param contentType The header, null when absent; its media type must be `application/json` in any case,
 * with any parameters (415 otherwise).
 * @param contentLength The header, null when absent; over the limit is 413.
 * @param maxBodyBytes The limit in bytes.
 * @returns Why the request is refused, `undefined` when it is not.
 */
export function checkHead(
  verb: string,
  contentType: string | null,
  contentLength: string | null,
  maxBodyBytes: number,
): HeadRefusal | undefined {
  if (verb !== "POST") return WRONG_VERB;
  if (contentType !== JSON_TYPE && !isJson(contentType)) return WRONG_MEDIA_TYPE;
  if (contentLength !== null && Number(contentLength) > maxBodyBytes) return TOO_LARGE;
  return undefined;
}

function isJson(contentType: string | null): boolean {
  if (contentType === null) return false;
  const end = contentType.indexOf(";");
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase() === JSON_TYPE;
}
