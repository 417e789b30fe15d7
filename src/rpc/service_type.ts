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
 */
export declare const BASE_MEMBERS: unique symbol;

/** The type of what is handed to a method and never comes from the wire. Has no value at run time. */
export declare const HANDLER_REFERENCE: unique symbol;

/** A parameter of this type is filled in by the service: it is no parameter of the call. */
export interface HandlerReference {
  /** Exists in the type system only. */
  readonly [HANDLER_REFERENCE]: true;
}

/** What every service offers to its containers and to the methods that take the request's context. */
export interface ServiceHandle {
  /** The name of the service. */
  readonly name: string;
  /** Where the service logs. */
  readonly logger: Logger;
  /** Where the service listens. */
  readonly url: string;
  /** Emits an event through the transports of the service. */
  emitEvent(name: string, body: unknown, options?: EmitEventOptions): Promise<EmitReceipt>;
}
