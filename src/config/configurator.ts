/**
 * What a source of configuration is, and what it is told.
 *
 * @module
 */
import type { Configurable } from "./configurable.ts";

/**
 * What one `configure()` of one service tells its configurators. Made anew each time, and never written to.
 *
 * @example Read what a setting of the platform says, by a name of its own
 * ```ts
 * import { BaseConfigurator, type ConfigurationContext, type FoundValue } from "@gemstone/gemstone/config";
 *
 * class PlatformConfigurator extends BaseConfigurator {
 *   protected override read(context: ConfigurationContext): Map<string, FoundValue> {
 *     const value = context.env("PLATFORM_LISTEN_PORT");
 *     return value === undefined ? new Map() : new Map([["port", { value, source: "the platform" }]]);
 *   }
 * }
 * ```
 */
export interface ConfigurationContext {
  /** The settings that can be configured. */
  readonly configurables: readonly Configurable[];
  /** The name of the service. */
  readonly serviceName: string;
  /** The arguments of the command line, without the program. */
  readonly args: readonly string[];
  /** What the command line gives, by the name of the option; empty when no configurator has options. */
  readonly commandLine: ReadonlyMap<string, string>;
  /**
   * Reads a variable of the environment.
   * @param name The name of the variable.
   * @returns Its value, or `undefined` when there is none.
   */
  env(name: string): string | undefined;
}

/**
 * An option of the command line that a configurator reads.
 *
 * @example
 * ```ts
 * import type { CommandLineOption } from "@gemstone/gemstone/config";
 *
 * const region: CommandLineOption = {
 *   name: "--region", // the dashes keep it apart from the settings
 *   spellings: ["region"],
 *   kind: "value",
 *   description: "whose settings to take",
 *   defaultText: () => "eu",
 * };
 * ```
 */
export interface CommandLineOption {
  /** Its name, the key in {@linkcode ConfigurationContext.commandLine}. */
  readonly name: string;
  /** How it may be spelled after `--`; the help text shows the first. Empty for a positional argument. */
  readonly spellings: readonly string[];
  /**
   * `value`: needs one. `flag`: `--name` is `true`, `--no-name` is `false`. `positional`: taken by its place.
   */
  readonly kind: "value" | "flag" | "positional";
  /**
   * One short line for the help text.
   * @default no description
   */
  readonly description?: string;
  /**
   * Gives the default that the help text shows; called only for that.
   * @returns The default; `undefined` to show none.
   */
  defaultText?(): string | undefined;
}

/**
 * What a configurator has to do with the command line.
 *
 * @example A configurator with an option of its own
 * ```ts
 * import {
 *   applyConfiguration,
 *   BaseConfigurator,
 *   type CommandLineUse,
 *   Configurable,
 *   type ConfigurationContext,
 *   type FoundValue,
 * } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * class RegionConfigurator extends BaseConfigurator {
 *   commandLine(): CommandLineUse {
 *     return { options: [{ name: "--region", spellings: ["region"], kind: "value" }] };
 *   }
 *   protected override read({ commandLine }: ConfigurationContext): Map<string, FoundValue> {
 *     const region = commandLine.get("--region") ?? "eu";
 *     return new Map([["database", { value: `db.${region}.internal`, source: `region ${region}` }]]);
 *   }
 * }
 *
 * const settings = { database: "" };
 * await applyConfiguration(settings, {
 *   configurables: [new Configurable("database", { type: "string" })],
 *   configurators: [new RegionConfigurator()],
 *   args: ["--region", "us"],
 * });
 * assertEquals(settings.database, "db.us.internal");
 * ```
 */
export interface CommandLineUse {
  /** The options that it reads. */
  readonly options: readonly CommandLineOption[];
  /**
   * Arguments instead of those of the process.
   * @default those of the process
   */
  readonly args?: readonly string[];
  /**
   * The help text instead of the generated one.
   * @default generated from the options
   */
  readonly usage?: string;
}

/**
 * A source of configuration. One object may serve several services and several `configure()` calls, also at the
 * same time: what `load` finds belongs to the context that it was given. {@linkcode BaseConfigurator} does that.
 *
 * @example A source with a fixed answer
 * ```ts
 * import { applyConfiguration, Configurable, type Configurator } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const fixed: Configurator = {
 *   source: "the office",
 *   load() {},
 *   get: (name) => name === "port" ? 8080 : undefined,
 * };
 * const settings = { port: 8000 };
 * const configurables = [new Configurable("port", { type: "integer" })];
 * await applyConfiguration(settings, { configurables, configurators: [fixed] });
 * assertEquals(settings.port, 8080);
 * ```
 */
export interface Configurator {
  /**
   * Where the values come from, for error texts and logs.
   * @default "a configurator"
   */
  readonly source?: string;
  /**
   * Whether text is a value already, as in a JSON file. Only settings of type `json` care.
   * @default false
   */
  readonly typed?: boolean;
  /**
   * Settings that this configurator adds to those of the service.
   * @default none
   */
  readonly configurables?: readonly Configurable[];
  /**
   * Adds a setting to {@linkcode Configurator.configurables}.
   * @param configurable The setting.
   */
  registerConfigurable?(configurable: Configurable): void;
  /**
   * Says what it reads from the command line. All configurators share one command line, so that none calls an
   * option of another unknown.
   * @param configurables The settings that can be configured.
   * @param defaultTextOf Gives the default that the help text shows for a setting.
   * @returns Its options; `undefined` when it reads nothing there. When no configurator reads the command line,
   * the arguments are left alone.
   */
  commandLine?(
    configurables: readonly Configurable[],
    defaultTextOf: (configurable: Configurable) => string | undefined,
  ): CommandLineUse | undefined;
  /**
   * Finds the values. Called once for each context, before any `get` for it.
   * @param context What to configure, and from what.
   */
  load(context: ConfigurationContext): void | Promise<void>;
  /**
   * Gives a raw value; `type`, `template` and `mappings` are applied afterwards.
   * @param name The name of the configurable.
   * @param context The context that `load` was given.
   * @returns The value; `undefined` when there is none. Any other value counts, also `0`, `""`, `false`, `null`.
   */
  get(name: string, context: ConfigurationContext): unknown;
  /**
   * Says where one value comes from, when that is more than `source`.
   * @param name The name of the configurable.
   * @param context The context that `load` was given.
   * @returns Where it comes from; `undefined` for `source`.
   */
  sourceOf?(name: string, context: ConfigurationContext): string | undefined;
}
