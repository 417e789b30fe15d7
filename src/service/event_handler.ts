/**
 * Which methods of a class handle events: a decorator leaves a mark on them, and a walk over the class finds it.
 *
 * @module
 */
import type { EventHandlerOptions } from "../events/subscription.ts";
import type { StandardSchema } from "../rpc/schema.ts";
import type { EventContext } from "./event_context.ts";
import { checkDecorated, walkMethods } from "./exposure.ts";

/**
 * Handles an event. A promise is awaited; anything thrown or rejected makes the event come again later.
 *
 * @param body The body of the event.
 * @param event What else there is to know of it.
 *
 * @example One function for several events
 * ```ts
 * import { type EventHandler, MicroService } from "@gemstone/gemstone";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 *
 * const audit: EventHandler = (body, event) => console.log(event.name, event.id, body);
 *
 * class Audit extends MicroService {
 *   override name = "audit";
 *   override eventTransports = [new MemoryEventTransport()];
 *
 *   constructor(events: readonly string[]) {
 *     super();
 *     for (const event of events) this.handleEvent(event, audit);
 *   }
 * }
 * new Audit(["order_paid", "order_shipped"]);
 * ```
 */
// deno-lint-ignore no-explicit-any -- the body is what its emitter made it, and the handler says what it expects
export type EventHandler = (body: any, event: EventContext) => unknown;

/**
 * How a method handles events.
 *
 * @example A body that is checked before the handler sees it
 * ```ts
 * import { eventHandler, type HandledEventOptions, MicroService, type StandardSchema } from "@gemstone/gemstone";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 *
 * interface Order {
 *   id: number;
 * }
 *
 * // Most likely one of zod, valibot or arktype.
 * const schema: StandardSchema<Order> = {
 *   "~standard": {
 *     version: 1,
 *     validate: (value) =>
 *       typeof (value as Order).id === "number" ? { value: value as Order } : { issues: [{ message: "No id" }] },
 *   },
 * };
 * const options: HandledEventOptions = { schema, concurrency: 4, maxAttempts: 5, timeoutMs: 20_000 };
 *
 * class Billing extends MicroService {
 *   override name = "billing";
 *   override eventTransports = [new MemoryEventTransport()];
 *   @eventHandler("order_paid", options)
 *   bill({ id }: Order): void {
 *     this.logger.info(`Order ${id} is paid`);
 *   }
 * }
 * ```
 */
export interface HandledEventOptions extends EventHandlerOptions {
  /** Checks the body; the handler gets what it returns, and an event that does not fit is dead-lettered. */
  readonly schema?: StandardSchema | undefined;
}

/**
 * A function that handles events, or is to.
 *
 * @example Test which events a service handles
 * ```ts
 * import { eventHandler, type EventHandling, MicroService } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Billing extends MicroService {
 *   override name = "billing";
 *   @eventHandler("order_paid", { maxAttempts: 5 })
 *   bill(_order: unknown): void {}
 * }
 *
 * const handlings: readonly EventHandling[] = new Billing().getEventHandlers();
 * assertEquals(handlings.map(({ event, options }) => [event, options.maxAttempts]), [["order_paid", 5]]);
 * ```
 */
export interface EventHandling {
  /** The name of the events. */
  readonly event: string;
  /** The function. */
  readonly fn: EventHandler;
  /** What `this` is in it. */
  readonly target: object;
  /** How it handles them. */
  readonly options: HandledEventOptions;
}

/**
 * A standard (TC39) decorator of a method that handles events.
 *
 * @example A decorator of your own
 * ```ts
 * import { eventHandler, type EventHandlerDecorator, MicroService } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * // Handles one event after the other, of all instances, and tries for long.
 * const inOrder = (name: string): EventHandlerDecorator => eventHandler(name, { ordered: true, maxAttempts: 100 });
 *
 * class Ledger extends MicroService {
 *   override name = "ledger";
 *   @inOrder("booked")
 *   book(_entry: unknown): void {}
 * }
 * assertEquals(new Ledger().getEventHandlers()[0]?.options.ordered, true);
 * ```
 */
export type EventHandlerDecorator = (method: EventHandler, context: ClassMethodDecoratorContext) => void;

/**
 * Makes a method handle the events of a name, both those for everybody and those for one instance of each
 * service. It gets the body and an {@linkcode EventContext}. A service has one handler for a name.
 *
 * The event counts as handled when the method has returned, or its promise has resolved. When it throws, the event
 * comes again, a few times at once and then after longer and longer pauses; after `maxAttempts` deliveries, or
 * a `NonRetryableError`, it is dead-lettered. It may come twice: when that matters, look at `event.id`.
 *
 * @param name The name of the events.
 * @param options How they are handled.
 * @returns The decorator; several on one method are fine.
 * @throws {TypeError} when there is no name, what is decorated is no public instance method, or the compiler
 * uses the legacy decorators. Name and options are checked when the service prepares.
 *
 * @example
 * ```ts
 * import { eventHandler, MicroService } from "@gemstone/gemstone";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 *
 * class Mailer extends MicroService {
 *   override name = "mailer";
 *   override eventTransports = [new MemoryEventTransport()];
 *
 *   @eventHandler("user_registered", { concurrency: 4, timeoutMs: 20_000 })
 *   async greet(user: { email: string }): Promise<void> {
 *     await Promise.resolve(user.email);
 *   }
 * }
 * ```
 */
export function eventHandler(
  name: string,
  options: HandledEventOptions = {},
  ...others: readonly never[]
): EventHandlerDecorator {
  // Both dialects pass no string, or more, when they take this function itself for the decorator.
  if (typeof name !== "string" || name === "" || others.length > 0) {
    throw new TypeError('Cannot handle an event without a name: write @eventHandler("name")');
  }
  return (method, context) => {
    checkDecorated("eventHandler", context, "handle events");
    const value = [...(method as Marked)[MARK] ?? [], { name, options }];
    Object.defineProperty(method, MARK, { value, configurable: true });
  };
}

/**
 * Finds the event handlers of an object, inherited ones included. A method that overrides one handles events only
 * when it is decorated itself.
 *
 * @param target The object.
 * @returns Its event handlers.
 */
export function collectEventHandlers(target: object): EventHandling[] {
  return walkMethods(target).flatMap(([, fn]) =>
    ((fn as Marked)[MARK] ?? []).map(({ name, options }) => ({
      event: name,
      fn: fn as EventHandler,
      target,
      options,
    }))
  );
}

// Of the whole process, so that a class and a service from two copies of the package understand each other.
const MARK = Symbol.for("@gemstone/gemstone.eventHandler");

interface Marked {
  readonly [MARK]?: readonly { readonly name: string; readonly options: HandledEventOptions }[];
}
