/**
 * Exposed methods that run on a worker. Loaded where a service has one.
 *
 * @module
 */
import { createMethod, type RpcFunction, type RpcMethod } from "../rpc/method.ts";
import type { Executor } from "./executor.ts";
import type { BlockingTarget } from "./executor_request.ts";
import { type ExposedMethodOptions, walkMethods } from "./exposure.ts";
import type { RequestContext } from "./service_handle.ts";

/** What is exposed, and where it runs. */
export interface BlockingExposure {
  /** The name on the wire. */
  readonly name: string;
  /** The method, or a function that its module exports. */
  readonly fn: RpcFunction;
  /** What has the method. */
  readonly target: object;
  /** How it is exposed. */
  readonly options: ExposedMethodOptions;
  /** The absolute URL of the module that exports the class or the function. */
  readonly module: string | URL;
}

/**
 * Prepares a method that runs on a worker. A call that is not wanted any more, because its time is up, the caller has
 * gone or the service stops, is ended there.
 *
 * @param exposure What is exposed.
 * @param getExecutor Returns what runs it.
 * @returns The prepared method.
 * @throws {TypeError} when it can not be found in a module, or takes the context of the request.
 * @throws {RangeError} when the time limit is not positive.
 */
export async function createBlockingMethod(
  { name, fn, target, options, module }: BlockingExposure,
  getExecutor: () => Executor,
): Promise<RpcMethod<RequestContext>> {
  if (options.requiresHandlerReference) {
    throw new TypeError(
      `Cannot expose method "${name}": a blocking method can not take the context of the request, which does not ` +
        `leave its thread; pass it what it needs, from a method that calls getExecutor()`,
    );
  }
  const source = locate(name, fn, target, module);
  // Without a call it has no worker, but what is wrong with its options keeps the service from starting.
  getExecutor();
  const run = (context: RequestContext, ...args: unknown[]): Promise<unknown> => {
    const { signal } = context;
    const { exportName, className, method } = source;
    return method === undefined
      ? getExecutor().run(module, exportName ?? "", args, { signal })
      : getExecutor().runMethod(module, className, method, args, { signal });
  };
  // What the caller sends is bound by the parameters of the method itself.
  const { bind } = await createMethod(name, fn, target, { params: options.params });
  const bound = { ...options, params: ["...args"], requiresHandlerReference: true };
  return { ...await createMethod<RequestContext>(name, run, undefined, bound), bind };
}

function locate(name: string, fn: RpcFunction, target: object, module: string | URL): BlockingTarget {
  if (!URL.canParse(String(module))) {
    throw new TypeError(
      `Cannot expose method "${name}" as blocking in ${
        JSON.stringify(module)
      }: give the absolute URL of the module ` +
        `that exports it, as in import.meta.url`,
    );
  }
  const method = walkMethods(target).find(([, value]) => value === fn)?.[0];
  if (method !== undefined) return { module, className: listClasses(target, method), method };
  if (fn.name !== "") return { module, exportName: fn.name };
  throw new TypeError(`Cannot expose method "${name}" as blocking: its function has no name to export it by`);
}

/** The names of the class of an object and of those that it derives from, down to the one that has the method. */
function listClasses(target: object, method: string): string[] {
  const names: string[] = [];
  for (let type = Object.getPrototypeOf(target); type !== null; type = Object.getPrototypeOf(type)) {
    names.push(type.constructor.name);
    if (Object.hasOwn(type, method)) break;
  }
  // A class may have no name; a service for a test often has none.
  return names.filter((name) => name !== "");
}
