/**
 * Settings from the command line.
 *
 * @module
 */
import { BaseConfigurator, type FoundValue } from "./base_configurator.ts";
import type { Configurable } from "./configurable.ts";
import type { CommandLineUse, ConfigurationContext } from "./configurator.ts";

/**
 * The options of {@linkcode CommandLineConfigurator}.
 *
 * @example A help text of your own
 * ```ts
 * import {
 *   applyConfiguration,
 *   CommandLineConfigurator,
 *   type CommandLineConfiguratorOptions,
 *   Configurable,
 *   UsageRequest,
 * } from "@gemstone/gemstone/config";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const options: CommandLineConfiguratorOptions = {
 *   args: ["--help"],
 *   usage: "shop [--port N]\n\nSells things.",
 * };
 * const request = await assertRejects(
 *   () =>
 *     applyConfiguration({ port: 8000 }, {
 *       configurables: [new Configurable("port", { type: "integer" })],
 *       configurators: [new CommandLineConfigurator(options)],
 *     }),
 *   UsageRequest,
 * );
 * assertEquals([request.exitCode, request.text], [0, "shop [--port N]\n\nSells things."]);
 * ```
 */
export interface CommandLineConfiguratorOptions {
  /**
   * Arguments instead of those of the process.
   * @default those of the process
   */
  readonly args?: readonly string[];
  /**
   * The text for `--help` instead of the generated one.
   * @default generated from the configurables
   */
  readonly usage?: string;
}

/**
 * Takes each setting from an option: `--accessible-at URL` for `accessibleAt`. All values are text.
 *
 * `--name value` and `--name=value` mean the same; a setting of type `boolean` is `--name`, `--no-name` or
 * `--name=false`; `--po 9000` is enough for `--port` when no other option begins with `po`; of a repeated option
 * the last counts; a value that begins with `-` and is no number is written with `=`. `-h` and `--help` ask for
 * the help text. A command line that can not be understood is refused as a whole, by a `UsageRequest`.
 *
 * @example
 * ```ts
 * import { applyConfiguration, CommandLineConfigurator, Configurable } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = { port: 8000 };
 * await applyConfiguration(settings, {
 *   configurables: [new Configurable("port", { type: "integer" })],
 *   configurators: [new CommandLineConfigurator({ args: ["--port", "9000"] })],
 * });
 * assertEquals(settings.port, 9000);
 * ```
 */
export class CommandLineConfigurator extends BaseConfigurator {
  /** Where the values come from. */
  readonly source = "the command line";
  readonly #options: CommandLineConfiguratorOptions;

  /**
   * Creates the configurator; it reads nothing yet.
   *
   * @param options Fixed arguments and help text.
   */
  constructor(options: CommandLineConfiguratorOptions = {}) {
    super();
    this.#options = {
      ...options,
      ...options.args !== undefined && { args: [...options.args] },
    };
  }

  /**
   * Makes an option of each setting.
   *
   * @param configurables The settings that can be configured.
   * @param defaultTextOf Gives the default that the help text shows for a setting.
   * @returns The options.
   */
  commandLine(
    configurables: readonly Configurable[],
    defaultTextOf: (configurable: Configurable) => string | undefined,
  ): CommandLineUse {
    const options = configurables.map((configurable) => {
      const { name, spellings, options: { type, description } } = configurable;
      return {
        name,
        spellings,
        kind: type === "boolean" ? "flag" as const : "value" as const,
        ...description !== undefined && { description },
        defaultText: () => defaultTextOf(configurable),
      };
    });
    return { ...this.#options, options };
  }

  /** Picks the settings that the command line gives. */
  protected override read(context: ConfigurationContext): Map<string, FoundValue> {
    const found = new Map<string, FoundValue>();
    for (const { name } of context.configurables) {
      const value = context.commandLine.get(name);
      if (value !== undefined) found.set(name, { value, source: this.source });
    }
    return found;
  }
}
