/**
 * Which methods of a class are exposed: decorators leave a mark on them, and a walk over the class finds it.
 *
 * @module
 */
import { checkMethodName, type RpcFunction, type RpcMethodOptions } from "../rpc/method.ts";

/**
 * How a method is exposed.
 *
 * @example
 * ```ts
 * import { exposedMethod, type ExposedMethodOptions, MicroService } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * const options: ExposedMethodOptions = {
 *   name: "orders.place",
 *   summary: "Places an order.",
 *   params: ["sku", "count?"], // said here, as minified code does not show it
 *   private: true,
 *   timeoutMs: 5_000,
 * };
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   @exposedMethod(options)
 *   place(sku: string, count = 1): string {
 *     return `${count} of ${sku}`;
 *   }
 * }
 * assertEquals(new Shop().getExposedMethods().map(({ name }) => name), ["orders.place"]);
 * ```
 */
export interface ExposedMethodOptions extends RpcMethodOptions {
  /** The name on the wire. @default {the name of the method} */
  readonly name?: string | undefined;
  /** One line that says what it does, for those who ask the service what it offers. */
  readonly summary?: string | undefined;
  /** What there is to know about it, for those who ask the service what it offers. */
  readonly description?: string | undefined;
  /**
   * Runs it on a worker thread, so that it does not block the event loop: the URL of the module that exports the class
   * of the method, which is `import.meta.url`, or with `expose` the function by its own name. The worker imports that
   * module and makes an instance of the class by its constructor alone: `this` is that instance, see
   * `Executor.runMethod`, which also says what becomes of a method that a class inherits from another module. Such a
   * method can not take the context of the request. When the call is not wanted any more, its time limit included, the
   * worker is ended; see `Executor` for code that goes on then. @default {on the event loop}
   */
  readonly blocking?: string | URL | undefined;
  /** Callers should stop using it. @default {false} */
  readonly deprecated?: boolean | undefined;
}

/**
 * A function that is exposed, or is to be.
 *
 * @example A test that pins down what everybody may call
 * ```ts
 * import { exposedMethod, type Exposure, MicroService } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Accounts extends MicroService {
 *   override name = "accounts";
 *   @exposedMethod()
 *   balance(): number {
 *     return 0;
 *   }
 *   @exposedMethod({ private: true })
 *   close(): void {}
 * }
 *
 * const isPublic = ({ options }: Exposure) => options.private !== true;
 * const names = new Accounts().getExposedMethods().filter(isPublic).map(({ name }) => name);
 * assertEquals(names, ["balance"]);
 * ```
 */
export interface Exposure {
  /** The name on the wire. */
  readonly name: string;
  /** The function. */
  readonly fn: RpcFunction;
  /** What `this` is in it. */
  readonly target: object;
  /** How it is exposed. */
  readonly options: ExposedMethodOptions;
}

/**
 * A standard (TC39) decorator of a method.
 *
 * @example A decorator of your own
 * ```ts
 * import { exposedMethod, MicroService, type ServiceMethodDecorator } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * // For operators only, and not for long.
 * const adminMethod = (name: string): ServiceMethodDecorator =>
 *   exposedMethod({ name: `admin.${name}`, private: true, timeoutMs: 1_000 });
 *
 * class Cache extends MicroService {
 *   override name = "cache";
 *   @adminMethod("clear")
 *   clear(): void {}
 * }
 * assertEquals(new Cache().getExposedMethods()[0]?.name, "admin.clear");
 * ```
 */
export type ServiceMethodDecorator = (method: RpcFunction, context: ClassMethodDecoratorContext) => void;

