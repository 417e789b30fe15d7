/**
 * Configuration: which settings of a service can be set from outside, and where their values come from.
 *
 * A {@linkcode Configurable} declares a setting; a configurator finds values for the declared settings: in the
 * command line, the environment, a JSON or INI file, an object. A service has both as fields. Without them it takes
 * `port`, `host`, `accessibleAt` and `endpoint` from the command line.
 *
 * A file, then the environment, then the command line, which wins:
 *
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import {
 *   CommandLineConfigurator,
 *   Configurable,
 *   defaultConfigurables,
 *   EnvironmentConfigurator,
 *   ObjectConfigurator,
 * } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   workers: string[] = ["a"];
 *   debug = false;
 *   override configurables = [
 *     ...defaultConfigurables(),
 *     new Configurable("workers", { type: "list", description: "who does the work" }),
 *     new Configurable("debug", { type: "boolean" }),
 *   ];
 *   override configurators = [
 *     new ObjectConfigurator({ port: 8001, workers: ["b", "c"] }), // in place of a file
 *     new EnvironmentConfigurator(), // SHOP_PORT, SHOP_WORKERS, SHOP_DEBUG …
 *     new CommandLineConfigurator(), // --port, --workers, --debug …
 *   ];
 * }
 *
 * const shop = new Shop();
 * await shop.configure(["--port", "9000", "--debug"]); // `start()` does it with the arguments of the process
 * assertEquals([shop.port, shop.workers, shop.debug], [9000, ["b", "c"], true]);
 * ```
 *
 * ## In which order
 *
 * All configurators are loaded first, one after the other. Then for each setting the last one that has a value
 * decides; `0`, `""`, `false` and a list of nothing are values. Only that value is converted: a wrong one that is
 * overruled harms nobody. Then all fields are assigned. When anything is wrong, nothing changes. What no configurator
 * has a value for keeps the value of the field, which is the default.
 *
 * `start()` configures first of all, unless `configure(args)` has done it already, which may be called again at any
 * time. With `skipConfiguration`, `start()` leaves it out.
 *
 * ## Types
 *
 * Values from the command line, the environment and INI files are text; those of JSON files and objects have a type.
 * `type` accepts both and refuses what does not fit; without `type` the value stays what it is.
 *
 * | `type` | Text | JSON | The field gets |
 * | --- | --- | --- | --- |
 * | `"string"` | any | text | text |
 * | `"number"` | `1.5`, `-2`, `1e3` | a number | a finite number |
 * | `"integer"` | `15`, `-2` | a whole number | one that a double holds exactly |
 * | `"boolean"` | `true yes on 1`, `false no off 0` | `true`, `false` | a boolean |
 * | `"list"` | `a, b` | an array of texts | an array of texts |
 * | `"json"` | JSON | any value | what it says |
 * | a function | the text | text, a number or a boolean, as text | what it returns |
 *
 * Text in a JSON file is read as text from elsewhere is; `"json"` alone takes it as it stands. Then `template` makes
 * the final value out of it, and `mappings` replaces single values:
 *
 * ```ts
 * import { applyConfiguration, Configurable, ObjectConfigurator } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = { backends: [] as URL[], level: 0 };
 * await applyConfiguration(settings, {
 *   configurables: [
 *     new Configurable("backends", { type: "list", template: (urls) => urls.map((url) => new URL(url)) }),
 *     new Configurable("level", { mappings: [["quiet", 0], ["loud", 10]] }),
 *   ],
 *   configurators: [new ObjectConfigurator({ backends: ["http://10.0.0.1/"], level: "loud" })],
 * });
 * assertEquals([settings.backends[0]?.host, settings.level], ["10.0.0.1", 10]);
 * ```
 *
 * ## Names
 *
 * The field `accessibleAt` is `--accessible-at` on the command line, `accessible-at`, `accessible_at` or
 * `accessibleAt` in a file, and `SHOP_ACCESSIBLE_AT` in the environment of the service `shop`; see
 * {@linkcode EnvironmentConfigurator} for another prefix, or none. A method can not be configured, nor a field that
 * is read-only.
 *
 * ## The command line
 *
 * `--name value` and `--name=value` mean the same; a boolean is `--debug`, `--no-debug` or `--debug=false`; the
 * beginning of a name is enough when only one begins so; the last of several counts; `--help` and `-h` print a text
 * that is made of the declarations. What is not understood is refused, with a guess at what was meant.
 *
 * ```ts
 * import {
 *   applyConfiguration,
 *   CommandLineConfigurator,
 *   Configurable,
 *   UsageRequest,
 * } from "@gemstone/gemstone/config";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const request = await assertRejects(
 *   () =>
 *     applyConfiguration({ port: 8000 }, {
 *       configurables: [new Configurable("port", { type: "integer", description: "where to listen" })],
 *       configurators: [new CommandLineConfigurator({ args: ["--prot", "9000"] })],
 *       serviceName: "shop",
 *     }),
 *   UsageRequest,
 * );
 * assertEquals(request.exitCode, 2);
 * assertEquals(request.text.split("\n"), [
 *   "usage: shop [-h] [--port PORT]",
 *   'shop: error: Cannot read the command line: unknown option "--prot", did you mean "--port"',
 * ]);
 * ```
 *
 * ## Files
 *
 * `new JsonFileConfigurator({ fileName: "settings.json" })` reads an object from the working directory;
 * `new URL("settings.json", import.meta.url)` is beside the source; `{ fromCommandLine: "config" }` makes an option
 * `--config FILE`, and reads nothing without it. A fixed file must be there. Keys that are no setting are ignored, so
 * that several services can share a file; {@linkcode IniFileConfigurator} has a section for each. Files are UTF-8 of
 * at most 1 MiB. On Deno, reading needs `--allow-read`, and the environment `--allow-env=SHOP_*` for all variables of
 * the prefix.
 *
 * ## When a value is wrong
 *
 * `configure()` and `start()` reject with a `ConfigurationValueError` that names the setting, the value (passwords of
 * URLs as `***`), where it came from and what is accepted; or with a {@linkcode UsageRequest} for a command line that
 * asks for help or can not be understood. When nobody handles it, the process prints the text alone and ends:
 *
 * | Exit code | When | Printed on |
 * | --- | --- | --- |
 * | 0 | `--help` | standard output |
 * | 2 | a value or the command line is wrong | standard error |
 * | 1 | the service can not start for another reason | standard error |
 *
 * ## A configurator of your own
 *
 * {@linkcode BaseConfigurator} asks for one method, which returns raw values by the names of settings and says where
 * they come from; conversion and errors are done for you. {@linkcode Configurator} is the bare interface.
 *
 * ```ts
 * import {
 *   applyConfiguration,
 *   BaseConfigurator,
 *   Configurable,
 *   type ConfigurationContext,
 *   type FoundValue,
 * } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * class StoreConfigurator extends BaseConfigurator {
 *   readonly #store = new Map([["shop/retries", "5"]]); // a client of your key-value store
 *
 *   protected override read({ serviceName, configurables }: ConfigurationContext): Map<string, FoundValue> {
 *     const keys = configurables.map(({ name }) => [name, `${serviceName}/${name}`] as const);
 *     const found = keys.filter(([, key]) => this.#store.has(key));
 *     return new Map(
 *       found.map(([name, key]) => [name, { value: this.#store.get(key), source: `key ${key}` }]),
 *     );
 *   }
 * }
 *
 * const settings = { retries: 3 };
 * await applyConfiguration(settings, {
 *   configurables: [new Configurable("retries", { type: "integer" })],
 *   configurators: [new StoreConfigurator()],
 *   serviceName: "shop",
 * });
 * assertEquals(settings.retries, 5);
 * ```
 *
 * ## In a test
 *
 * Give `start({ args: [] })`, else the service reads the arguments of the test runner. To try a configuration without a
 * service, call {@linkcode applyConfiguration} with `args` and `env` of your own; values for a test come from an
 * {@linkcode ObjectConfigurator}:
 *
 * ```ts
 * import { applyConfiguration, Configurable, EnvironmentConfigurator } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const environment = new Map([["SHOP_RETRIES", "0"]]);
 * const settings = { retries: 3 };
 * const applied = await applyConfiguration(settings, {
 *   configurables: [new Configurable("retries", { type: "integer" })],
 *   configurators: [new EnvironmentConfigurator()],
 *   env: (name) => environment.get(name),
 *   serviceName: "shop",
 * });
 * assertEquals(applied, [{ name: "retries", value: 0, source: 'environment variable "SHOP_RETRIES"' }]);
 * ```
 *
 * Related: `@gemstone/gemstone` for the fields of a service, `@gemstone/gemstone/errors` for the error,
 * `dynamicLoad` of `@gemstone/gemstone` for settings that name a module.
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
