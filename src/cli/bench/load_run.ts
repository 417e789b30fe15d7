/**
 * Calls something again and again, and takes the times.
 *
 * @module
 */
import { type Clock, pause, SYSTEM_CLOCK } from "../../clock.ts";

/** How much is called. All of it is bounded. */
export interface LoadPlan {
  /** So many calls are under way at once. */
  readonly concurrency: number;
  /** So many calls at most. */
  readonly maxCalls: number;
  /** No call begins after so many milliseconds. */
  readonly maxMs: number;
  /** So many calls begin in a second; as many as can be without it. */
  readonly rate?: number | undefined;
}

/** How calls failed, those of one kind together. */
export interface FailureKind {
  /** What they have in common, in a few words. */
  readonly kind: string;
  /** How many there were. */
  readonly count: number;
  /** The first of them. */
  readonly example: unknown;
}

/** A load, from its beginning to its figures. */
export class LoadRun {
  /** How much is called. */
  readonly plan: LoadPlan;
  /** How many calls have ended, with a result or without. */
  calls = 0;
  /** How many of them have failed. */
  failed = 0;
  /** Whether the signal has ended it. */
  isInterrupted = false;
  readonly #call: (signal: AbortSignal) => Promise<unknown>;
  readonly #toKind: (error: unknown) => string | undefined;
  readonly #clock: Clock;
  readonly #latenciesMs: number[] = [];
  readonly #kinds = new Map<string, { count: number; readonly example: unknown }>();
  #started = 0;
  #begunMs = 0;
  #endedMs: number | undefined;

  /**
   * @param plan How much is called.
   * @param options `call`: makes one call. `toKind`: names the kind of a failure; `undefined` for a fault of the
   * program, which ends the run. `clock`: the time.
   */
  constructor(
    plan: LoadPlan,
    { call, toKind, clock = SYSTEM_CLOCK }: {
      readonly call: (signal: AbortSignal) => Promise<unknown>;
      readonly toKind: (error: unknown) => string | undefined;
      readonly clock?: Clock | undefined;
    },
  ) {
    this.plan = plan;
    this.#call = call;
    this.#toKind = toKind;
    this.#clock = clock;
  }

  /** How long it has taken so far, in milliseconds. */
  get elapsedMs(): number {
    return (this.#endedMs ?? this.#clock.elapsed()) - this.#begunMs;
  }

  /** How much of it is done, from 0 to 1. */
  get progress(): number {
    return Math.min(1, Math.max(this.calls / this.plan.maxCalls, this.elapsedMs / this.plan.maxMs));
  }

  /** How long the calls with a result took, in milliseconds, the shortest first. */
  get latenciesMs(): Float64Array {
    return Float64Array.from(this.#latenciesMs).sort();
  }

  /** How the others failed, the most frequent kind first. */
  get failures(): readonly FailureKind[] {
    return [...this.#kinds].map(([kind, rest]) => ({ kind, ...rest })).sort((a, b) => b.count - a.count);
  }

  /**
   * Makes the calls.
   *
   * @param signal Ends it early: calls under way are cut off and not counted.
   */
  async run(signal: AbortSignal): Promise<void> {
    this.#begunMs = this.#clock.elapsed();
    const { concurrency, maxCalls } = this.plan;
    // Each worker listens to a signal of its own: Node warns of one that many listen to.
    const controllers = Array.from({ length: Math.min(concurrency, maxCalls) }, () => new AbortController());
    const stop = (): void => controllers.forEach((controller) => controller.abort(signal.reason));
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    try {
      await Promise.all(controllers.map((controller) => this.#work(controller.signal)));
    } finally {
      signal.removeEventListener("abort", stop);
      this.#endedMs = this.#clock.elapsed();
    }
    this.isInterrupted = signal.aborted;
  }

  async #work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#started < this.plan.maxCalls && this.elapsedMs < this.plan.maxMs) {
      const dueMs = this.#dueMs(this.#started++);
      if (dueMs - this.#begunMs >= this.plan.maxMs) return;
      for (let ms = dueMs - this.#clock.elapsed(); ms > 0; ms = dueMs - this.#clock.elapsed()) {
        await pause(this.#clock, ms, signal);
        if (signal.aborted) return;
      }
      await this.#callOnce(dueMs, signal);
    }
  }

  /** When a call is due: at once without a rate. */
  #dueMs(index: number): number {
    const { rate } = this.plan;
    return rate === undefined ? this.#clock.elapsed() : this.#begunMs + index * 1000 / rate;
  }

  /** A call that had to wait for others counts from when it was due: that is what a user would have waited. */
  async #callOnce(fromMs: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#call(signal);
      this.#latenciesMs.push(this.#clock.elapsed() - fromMs);
    } catch (error) {
      if (signal.aborted) return;
      this.#countFailure(error);
    }
    this.calls++;
  }

  #countFailure(error: unknown): void {
    const kind = this.#toKind(error);
    if (kind === undefined) {
      // Nobody begins another one.
      this.#started = this.plan.maxCalls;
      throw error;
    }
    this.failed++;
    const known = this.#kinds.get(kind);
    if (known === undefined) this.#kinds.set(kind, { count: 1, example: error });
    else known.count++;
  }
}
