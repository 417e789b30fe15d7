/**
 * JSON-RPC 2.0 without a service and without a socket: messages, parameter binding, a dispatcher, and a handler from
 * `Request` to `Response`. A `MicroService` is built of these parts. Use them alone to serve JSON-RPC over another
 * transport (a WebSocket, standard input, a queue), inside another web framework, or in a test.
 *
 * Methods, a dispatcher, an answer:
 *
 * ```ts
 * import { createMethod, Dispatcher } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const add = await createMethod("add", (a: number, b = 1) => a + b, undefined);
 * const dispatcher = new Dispatcher(new Map([["add", add]]));
 *
 * const reply = await dispatcher.dispatchText(
 *   '{"jsonrpc":"2.0","method":"add","params":[2],"id":7}',
 *   undefined,
 * );
 * assertEquals(reply, '{"jsonrpc":"2.0","result":3,"id":7}');
 * ```
 *
 * ## Methods
 *
 * {@linkcode createMethod} makes a method of a function. Its parameters are read from the function's own text: `a` is
 * required, `b = 1` may be left out, `...rest` takes all others. TypeScript drops the mark of `b?: number`, minifiers
 * rename, and a destructured parameter has no name: declare the list then, as `params: ["a", "b?"]`. The third
 * argument is `this` in the function.
 *
 * Names are letters, digits and `_`, in segments parted by dots, and begin with a letter; `rpc.` is reserved
 * (specification section 4.3). Another name is a `TypeError` at once.
 *
 * A method may be asynchronous. What it returns is the `result`, `undefined` becomes `null`; a value that JSON can not
 * carry (a BigInt, a cycle) fails this call alone. An `RpcError` that it throws is answered as it is, anything else as
 * Internal error, of which `onError` is told.
 *
 * ```ts
 * import { RpcError } from "@gemstone/gemstone/errors";
 * import { createMethod, Dispatcher } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * class Stock {
 *   #left = new Map([["a1", 1]]);
 *
 *   take(sku: string): number {
 *     const left = this.#left.get(sku) ?? 0;
 *     if (left === 0) throw new RpcError(4001, "Out of stock", { sku });
 *     this.#left.set(sku, left - 1);
 *     return left - 1;
 *   }
 * }
 *
 * const stock = new Stock();
 * const take = await createMethod("stock.take", stock.take, stock);
 * const dispatcher = new Dispatcher(new Map([["stock.take", take]]));
 * const call = { jsonrpc: "2.0", method: "stock.take", params: { sku: "a1" }, id: 1 };
 * assertEquals(await dispatcher.dispatch(call, undefined), '{"jsonrpc":"2.0","result":0,"id":1}');
 * assertEquals(
 *   await dispatcher.dispatch(call, undefined),
 *   '{"jsonrpc":"2.0","error":{"code":4001,"message":"Out of stock","data":{"sku":"a1"}},"id":1}',
 * );
 * ```
 *
 * ## What is checked
 *
 * Arguments come by position or by name (section 4.2). Too many, unknown and missing ones are answered with Invalid
 * params (-32602) and a `reason`, before the method runs. Types are not checked without a schema, and nothing is
 * converted.
 *
 * A request object must have `jsonrpc: "2.0"`, a text as `method`, an object or array as `params` or none, and an
 * `id` that is a text, a finite number or null; anything else is an Invalid Request (-32600), JSON that can not be
 * read a Parse error (-32700). Other members are tolerated. `__proto__` and `constructor` are names like any other:
 * methods are looked up in a `Map`, arguments among own properties.
 *
 * ## Over HTTP
 *
 * {@linkcode RpcHttpHandler} answers the requests of one path, so it goes into any framework that speaks `Request` and
 * `Response`:
 *
 * ```ts
 * import { createMethod, Dispatcher, type Exchange, RpcHttpHandler } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const ping = await createMethod("ping", () => "pong", undefined);
 * const handler = new RpcHttpHandler(new Dispatcher<Exchange>(new Map([["ping", ping]])), {
 *   endpoint: "/rpc",
 * });
 *
 * function answer(request: Request): Response | Promise<Response> {
 *   return handler.isFor(request) ? handler.handle(request) : new Response("Not Found", { status: 404 });
 * }
 *
 * const response = await answer(
 *   new Request("http://localhost/rpc", {
 *     method: "POST",
 *     headers: { "content-type": "application/json" },
 *     body: '{"jsonrpc":"2.0","method":"ping","id":1}',
 *   }),
 * );
 * assertEquals(await response.json(), { jsonrpc: "2.0", result: "pong", id: 1 });
 * ```
 *
 * The status is 200 for each body that was read, with a JSON-RPC error in it or not, and 204 where there is nothing
 * to answer. 405, 408, 413 and 415 say that it was not read, 400 that it broke off, 503 that the service stops; their
 * bodies say why as JSON-RPC errors.
 *
 * ## Batches and notifications
 *
 * The calls of a batch run concurrently and are answered in their order; one that fails is one answer. An empty
 * batch, and one of more than `maxBatchSize` (1000) elements, is refused as a whole with one Invalid Request. A
 * request without `id` is a notification: it runs, and is never answered, not even when it fails. `dispatch` does not
 * wait for one that is asynchronous; `idle()` does.
 *
 * ```ts
 * import { createMethod, Dispatcher } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const seen: string[] = [];
 * const log = await createMethod("log", (line: string) => seen.push(line), undefined);
 * const dispatcher = new Dispatcher(new Map([["log", log]]));
 *
 * const batch = [
 *   { jsonrpc: "2.0", method: "log", params: ["a"], id: 1 },
 *   { jsonrpc: "2.0", method: "log", params: ["b"] },
 *   { jsonrpc: "2.0", method: "log", params: [], id: 2 },
 * ];
 * const reply = await dispatcher.dispatch(batch, undefined);
 * await dispatcher.idle();
 * assertEquals(JSON.parse(reply!).map((answer: { id: number }) => answer.id), [1, 2]);
 * assertEquals(seen, ["a", "b"]);
 * ```
 *
 * ## Limits
 *
 * | Limit | Default | Beyond it |
 * | --- | --- | --- |
 * | `maxBatchSize` of a dispatcher | 1000 calls | Invalid Request (-32600) for the batch |
 * | `timeoutMs` of a method | none (60 s in a service) | Call timed out (-32002); the signal of its context aborts |
 * | `maxBodyBytes` of a handler | 1 MiB | 413, and the connection ends |
 * | `bodyTimeoutMs` of a handler | 60 s | 408, and the connection ends |
 *
 * A method that is out of time is not stopped by force: it should look at the signal. What it returns later is dropped.
 * `abandon()` answers all that still run with Service stopped (-32003).
 *
 * ## Who may call
 *
 * A method with `private: true` is denied to everybody until `authorise` grants it: Access denied (-32001), before
 * the arguments are looked at. What `openContext` makes is handed to `authorise`, and to methods with
 * `requiresHandlerReference` as their first argument, which is never a parameter of the call. Over a transport of
 * your own it is whatever you know of the caller:
 *
 * ```ts
 * import { createMethod, Dispatcher, type RpcMethod } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * interface Connection {
 *   readonly user: string | undefined;
 * }
 *
 * const greet = await createMethod<Connection>(
 *   "greet",
 *   ({ user }: Connection) => `hello ${user}`,
 *   undefined,
 *   {
 *     private: true,
 *     requiresHandlerReference: true,
 *   },
 * );
 * const dispatcher = new Dispatcher<Connection, Connection>(
 *   new Map<string, RpcMethod<Connection>>([["greet", greet]]),
 *   {
 *     openContext: (connection) => connection,
 *     authorise: ({ user }) => user !== undefined,
 *   },
 * );
 *
 * const call = { jsonrpc: "2.0", method: "greet", id: 1 };
 * assertEquals(
 *   await dispatcher.dispatch(call, { user: "ann" }),
 *   '{"jsonrpc":"2.0","result":"hello ann","id":1}',
 * );
 * assertEquals(JSON.parse((await dispatcher.dispatch(call, { user: undefined }))!).error.code, -32001);
 * ```
 *
 * ## Schemas
 *
 * `params` takes a schema of zod, valibot, arktype or any other library with the Standard Schema interface
 * (https://standardschema.dev). It is given the whole params, an object or an array, `{}` for none; the method is
 * called with what it returns: with the elements when that is an array, else with that as its one argument. What it
 * finds is in `issues` of the error. `result` checks what the method returns; a result that does not fit is the
 * service's fault and an Internal error. {@linkcode StandardSchema} has an example.
 *
 * ## Answers for clients of Python gemstone
 *
 * `responseStyle: "legacy"` writes `result` and `error` always, the unused one null, and acknowledges notifications,
 * which the clients of the Python library need.
 *
 * ## Codes
 *
 * | Constant | Code | When |
 * | --- | --- | --- |
 * | {@linkcode PARSE_ERROR} | -32700 | the body is not JSON |
 * | {@linkcode INVALID_REQUEST} | -32600 | the JSON is no request, a batch is empty or too large, HTTP says no |
 * | {@linkcode METHOD_NOT_FOUND} | -32601 | there is no such method |
 * | {@linkcode INVALID_PARAMS} | -32602 | the arguments do not fit |
 * | {@linkcode INTERNAL_ERROR} | -32603 | the method failed |
 * | {@linkcode ACCESS_DENIED} | -32001 | it is private |
 * | {@linkcode CALL_TIMED_OUT} | -32002 | it took too long |
 * | {@linkcode SERVICE_STOPPED} | -32003 | the service stopped first |
 * | {@linkcode METHOD_NOT_ALLOWED} | 405 | the HTTP verb is not POST |
 *
 * Related: `@gemstone/gemstone` for services, `@gemstone/gemstone/client` for the other end,
 * `@gemstone/gemstone/errors` for `RpcError` and what a caller makes of these codes.
 *
 * @module
 */
export type { JsonObject, JsonValue } from "../json.ts";
export type { Logger, LogProperties } from "../logger.ts";
export { type CallHooks, CallScope } from "./call.ts";
export { type CookieOptions, RequestContext } from "./context.ts";
export { type CallObserver, Dispatcher, type DispatcherOptions, type ReplyText } from "./dispatch.ts";
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
export type { BaseServiceHandle, HANDLER_REFERENCE, HandlerReference } from "./service_type.ts";
export type { Binding, BindingFailure } from "./signature.ts";
