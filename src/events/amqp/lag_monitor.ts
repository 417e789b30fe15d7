/**
 * Notices that the event loop stood still: no heartbeat was sent meanwhile, and the broker may give the connection
 * up.
 *
 * @module
 */
import { clearInterval, setInterval as startTicks } from "node:timers";

/** What a monitor looks for. */
export interface LagMonitorOptions {
  /** How long the event loop may stand still, in milliseconds. */
  readonly limitMs: number;
  /** Told how long it stood still, in milliseconds. Must not throw. */
  readonly onLag: (lagMs: number) => void;
}

/** Looks at the clock now and then; what blocks the event loop makes it late. */
export class LagMonitor {
  readonly #options: LagMonitorOptions;
  #ticks: ReturnType<typeof startTicks> | undefined;

  /**
   * Creates a monitor that does not run.
   *
   * @param options What it looks for.
   */
  constructor(options: LagMonitorOptions) {
    this.#options = options;
  }

  /** Begins. Keeps no process alive. */
  start(): void {
    const { limitMs, onLag } = this.#options;
    const pauseMs = limitMs / 2;
    let lastMs = performance.now();
    this.stop();
    this.#ticks = startTicks(() => {
      const nowMs = performance.now();
      const lagMs = nowMs - lastMs - pauseMs;
      lastMs = nowMs;
      if (lagMs > limitMs) onLag(lagMs);
    }, pauseMs);
    this.#ticks.unref();
  }

  /** Ends it. */
  stop(): void {
    clearInterval(this.#ticks);
    this.#ticks = undefined;
  }
}
