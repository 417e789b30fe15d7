/** A way to discover services that needs no server, and a service that uses it. */
import { type DiscoveryStrategy, exposedMethod, MicroService } from "@gemstone/gemstone";
import { createMemoryLogger, type MemoryLogger } from "./service.ts";

/** Remembers what was announced, and finds that. */
export class ListStrategy implements DiscoveryStrategy {
  readonly log: string[] = [];
  readonly places = new Map<string, string>();

  ping(name: string, location: string): Promise<void> {
    this.log.push(`ping ${name} ${location}`);
    this.places.set(location, name);
    return Promise.resolve();
  }
  locate(pattern: string): Promise<readonly string[]> {
    this.log.push(`locate ${pattern}`);
    return Promise.resolve([...this.places].filter(([, name]) => name === pattern).map(([url]) => url));
  }
  withdraw(name: string, location: string): Promise<void> {
    this.log.push(`withdraw ${name} ${location}`);
    this.places.delete(location);
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.log.push("close");
    return Promise.resolve();
  }
}

/** Says little, and answers `ping`. */
export class Quiet extends MicroService {
  override name = "quiet";
  override port = 0;
  override skipConfiguration = true;
  override shutdownTimeoutMs = 1_000;
  readonly memory: MemoryLogger = createMemoryLogger();
  override getLogger = (): MemoryLogger => this.memory;

  @exposedMethod()
  ping(): string {
    return "pong";
  }
}

/** Makes one with strategies. */
export function createQuiet(...strategies: DiscoveryStrategy[]): Quiet {
  const service = new Quiet();
  service.discoveryStrategies = strategies;
  return service;
}
