/**
 * Finds what a worker is asked to call.
 *
 * @module
 */
import { describeTarget, type WorkerTarget } from "./worker_protocol.ts";

/** A function with its `this`. */
export type WorkerCall = (args: readonly unknown[]) => unknown;

/** The names that a module exports, to their values. */
export type ModuleExports = Readonly<Record<string, unknown>>;

type Constructor = new () => object;
// deno-lint-ignore no-explicit-any -- only `any` accepts functions of every parameter list
type AnyFunction = (this: any, ...args: any[]) => unknown;

/** Finds functions and methods. Of each class it makes one instance, when that is first needed. */
export class TargetFinder {
  readonly #instances: Map<Constructor, object> = new Map();

  /**
   * Finds what to call. A class is found by the name under which it is exported, else by its own name; an exported
   * instance of the class (a service that is the default export for `deno serve`) is used as it is. Where the module
   * has none of these, the nearest class that it derives from is taken.
   *
   * @param target What to call.
   * @param exports What its module exports.
   * @returns Calls it.
   * @throws {TypeError} when the module exports no such function or class, or the class has no such method. What
   * the constructor of the class throws is thrown as it is.
   */
  find(target: WorkerTarget, exports: ModuleExports): WorkerCall {
    const { exportName = "default", method } = target;
    if (method === undefined) {
      const fn = readExport(exports, exportName);
      if (!isFunction(fn)) throw createMissing(target, exports, "function");
      return (args) => fn.apply(undefined, args as unknown[]);
    }
    const instance = this.#findInstance(target, exports);
    const fn = (instance as Readonly<Record<string, unknown>>)[method];
    if (isFunction(fn)) return (args) => fn.apply(instance, args as unknown[]);
    throw new TypeError(
      `Cannot run ${
        describeTarget(target)
      } in a worker: the class that ${target.module} exports has no such method`,
    );
  }

  #findInstance(target: WorkerTarget, exports: ModuleExports): object {
    for (const name of listNames(target)) {
      const instance = this.#findByName(name, exports);
      if (instance !== undefined) return instance;
    }
    throw createMissing(target, exports, "class");
  }

  #findByName(className: string, exports: ModuleExports): object | undefined {
    const named = readExport(exports, className);
    const all = [named, ...Object.values(exports)];
    const type = isFunction(named)
      ? named
      : all.find((value) => isFunction(value) && value.name === className);
    if (type !== undefined) return this.#instantiate(type as unknown as Constructor);
    return all.filter(isObject).find((value) => isInstanceOf(value, className)) ??
      (isObject(named) ? named : undefined);
  }

  #instantiate(type: Constructor): object {
    let instance = this.#instances.get(type);
    if (instance === undefined) this.#instances.set(type, instance = new type());
    return instance;
  }
}

function listNames({ exportName = "default", baseNames = [] }: WorkerTarget): string[] {
  return [exportName, ...baseNames];
}

function readExport(exports: ModuleExports, name: string): unknown {
  return Object.hasOwn(exports, name) ? exports[name] : undefined;
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isInstanceOf(value: object, className: string): boolean {
  return value.constructor?.name === className;
}

function createMissing(target: WorkerTarget, exports: ModuleExports, what: "function" | "class"): TypeError {
  const wanted = listNames(target).map((name) => `"${name}"`).join(" or ");
  const names = Object.keys(exports).join(", ") || "nothing";
  return new TypeError(
    `Cannot run ${describeTarget(target)} in a worker: ${target.module} exports no ${what} ${wanted}; ` +
      `it exports ${names}`,
  );
}
