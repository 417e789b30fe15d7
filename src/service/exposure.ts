/**
 * Which methods of a class are exposed: the mark that a decorator leaves, and the walk that finds it.
 *
 * @module
 */
import type { RpcFunction, RpcMethodOptions } from "../rpc/method.ts";

/** How a method is exposed. */
export interface ExposedMethodOptions extends RpcMethodOptions {
  /** The name on the wire. @default {the name of the method} */
  readonly name?: string | undefined;
  /** One line that says what it does, for those who ask the service what it offers. */
  readonly summary?: string | undefined;
  /** What there is to know about it, for those who ask the service what it offers. */
  readonly description?: string | undefined;
  /** Callers should stop using it. @default {false} */
  readonly deprecated?: boolean | undefined;
}

/** A function that is exposed, or is to be. */
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

/** What decorators have said of a method. */
export interface ExposureMark extends ExposedMethodOptions {
  /** It is exposed; without this the other members wait for a decorator that exposes it. */
  readonly exposed?: boolean;
}

// Of the whole process, so that a class and a service from two copies of the package understand each other.
const MARK = Symbol.for("@gemstone/gemstone.exposure");

type Marked = RpcFunction & { [MARK]?: ExposureMark };

/**
 * Leaves a mark on a method; what earlier decorators have said stays.
 *
 * @param fn The method.
 * @param mark What to add.
 */
export function markMethod(fn: RpcFunction, mark: ExposureMark): void {
  const value = { ...(fn as Marked)[MARK], ...mark };
  Object.defineProperty(fn, MARK, { value, configurable: true });
}

/**
 * Finds the exposed methods of an object, inherited ones included. A method that overrides an exposed one is
 * exposed only when it is decorated itself.
 *
 * @param target The object.
 * @returns Its exposed methods.
 */
export function collectExposures(target: object): Exposure[] {
  const exposures: Exposure[] = [];
  const seen = new Set<string>();
  for (let type = Object.getPrototypeOf(target); type !== null; type = Object.getPrototypeOf(type)) {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
      if (seen.has(key)) continue;
      seen.add(key);
      const mark = typeof value === "function" ? (value as Marked)[MARK] : undefined;
      if (mark?.exposed) exposures.push({ name: mark.name ?? key, fn: value, target, options: mark });
    }
  }
  return exposures;
}
