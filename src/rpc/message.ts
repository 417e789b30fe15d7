/**
 * The objects of JSON-RPC 2.0 as they stand on the wire.
 *
 * @see {@link https://www.jsonrpc.org/specification}
 * @module
 */
import type { JsonObject, JsonValue } from "../json.ts";

/**
 * The id of a request (specification section 4): chosen by the caller, returned unchanged. `0`, `""` and `null` are
 * ids, too; a request without one is a notification.
 *
 * @example
 * ```ts
 * import type { JsonRpcId } from "@gemstone/gemstone/rpc";
 *
 * const waiting = new Map<JsonRpcId, (answer: unknown) => void>();
 *
 * function settle(answer: { readonly id: JsonRpcId }): void {
 *   waiting.get(answer.id)?.(answer);
 *   waiting.delete(answer.id);
 * }
 * ```
 */
export type JsonRpcId = string | number | null;

/**
 * Arguments by position (array) or by name (object); section 4.2.
 *
 * @example
 * ```ts
 * import { createMethod, type JsonRpcParams } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const { bind } = await createMethod("area", (width: number, height: number) => width * height, undefined);
 * const given: JsonRpcParams[] = [[2, 3], { height: 3, width: 2 }];
 * assertEquals(await Promise.all(given.map(bind)), [[2, 3], [2, 3]]);
 * ```
 */
export type JsonRpcParams = readonly JsonValue[] | JsonObject;

/**
 * A request object; without `id` it is a notification (section 4.1).
 *
 * @example
 * ```ts
 * import type { JsonRpcRequest } from "@gemstone/gemstone/rpc";
 *
 * const call: JsonRpcRequest = { jsonrpc: "2.0", method: "add", params: [1, 2], id: 7 };
 * const notification: JsonRpcRequest = { jsonrpc: "2.0", method: "log", params: { line: "started" } };
 * const body = JSON.stringify([call, notification]);
 * ```
 */
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

/**
 * An error object (section 5.1).
 *
 * @example Refuse a message before it is dispatched
 * ```ts
 * import { Dispatcher, INVALID_REQUEST, type JsonRpcErrorObject } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const tooLong: JsonRpcErrorObject = { ...INVALID_REQUEST, data: { reason: "A line has 64 KiB at most" } };
 * const reply = new Dispatcher(new Map()).refuse(tooLong);
 * assertEquals(JSON.parse(reply).error.data.reason, "A line has 64 KiB at most");
 * ```
 */
export interface JsonRpcErrorObject {
  /** An integer; -32768 to -32000 are reserved. */
  readonly code: number;
  /** One short sentence. */
  readonly message: string;
  /** More about the failure. */
  readonly data?: JsonValue;
}

/**
 * The body is not JSON (section 5.1).
 *
 * @example
 * ```ts
 * import { Dispatcher, PARSE_ERROR } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const reply = await new Dispatcher(new Map()).dispatchText("{", undefined);
 * assertEquals(JSON.parse(reply!), { jsonrpc: "2.0", error: PARSE_ERROR, id: null });
 * ```
 */
export const PARSE_ERROR: JsonRpcErrorObject = { code: -32700, message: "Parse error" };
/**
 * The JSON is no request object (section 5.1), a batch is empty or too large, or HTTP does not let the body be read.
 *
 * @example
 * ```ts
 * import { Dispatcher, INVALID_REQUEST } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const reply = await new Dispatcher(new Map()).dispatch([], undefined);
 * assertEquals(JSON.parse(reply!), { jsonrpc: "2.0", error: INVALID_REQUEST, id: null });
 * ```
 */
export const INVALID_REQUEST: JsonRpcErrorObject = { code: -32600, message: "Invalid Request" };
/**
 * There is no such method (section 5.1). A client throws it as `MethodNotFoundError`.
 *
 * @example
 * ```ts
 * import { Dispatcher, METHOD_NOT_FOUND } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const reply = await new Dispatcher(new Map()).dispatch(
 *   { jsonrpc: "2.0", method: "add", id: 1 },
 *   undefined,
 * );
 * assertEquals(JSON.parse(reply!).error, METHOD_NOT_FOUND);
 * ```
 */
export const METHOD_NOT_FOUND: JsonRpcErrorObject = { code: -32601, message: "Method not found" };
/**
 * The arguments do not fit the method (section 5.1). `data` has the `reason`. A client throws it as
 * `InvalidParamsError`.
 *
 * @example A method may say so itself, of what no schema can check
 * ```ts
 * import { RpcError } from "@gemstone/gemstone/errors";
 * import { INVALID_PARAMS } from "@gemstone/gemstone/rpc";
 *
 * function between(from: number, to: number): number[] {
 *   if (to < from) {
 *     throw new RpcError(INVALID_PARAMS.code, INVALID_PARAMS.message, {
 *       reason: "to must not be less than from",
 *     });
 *   }
 *   return Array.from({ length: to - from + 1 }, (_, index) => from + index);
 * }
 * ```
 */
