/** A discovery that announces, on a clock that a test moves on. */
import { type DiscoveryStrategy, DummyCache, ServiceDiscovery } from "@gemstone/gemstone/discovery";
import { ManualClock } from "@gemstone/gemstone/testing";
import { createMemoryLogger, type MemoryLogger } from "../support/service.ts";

/** Where the service is. */
export const URL = "http://10.0.0.1:8000/api";

/** A discovery, its clock and its log. */
export interface AnnounceStage {
  readonly discovery: ServiceDiscovery;
  readonly clock: ManualClock;
  readonly logger: MemoryLogger;
}

/** Makes a discovery; chance says what it is told. */
export function createStage(
  strategies: readonly DiscoveryStrategy[],
  pingIntervalMs = 30_000,
  random = () => 0.5,
): AnnounceStage {
  const clock = new ManualClock();
  const logger = createMemoryLogger();
  const cache = new DummyCache();
  const discovery = new ServiceDiscovery({ strategies, cache, pingIntervalMs, logger, clock, random });
  return { discovery, clock, logger };
}

/** What was logged, but for details. */
export function linesOf(logger: MemoryLogger): string[] {
  return logger.records.filter(({ level }) => level !== "debug").map(({ level, message }) =>
    `${level}: ${message}`
  );
}
