/**
 * Calls services by JSON-RPC 2.0 over HTTP: those of this library, those of Python gemstone, and any other.
 *
 * A {@linkcode RemoteService} is a URL and settings. It holds no connection (the runtime keeps those) and needs no
 * closing: make one when the program starts, and use it from everywhere.
 *
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class Hello extends MicroService {
 *   override name = "hello";
 *   override port = 0;
 *   @exposedMethod()
 *   say_hello(name: string, greeting = "hello"): string {
 *     return `${greeting} ${name}`;
 *   }
 * }
 *
 * await using service = new Hello();
 * await service.start();
 *
 * const { methods } = new RemoteService<Hello>(service.url);
 * assertEquals(await methods.say_hello("world"), "hello world");
 * assertEquals(await methods.say_hello({ name: "world", greeting: "good morning" }), "good morning world");
 * ```
 *
 * ## Types
 *
 * `RemoteService<Hello>` reads the class of the service: its public methods, without those that every service has and
 * without a leading `RequestContext`. Import the class with `import type`, and nothing of the service is loaded.
 * Results have the types that are left after JSON ({@linkcode RemoteValue}): a `Date` arrives as a string. A decorator
 * can not rename a method in the type system, so a class with `@exposedMethod("users.rename")` is described by an
 * interface. Types are trusted, and nothing is checked at run time. Without a type any name and any arguments compile.
 *
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone/client";
 *
 * interface UsersApi {
 *   "users.rename"(id: number, name: string): boolean;
 * }
 *
 * const users = new RemoteService<UsersApi>("http://127.0.0.1:8000/api");
 * const rename = () => users.methods.users.rename(7, "Ann"); // or methods["users.rename"](7, "Ann")
 * ```
 *
 * ## Arguments
 *
 * By position, or by name as **one plain object**. So a method whose only parameter is an object is called with
 * `methods.save({ user: { id: 7 } })`, or with `callMethod("save", [{ id: 7 }])`. Arguments must be what JSON can
 * carry, else the call fails with a TypeError before anything is sent. `undefined` as the last argument, or as a
 * member, counts as not given. `then`, `toJSON`, `toString`, `toLocaleString`, `valueOf`, `constructor` and
 * `asymmetricMatch` are names that the language looks up by itself: call remote methods of these names with
 * `callMethod`.
 *
 * ## Results and errors
 *
 * `methods` gives the bare value and rejects with the error. {@linkcode RemoteService.callMethod} gives a
 * {@linkcode Result}, which holds the value or the error that the service answered with; it rejects only when there was
 * no answer. All errors derive from {@linkcode RemoteServiceError}, and each has a stable `code`:
 *
 * | class                  | `code`                  | when                                             |
 * | ---------------------- | ----------------------- | ------------------------------------------------ |
 * | `MethodNotFoundError`  | `ERR_METHOD_NOT_FOUND`  | answered with -32601                             |
 * | `InvalidParamsError`   | `ERR_INVALID_PARAMS`    | answered with -32602: `data.reason` says why     |
 * | `AccessDeniedError`    | `ERR_ACCESS_DENIED`     | answered with -32001                             |
 * | `InternalError`        | `ERR_INTERNAL`          | answered with -32603: the method failed          |
 * | `UnknownRemoteError`   | `ERR_UNKNOWN_REMOTE`    | any other: `rpcCode` of an `RpcError`            |
 * | `CalledServiceError`   | `ERR_HTTP_STATUS`       | an HTTP error without JSON-RPC, and any redirect |
 * | `TransportError`       | `ERR_TRANSPORT`         | no connection, or it broke; `outcome`            |
 * | `CallTimeoutError`     | `ERR_TIMEOUT`           | no answer within `timeoutMs`                     |
 * | `CallAbortedError`     | `ERR_ABORTED`           | your signal aborted                              |
 * | `InvalidResponseError` | `ERR_INVALID_RESPONSE`  | the answer is too long, or not JSON-RPC          |
 * | `ServiceNotFoundError` | `ERR_SERVICE_NOT_FOUND` | no service of that name is known                 |
 * | `DiscoveryError`       | `ERR_DISCOVERY`         | nobody could say where it is                     |
 *
 * The first five derive from {@linkcode RemoteCallError}: the service did answer. Misuse is a TypeError or RangeError.
 *
 * ```ts
 * import { RemoteCallError, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const error = { code: 4001, message: "Too much", data: { limit: 10 } };
 * const accounts = new RemoteService("http://127.0.0.1:8000/api", {
 *   fetch: () => Response.json({ jsonrpc: "2.0", error, id: 1 }),
 * });
 * try {
 *   await accounts.methods.withdraw("ann", 20);
 * } catch (caught) {
 *   if (!(caught instanceof RemoteCallError)) throw caught;
 *   assertEquals([caught.rpcCode, caught.rpcMessage, caught.data], [4001, "Too much", { limit: 10 }]);
 * }
 * ```
 *
 * ## Time limits and aborts
 *
 * A call may take `timeoutMs` (30 seconds), from the start to the last byte of the answer, with all its tries. An
 * aborted or late call is cut on the wire, and a service of this library sees its `context.signal` abort; it may have
 * run all the same. An answer may have `maxResponseBytes` (64 MiB). `signal` among the settings of the client ends all
 * its calls.
 *
 * ```ts
 * import { CallTimeoutError, RemoteService } from "@gemstone/gemstone/client";
 * import { assertRejects } from "@std/assert";
 *
 * const reports = new RemoteService("http://127.0.0.1:8000/api", { fetch: () => new Promise(() => {}) });
 * await assertRejects(() => reports.callMethod("yearly", [2026], { timeoutMs: 20 }), CallTimeoutError);
 * ```
 *
 * ## Many calls at once
 *
 * `asyncMethods` and {@linkcode RemoteService.callMethodAsync} give an {@linkcode AsyncMethodCall} at once: await it,
 * ask whether it has `finished()`, or `abort()` it. {@linkcode asCompleted} goes through several in the order in which
 * they end, {@linkcode firstCompleted} waits for one, {@linkcode makeCallbacks} hands each to a function. For a plain
 * "all of them", `Promise.all` of `methods` will do.
 *
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { asCompleted, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class Worker extends MicroService {
 *   override name = "worker";
 *   @exposedMethod()
 *   async work(ms: number): Promise<number> {
 *     return await new Promise((resolve) => setTimeout(() => resolve(ms), ms));
 *   }
 * }
 *
 * const worker = new Worker();
 * const fetch = (url: string, init: RequestInit) => worker.fetch(new Request(url, init));
 * const { asyncMethods } = new RemoteService<Worker>(worker.url, { fetch });
 *
 * const results: unknown[] = [];
 * for await (const call of asCompleted(asyncMethods.work(60), asyncMethods.work(1))) results.push(call.result());
 * assertEquals(results, [1, 60]);
 * ```
 *
 * ## Batches and notifications
 *
 * {@linkcode RemoteService.callBatch} sends {@linkcode MethodCall}s and {@linkcode Notification}s in one request; a
 * service of this library runs them concurrently and takes up to 1000. Each call has its own result. A notification is
 * not answered: its promise says that the service has taken it, not that it worked.
 *
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { MethodCall, Notification, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class Hello extends MicroService {
 *   override name = "hello";
 *   @exposedMethod()
 *   say_hello(name: string): string {
 *     return `hello ${name}`;
 *   }
 * }
 *
 * const hello = new Hello();
 * const service = new RemoteService<Hello>(hello.url, { fetch: (url, init) => hello.fetch(new Request(url, init)) });
 * const [good, bad] = [new MethodCall("say_hello", ["Ann"]), new MethodCall("say_hello")];
 * const answers = await service.callBatch(good, bad, new Notification("say_hello", ["Bob"]));
 * assertEquals(answers.getResponseForCall(good)?.value, "hello Ann");
 * assertEquals(answers.getResponseForCall(bad)?.error?.code, "ERR_INVALID_PARAMS");
 * await service.notifications.say_hello("Eve"); // alone, without a batch
 * ```
 *
 * ## Who is calling
 *
 * `auth` puts a token into a header (by default `X-Api-Token`, where services of this library look), a cookie, or a
 * member of the request object; or it is a function that completes the headers of each request. `headers` go with every
 * request. Redirects are not followed, so that no token goes where it was not meant to. A URL with a password in it is
 * refused.
 *
 * ## Several instances
 *
 * A client that `getService("workers.*")` of a service gives, or `ServiceDiscovery` of `@gemstone/gemstone/discovery`
 * where there is no service, sends each call to one of the instances, at random. When that one surely did not run it
 * (no connection, or it says that it is stopping), the call goes on to the next one, and the first is left out for a
 * while. A call whose connection broke later may have run: it goes on only with `idempotent: true`, for the client or
 * for the one call. What a method answers, errors included, is never asked for twice, and neither is a call to a single
 * URL: `TransportError.outcome` says whether it may be repeated.
 *
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { StaticDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 * import { assertEquals } from "@std/assert";
 *
 * class Worker extends MicroService {
 *   override name = "worker";
 *   override port = 0;
 *   @exposedMethod()
 *   double(value: number): number {
 *     return 2 * value;
 *   }
 * }
 *
 * await using one = new Worker();
 * await using two = new Worker();
 * await Promise.all([one.start(), two.start()]);
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override discoveryStrategies = [new StaticDiscoveryStrategy({ "workers.1": one.url, "workers.2": two.url })];
 * }
 *
 * await using shop = new Shop();
 * const worker = await shop.getService<Worker>("workers.*");
 * assertEquals(await worker.methods.double(21), 42);
 * await one.stop();
 * assertEquals(await worker.methods.double(4), 8); // the other one
 * ```
 *
 * ## Tests, and other ways to the service
 *
 * `fetch` is what sends the requests. In a test that is the `fetch` of the service itself: neither a socket nor
 * `start()` is needed, as in most examples here. Elsewhere it goes through a proxy, adds headers, counts or delays. It
 * gets a URL and an init with an `AbortSignal`, which it should pass on.
 *
 * A program calls a service from the command line with `gemstone call` (`@gemstone/gemstone/cli`); how services
 * announce themselves and are found is the topic of `@gemstone/gemstone/discovery`.
 *
 * @module
 */