/**
 * Exposes a method: it can be called over JSON-RPC, by its own name or by another.
 *
 * The method may be asynchronous. Its parameters are read from its own list: those without default are
 * required (TypeScript drops the mark of `b?: number`: write a default, or `params: ["a", "b?"]`), and a call
 * that does not fit is answered with Invalid params (-32602) before the method runs. A parameter that is destructured
 * has no name: declare it. `...rest` takes further positional arguments and can not be given by name. What was declared
 * is counted and named, and values are not checked: that does a Standard Schema in `params`, which sees the whole of
 * the params; an array that it returns is the list of arguments, anything else the only one.
 *
 * A name is ASCII letters, digits and `_`, in segments parted by single dots; it begins with a letter, and not with
 * `rpc.`. Each name is exposed once. A method that overrides an exposed one is exposed when it is decorated itself.
 *
 * @param nameOrOptions The name on the wire, or how to expose the method.
 * @returns The decorator.
 * @throws {TypeError} when the name is not allowed, what is decorated is no public instance method, or the
 * compiler uses the legacy decorators.
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 *
 * class Users extends MicroService {
 *   override name = "users";
 *
 *   @exposedMethod("users.rename")
 *   async rename(id: number, name = "nobody"): Promise<string> {
 *     return await Promise.resolve(`${id} is ${name}`);
 *   }
 *
 *   @exposedMethod({ private: true, timeoutMs: 5_000 })
 *   purge(): void {}
 * }
 * ```
 */
export function exposedMethod(
  nameOrOptions: string | ExposedMethodOptions = {},
  ...others: readonly never[]
): ServiceMethodDecorator {
  // Both dialects pass more when they take this function itself for the decorator.
  if (others.length > 0) {
    const [name, mend] = typeof nameOrOptions === "string"
      ? [JSON.stringify(nameOrOptions), "give the name among the options, @exposedMethod({ name: …, … })"]
      : ["a method", "write @exposedMethod() with parentheses"];
    throw new TypeError(`Cannot expose ${name}: ${mend}`);
  }
  const options = typeof nameOrOptions === "string" ? { name: nameOrOptions } : nameOrOptions;
  return (method, context) => mark("exposedMethod", method, context, { ...options, exposed: true });
}

/**
 * Exposes a method.
 *
 * @param method The method.
 * @param context What the compiler says of it.
 * @deprecated Use {@linkcode exposedMethod}`()`.
 *
 * @example What to write instead
 * ```ts
 * import { exposedMethod, MicroService, publicMethod } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   @publicMethod
 *   before(): void {}
 *   @exposedMethod()
 *   after(): void {}
 * }
 * assertEquals(new Shop().getExposedMethods().map(({ options }) => options.private), [undefined, undefined]);
 * ```
 */
export function publicMethod(method: RpcFunction, context: ClassMethodDecoratorContext): void {
  mark("publicMethod", method, context, { exposed: true });
}

/**
 * Exposes a method to authenticated callers.
 *
 * @param method The method.
 * @param context What the compiler says of it.
 * @deprecated Use {@linkcode exposedMethod}`({ private: true })`.
 *
 * @example What to write instead
 * ```ts
 * import { exposedMethod, MicroService, privateApiMethod } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   @privateApiMethod
 *   before(): void {}
 *   @exposedMethod({ private: true })
 *   after(): void {}
 * }
 * assertEquals(new Shop().getExposedMethods().map(({ options }) => options.private), [true, true]);
 * ```
 */
export function privateApiMethod(method: RpcFunction, context: ClassMethodDecoratorContext): void {
  mark("privateApiMethod", method, context, { exposed: true, private: true });
}

/**
 * Marks a method as asynchronous, which needs no mark here: a promise is always awaited.
 *
 * @param method The method.
 * @param context What the compiler says of it.
 * @deprecated Leave it out.
 *
 * @example What to write instead
 * ```ts
 * import { asyncMethod, exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   @exposedMethod()
 *   @asyncMethod // of no effect
 *   async before(): Promise<void> {}
 *   @exposedMethod()
 *   async after(): Promise<void> {}
 * }
 * assertEquals(new Shop().getExposedMethods().map(({ name }) => name), ["before", "after"]);
 * ```
 */
export function asyncMethod(method: RpcFunction, context: ClassMethodDecoratorContext): void {
  mark("asyncMethod", method, context, {});
}

