/**
 * The client: call services by JSON-RPC 2.0 over HTTP, one call after the other, many at a time, or in a batch.
 *
 * @example
 * ```ts
 * import { RemoteCallError, RemoteService } from "@gemstone/gemstone/client";
 *
 * async function greet(url: string): Promise<void> {
 *   const service = new RemoteService(url, { auth: { type: "header", token: "s3cret" } });
 *   try {
 *     console.log(await service.methods.say_hello("world"));
 *   } catch (error) {
 *     if (!(error instanceof RemoteCallError)) throw error;
 *     console.error(`The service answered with error ${error.rpcCode}: ${error.rpcMessage}`);
 *   }
 * }
 * ```
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
  CallTimeoutError,
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
