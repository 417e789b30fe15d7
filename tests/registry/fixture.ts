/** Registries whose time the test moves on, and calls of them without a socket. */
import { createLogger, type Logger } from "@gemstone/gemstone";
import { type RegistryClock, ServiceRegistry } from "@gemstone/gemstone/registry";
import { createMemoryLogger, type MemoryLogger } from "../support/service.ts";

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that stands still. */
export class ManualClock implements RegistryClock {
  /** When it was made. */
  static readonly BEGIN_MS: number = Date.UTC(2026, 0, 1);
  readonly #timers = new Set<Timer>();
  #nowMs = 1000;

  /** How many timers run. */
  get timers(): number {
    return this.#timers.size;
  }

  elapsedMs(): number {
    return this.#nowMs;
  }

  timeMs(): number {
    return ManualClock.BEGIN_MS + this.#nowMs - 1000;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves it on, and calls what is due on the way. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let next = this.#takeNext(endMs); next !== undefined; next = this.#takeNext(endMs)) {
      this.#nowMs = next.dueMs;
      next.callback();
    }
    this.#nowMs = endMs;
  }

  #takeNext(endMs: number): Timer | undefined {
    const [next] = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
    if (next !== undefined) this.#timers.delete(next);
    return next;
  }
}

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
