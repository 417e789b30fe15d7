/**
 * JSON-RPC 2.0 without a service: messages, parameter binding, a dispatcher, and an HTTP handler. A service is
 * built of these parts; use them to serve JSON-RPC over a transport of your own or inside another framework.
 *
 * @example
 * ```ts
 * import { createMethod, Dispatcher, type Exchange, RpcHttpHandler } from "@gemstone/gemstone/rpc";
 *
 * const add = await createMethod("add", (a: number, b = 1) => a + b, undefined);
 * const handler = new RpcHttpHandler(new Dispatcher<Exchange>(new Map([["add", add]])));
 * export default {
 *   fetch: (request: Request) =>
 *     handler.isFor(request) ? handler.handle(request) : new Response("Not Found", { status: 404 }),
 * };
 * ```
 *
 * @module
 */
export type { JsonObject, JsonValue } from "../json.ts";
export type { Logger, LogProperties } from "../logger.ts";
export { type CallHooks, CallScope } from "./call.ts";
export { type CookieOptions, RequestContext } from "./context.ts";
export { Dispatcher, type DispatcherOptions, type ReplyText } from "./dispatch.ts";
export { type Exchange, type HttpDispatcher, RpcHttpHandler, type RpcHttpOptions } from "./http.ts";
export type { HttpRefusal } from "./http_head.ts";
export {
  ACCESS_DENIED,
  CALL_TIMED_OUT,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  INVALID_REQUEST,
  isRequest,
  type JsonRpcErrorObject,
  type JsonRpcId,
  type JsonRpcParams,
  type JsonRpcRequest,
  METHOD_NOT_ALLOWED,
  METHOD_NOT_FOUND,
  PARSE_ERROR,
  SERVICE_STOPPED,
} from "./message.ts";
export { createMethod, type RpcFunction, type RpcMethod, type RpcMethodOptions } from "./method.ts";
export type { ReplyOptions, ResponseStyle } from "./reply.ts";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./schema.ts";
export type { HANDLER_REFERENCE, HandlerReference, ServiceHandle } from "./service_type.ts";
export type { Binding, BindingFailure } from "./signature.ts";
