/**
 * Settings from an object in the program, for tests and for values that another library has read.
 *
 * @module
 */
import { BaseConfigurator, type FoundValue } from "./base_configurator.ts";
import type { ConfigurationContext } from "./configurator.ts";
import { valuesByName } from "./values_by_name.ts";

/**
 * The options of {@linkcode ObjectConfigurator}.
 *
 * @example Values that another library has read, and what to call it when one is wrong
 * ```ts
 * import { ObjectConfigurator, type ObjectConfiguratorOptions } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const options: ObjectConfiguratorOptions = { source: "file settings.toml" };
 * const configurator = new ObjectConfigurator({ port: 9000 }, options);
 * assertEquals(configurator.source, "file settings.toml");
 * ```
 */
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
 * import { MicroService } from "@gemstone/gemstone";
 * import { ObjectConfigurator } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override configurators = [
 *     new ObjectConfigurator({ port: 0, accessible_at: "http://shop.internal/api" }),
 *   ];
 * }
 *
 * const shop = new Shop();
 * await shop.configure([]);
 * assertEquals([shop.port, shop.accessibleAt], [0, "http://shop.internal/api"]);
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
