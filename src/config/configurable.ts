/**
 * The declaration of one setting that can be configured from outside. It holds no value: the same declaration
 * serves any number of services and any number of `configure()` calls.
 *
 * @module
 */
import type { JsonValue } from "../json.ts";

/**
 * What each named `type` of a {@linkcode Configurable} makes of a value.
 *
 * @example The type of what `template` is given
 * ```ts
 * import { Configurable, type ConfigurableTypes } from "@gemstone/gemstone/config";
 *
 * const toUrls = (list: ConfigurableTypes["list"]): URL[] => list.map((url) => new URL(url));
 * const backends = new Configurable("backends", { type: "list", template: toUrls });
 * ```
 */
export interface ConfigurableTypes {
  /** Text, as given. */
  string: string;
  /** A finite decimal number. */
  number: number;
  /** A whole number that a double can hold exactly. */
  integer: number;
  /** `true`/`false`, `yes`/`no`, `on`/`off`, `1`/`0` in any case. */
  boolean: boolean;
  /** Text is parsed as JSON; a value of a JSON file is taken as it is. */
  json: JsonValue;
  /** Text is split at commas, each part trimmed, empty text gives `[]`; a JSON file has an array of strings. */
  list: readonly string[];
}

/**
 * A value of {@linkcode ConfigurableOptionsOf.mappings} and what to take instead. A function is called with the
 * value and what it returns is taken; anything else is taken as it is. Values are compared with `===`.
 *
 * @example A name for a value, and one that is worked out when it is needed
 * ```ts
 * import {
 *   applyConfiguration,
 *   Configurable,
 *   type ConfigurableMapping,
 *   ObjectConfigurator,
 * } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const mappings: ConfigurableMapping[] = [["all", "0.0.0.0"], [
 *   "local",
 *   (value: unknown) => `${value}host`,
 * ]];
 * const settings = { host: "" };
 * await applyConfiguration(settings, {
 *   configurables: [new Configurable("host", { mappings })],
 *   configurators: [new ObjectConfigurator({ host: "local" })],
 * });
 * assertEquals(settings.host, "localhost");
 * ```
 */
export type ConfigurableMapping = readonly [value: unknown, constantOrFunction: unknown];

/**
 * The options of a {@linkcode Configurable} whose converted value is a `Value`. All are optional.
 *
 * @example Options that several settings share
 * ```ts
 * import { Configurable, type ConfigurableOptionsOf } from "@gemstone/gemstone/config";
 *
 * const SECONDS: ConfigurableOptionsOf<"number", number> = {
 *   type: "number",
 *   template: (seconds) => seconds * 1000,
 * };
 * const configurables = [
 *   new Configurable("callTimeoutMs", {
 *     ...SECONDS,
 *     description: "seconds that a call may take",
 *     defaultText: "60",
 *   }),
 *   new Configurable("shutdownTimeoutMs", { ...SECONDS, description: "seconds to stop", defaultText: "10" }),
 * ];
 * ```
 */
export interface ConfigurableOptionsOf<Type, Value> {
  /**
   * The first step from the raw value: one of the names in {@linkcode ConfigurableTypes}, or a function that is
   * given the text and throws (or returns `NaN`) when it can not use it. A function gets numbers and booleans
   * of a JSON file as text.
   * @default the raw value is kept: text from the command line, the environment and INI files, JSON from JSON
   */
  readonly type?: Type;
  /**
   * The second step: makes the final value from the converted one, for example a list of strategy objects from
   * a list of URLs. It may throw; its message becomes part of the error.
   * @default the value is kept
   */
  template?(value: Value): unknown;
  /**
   * The third step: the first pair whose value is `===` to the value so far decides; without one it is kept.
   * @default []
   */
  readonly mappings?: readonly ConfigurableMapping[];
  /**
   * One short line for the help text.
   * @default no description
   */
  readonly description?: string;
  /**
   * The default that the help text shows. A secret needs one, such as `"none"`: only the passwords of URLs are left
   * out of what is shown otherwise.
   * @default the present value of the setting, when it is text, a number, a boolean or a list of these
   */
  readonly defaultText?: string;
}

/**
 * The options of a {@linkcode Configurable}; `type` decides what `template` is given.
 *
 * @example A check that no named type makes
 * ```ts
 * import { Configurable, type ConfigurableOptions } from "@gemstone/gemstone/config";
 *
 * const options: ConfigurableOptions = {
 *   type: "integer",
 *   description: "how many workers, 1 to 64",
 *   template: (count) => {
 *     if (count < 1 || count > 64) throw new RangeError("must be from 1 to 64");
 *     return count;
 *   },
 * };
 * const workers = new Configurable("workers", options);
 * ```
 */
export type ConfigurableOptions =
  | { [Type in keyof ConfigurableTypes]: ConfigurableOptionsOf<Type, ConfigurableTypes[Type]> }[
    keyof ConfigurableTypes
  ]
  | ConfigurableOptionsOf<(raw: string) => unknown, unknown>
  | ConfigurableOptionsOf<undefined, unknown>;

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * A setting that can be configured from outside: a field of the service, existing or new.
 *
 * The field `accessibleAt` is `--accessible-at` on the command line (the help text shows this spelling);
 * `--accessible_at` and `--accessibleAt` mean the same, and so do these three as keys of a file. In the
 * environment it is `ACCESSIBLE_AT`, after the prefix.
 *
 * @example A list of URLs, and a level by name
 * ```ts
 * import { Configurable } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const configurables = [
 *   new Configurable("workers", { type: "list", template: (urls) => urls.map((url) => new URL(url)) }),
 *   new Configurable("logLevel", {
 *     mappings: [["quiet", 0], ["loud", 10]],
 *     description: "how much is said",
 *   }),
 * ];
 * assertEquals(configurables[1]?.spellings, ["log-level", "log_level", "logLevel"]);
 * ```
 */
export class Configurable {
  /** The name of the field that is set. */
  readonly name: string;
  /** The name in kebab-case: `accessible-at` for `accessibleAt`. */
  readonly optionName: string;
  /** All accepted spellings of the name, without duplicates: kebab-case, snake_case and the name itself. */
  readonly spellings: readonly string[];
  /** The options, copied. */
  readonly options: Readonly<ConfigurableOptions>;

  /**
   * Declares a setting.
   *
   * @param name The field to set: letters, digits and `_`, beginning with a letter.
   * @param options How a raw value becomes the value of the field, and what the help text says of it.
   * @throws {TypeError} when the name does not fit, is a member of every object (`constructor`) or is `help`.
   */
  constructor(name: string, options: ConfigurableOptions = {}) {
    if (typeof name !== "string" || !NAME.test(name)) {
      throw new TypeError(
        `Cannot make ${JSON.stringify(name)} configurable: ` +
          "a name is made of letters, digits and _, and begins with a letter",
      );
    }
    if (name in Object.prototype) {
      throw new TypeError(`Cannot make "${name}" configurable: every object has a member of that name`);
    }
    this.name = name;
    this.optionName = toOptionName(name);
    if (this.optionName === "help") {
      throw new TypeError(`Cannot make "${name}" configurable: --help is taken by the help text`);
    }
    this.spellings = [...new Set([this.optionName, this.optionName.replaceAll("-", "_"), name])];
    this.options = { ...options };
  }
}

/**
 * Spells a field name as an option of the command line.
 *
 * @param name A name in camelCase or snake_case.
 * @returns The name in kebab-case.
 */
function toOptionName(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}
