/**
 * The base of the configurators here, and of yours.
 *
 * @module
 */
import type { Configurable } from "./configurable.ts";
import type { ConfigurationContext, Configurator } from "./configurator.ts";

/**
 * A raw value and where it comes from.
 *
 * @example
 * ```ts
 * import { BaseConfigurator, type FoundValue } from "@gemstone/gemstone/config";
 *
 * class HostNameConfigurator extends BaseConfigurator {
 *   protected override read(): Map<string, FoundValue> {
 *     const found: FoundValue = { value: "10.0.0.7", source: "the address of the container" };
 *     return new Map([["host", found]]);
 *   }
 * }
 * ```
 */
export interface FoundValue {
  /** The raw value; never `undefined`. */
  readonly value: unknown;
  /** Where it comes from: `environment variable "PORT"`. */
  readonly source: string;
}

/**
 * A configurator that finds all its values at once. A subclass has one method to write, and no state to keep:
 * what was found is kept by context, so one object can serve several services at the same time.
 *
 * @example Settings from a URL
 * ```ts
 * import { BaseConfigurator, type ConfigurationContext, type FoundValue } from "@gemstone/gemstone/config";
 *
 * class UrlConfigurator extends BaseConfigurator {
 *   protected override async read(context: ConfigurationContext): Promise<Map<string, FoundValue>> {
 *     const settings = await (await fetch(`http://config.internal/${context.serviceName}`)).json();
 *     return new Map([["port", { value: settings.port, source: "config.internal" }]]);
 *   }
 * }
 * ```
 */
export abstract class BaseConfigurator implements Configurator {
  readonly #configurables = new Map<string, Configurable>();
  readonly #found = new WeakMap<ConfigurationContext, ReadonlyMap<string, FoundValue>>();
  #latest: ReadonlyMap<string, FoundValue> = new Map();

  /**
   * Finds the values.
   *
   * @param context What to configure, and from what.
   * @returns The values by the names of their configurables. What has no value is left out.
   */
  protected abstract read(
    context: ConfigurationContext,
  ): ReadonlyMap<string, FoundValue> | Promise<ReadonlyMap<string, FoundValue>>;

  /** The settings that this configurator adds to those of each service that it configures. */
  get configurables(): readonly Configurable[] {
    return [...this.#configurables.values()];
  }

  /**
   * Adds a setting to those of each service that this configurator serves. One of the same name is replaced.
   *
   * @param configurable The setting.
   */
  registerConfigurable(configurable: Configurable): void {
    this.#configurables.set(configurable.name, configurable);
  }

  /**
   * Looks up a setting that was registered with this configurator.
   *
   * @param name The name of the setting.
   * @returns The setting, or `undefined` when none of that name was registered.
   */
  getConfigurableByName(name: string): Configurable | undefined {
    return this.#configurables.get(name);
  }

  /**
   * Finds the values for a context and keeps them with it.
   *
   * @param context What to configure, and from what.
   */
  async load(context: ConfigurationContext): Promise<void> {
    this.#latest = await this.read(context);
    this.#found.set(context, this.#latest);
  }

  /**
   * Gives a raw value.
   *
   * @param name The name of the configurable.
   * @param context The context that `load` was given; left out, the latest one.
   * @returns The value, or `undefined` when there is none.
   */
  get(name: string, context?: ConfigurationContext): unknown {
    return this.#valuesOf(context).get(name)?.value;
  }

  /**
   * Says where a value comes from.
   *
   * @param name The name of the configurable.
   * @param context The context that `load` was given; left out, the latest one.
   * @returns Where it comes from, or `undefined` when there is no value.
   */
  sourceOf(name: string, context?: ConfigurationContext): string | undefined {
    return this.#valuesOf(context).get(name)?.source;
  }

  #valuesOf(context: ConfigurationContext | undefined): ReadonlyMap<string, FoundValue> {
    if (context === undefined) return this.#latest;
    return this.#found.get(context) ?? new Map();
  }
}
