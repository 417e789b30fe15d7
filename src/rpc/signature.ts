/**
 * Fits the params of a call to the parameters of a method, before the method runs.
 *
 * @module
 */
import type { JsonObject } from "../json.ts";
import type { JsonRpcParams } from "./message.ts";
import type { Parameter } from "./parameters.ts";

/** Why the params of a call do not fit; it is the `data` of the Invalid params error. */
export interface BindingFailure extends JsonObject {
  /** One sentence. */
  readonly reason: string;
  /** What a schema found, one entry a fault. */
  readonly issues?: readonly JsonObject[];
}

/** The arguments for the function, in order, or why there are none. */
export type Binding = readonly unknown[] | BindingFailure;

const NO_ARGUMENTS: readonly unknown[] = [];
const LONGEST_NAME = 64;

/**
 * What a method takes. Unlike a call in JavaScript, too many arguments, unknown names and missing ones are
 * refused, so that a typing error in a client never becomes a wrong result.
 */
export class Signature {
  readonly #parameters: readonly Parameter[];
  readonly #required: number;
  readonly #most: number;

  /** @param parameters The parameters in order. */
  constructor(parameters: readonly Parameter[]) {
    this.#parameters = parameters.filter((parameter) => !parameter.rest);
    this.#required = parameters.findLastIndex((parameter) => !parameter.optional) + 1;
    this.#most = parameters.some((parameter) => parameter.rest) ? Infinity : parameters.length;
  }

  /**
   * Fits params by position or by name (JSON-RPC 2.0, section 4.2).
   *
   * @param params As they came; `undefined` is none. They are not changed.
   * @returns The arguments in the order of the parameters, or why the params do not fit.
   */
  bind(params: JsonRpcParams | undefined): Binding {
    if (params === undefined) return this.#bindPositional(NO_ARGUMENTS);
    return Array.isArray(params) ? this.#bindPositional(params) : this.#bindNamed(params as NamedParams);
  }

  #bindPositional(params: readonly unknown[]): Binding {
    const count = params.length;
    if (count >= this.#required && count <= this.#most) return params;
    if (count > this.#most) {
      return { reason: `Too many arguments: ${count} given, at most ${this.#most} taken` };
    }
    return { reason: `Missing parameter: ${this.#parameters[count]!.name}` };
  }

  #bindNamed(params: NamedParams): Binding {
    const parameters = this.#parameters;
    const bound: unknown[] = new Array(parameters.length);
    let found = 0;
    for (let index = 0; index < parameters.length; index++) {
      const { name, optional } = parameters[index]!;
      if (Object.hasOwn(params, name)) {
        bound[index] = params[name];
        found++;
      } else if (!optional) {
        return { reason: `Missing parameter: ${name}` };
      }
    }
    let given = 0;
    for (const _ in params) given++;
    return given === found ? bound : this.#refuseUnknown(params);
  }

  #refuseUnknown(params: NamedParams): BindingFailure {
    const known = new Set(this.#parameters.map(({ name }) => name));
    const unknown = Object.keys(params).find((name) => !known.has(name)) ?? "";
    return { reason: `Unknown parameter: ${unknown.slice(0, LONGEST_NAME)}` };
  }
}

type NamedParams = Readonly<Record<string, unknown>>;
