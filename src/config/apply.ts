/**
 * Configures an object: asks all configurators, converts what they have, and assigns it when all of it is fine.
 *
 * @module
 */
import type { Configurable } from "./configurable.ts";
import type { ConfigurationContext, Configurator } from "./configurator.ts";
import { convertValue } from "./conversion.ts";
import { assertAssignable, defaultTextFor } from "./target.ts";

/**
 * What {@linkcode applyConfiguration} works with.
 *
 * @example Configure a script that is no service
 * ```ts
 * import {
 *   applyConfiguration,
 *   CommandLineConfigurator,
 *   Configurable,
 *   type ConfigurationSettings,
 * } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const job = { limit: 100, dryRun: false };
 * const settings: ConfigurationSettings = {
 *   configurables: [
 *     new Configurable("limit", { type: "integer" }),
 *     new Configurable("dryRun", { type: "boolean" }),
 *   ],
 *   configurators: [new CommandLineConfigurator()],
 *   args: ["--limit=20", "--dry-run"],
 *   serviceName: "import-orders",
 * };
 * await applyConfiguration(job, settings);
 * assertEquals(job, { limit: 20, dryRun: true });
 * ```
 */
export interface ConfigurationSettings {
  /** The settings that can be configured. Of two with the same name the later counts. */
  readonly configurables: readonly Configurable[];
  /** Where to look for values. The last one that has a value for a setting wins. */
  readonly configurators: readonly Configurator[];
  /**
   * The arguments of the command line, without the program.
   * @default []
   */
  readonly args?: readonly string[];
  /**
   * Reads a variable of the environment.
   * @default an empty environment
   */
  readonly env?: (name: string) => string | undefined;
  /**
   * The name of the service, for the help text and the names of variables and sections.
   * @default ""
   */
  readonly serviceName?: string;
}

/**
 * A setting that was configured.
 *
 * @example Say at the start what has been set, without the values: one may be a secret
 * ```ts
 * import type { AppliedValue } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * function describe(applied: readonly AppliedValue[]): string {
 *   return applied.map(({ name, source }) => `${name} from ${source}`).join(", ");
 * }
 *
 * assertEquals(
 *   describe([{ name: "token", value: "s3cret", source: "the environment" }]),
 *   "token from the environment",
 * );
 * ```
 */
export interface AppliedValue {
  /** The name of the setting. */
  readonly name: string;
  /** The value that was assigned. */
  readonly value: unknown;
  /** Where it came from: `the command line`, `file "service.json"`. */
  readonly source: string;
}

/**
 * Configures an object. All configurators are loaded first, one after the other; then for each setting the last
 * configurator that has a value decides, and only that value is converted; then all values are assigned. When
 * anything goes wrong before the last step the target is as it was. It may be called again at any time; settings
 * that no configurator has a value for stay as they are.
 *
 * @param target The object whose fields are set. A setter is called; a setter that throws ends the assigning.
 * @param settings The settings, the configurators, and what these read.
 * @returns What was set and from where, in the order of the configurables.
 * @throws {ConfigurationValueError} when a file can not be read or a value can not be used.
 * @throws {UsageRequest} when the command line asks for help or can not be understood.
 * @throws {TypeError} when a setting is a method or is read-only in the target, or two share a spelling.
 *
 * @example
 * ```ts
 * import { applyConfiguration, Configurable, EnvironmentConfigurator } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = { retries: 3 };
 * const applied = await applyConfiguration(settings, {
 *   configurables: [new Configurable("retries", { type: "integer" })],
 *   configurators: [new EnvironmentConfigurator({ prefix: "SHOP" })],
 *   env: (name) => name === "SHOP_RETRIES" ? "0" : undefined,
 * });
 * assertEquals(settings.retries, 0);
 * assertEquals(applied[0]?.source, 'environment variable "SHOP_RETRIES"');
 * ```
 */
export async function applyConfiguration(
  target: object,
  settings: ConfigurationSettings,
): Promise<AppliedValue[]> {
  const configurators = [...settings.configurators];
  const configurables = mergeConfigurables([
    ...configurators.flatMap((configurator) => configurator.configurables ?? []),
    ...settings.configurables,
  ]);
  for (const { name } of configurables) assertAssignable(target, name);
  const context = await createContext(target, configurables, settings);
  for (const configurator of configurators) await configurator.load(context);
  const applied = configurables.flatMap((configurable) => resolveValue(configurable, configurators, context));
  for (const { name, value } of applied) {
    // Every name has been checked above: it is declared, writable and no method.
    (target as Record<string, unknown>)[name] = value;
  }
  return applied;
}

function mergeConfigurables(configurables: readonly Configurable[]): readonly Configurable[] {
  const byName = new Map(configurables.map((configurable) => [configurable.name, configurable]));
  const byOption = new Map<string, string>();
  for (const { name, optionName } of byName.values()) {
    const other = byOption.get(optionName);
    if (other !== undefined) {
      throw new TypeError(`Cannot configure "${name}" besides "${other}": both are spelled --${optionName}`);
    }
    byOption.set(optionName, name);
  }
  return Object.freeze([...byName.values()]);
}

/** One command line serves all configurators; of several fixed arguments or help texts the last counts. */
async function createContext(
  target: object,
  configurables: readonly Configurable[],
  settings: ConfigurationSettings,
): Promise<ConfigurationContext> {
  const { configurators, args = [], serviceName = "", env = () => undefined } = settings;
  const uses = configurators.flatMap((configurator) =>
    configurator.commandLine?.(configurables, (configurable) => defaultTextFor(target, configurable)) ?? []
  );
  const line = {
    options: uses.flatMap((use) => use.options),
    args: Object.freeze([...uses.findLast((use) => use.args !== undefined)?.args ?? args]),
    usage: uses.findLast((use) => use.usage !== undefined)?.usage,
  };
  // The parser is loaded only when there is something to parse: most services are started without arguments.
  const isRead = uses.length > 0 && line.args.length > 0;
  const commandLine = isRead
    ? (await import("./command_line.ts")).parseCommandLine(serviceName === "" ? "service" : serviceName, line)
    : new Map<string, string>();
  return Object.freeze({ configurables, serviceName, env, args: line.args, commandLine });
}

/** Gives the one value, or none: an array, so that the caller can flatten. */
function resolveValue(
  configurable: Configurable,
  configurators: readonly Configurator[],
  context: ConfigurationContext,
): AppliedValue[] {
  const { name } = configurable;
  for (const configurator of configurators.toReversed()) {
    const raw = configurator.get(name, context);
    if (raw === undefined) continue;
    const source = configurator.sourceOf?.(name, context) ?? configurator.source ?? "a configurator";
    const value = convertValue(configurable, { value: raw, source, typed: configurator.typed ?? false });
    return [{ name, value, source }];
  }
  return [];
}
