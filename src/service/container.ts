/**
 * A part of a service: a class that contributes exposed methods, event handlers and periodic tasks.
 *
 * @module
 */
import { ServiceConfigurationError } from "../errors.ts";
import { checkMethodName, type RpcFunction } from "../rpc/method.ts";
import {
  collectEventHandlers,
  type EventHandler,
  type EventHandling,
  type HandledEventOptions,
} from "./event_handler.ts";
import type { Executor } from "./executor.ts";
import { collectExposures, type ExposedMethodOptions, type Exposure } from "./exposure.ts";
import { collectPeriodicTasks, type ScheduledTask } from "./periodic_task.ts";
import type { ServiceHandle } from "./service_handle.ts";

/**
 * Contributes exposed methods, event handlers and periodic tasks to a service without being one; list it in the
 * service's `modules`. The names of its methods are those of the service, without a prefix: by convention they are
 * dotted. It can not be a part of two services: make an instance for each.
 *
 * @example
 * ```ts
 * import { Container, exposedMethod, MicroService } from "@gemstone/gemstone";
 *
 * class Users extends Container {
 *   @exposedMethod("users.greet")
 *   greet(name: string): string {
 *     return `${name} is welcome at ${this.microservice.name}`;
 *   }
 * }
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override modules = [new Users()];
 * }
 * ```
 */
export abstract class Container<Service extends ServiceHandle = ServiceHandle> {
  readonly #exposed: Exposure[] = [];
  readonly #handlings: EventHandling[] = [];
  #microservice: Service | undefined;

  /**
   * The service that this is a part of.
   *
   * @throws {ServiceConfigurationError} when no service has begun to use it yet.
   */
  get microservice(): Service {
    if (this.#microservice !== undefined) return this.#microservice;
    throw new ServiceConfigurationError(
      `Cannot reach the service of ${this.constructor.name}: list it in "modules" and start the service`,
    );
  }

  /**
   * Makes this a part of a service. The service calls it when it prepares.
   *
   * @param microservice The service.
   * @throws {ServiceConfigurationError} when it is a part of another service already.
   */
  setMicroservice(microservice: Service): void {
    this.checkFreeFor(microservice);
    this.#microservice = microservice;
  }

  /**
   * Checks that this is not a part of another service.
   *
   * @param microservice The service.
   * @throws {ServiceConfigurationError} when it is a part of another one.
   */
  checkFreeFor(microservice: Service): void {
    if (this.#microservice === undefined || this.#microservice === microservice) return;
    throw new ServiceConfigurationError(
      `Cannot use one ${this.constructor.name} in two services: make one for each`,
    );
  }

  /**
   * Returns what runs functions on worker threads: that of the service, see `MicroService.getExecutor`.
   *
   * @returns The executor.
   * @throws {ServiceConfigurationError} when no service has begun to use this yet.
   *
   * @example
   * ```ts
   * import { Container, exposedMethod } from "@gemstone/gemstone";
   *
   * class Reports extends Container {
   *   @exposedMethod("reports.yearly")
   *   async yearly(year: number): Promise<unknown> {
   *     const module = new URL("./report_tasks.ts", import.meta.url);
   *     return await this.getExecutor().run(module, "renderYear", [year]);
   *   }
   * }
   * ```
   */
  getExecutor(): Executor {
    return this.microservice.getExecutor();
  }

  /**
   * Exposes a function without a decorator, as plain JavaScript needs it. `this` in it is the container.
   *
   * @param name The name on the wire.
   * @param fn The function; its parameters are read from its own list.
   * @param options How to expose it; `name` is ignored.
   * @throws {TypeError} when the name is not allowed or `fn` is no function.
   * @throws {ServiceConfigurationError} when the service has started or answered a request.
   *
   * @example
   * ```js
   * import { MicroService } from "@gemstone/gemstone";
   *
   * class Plain extends MicroService {
   *   name = "plain";
   *   constructor() {
   *     super();
   *     this.expose("add", (a, b) => a + b);
   *   }
   * }
   * ```
   */
  expose(name: string, fn: RpcFunction, options: ExposedMethodOptions = {}): void {
    checkMethodName(name);
    if (typeof fn !== "function") {
      throw new TypeError(`Cannot expose method "${name}": it must be a function, got ${typeof fn}`);
    }
    if (this.#microservice !== undefined) {
      throw new ServiceConfigurationError(`Cannot expose method "${name}": the service is in use already`);
    }
    this.#exposed.push({ name, fn, target: this, options: { ...options } });
  }

  /**
   * Handles events with a function without a decorator, as plain JavaScript needs it. `this` in it is the
   * container.
   *
   * @param event The name of the events; it is checked when the service prepares.
   * @param fn Gets the body and an `EventContext`.
   * @param options How to handle them.
   * @throws {TypeError} when `fn` is no function.
   * @throws {ServiceConfigurationError} when the service has started or answered a request.
   *
   * @example
   * ```js
   * import { MicroService } from "@gemstone/gemstone";
   *
   * class Plain extends MicroService {
   *   name = "plain";
   *   constructor() {
   *     super();
   *     this.handleEvent("order_paid", (order) => this.logger.info(`Paid: ${order.id}`));
   *   }
   * }
   * ```
   */
  handleEvent(event: string, fn: EventHandler, options: HandledEventOptions = {}): void {
    if (typeof fn !== "function") {
      throw new TypeError(`Cannot handle event "${event}": it must be a function, got ${typeof fn}`);
    }
    if (this.#microservice !== undefined) {
      throw new ServiceConfigurationError(`Cannot handle event "${event}": the service is in use already`);
    }
    this.#handlings.push({ event, fn, target: this, options: { ...options } });
  }

  /**
   * Finds all events that this handles, by decorators or not.
   *
   * @returns The event handlers.
   */
  getEventHandlers(): readonly EventHandling[] {
    return [...collectEventHandlers(this), ...this.#handlings];
  }

  /**
   * Finds all methods that a decorator makes run periodically.
   *
   * @returns The periodic tasks.
   */
  getPeriodicTasks(): readonly ScheduledTask[] {
    return collectPeriodicTasks(this);
  }

  /**
   * Finds all that this exposes, decorated or not.
   *
   * @returns The exposed methods.
   */
  getExposedMethods(): readonly Exposure[] {
    return [...collectExposures(this), ...this.#exposed];
  }
}
