/**
 * Configuration: which settings of a service can be set from outside, and where their values come from.
 *
 * A {@linkcode Configurable} declares a setting; a configurator finds values for the declared settings: in the
 * command line, the environment, a JSON or INI file, an object. {@linkcode applyConfiguration} asks them in
 * order, converts what they have and assigns it: the last configurator that has a value wins, a value of `0`,
 * `""` or `false` counts, and when anything is wrong nothing changes.
 *
 * @example A file, then the environment, then the command line, which wins
 * ```ts
 * import {
 *   applyConfiguration,
 *   CommandLineConfigurator,
 *   Configurable,
 *   EnvironmentConfigurator,
 *   ObjectConfigurator,
 * } from "@gemstone/gemstone/config";
 *
 * const settings = { port: 8000, workers: ["a"], debug: false };
 * await applyConfiguration(settings, {
 *   configurables: [
 *     new Configurable("port", { type: "integer" }),
 *     new Configurable("workers", { type: "list" }),
 *     new Configurable("debug", { type: "boolean" }),
 *   ],
 *   configurators: [
 *     new ObjectConfigurator({ port: 8001, workers: [] }),
 *     new EnvironmentConfigurator({ prefix: "SHOP" }),
 *     new CommandLineConfigurator(),
 *   ],
 *   args: ["--port", "9000"],
 *   env: (name) => name === "SHOP_DEBUG" ? "yes" : undefined,
 * });
 * console.log(settings); // { port: 9000, workers: [], debug: true }
 * ```
 *
 * @module
 */
export { type AppliedValue, applyConfiguration, type ConfigurationSettings } from "./apply.ts";
export { BaseConfigurator, type FoundValue } from "./base_configurator.ts";
export { CommandLineConfigurator, type CommandLineConfiguratorOptions } from "./command_line_configurator.ts";
export {
  Configurable,
  type ConfigurableMapping,
  type ConfigurableOptions,
  type ConfigurableOptionsOf,
  type ConfigurableTypes,
} from "./configurable.ts";
export type {
  CommandLineOption,
  CommandLineUse,
  ConfigurationContext,
  Configurator,
} from "./configurator.ts";
export { defaultConfigurables, type DefaultConfigurablesOptions } from "./default_configurables.ts";
export { EnvironmentConfigurator, type EnvironmentConfiguratorOptions } from "./environment_configurator.ts";
export { IniFileConfigurator, type IniFileConfiguratorOptions } from "./ini_file_configurator.ts";
export { JsonFileConfigurator, type JsonFileConfiguratorOptions } from "./json_file_configurator.ts";
export { ObjectConfigurator, type ObjectConfiguratorOptions } from "./object_configurator.ts";
export type { JsonObject, JsonValue } from "../json.ts";
export { UsageRequest } from "./usage.ts";
