/**
 * Checks the settings of a service before it answers anything.
 *
 * @module
 */
import type { DiscoveryCache } from "../discovery/discovery_cache.ts";
import type { DiscoveryStrategy } from "../discovery/discovery_strategy.ts";
import { ServiceConfigurationError } from "../errors.ts";
import { checkTimeLimit } from "../rpc/deadlines.ts";
import type { EventTransport } from "../events/event_transport.ts";
import type { Container } from "./container.ts";
import type { PeriodicTask } from "./periodic_task.ts";
import type { BasePlugin } from "./plugin.ts";

/** The settings of how a service finds others and is found; {@linkcode MicroService} describes them. */
export interface DiscoverySettings {
  readonly discoveryStrategies: readonly DiscoveryStrategy[];
  readonly serviceRegistryUrls: readonly string[];
  readonly serviceRegistryPingIntervalMs: number;
  readonly remoteServiceCache: DiscoveryCache | undefined;
}

/** The settings that are checked here; {@linkcode MicroService} describes them. */
export interface CheckedSettings extends DiscoverySettings {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly endpoint: string;
  readonly accessibleAt: string | undefined;
  readonly responseStyle: string;
  readonly maxBodyBytes: number;
  readonly maxBatchSize: number;
  readonly callTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
  readonly maxParallelBlockingTasks: number | undefined;
  readonly modules: readonly object[];
  readonly eventTransports: readonly EventTransport[];
  readonly plugins: readonly BasePlugin[];
  readonly periodicTasks: readonly PeriodicTask[];
}

/**
 * Checks settings.
 *
 * @param settings The settings.
 * @throws {ServiceConfigurationError} when one can not be used: the text names it, its value, and what can.
 */
export function checkSettings(settings: CheckedSettings): void {
  const { responseStyle } = settings;
  checkAddress(settings);
  demand(
    responseStyle === "spec" || responseStyle === "legacy",
    "responseStyle",
    responseStyle,
    '"spec" or "legacy"',
  );
  const isModule = (value: unknown) =>
    typeof (value as Partial<Container> | null)?.getExposedMethods === "function";
  const areModules = Array.isArray(settings.modules) && settings.modules.every(isModule);
  demand(areModules, "modules", settings.modules, "instances of Container, as in: [new Users()]");
  checkTransports(settings.eventTransports);
  // What is in these two is checked by those who run it, and loaded only where there is something in them.
  demand(Array.isArray(settings.plugins), "plugins", settings.plugins, "a list, as in: [new Audit()]");
  demand(
    Array.isArray(settings.periodicTasks),
    "periodicTasks",
    settings.periodicTasks,
    "a list, as in: [[task, 60_000]]",
  );
  for (const limit of ["maxBodyBytes", "maxBatchSize"] as const) demandCount(limit, settings[limit]);
  if (settings.maxParallelBlockingTasks !== undefined) {
    demandCount("maxParallelBlockingTasks", settings.maxParallelBlockingTasks);
  }
  for (const limit of ["callTimeoutMs", "shutdownTimeoutMs", "serviceRegistryPingIntervalMs"] as const) {
    demandTime(limit, settings[limit]);
  }
}

/**
 * Checks a time limit of a service.
 *
 * @param name The setting.
 * @param value Its value in milliseconds.
 * @throws {ServiceConfigurationError} when no timer can keep it.
 */
export function demandTime(name: string, value: number): void {
  try {
    checkTimeLimit(`service's ${name}`, value);
  } catch (cause) {
    throw new ServiceConfigurationError((cause as Error).message, { cause });
  }
}

/**
 * Says whether a service has ways to find others and to be found, or something else in the place of them.
 *
 * @param settings The settings.
 * @returns Whether there is anything to check or to use.
 */
export function usesDiscovery(settings: DiscoverySettings): boolean {
  const isEmpty = (list: unknown) => Array.isArray(list) && list.length === 0;
  return !isEmpty(settings.discoveryStrategies) || !isEmpty(settings.serviceRegistryUrls) ||
    settings.remoteServiceCache !== undefined;
}

/** What stands before the host of a URL. */
const USER_INFO = /\/\/[^/?#]*@/;

function checkAddress({ name, host, port, endpoint, accessibleAt }: CheckedSettings): void {
  demand(
    typeof name === "string" && name.trim() !== "",
    "name",
    name,
    'a name, as in: override name = "users"',
  );
  demand(
    typeof host === "string" && host !== "",
    "host",
    host,
    "an address to listen on, such as 127.0.0.1",
  );
  demand(Number.isInteger(port) && port >= 0 && port <= 65535, "port", port, "an integer from 0 to 65535");
  demand(isPath(endpoint), "endpoint", endpoint, 'a path that begins with "/", without query or fragment');
  demand(
    accessibleAt === undefined || (isHttpUrl(accessibleAt) && !USER_INFO.test(accessibleAt)),
    "accessibleAt",
    typeof accessibleAt === "string" ? accessibleAt.replace(USER_INFO, "//***@") : accessibleAt,
    "an http or https URL without user and password, as it is announced to others",
  );
}

function checkTransports(transports: readonly EventTransport[]): void {
  const isTransport = (value: unknown) =>
    typeof (value as Partial<EventTransport> | null)?.emit === "function" &&
    typeof (value as Partial<EventTransport>).subscribe === "function";
  demand(
    Array.isArray(transports) && transports.every(isTransport),
    "eventTransports",
    transports,
    "event transports, as in: [new MemoryEventTransport()]",
  );
  demand(
    new Set(transports).size === transports.length,
    "eventTransports",
    transports.map((transport) => transport.constructor.name),
    "each transport once",
  );
}

function demandCount(name: string, value: number): void {
  demand(Number.isSafeInteger(value) && value > 0, name, value, "a positive integer");
}

/**
 * Makes sure that a setting can be used.
 *
 * @param isRight Whether it can.
 * @param name The setting.
 * @param value Its value.
 * @param accepted What can be used.
 * @throws {ServiceConfigurationError} when it can not.
 */
export function demand(isRight: boolean, name: string, value: unknown, accepted: string): asserts isRight {
  if (isRight) return;
  const text = toText(value);
  throw new ServiceConfigurationError(`Cannot use ${text} as the service's ${name}: give ${accepted}`);
}

function toText(value: unknown): string {
  try {
    return typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
  } catch {
    // A cycle or a BigInt: what it is says enough.
    return typeof value === "object" ? "this value" : String(value);
  }
}

function isPath(path: string): boolean {
  return typeof path === "string" && path.startsWith("/") && !path.startsWith("//") && !/[?#\s]/.test(path);
}

/**
 * Says whether a text is the URL of something that speaks HTTP.
 *
 * @param text The text.
 * @returns Whether it is.
 */
export function isHttpUrl(text: string): boolean {
  return typeof text === "string" && /^https?:\/\//i.test(text) && URL.canParse(text);
}
