/**
 * Checks how a service finds others and is found. Loaded where it has ways to.
 *
 * @module
 */
import { hidePasswords } from "../config/hide_passwords.ts";
import { demand, demandTime, type DiscoverySettings, isHttpUrl } from "./settings.ts";

/**
 * Checks the settings of discovery.
 *
 * @param settings The settings.
 * @throws {ServiceConfigurationError} when one can not be used: the text names it, its value, and what can.
 */
export function checkDiscovery(settings: DiscoverySettings): void {
  const { discoveryStrategies, serviceRegistryUrls, remoteServiceCache } = settings;
  demand(
    Array.isArray(discoveryStrategies) &&
      discoveryStrategies.every((strategy) => hasFunctions(strategy, ["ping", "locate"])),
    "discoveryStrategies",
    discoveryStrategies,
    "discovery strategies, as in: [new RedisDiscoveryStrategy(url)]",
  );
  demand(
    Array.isArray(serviceRegistryUrls) && serviceRegistryUrls.every(isHttpUrl),
    "serviceRegistryUrls",
    hideAll(serviceRegistryUrls),
    'http or https URLs, as in: ["http://127.0.0.1:8001/api"]',
  );
  demand(
    remoteServiceCache === undefined || hasFunctions(remoteServiceCache, ["get", "set", "delete"]),
    "remoteServiceCache",
    remoteServiceCache,
    "a discovery cache, such as new ServiceDiscoveryCache()",
  );
  demandTime("serviceRegistryPingIntervalMs", settings.serviceRegistryPingIntervalMs);
}

function hasFunctions(value: unknown, names: readonly string[]): boolean {
  return typeof value === "object" && value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}

function hideAll(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideAll);
  return typeof value === "string" ? hidePasswords(value) : value;
}
