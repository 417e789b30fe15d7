/**
 * What a plugin is: an object that a service tells what happens to it.
 *
 * @module
 */
import { PluginError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { JsonRpcId, JsonRpcParams } from "../rpc/message.ts";
import type { ServiceHandle } from "./service_handle.ts";

/**
 * A call as plugins see it: a frozen copy, so that nothing of it can be changed for the method.
 *
 * @example
 * ```ts
 * import { BasePlugin, exposedMethod, MicroService, type PluginCall } from "@gemstone/gemstone";
 * import { RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class Audit extends BasePlugin {
 *   override name = "audit";
 *   readonly lines: string[] = [];
 *   override onMethodCall({ method, params, id }: PluginCall): void {
 *     this.lines.push(`${id ?? "notification"}: ${method} ${JSON.stringify(params)}`);
 *   }
 * }
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override plugins = [new Audit()];
 *   @exposedMethod()
 *   order(_sku: string): void {}
 * }
 *
 * const shop = new Shop();
 * const fetch = (url: string, init: RequestInit) => shop.fetch(new Request(url, init));
 * await new RemoteService<Shop>(shop.url, { fetch }).methods.order("a1");
 * assertEquals(shop.getPlugin(Audit).lines, ['1: order ["a1"]']);
 * ```
 */
export interface PluginCall {
  /** The name of the method on the wire. */
  readonly method: string;
  /** The arguments as they came; nobody has checked them yet. `undefined` when there are none. */
  readonly params: JsonRpcParams | undefined;
  /** The id of the call; `undefined` for a notification. */
  readonly id: JsonRpcId | undefined;
  /** The members of the request object that JSON-RPC does not name. */
  readonly extra: JsonObject;
}

/**
 * Where an error came from that a plugin is told of.
 *
 * @example Tell an error tracker
 * ```ts
 * import { BasePlugin, exposedMethod, type InternalErrorInfo, MicroService } from "@gemstone/gemstone";
 * import { RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class ErrorTracker extends BasePlugin {
 *   override name = "error_tracker";
 *   readonly seen: string[] = [];
 *   override onInternalError(error: unknown, { source, name }: InternalErrorInfo): void {
 *     this.seen.push(`${source} ${name}: ${error}`);
 *   }
 * }
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override plugins = [new ErrorTracker()];
 *   @exposedMethod()
 *   order(): void {
 *     throw new Error("No database");
 *   }
 * }
 *
 * const shop = new Shop();
 * const fetch = (url: string, init: RequestInit) => shop.fetch(new Request(url, init));
 * await new RemoteService(shop.url, { fetch }).callMethod("order");
 * assertEquals(shop.getPlugin(ErrorTracker).seen, ["method order: Error: No database"]);
 * ```
 */
export interface InternalErrorInfo {
  /** What failed: a method of the service or one of its periodic tasks. */
  readonly source: "method" | "periodicTask";
  /** The name of the method on the wire, or that of the task. */
  readonly name: string;
}

/**
 * A class of plugins, whatever its constructor takes.
 *
 * @example
 * ```ts
 * import { BasePlugin, MicroService, type PluginClass } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Audit extends BasePlugin {
 *   override name = "audit";
 * }
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override plugins = [new Audit()];
 * }
 *
 * const has = (service: MicroService, type: PluginClass<BasePlugin>) =>
 *   service.plugins.some((plugin) => plugin instanceof type);
 * assertEquals(has(new Shop(), Audit), true);
 * ```
 */
export type PluginClass<Plugin extends BasePlugin> = abstract new (...args: never[]) => Plugin;

/**
 * Is told what happens to a service, and lends it methods. Derive from it, override the hooks that matter,
 * and list an instance in the service's `plugins`. Hooks run in the order of that list and may be
 * asynchronous; one that throws, rejects or hangs is logged and harms nothing: the service starts, the call
 * is answered, the other plugins are told.
 *
 * The hooks for calls and errors run from the end of the plugin's own `onServiceStart` until its
 * `onServiceStop` begins; in a service that is used by `fetch` alone they always run.
 *
 * @example
 * ```ts
 * import { BasePlugin, exposedMethod, MicroService, type PluginCall } from "@gemstone/gemstone";
 *
 * class CallCounter extends BasePlugin {
 *   override name = "call_counter";
 *   readonly counts = new Map<string, number>();
 *
 *   override onMethodCall({ method }: PluginCall): void {
 *     this.counts.set(method, this.of(method) + 1);
 *   }
 *   of(method: string): number {
 *     return this.counts.get(method) ?? 0;
 *   }
 * }
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override plugins = [new CallCounter()];
 *
 *   @exposedMethod()
 *   count_orders(): number {
 *     return this.getPlugin(CallCounter).of("order");
 *   }
 * }
 * ```
 */
export abstract class BasePlugin<Service extends ServiceHandle = ServiceHandle> {
  /** By this the plugin is found; no two plugins of a service have the same. */
  abstract readonly name: string;
  #microservice: Service | undefined;

  /**
   * The service that this is a plugin of.
   *
   * @throws {PluginError} when no service has begun to use it yet.
   */
  get microservice(): Service {
    if (this.#microservice !== undefined) return this.#microservice;
    throw new PluginError(
      `Cannot reach the service of plugin ${this.constructor.name}: list it in "plugins" and start the service`,
    );
  }

  /**
   * Makes this a plugin of a service. The service calls it when it prepares, or when the plugin is registered later.
   *
   * @param microservice The service.
   * @throws {TypeError} when it is no service.
   * @throws {PluginError} when this is a plugin of another service already.
   */
  setMicroservice(microservice: Service): void {
    if (typeof (microservice as Partial<ServiceHandle> | undefined)?.getPlugin !== "function") {
      throw new TypeError(`Cannot use plugin ${this.constructor.name} in something that is no service`);
    }
    this.checkFreeFor(microservice);
    this.#microservice = microservice;
  }

  /**
   * Checks that this is not a plugin of another service.
   *
   * @param microservice The service.
   * @throws {PluginError} when it is one of another service.
   */
  checkFreeFor(microservice: object): void {
    const other: object | undefined = this.#microservice;
    if (other === undefined || other === microservice) return;
    throw new PluginError(
      `Cannot use one ${this.constructor.name} ("${this.name}") in two services: make one for each`,
    );
  }

  /**
   * Override it to act when the service listens and before it is announced, so `microservice.url` has its
   * port. The next plugin waits for it, for 10 seconds at most.
   */
  onServiceStart(): void | Promise<void> {}

  /**
   * Override it to act when the service has answered its last call. It runs whenever `onServiceStart` had
   * begun, in the reverse order of the list; the service waits for it within its `shutdownTimeoutMs`, so do not
   * wait for `stop()` in it.
   */
  onServiceStop(): void | Promise<void> {}

  /**
   * Override it to see every call, notification and element of a batch whose method exists, before the access
   * check and before its arguments are checked. The call does not wait for a promise.
   *
   * @param _call The call.
   */
  onMethodCall(_call: PluginCall): void | Promise<void> {}

  /**
   * Override it to see every error that is answered with Internal error, or logged: of methods and of periodic tasks.
   *
   * @param _error What was thrown.
   * @param _info Where.
   */
  onInternalError(_error: unknown, _info: InternalErrorInfo): void | Promise<void> {}
}
