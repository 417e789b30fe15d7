/**
 * Settings from the environment.
 *
 * @module
 */
import { ConfigurationValueError } from "../errors.ts";
import { BaseConfigurator, type FoundValue } from "./base_configurator.ts";
import type { ConfigurationContext } from "./configurator.ts";

/**
 * The options of {@linkcode EnvironmentConfigurator}.
 *
 * @example One prefix for all services of a product
 * ```ts
 * import {
 *   applyConfiguration,
 *   Configurable,
 *   EnvironmentConfigurator,
 *   type EnvironmentConfiguratorOptions,
 * } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const options: EnvironmentConfiguratorOptions = { prefix: "ACME" };
 * const settings = { logLevel: "info" };
 * await applyConfiguration(settings, {
 *   configurables: [new Configurable("logLevel", { type: "string" })],
 *   configurators: [new EnvironmentConfigurator(options)],
 *   env: (name) => name === "ACME_LOG_LEVEL" ? "debug" : undefined,
 * });
 * assertEquals(settings.logLevel, "debug");
 * ```
 */
export interface EnvironmentConfiguratorOptions {
  /**
   * What the names of the variables begin with: letters, digits and `_`. The `_` after it may be left out. `""`
   * reads `PORT` and `HOST` as they are, which is what platforms such as Heroku and Cloud Run set.
   * @default the name of the service: `HELLO_WORLD` for `hello-world`
   */
  readonly prefix?: string;
}

const PREFIX = /^(?:[A-Za-z_][A-Za-z0-9_]*)?$/;

/**
 * Takes each setting from a variable of the environment: `HELLO_WORLD_ACCESSIBLE_AT` for the setting
 * `accessibleAt` of the service `hello-world`. The name of the service comes first unless `prefix` says
 * otherwise, because several services often share an environment, and `HOST` or `NAME` may be there for another
 * reason. All values are text, and a variable that is set to nothing is a value: empty text.
 *
 * @example What the platform sets, then what is meant for this service
 * ```ts
 * import { applyConfiguration, Configurable, EnvironmentConfigurator } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const environment = new Map([["PORT", "8080"], ["HOST", "0.0.0.0"], ["SHOP_PORT", "9000"]]);
 * const settings = { port: 8000, host: "127.0.0.1" };
 * await applyConfiguration(settings, {
 *   configurables: [new Configurable("port", { type: "integer" }), new Configurable("host")],
 *   configurators: [new EnvironmentConfigurator({ prefix: "" }), new EnvironmentConfigurator()],
 *   env: (name) => environment.get(name),
 *   serviceName: "shop",
 * });
 * assertEquals(settings, { port: 9000, host: "0.0.0.0" });
 * ```
 */
export class EnvironmentConfigurator extends BaseConfigurator {
  /** Where the values come from; each value names its variable. */
  readonly source = "the environment";
  readonly #prefix: string | undefined;

  /**
   * Creates the configurator; it reads nothing yet.
   *
   * @param options The prefix of the variables.
   * @throws {TypeError} when the prefix can not begin the name of a variable.
   */
  constructor(options: EnvironmentConfiguratorOptions = {}) {
    super();
    if (options.prefix !== undefined && !PREFIX.test(options.prefix)) {
      throw new TypeError(
        `Cannot create an EnvironmentConfigurator: prefix ${
          JSON.stringify(options.prefix)
        } must be made of ` +
          "letters, digits and _, and not begin with a digit",
      );
    }
    this.#prefix = options.prefix;
  }

  /** Reads the variables of the settings. */
  protected override read(context: ConfigurationContext): Map<string, FoundValue> {
    const prefix = this.#prefix ?? toConstantCase(context.serviceName);
    const separator = prefix === "" || prefix.endsWith("_") ? "" : "_";
    const found = new Map<string, FoundValue>();
    for (const { name, optionName } of context.configurables) {
      const variable = `${prefix}${separator}${toConstantCase(optionName)}`;
      const value = readVariable(context, variable);
      if (value !== undefined) found.set(name, { value, source: `environment variable "${variable}"` });
    }
    return found;
  }
}

function readVariable(context: ConfigurationContext, variable: string): string | undefined {
  try {
    return context.env(variable);
  } catch (error) {
    throw new ConfigurationValueError(
      `Cannot read environment variable "${variable}": ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
}

function toConstantCase(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, "_").toUpperCase();
}
