/**
 * Marks, of the type system only, by which a client's types read a service class without importing it.
 *
 * @module
 */
import type { EmitEventOptions, EmitReceipt } from "../emit.ts";
import type { Logger } from "../logger.ts";

/**
 * The type of a service class carries here the names of the members that every service has, so that
 * `RemoteService<MyService>` offers the others alone. Has no value at run time.
 *
 * @example An interface with a member that is not for the wire
 * ```ts
 * import type { BASE_MEMBERS, RemoteService } from "@gemstone/gemstone/client";
 *
 * interface Users {
 *   readonly [BASE_MEMBERS]?: "close";
 *   register(name: string): boolean;
 *   close(): void;
 * }
 *
 * async function register(users: RemoteService<Users>): Promise<boolean> {
 *   // @ts-expect-error: there is no such method
 *   const close = users.methods.close;
 *   return await users.methods.register("ann");
 * }
 * ```
 */
export declare const BASE_MEMBERS: unique symbol;

/**
 * The type of what is handed to a method and never comes from the wire. Has no value at run time: a class declares it.
 *
 * @example A context of your own, for a dispatcher of your own
 * ```ts
 * import type { HANDLER_REFERENCE, HandlerReference } from "@gemstone/gemstone/rpc";
 * import type { RemoteService } from "@gemstone/gemstone/client";
 *
 * class Connection implements HandlerReference {
 *   declare readonly [HANDLER_REFERENCE]: true;
 *   readonly user = "ann";
 * }
 * class Desk {
 *   greet(connection: Connection, greeting: string): string {
 *     return `${greeting} ${connection.user}`;
 *   }
 * }
 *
 * const greet = (desk: RemoteService<Desk>): Promise<string> => desk.methods.greet("hello");
 * ```
 */
export declare const HANDLER_REFERENCE: unique symbol;

/**
 * A parameter of this type is filled in by the service: it is no parameter of the call. `RequestContext` is one.
 *
 * @example An interface for clients, with the same parameters as the class
 * ```ts
 * import type { HandlerReference, RemoteService } from "@gemstone/gemstone/client";
 *
 * interface Visits {
 *   count(context: HandlerReference, page: string): number;
 * }
 *
 * const count = (visits: RemoteService<Visits>): Promise<number> => visits.methods.count("home");
 * ```
 */
export interface HandlerReference {
  /** Exists in the type system only. */
  readonly [HANDLER_REFERENCE]: true;
}

/**
 * What every service offers to the methods that take the request's context; `ServiceHandle` of `@gemstone/gemstone`
 * offers more.
 *
 * @example A helper for the methods of any service
 * ```ts
 * import type { BaseServiceHandle } from "@gemstone/gemstone";
 *
 * async function publish(service: BaseServiceHandle, name: string, body: unknown): Promise<void> {
 *   const { id } = await service.emitEvent(name, body, { broadcast: false });
 *   service.logger.info(`Service ${service.name} has emitted "${name}"`, { id });
 * }
 * ```
 */
export interface BaseServiceHandle {
  /** The name of the service. */
  readonly name: string;
  /** Where the service logs. */
  readonly logger: Logger;
  /** Where the service listens. */
  readonly url: string;
  /** Emits an event through the transports of the service. */
  emitEvent(name: string, body: unknown, options?: EmitEventOptions): Promise<EmitReceipt>;
}