export const INVALID_PARAMS: JsonRpcErrorObject = { code: -32602, message: "Invalid params" };
/**
 * The method failed (section 5.1). It has no `data` unless `exposeErrorDetails` is set. A client throws it as
 * `InternalError`.
 *
 * @example
 * ```ts
 * import { createMethod, Dispatcher, INTERNAL_ERROR } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const fail = await createMethod("fail", () => JSON.parse("{"), undefined);
 * const dispatcher = new Dispatcher(new Map([["fail", fail]]));
 * const reply = await dispatcher.dispatch({ jsonrpc: "2.0", method: "fail", id: 1 }, undefined);
 * assertEquals(JSON.parse(reply!).error, INTERNAL_ERROR);
 * ```
 */
export const INTERNAL_ERROR: JsonRpcErrorObject = { code: -32603, message: "Internal error" };
/**
 * The method is private and the caller is not authenticated: the code of Python gemstone. A client throws it as
 * `AccessDeniedError`.
 *
 * @example A method that is public, but not for everybody
 * ```ts
 * import { type RequestContext, RpcError } from "@gemstone/gemstone";
 * import { ACCESS_DENIED } from "@gemstone/gemstone/rpc";
 *
 * function readOrder(context: RequestContext, owner: string): string {
 *   if (context.headers.get("x-user") !== owner) {
 *     throw new RpcError(ACCESS_DENIED.code, ACCESS_DENIED.message);
 *   }
 *   return `the orders of ${owner}`;
 * }
 * ```
 */
export const ACCESS_DENIED: JsonRpcErrorObject = { code: -32001, message: "Access denied" };
/**
 * The method did not finish within its `timeoutMs`; `data` has the `reason`. It may still run, and do its work.
 *
 * @example
 * ```ts
 * import { CALL_TIMED_OUT, createMethod, Dispatcher } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const hang = await createMethod("hang", () => new Promise(() => {}), undefined, { timeoutMs: 10 });
 * const dispatcher = new Dispatcher(new Map([["hang", hang]]));
 * const reply = await dispatcher.dispatch({ jsonrpc: "2.0", method: "hang", id: 1 }, undefined);
 * assertEquals(JSON.parse(reply!).error.code, CALL_TIMED_OUT.code);
 * ```
 */
export const CALL_TIMED_OUT: JsonRpcErrorObject = { code: -32002, message: "Call timed out" };
/**
 * The service stopped before the method finished. With status 503 it had not begun.
 *
 * @example
 * ```ts
 * import { createMethod, Dispatcher, SERVICE_STOPPED } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const hang = await createMethod("hang", () => new Promise(() => {}), undefined);
 * const dispatcher = new Dispatcher(new Map([["hang", hang]]));
 * const reply = dispatcher.dispatch({ jsonrpc: "2.0", method: "hang", id: 1 }, undefined);
 * dispatcher.abandon();
 * assertEquals(JSON.parse((await reply)!).error, SERVICE_STOPPED);
 * ```
 */
export const SERVICE_STOPPED: JsonRpcErrorObject = { code: -32003, message: "Service stopped" };
/**
 * The HTTP verb is not POST (the code of the original, outside the reserved range). The status is 405, too.
 *
 * @example
 * ```ts
 * import { Dispatcher, METHOD_NOT_ALLOWED, RpcHttpHandler } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const handler = new RpcHttpHandler(new Dispatcher(new Map()));
 * const response = await handler.handle(new Request("http://localhost/api"));
 * assertEquals(response.status, 405);
 * assertEquals((await response.json()).error, METHOD_NOT_ALLOWED);
 * ```
 */
export const METHOD_NOT_ALLOWED: JsonRpcErrorObject = { code: 405, message: "Method not allowed" };

/**
 * Says whether a decoded value is a request object (section 4): version "2.0", a method name, structured
 * params or none, and an id that is a string, a finite number, null or absent.
 *
 * @param value What the JSON parser returned.
 * @returns Whether it may be dispatched.
 *
 * @example Tell requests from answers on a connection that carries both
 * ```ts
 * import { isRequest } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isRequest({ jsonrpc: "2.0", method: "add", params: [1, 2], id: 0 }), true);
 * assertEquals(isRequest({ jsonrpc: "2.0", result: 3, id: 0 }), false);
 * assertEquals(isRequest({ jsonrpc: "2.0", method: "add", params: "1, 2", id: 0 }), false);
 * ```
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
