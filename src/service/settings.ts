/**
 * Checks the settings of a service before it answers anything.
 *
 * @module
 */
import { ServiceConfigurationError } from "../errors.ts";
import { checkTimeLimit } from "../rpc/deadlines.ts";
import type { EventTransport } from "../events/event_transport.ts";
import type { Container } from "./container.ts";

/** The settings that are checked here; {@linkcode MicroService} describes them. */
export interface CheckedSettings {
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
}

/**
 * Checks settings.
 *
 * @param settings The settings.
 * @throws {ServiceConfigurationError} when one can not be used: the text names it, its value, and what can.
 */
export function checkSettings(settings: CheckedSettings): void {
  const { name, host, port, endpoint, accessibleAt, responseStyle } = settings;
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
    accessibleAt === undefined || isHttpUrl(accessibleAt),
    "accessibleAt",
    accessibleAt,
    "an http or https URL",
  );
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
  for (const limit of ["maxBodyBytes", "maxBatchSize"] as const) demandCount(limit, settings[limit]);
  if (settings.maxParallelBlockingTasks !== undefined) {
    demandCount("maxParallelBlockingTasks", settings.maxParallelBlockingTasks);
  }
  for (const limit of ["callTimeoutMs", "shutdownTimeoutMs"] as const) {
    try {
      checkTimeLimit(`service's ${limit}`, settings[limit]);
    } catch (cause) {
      throw new ServiceConfigurationError((cause as Error).message, { cause });
    }
  }
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

function demand(isRight: boolean, name: string, value: unknown, accepted: string): asserts isRight {
  if (isRight) return;
  const text = typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
  throw new ServiceConfigurationError(`Cannot use ${text} as the service's ${name}: give ${accepted}`);
}

function isPath(path: string): boolean {
  return typeof path === "string" && path.startsWith("/") && !path.startsWith("//") && !/[?#\s]/.test(path);
}

function isHttpUrl(text: string): boolean {
  return typeof text === "string" && /^https?:\/\//i.test(text) && URL.canParse(text);
}
