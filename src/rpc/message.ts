/**
 * The objects of JSON-RPC 2.0 as they stand on the wire.
 *
 * @see {@link https://www.jsonrpc.org/specification}
 * @module
 */
import type { JsonObject, JsonValue } from "../json.ts";

/** The id of a request (specification section 4): chosen by the caller, returned unchanged. */
export type JsonRpcId = string | number | null;

/** Arguments by position (array) or by name (object); section 4.2. */
export type JsonRpcParams = readonly JsonValue[] | JsonObject;

/** A request object; without `id` it is a notification (section 4.1). */
export interface JsonRpcRequest {
  /** Always `"2.0"`. */
  readonly jsonrpc: "2.0";
  /** The name of the method. */
  readonly method: string;
  /** The arguments; left out when there are none. */
  readonly params?: JsonRpcParams;
  /** Left out in a notification. */
  readonly id?: JsonRpcId;
  /** Members that the specification does not name are tolerated and kept. */
  readonly [extra: string]: JsonValue | undefined;
}

/** An error object (section 5.1). */
export interface JsonRpcErrorObject {
  /** An integer; -32768 to -32000 are reserved. */
  readonly code: number;
  /** One short sentence. */
  readonly message: string;
  /** More about the failure. */
  readonly data?: JsonValue;
}

/** The body is not JSON. */
export const PARSE_ERROR: JsonRpcErrorObject = { code: -32700, message: "Parse error" };
/** The JSON is no request object. */
export const INVALID_REQUEST: JsonRpcErrorObject = { code: -32600, message: "Invalid Request" };
/** The service has no such method. */
export const METHOD_NOT_FOUND: JsonRpcErrorObject = { code: -32601, message: "Method not found" };
/** The arguments do not fit the method. */
export const INVALID_PARAMS: JsonRpcErrorObject = { code: -32602, message: "Invalid params" };
/** The method failed. */
export const INTERNAL_ERROR: JsonRpcErrorObject = { code: -32603, message: "Internal error" };
/** The method is private and the caller is not authenticated. */
export const ACCESS_DENIED: JsonRpcErrorObject = { code: -32001, message: "Access denied" };
/** The method did not finish in time. */
export const CALL_TIMED_OUT: JsonRpcErrorObject = { code: -32002, message: "Call timed out" };
/** The service stopped before the method finished. */
export const SERVICE_STOPPED: JsonRpcErrorObject = { code: -32003, message: "Service stopped" };
/** The HTTP verb is not POST (the code of the original, outside the reserved range). */
export const METHOD_NOT_ALLOWED: JsonRpcErrorObject = { code: 405, message: "Method not allowed" };

/**
 * Says whether a decoded value is a request object (section 4): version "2.0", a method name, structured
 * params or none, and an id that is a string, a finite number, null or absent.
 *
 * @param value What the JSON parser returned.
 * @returns Whether it may be dispatched.
 */
export function isRequest(value: unknown): value is JsonRpcRequest {
  if (typeof value !== "object" || value === null) return false;
  const { jsonrpc, method, params, id } = value as Record<string, unknown>;
  return jsonrpc === "2.0" && typeof method === "string" &&
    (params === undefined || (typeof params === "object" && params !== null)) &&
    (id === undefined || id === null || typeof id === "string" ||
      // 1e999 parses to Infinity, which no answer could return unchanged.
      (typeof id === "number" && Number.isFinite(id)));
}
