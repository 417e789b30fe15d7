/**
 * The settings that every service can have configured.
 *
 * @module
 */
import { Configurable } from "./configurable.ts";

const FIRST_RANDOM_PORT = 8000;
const LAST_RANDOM_PORT = 65000;

/**
 * The options of {@linkcode defaultConfigurables}.
 *
 * @example A test of `--port random` that always gives the same port
 * ```ts
 * import {
 *   applyConfiguration,
 *   defaultConfigurables,
 *   type DefaultConfigurablesOptions,
 *   ObjectConfigurator,
 * } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * const options: DefaultConfigurablesOptions = { random: () => 0 };
 * const settings = { port: 0 };
 * await applyConfiguration(settings, {
 *   configurables: defaultConfigurables(options),
 *   configurators: [new ObjectConfigurator({ port: "random" })],
 * });
 * assertEquals(settings.port, 8000);
 * ```
 */
export interface DefaultConfigurablesOptions {
  /**
   * Gives a number from 0 up to, and not including, 1.
   * @default Math.random
   */
  readonly random?: () => number;
}

/**
 * Makes the settings that every service can have configured, as Python gemstone has them: `port`, `host`,
 * `accessibleAt` and `endpoint`. The port is a number from 0 (any free port) to 65535, or `random` for one from
 * 8000 to 65000, both included.
 *
 * @param options The source of random numbers.
 * @returns New objects with each call.
 *
 * @example The settings of a service that has one more
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { Configurable, defaultConfigurables } from "@gemstone/gemstone/config";
 * import { assertEquals } from "@std/assert";
 *
 * class Greeter extends MicroService {
 *   override name = "greeter";
 *   greeting = "hello";
 *   override configurables = [...defaultConfigurables(), new Configurable("greeting", { type: "string" })];
 * }
 *
 * const greeter = new Greeter();
 * await greeter.configure(["--greeting=hi", "--port=9000"]);
 * assertEquals([greeter.greeting, greeter.port], ["hi", 9000]);
 * ```
 */
export function defaultConfigurables(options: DefaultConfigurablesOptions = {}): Configurable[] {
  const { random = Math.random } = options;
  return [
    new Configurable("port", {
      type: (raw) => toPort(raw, random),
      description: 'TCP port to listen on, or "random" for one from 8000 to 65000',
    }),
    new Configurable("host", { type: "string", description: "address to listen on" }),
    new Configurable("accessibleAt", {
      type: "string",
      description: "URL at which other services reach this one",
    }),
    new Configurable("endpoint", { type: "string", description: "path of the JSON-RPC endpoint" }),
  ];
}

function toPort(raw: string, random: () => number): number {
  if (raw === "random") {
    return FIRST_RANDOM_PORT + Math.floor(random() * (LAST_RANDOM_PORT - FIRST_RANDOM_PORT + 1));
  }
  const port = /^\d{1,5}$/.test(raw) ? Number(raw) : NaN;
  if (!(port <= 65_535)) throw new RangeError('must be a whole number from 0 to 65535, or "random"');
  return port;
}
