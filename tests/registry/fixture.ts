/** Registries for tests. */
import { createLogger, type Logger } from "@gemstone/gemstone";
import { ServiceRegistry } from "@gemstone/gemstone/registry";
import { createMemoryLogger, type MemoryLogger } from "../support/service.ts";

/** A registry that listens on a free port, if at all, and says nothing. */
export class TestRegistry extends ServiceRegistry {
  override port = 0;
  override skipConfiguration = true;
  /** What it has logged, debug included. */
  readonly log: MemoryLogger = createMemoryLogger();

  override getLogger(): Logger {
    return this.log;
  }
}

/** A logger that drops everything. */
export function createQuietLogger(): Logger {
  return createLogger("quiet", { write: () => {} });
}

/** For results that are sets. */
export function sorted(urls: readonly string[]): string[] {
  return [...urls].sort();
}
