/**
 * The services that the conformance cases are played against. As a program it starts them all, prints their
 * addresses as one line of JSON, and runs until SIGTERM or SIGINT: `deno task fixture`.
 *
 * @module
 */
import type { MicroService } from "@gemstone/gemstone";
import { CompatService } from "./services/compat_service.ts";
import { MainService } from "./services/main_service.ts";
import { RegistryService } from "./services/registry_service.ts";
import { StatsService } from "./services/stats_service.ts";
import { TokensService } from "./services/tokens_service.ts";

const SERVICES: Readonly<Record<string, () => MicroService>> = {
  main: () => new MainService(),
  tokens: () => new TokensService(),
  compat: () => new CompatService(),
  stats: () => new StatsService(),
  registry: () => new RegistryService(),
};

/** Running services. */
export interface Fixture extends AsyncDisposable {
  /** The base URL of each, without the endpoint, by the name that the cases use. */
  readonly bases: Readonly<Record<string, string>>;
}

/**
 * Starts services on free ports.
 *
 * @param names Which of them. @default all
 * @returns The services; they stop when this is disposed of.
 */
export async function startFixture(names: readonly string[] = Object.keys(SERVICES)): Promise<Fixture> {
  const services = names.map((name) => [name, createService(name)] as const);
  await Promise.all(services.map(([, service]) => service.start()));
  return {
    bases: Object.fromEntries(services.map(([name, { url }]) => [name, new URL(url).origin])),
    async [Symbol.asyncDispose]() {
      await Promise.all(services.map(([, service]) => service.stop()));
    },
  };
}

function createService(name: string): MicroService {
  const create = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
  if (create === undefined) {
    throw new RangeError(`Cannot start service "${name}": the fixture has no such one`);
  }
  return create();
}

if (import.meta.main) {
  const { bases } = await startFixture();
  // deno-lint-ignore no-console -- whoever started the program waits for this line
  console.log(JSON.stringify(bases));
}
