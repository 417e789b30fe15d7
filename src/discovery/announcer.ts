/**
 * Announces a service through one strategy, again and again.
 *
 * @module
 */
import type { Logger } from "../logger.ts";
import { type Clock, pause } from "../clock.ts";
import { doWithin } from "./do_within.ts";
import type { DiscoveryOptions, DiscoveryStrategy } from "./discovery_strategy.ts";
import { FailureLog } from "./failure_log.ts";

/** What is announced, and how. */
export interface AnnouncerOptions {
  /** The way to announce it. */
  readonly strategy: DiscoveryStrategy;
  /** The name of the service. */
  readonly name: string;
  /** The URL of its endpoint. */
  readonly location: string;
  /** How often, in milliseconds. */
  readonly pingIntervalMs: number;
  /** Hears of what fails. */
  readonly logger: Logger;
  /** The clock. */
  readonly clock: Clock;
  /** Gives numbers from 0 to below 1. */
  readonly random: () => number;
}

/** The most that one announcement may take. */
const MAX_PING_MS = 5_000;
/** The pause after the first failure; each further one is twice as long. */
const FIRST_PAUSE_MS = 1_000;
/** Services that were started together must not stay together. */
const INTERVAL_JITTER = 0.1;
/** Nor must those that lost a registry together. */
const PAUSE_JITTER = 0.5;

/** Announces from {@linkcode Announcer.start} to {@linkcode Announcer.stop}; a new one each time. */
export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #log: FailureLog;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /**
   * Stores what is announced; nothing is sent.
   *
   * @param options What, and how.
   */
  constructor(options: AnnouncerOptions) {
    this.#options = options;
    const { name, location, strategy, logger } = options;
    this.#log = new FailureLog(
      logger,
      `announce service "${name}" at ${location} by ${strategy.constructor.name}`,
    );
  }

  /**
   * Announces the service, and goes on with that; does nothing when it has been stopped.
   *
   * @returns A promise that is resolved when it has been tried once.
   */
  async start(): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    const first = this.#ping();
    this.#running = first.then((isDone) => this.#goOn(isDone));
    await first;
  }

  /** Ends it, an announcement under way too. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /**
   * Says whether it announces just that.
   *
   * @param name The name of the service.
   * @param location The URL of its endpoint.
   * @returns Whether both are the same.
   */
  isFor(name: string, location: string): boolean {
    return name === this.#options.name && location === this.#options.location;
  }

  /**
   * Takes back what was announced, if the strategy can. Never rejects.
   *
   * @param limitMs How long it may take, in milliseconds.
   * @param signal Ends it before.
   */
  async withdraw(limitMs: number, signal: AbortSignal): Promise<void> {
    const { strategy, name, location, logger } = this.#options;
    if (strategy.withdraw === undefined) return;
    try {
      await this.#do((options) => strategy.withdraw?.(name, location, options), { limitMs, signal });
    } catch (error) {
      // Of no use with its stack, and that of each registry.
      const why = error instanceof Error ? error.message : String(error);
      logger.warn(`Cannot withdraw service "${name}" at ${location} by ${strategy.constructor.name}: ${why}`);
    }
  }

  async #goOn(isDone: boolean): Promise<void> {
    const { clock, pingIntervalMs, random } = this.#options;
    const { signal } = this.#stopped;
    let failures = isDone ? 0 : 1;
    while (!signal.aborted) {
      // From (1 - jitter) to (1 + jitter) of the interval; a pause only becomes shorter.
      const delayMs = failures === 0
        ? pingIntervalMs * (1 + INTERVAL_JITTER * (2 * random() - 1))
        : Math.min(pingIntervalMs, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (1 - PAUSE_JITTER * random());
      await pause(clock, delayMs, signal);
      if (signal.aborted) return;
      failures = await this.#ping() ? 0 : failures + 1;
    }
  }

  /** Says whether it has been announced. */
  async #ping(): Promise<boolean> {
    const { strategy, name, location, pingIntervalMs } = this.#options;
    const { signal } = this.#stopped;
    const limitMs = Math.min(pingIntervalMs, MAX_PING_MS);
    try {
      await this.#do((options) => strategy.ping(name, location, options), { limitMs, signal });
      this.#log.succeeded();
      return true;
    } catch (error) {
      if (!signal.aborted) this.#log.failed(error);
      return false;
    }
  }

  #do(
    work: (options: DiscoveryOptions) => Promise<void> | undefined,
    limits: { readonly limitMs: number; readonly signal: AbortSignal },
  ): Promise<void> {
    return doWithin(async (signal) => await work({ signal }), limits, this.#options.clock);
  }
}