/**
 * Gives an exposed method the context of the request as its first argument.
 *
 * @param method The method.
 * @param context What the compiler says of it.
 * @deprecated Use {@linkcode exposedMethod}`({ requiresHandlerReference: true })`.
 *
 * @example What to write instead
 * ```ts
 * import { exposedMethod, MicroService, type RequestContext, requiresHandlerReference } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   @exposedMethod()
 *   @requiresHandlerReference
 *   before(context: RequestContext): string | null {
 *     return context.headers.get("user-agent");
 *   }
 *   @exposedMethod({ requiresHandlerReference: true })
 *   after(context: RequestContext): string | null {
 *     return context.headers.get("user-agent");
 *   }
 * }
 * const takesContext = new Shop().getExposedMethods().map(({ options }) => options.requiresHandlerReference);
 * assertEquals(takesContext, [true, true]);
 * ```
 */
export function requiresHandlerReference(method: RpcFunction, context: ClassMethodDecoratorContext): void {
  mark("requiresHandlerReference", method, context, { requiresHandlerReference: true });
}

/**
 * Finds the exposed methods of an object, inherited ones included. A method that overrides an exposed one is
 * exposed only when it is decorated itself.
 *
 * @param target The object.
 * @returns Its exposed methods.
 */
export function collectExposures(target: object): Exposure[] {
  return walkMethods(target).flatMap(([key, fn]) => {
    const mark = (fn as Marked)[MARK];
    return mark?.exposed ? [{ name: mark.name ?? key, fn, target, options: mark }] : [];
  });
}

/**
 * Lists the methods of an object's classes, from the outermost; one that is overridden is not among them.
 *
 * @param target The object.
 * @returns Names and functions.
 */
export function walkMethods(target: object): [name: string, fn: RpcFunction][] {
  const methods: [string, RpcFunction][] = [];
  const seen = new Set<string>();
  for (let type = Object.getPrototypeOf(target); type !== null; type = Object.getPrototypeOf(type)) {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
      if (seen.has(key)) continue;
      seen.add(key);
      if (typeof value === "function") methods.push([key, value]);
    }
  }
  return methods;
}

/**
 * Checks what a decorator was put on.
 *
 * @param decorator The name of the decorator.
 * @param context What the compiler says of it.
 * @param purpose What only public instance methods do.
 * @returns The name of the method.
 * @throws {TypeError} when it is no public instance method, or the compiler uses the legacy decorators.
 */
export function checkDecorated(
  decorator: string,
  context: ClassMethodDecoratorContext,
  purpose: string,
): string {
  // The legacy dialect passes the prototype and the name.
  if (typeof context !== "object" || context === null || !("kind" in context)) {
    throw new TypeError(
      `Cannot use @${decorator} with legacy decorators: remove "experimentalDecorators" from the compiler ` +
        `options, or do without decorators: expose("name", fn), handleEvent("name", fn), periodicTasks`,
    );
  }
  const { kind, name } = context;
  if (kind === "method" && !context.static && !context.private && typeof name === "string") return name;
  throw new TypeError(
    `Cannot use @${decorator} on ${String(name)}: only public instance methods ${purpose}`,
  );
}

/** What decorators have said of a method. */
interface ExposureMark extends ExposedMethodOptions {
  /** It is exposed; without this the other members wait for a decorator that exposes it. */
  readonly exposed?: boolean;
}

// Of the whole process, so that a class and a service from two copies of the package understand each other.
const MARK = Symbol.for("@gemstone/gemstone.exposure");

type Marked = RpcFunction & { [MARK]?: ExposureMark };

function mark(
  decorator: string,
  method: RpcFunction,
  context: ClassMethodDecoratorContext,
  what: ExposureMark,
): void {
  const name = checkDecorated(decorator, context, "are exposed");
  if (what.exposed) {
    checkMethodName(what.name ?? name);
    const earlier = (method as Marked)[MARK]?.name;
    if (earlier !== undefined && what.name !== undefined && earlier !== what.name) {
      throw new TypeError(`Cannot expose ${name} as "${what.name}": it is exposed as "${earlier}" already`);
    }
  }
  markMethod(method, what);
}

/** Leaves a mark on a method; what earlier decorators have said stays. */
function markMethod(fn: RpcFunction, mark: ExposureMark): void {
  const value = { ...(fn as Marked)[MARK], ...mark };
  Object.defineProperty(fn, MARK, { value, configurable: true });
}
