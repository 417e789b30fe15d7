/** A clock that goes on when a test says so. */
import type { DiscoveryClock } from "@gemstone/gemstone/discovery";

interface Waiter {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Time stands still between two calls of `advance`. */
export class FakeClock implements DiscoveryClock {
  #nowMs = 1_000_000;
  readonly #waiters: Set<Waiter> = new Set();

  now(): number {
    return this.#nowMs;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const waiter = { dueMs: this.#nowMs + ms, wake: end };
      this.#waiters.add(waiter);
      signal.addEventListener("abort", end);
    });
  }

  /** Lets so much time pass; all that comes due in it happens in order. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await settle();
      const [next] = [...this.#waiters].sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined || next.dueMs > endMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.wake();
    }
    this.#nowMs = endMs;
    await settle();
  }
}

/** Lets all that can go on without time or network do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