// The client.
export { RemoteService } from "./remote_service.ts";
export type {
  CallOptions,
  FetchFunction,
  LocateOptions,
  RemoteServiceOptions,
} from "./remote_service_options.ts";
export type {
  AuthenticateFunction,
  Authentication,
  CookieAuthentication,
  HeaderAuthentication,
  MemberAuthentication,
  RequestHeaders,
} from "./authentication.ts";
export type { ServiceInstances } from "./service_instances.ts";

// What is sent and what comes back.
export { type CallId, type CallParams, MethodCall, type NamedArguments, Notification } from "./call.ts";
export { type BatchItemResult, BatchResult, type Outcome, Result } from "./result.ts";
export type { ServiceInfo } from "./service_info.ts";

// Calls under way.
export { AsyncMethodCall } from "./async_method_call.ts";
export {
  asCompleted,
  type CallbackOptions,
  type FinishedCall,
  firstCompleted,
  makeCallbacks,
} from "./completion.ts";

// Types of the proxies.
export type {
  BaseMember,
  FirstStep,
  MethodGroup,
  MethodName,
  NextStep,
  RemoteMethod,
  RemoteMethods,
  Replies,
  ReplyKind,
  UntypedMethods,
  WireParams,
} from "./remote_api.ts";
export type { AnyFunction, JsonMembers, RemoteObject, RemoteValue } from "./remote_value.ts";
export type { BASE_MEMBERS, HANDLER_REFERENCE, HandlerReference } from "../rpc/service_type.ts";

// Why a call failed.
export {
  AccessDeniedError,
  CallAbortedError,
  CalledServiceError,
  type CallOutcome,
  CallTimeoutError,
  DiscoveryError,
  GemstoneError,
  type GemstoneErrorCode,
  InternalError,
  InvalidParamsError,
  InvalidResponseError,
  MethodNotFoundError,
  NotFinishedError,
  RemoteCallError,
  RemoteServiceError,
  ServiceNotFoundError,
  TransportError,
  UnknownRemoteError,
} from "../errors.ts";
export type { JsonObject, JsonValue } from "../json.ts";
