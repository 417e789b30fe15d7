/**
 * Applies the configurators of a service.
 *
 * @module
 */
import { applyConfiguration } from "../config/apply.ts";
import { CommandLineConfigurator } from "../config/command_line_configurator.ts";
import type { Configurable } from "../config/configurable.ts";
import type { Configurator } from "../config/configurator.ts";
import { defaultConfigurables } from "../config/default_configurables.ts";
import type { Logger } from "../logger.ts";
import { readEnvironmentVariable } from "../runtime/process.ts";

/** The settings that say what is configured; what is `undefined` has its default. */
export interface ConfigurationChoice {
  readonly configurables: readonly Configurable[] | undefined;
  readonly configurators: readonly Configurator[] | undefined;
}

/** What is asked of a service to configure it. */
export interface ConfigurableService extends ConfigurationChoice {
  readonly name: string;
  readonly logger: Logger;
}

/**
 * Fills in the defaults: port, host, accessibleAt and endpoint, from the command line.
 *
 * @param choice What the service has chosen.
 * @returns What is configured, and from where.
 */
export function effectiveConfiguration(
  { configurables = defaultConfigurables(), configurators = [new CommandLineConfigurator()] }:
    ConfigurationChoice,
): { configurables: readonly Configurable[]; configurators: readonly Configurator[] } {
  return { configurables, configurators };
}

/**
 * Takes the settings of a service from its configurators.
 *
 * @param service The service; its fields are assigned when all values are fine.
 * @param args The command line.
 * @throws {ConfigurationValueError} when a value can not be used.
 * @throws {UsageRequest} when the command line asks for help or can not be understood.
 */
export async function configureService(service: ConfigurableService, args: readonly string[]): Promise<void> {
  const applied = await applyConfiguration(service, {
    ...effectiveConfiguration(service),
    args,
    env: readEnvironmentVariable,
    serviceName: service.name,
  });
  // Values are left out: one may be a secret.
  for (const { name, source } of applied) service.logger.debug(`Setting "${name}" comes from ${source}`);
}
