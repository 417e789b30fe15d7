/**
 * Checks the settings of a service before it answers anything.
 *
 * @module
 */
import { ServiceConfigurationError } from "../errors.ts";

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
}

/** The longest time that a timer takes, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Checks settings.
 *
 * @param settings The settings.
 * @throws {ServiceConfigurationError} when one can not be used: the text names it, its value, and what can.
 */
export function checkSettings(settings: CheckedSettings): void {
  const { name, host, port, endpoint, accessibleAt, responseStyle } = settings;
  require(
    typeof name === "string" && name.trim() !== "",
    "name",
    name,
    'a name, as in: override name = "users"',
  );
  require(
    typeof host === "string" && host !== "",
    "host",
    host,
    "an address to listen on, such as 127.0.0.1",
  );
  require(Number.isInteger(port) && port >= 0 && port <= 65535, "port", port, "an integer from 0 to 65535");
  require(isPath(endpoint), "endpoint", endpoint, 'a path that begins with "/", without query or fragment');
  require(
    accessibleAt === undefined || isHttpUrl(accessibleAt),
    "accessibleAt",
    accessibleAt,
    "an http or https URL",
  );
  require(
    responseStyle === "spec" || responseStyle === "legacy",
    "responseStyle",
    responseStyle,
    '"spec" or "legacy"',
  );
  for (const limit of ["maxBodyBytes", "maxBatchSize"] as const) requireCount(limit, settings[limit]);
  if (settings.maxParallelBlockingTasks !== undefined) {
    requireCount("maxParallelBlockingTasks", settings.maxParallelBlockingTasks);
  }
  for (const limit of ["callTimeoutMs", "shutdownTimeoutMs"] as const) {
    requireTime(`${limit}`, settings[limit]);
  }
}

/**
 * Checks a time limit.
 *
 * @param name Its name, for the text of the error.
 * @param value Its value in milliseconds.
 * @throws {ServiceConfigurationError} when no timer can keep it.
 */
export function requireTime(name: string, value: number): void {
  const isTime = typeof value === "number" && value > 0 && (value <= LONGEST_TIMER || value === Infinity);
  require(isTime, name, value, `milliseconds from 1 to ${LONGEST_TIMER}, or Infinity`);
}

function requireCount(name: string, value: number): void {
  require(Number.isSafeInteger(value) && value > 0, name, value, "a positive integer");
}

function require(isRight: boolean, name: string, value: unknown, accepted: string): asserts isRight {
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
