/**
 * Settings from an object in the program, for tests and for values that another library has read.
 *
 * @module
 */
import { BaseConfigurator, type FoundValue } from "./base_configurator.ts";
import type { ConfigurationContext } from "./configurator.ts";
import { valuesByName } from "./values_by_name.ts";

/** The options of {@linkcode ObjectConfigurator}. */
export interface ObjectConfiguratorOptions {
  /**
   * Where the values come from, for error texts and logs.
   * @default "an object"
   */
  readonly source?: string;
}

/**
 * Takes the settings from the own members of an object, as if it had been read from a JSON file. A member that is
 * `undefined` is no value.
 *
 * @example
 * ```ts
 * import { ObjectConfigurator } from "@gemstone/gemstone/config";
 *
 * const configurators = [new ObjectConfigurator({ port: 0, host: "127.0.0.1" })];
 * ```
 */
export class ObjectConfigurator extends BaseConfigurator {
  /** Where the values come from. */
  readonly source: string;
  /** Text in an object is a value already. */
  readonly typed = true;
  readonly #entries: readonly (readonly [string, unknown])[];

  /**
   * Creates the configurator; the object is copied, what its members refer to is not.
   *
   * @param values The values.
   * @param options How the object is called in error texts.
   */
  constructor(values: Readonly<Record<string, unknown>>, options: ObjectConfiguratorOptions = {}) {
    super();
    this.source = options.source ?? "an object";
    this.#entries = Object.entries(values);
  }

  /** Picks the settings among the members. */
  protected override read(context: ConfigurationContext): Map<string, FoundValue> {
    return valuesByName(context.configurables, this.#entries, this.source);
  }
}
