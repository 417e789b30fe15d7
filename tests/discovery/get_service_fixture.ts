/** Services that answer without a network, found by strategies that a test controls. */
import type { FetchFunction, RemoteService, RemoteServiceOptions } from "@gemstone/gemstone/client";
import {
  type DiscoveryCache,
  type DiscoveryStrategy,
  ServiceDiscovery,
  ServiceDiscoveryCache,
} from "@gemstone/gemstone/discovery";
import { ManualClock } from "@gemstone/gemstone/testing";
import { createMemoryLogger, type MemoryLogger } from "../support/service.ts";

/** The URL of an instance. */
export function urlOf(name: string): string {
  return `http://${name}.test/api`;
}

/** A discovery, the instances and what they were asked. */
export class GetServiceStage {
  readonly clock: ManualClock = new ManualClock();
  readonly logger: MemoryLogger = createMemoryLogger();
  readonly discovery: ServiceDiscovery;
  /** The names of the instances that refuse connections. */
  readonly dead: Set<string> = new Set();
  /** The names of the instances that were called, in order. */
  readonly called: string[] = [];
  /** What chance says next; 0 when it is empty. */
  readonly chances: number[] = [];

  constructor(strategies: readonly DiscoveryStrategy[], cache?: DiscoveryCache) {
    this.discovery = new ServiceDiscovery({
      strategies,
      cache: cache ?? new ServiceDiscoveryCache({ now: () => this.clock.elapsed() }),
      pingIntervalMs: 30_000,
      logger: this.logger,
      clock: this.clock,
      random: () => this.chances.shift() ?? 0,
    });
  }

  /** Finds a service whose instances answer with their names. */
  getService(pattern: string, options: RemoteServiceOptions = {}): Promise<RemoteService> {
    return this.discovery.getService(pattern, { fetch: this.fetch, ...options });
  }

  /** What was logged, but for details. */
  get lines(): string[] {
    return this.logger.records.filter(({ level }) => level !== "debug")
      .map(({ level, message }) => `${level}: ${message}`);
  }

  /** Calls an instance. */
  readonly fetch: FetchFunction = (url, init) => {
    const name = url.slice("http://".length, url.indexOf(".test"));
    this.called.push(name);
    if (this.dead.has(name)) {
      return Promise.reject(
        new TypeError("fetch failed", { cause: { code: "ECONNREFUSED", syscall: "connect" } }),
      );
    }
    return Response.json({ jsonrpc: "2.0", result: name, id: JSON.parse(String(init.body)).id });
  };
}
