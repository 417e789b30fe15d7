/**
 * What a service says of itself: to its callers, and to whoever runs it.
 *
 * @module
 */
import type { Configurable } from "../config/configurable.ts";
import type { Configurator } from "../config/configurator.ts";
import { hidePasswords } from "../config/hide_passwords.ts";
import type { EventTransport } from "../events/event_transport.ts";
import type { JsonObject } from "../json.ts";
import { getProcessorCount } from "../runtime/process.ts";
import type { EventHandling } from "./event_handler.ts";
import type { Exposure } from "./exposure.ts";
import type { TaskOwner } from "./periodic_schedule.ts";
import type { BasePlugin } from "./plugin.ts";
import type { DiscoverySettings } from "./settings.ts";

/** The settings that a service describes itself by; {@linkcode MicroService} documents them. */
export interface DescribedSettings extends DiscoverySettings, TaskOwner {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly endpoint: string;
  readonly accessibleAt: string | undefined;
  readonly maxParallelBlockingTasks: number | undefined;
  readonly validationStrategies: readonly object[];
  readonly eventTransports: readonly EventTransport[];
  readonly configurables: readonly Configurable[] | undefined;
  readonly configurators: readonly Configurator[] | undefined;
  readonly plugins: readonly BasePlugin[];
}

/**
 * Answers `get_service_specs`, in the shape of the original.
 *
 * @param settings The settings of the service.
 * @param exposures All that it exposes.
 * @param handlings All events that it handles.
 * @returns Its name, its address and what it offers: `methods` and `events_handled` map each name to its text or
 * null.
 */
export function describeService(
  settings: DescribedSettings,
  exposures: readonly Exposure[],
  handlings: readonly EventHandling[],
): JsonObject {
  return {
    name: settings.name,
    host: settings.host,
    port: Number(new URL(settings.url).port) || settings.port,
    accessible_at: settings.accessibleAt ?? settings.url,
    max_parallel_blocking_tasks: toPoolSize(settings),
    methods: Object.fromEntries(exposures.map(({ name, options }) => [name, toDocText(options)])),
    event_transports: settings.eventTransports.map(toClassName),
    events_handled: Object.fromEntries(handlings.map(({ event, options }) => [event, toDocText(options)])),
  };
}

/**
 * Answers `getCurrentConfiguration()`.
 *
 * @param settings The settings of the service.
 * @returns The settings as they are now; objects are given by the names of their classes, plugins and
 * periodic tasks by their own, and passwords in URLs are left out.
 */
export async function describeConfiguration(settings: DescribedSettings): Promise<JsonObject> {
  const { effectiveConfiguration } = await import("./configure.ts");
  const { configurables, configurators } = effectiveConfiguration(settings);
  const { collectTasks } = await import("./periodic_schedule.ts");
  return {
    name: settings.name,
    host: settings.host,
    port: settings.port,
    endpoint: settings.endpoint,
    accessibleAt: hidePasswords(settings.accessibleAt ?? settings.url),
    autodiscovery: {
      serviceRegistryUrls: settings.serviceRegistryUrls.map(hidePasswords),
      serviceRegistryPingIntervalMs: settings.serviceRegistryPingIntervalMs,
      discoveryStrategies: settings.discoveryStrategies.map(toClassName),
    },
    plugins: settings.plugins.map(({ name }) => name),
    periodicTasks: collectTasks(settings).map(({ name, every }) => ({ name, every })),
    maxParallelBlockingTasks: toPoolSize(settings),
    accessControl: { validationStrategies: settings.validationStrategies.map(toClassName) },
    event: { eventTransports: settings.eventTransports.map(toClassName) },
    configuration: {
      configurables: configurables.map(({ name }) => name),
      configurators: configurators.map(toClassName),
    },
  };
}

function toDocText(
  { summary, description, deprecated }: Pick<Exposure["options"], "summary" | "description" | "deprecated">,
): string | null {
  const texts = [deprecated ? "Deprecated." : undefined, summary, description];
  return texts.filter((text) => text !== undefined).join("\n\n") || null;
}

function toPoolSize({ maxParallelBlockingTasks }: DescribedSettings): number {
  return maxParallelBlockingTasks ?? getProcessorCount();
}

function toClassName(value: object): string {
  return value.constructor.name;
}
