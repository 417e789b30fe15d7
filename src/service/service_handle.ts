/**
 * What a service offers to its parts: containers, plugins, methods and event handlers. Types only.
 *
 * @module
 */
import type { RemoteService } from "../client/remote_service.ts";
import type { RemoteServiceOptions } from "../client/remote_service_options.ts";
import type { RequestContext as BaseRequestContext } from "../rpc/context.ts";
import type { BaseServiceHandle } from "../rpc/service_type.ts";
import type { Executor } from "./executor.ts";
import type { BasePlugin, PluginClass } from "./plugin.ts";

/**
 * What every service offers to its containers, its plugins and the methods that take the request's context.
 *
 * @example
 * ```ts
 * import { Container, exposedMethod, MicroService, type ServiceHandle } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * // Works in any service: all that it knows of it is this interface.
 * function describe({ name, url }: ServiceHandle): string {
 *   return `${name} at ${url}`;
 * }
 *
 * class About extends Container {
 *   @exposedMethod("about.text")
 *   text(): string {
 *     return describe(this.microservice);
 *   }
 * }
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override modules = [new About()];
 * }
 * assertEquals(describe(new Shop()), "shop at http://127.0.0.1:8000/api");
 * ```
 */
export interface ServiceHandle extends BaseServiceHandle {
  /** Finds a service by its name or a pattern of names, see `MicroService.getService`. */
  getService<Api = unknown>(pattern: string, options?: RemoteServiceOptions): Promise<RemoteService<Api>>;
  /** Returns what runs functions on worker threads, see `MicroService.getExecutor`. */
  getExecutor(): Executor;
  /** Returns a plugin of the service, see `MicroService.getPlugin`. */
  getPlugin<Plugin extends BasePlugin = BasePlugin>(nameOrClass: string | PluginClass<Plugin>): Plugin;
}

/**
 * The request behind a call: the first argument of a method with `requiresHandlerReference`, and what
 * `authenticateRequest` decides by. It is never a parameter on the wire.
 *
 * @typeParam Service The class of the service, for the type of `microservice`.
 * @typeParam Principal What `authenticateRequest` returns, for the type of `principal`.
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService, type RequestContext } from "@gemstone/gemstone";
 *
 * class Visits extends MicroService {
 *   override name = "visits";
 *
 *   @exposedMethod({ requiresHandlerReference: true })
 *   count(context: RequestContext): number {
 *     const visits = Number(context.cookies.get("visits") ?? 0) + 1;
 *     context.setCookie("visits", String(visits));
 *     return visits;
 *   }
 * }
 * ```
 */
export type RequestContext<Service = ServiceHandle, Principal = unknown> = BaseRequestContext<
  Service,
  Principal
>;
