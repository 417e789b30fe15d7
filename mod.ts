/**
 * Microservices: a service is a class, its decorated methods are a JSON-RPC 2.0 API over HTTP.
 *
 * @example A service
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 *
 * export class HelloWorldService extends MicroService {
 *   override name = "hello_world_service";
 *   override host = "127.0.0.1";
 *   override port = 8000;
 *
 *   @exposedMethod()
 *   say_hello(name: string): string {
 *     return `hello ${name}`;
 *   }
 * }
 *
 * if (import.meta.main) await new HelloWorldService().start();
 * ```
 *
 * @example Its client, typed by the class
 * ```ts
 * import { exposedMethod, MicroService, RemoteService } from "@gemstone/gemstone";
 *
 * class HelloWorldService extends MicroService {
 *   override name = "hello_world_service";
 *   @exposedMethod()
 *   say_hello(name: string): string {
 *     return `hello ${name}`;
 *   }
 * }
 *
 * const hello = new RemoteService<HelloWorldService>("http://127.0.0.1:8000/api");
 * const call = () => hello.methods.say_hello("world"); // Promise<string>
 * ```
 *
 * @module
 */
export { RemoteService } from "./src/client/remote_service.ts";
export type { AsyncMethodCall } from "./src/client/async_method_call.ts";
export type { Authentication, RequestHeaders } from "./src/client/authentication.ts";
export type { CallParams, MethodCall, Notification } from "./src/client/call.ts";
export type { RemoteMethods } from "./src/client/remote_api.ts";
export type {
  CallOptions,
  FetchFunction,
  RemoteServiceOptions,
} from "./src/client/remote_service_options.ts";
export type { BatchResult, Result } from "./src/client/result.ts";
export type { ServiceInfo } from "./src/client/service_info.ts";
export type { Configurable } from "./src/config/configurable.ts";
export type { Configurator } from "./src/config/configurator.ts";
export type { EmitEventOptions, EmitReceipt, TraceContext } from "./src/emit.ts";
export * from "./src/errors.ts";
export type {
  EventStopReport,
  EventSubscription,
  EventTransport,
  EventTransportCapabilities,
  EventTransportHealth,
  EventTransportSetup,
  EventTransportStats,
  EventTransportStatus,
  OutgoingEvent,
  ReceivedEvent,
  SubscriptionSettings,
  TransportEmitOptions,
} from "./src/events/event_transport.ts";
export type { EventHandlerOptions } from "./src/events/subscription.ts";
export type { JsonObject, JsonValue } from "./src/json.ts";
export {
  createLogger,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  type LogProperties,
} from "./src/logger.ts";
export type { CookieOptions, RequestContext } from "./src/rpc/context.ts";
export type { RpcFunction, RpcMethodOptions } from "./src/rpc/method.ts";
export type { ResponseStyle } from "./src/rpc/reply.ts";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./src/rpc/schema.ts";
export type {
  BASE_MEMBERS,
  HANDLER_REFERENCE,
  HandlerReference,
  ServiceHandle,
} from "./src/rpc/service_type.ts";
export {
  BasicCookieStrategy,
  HeaderValidationStrategy,
  isSameToken,
  type TokenTemplate,
  type ValidationStrategy,
} from "./src/service/authentication.ts";
export { Container, Container as Module } from "./src/service/container.ts";
export type { EventContext } from "./src/service/event_context.ts";
export {
  type EventHandler,
  eventHandler,
  type EventHandlerDecorator,
  type EventHandling,
  type HandledEventOptions,
} from "./src/service/event_handler.ts";
export {
  asyncMethod,
  exposedMethod,
  type ExposedMethodOptions,
  type Exposure,
  privateApiMethod,
  publicMethod,
  requiresHandlerReference,
  type ServiceMethodDecorator,
} from "./src/service/exposure.ts";
export type { StartOptions } from "./src/service/lifecycle.ts";
export { MicroService } from "./src/service/micro_service.ts";
