/**
 * Announces a service, and finds others.
 *
 * @module
 */
import { withinLimits } from "../client/call_limits.ts";
import { RemoteService } from "../client/remote_service.ts";
import type { RemoteServiceOptions } from "../client/remote_service_options.ts";
import { DiscoveryError, ServiceConfigurationError } from "../errors.ts";
import { guardLogger } from "../events/guard_logger.ts";
import { waitAtMost } from "../events/time_limit.ts";
import type { Logger } from "../logger.ts";
import { checkTimeLimit } from "../rpc/deadlines.ts";
import { Announcer } from "./announcer.ts";
import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import type { DiscoveryCache } from "./discovery_cache.ts";
import type { DiscoveryStrategy } from "./discovery_strategy.ts";
import { InstancePool } from "./instance_pool.ts";
import { LocationSource } from "./location_source.ts";
import { Locator } from "./locator.ts";
import { NamePattern } from "./name_pattern.ts";
import { Refusals } from "./refusals.ts";

/**
 * What announces and finds services for one service.
 *
 * @example
 * ```ts
 * import {
 *   ServiceDiscovery,
 *   ServiceDiscoveryCache,
 *   type ServiceDiscoveryOptions,
 *   StaticDiscoveryStrategy,
 * } from "@gemstone/gemstone/discovery";
 * import { assertEquals } from "@std/assert";
 *
 * const options: ServiceDiscoveryOptions = {
 *   strategies: [new StaticDiscoveryStrategy({ users: "http://users.internal/api" })],
 *   cache: new ServiceDiscoveryCache(),
 *   pingIntervalMs: 30_000,
 *   logger: console,
 * };
 * const discovery = new ServiceDiscovery(options);
 * assertEquals((await discovery.getService("users")).url, "http://users.internal/api");
 * await discovery.stop(1_000);
 * ```
 */
export interface ServiceDiscoveryOptions {
  /** The ways to announce and to find, in the order in which they are asked. They are closed by `stop`. */
  readonly strategies: readonly DiscoveryStrategy[];
  /** Keeps what was found. */
  readonly cache: DiscoveryCache;
  /** How often the service is announced, in milliseconds; each time up to a tenth more or less. */
  readonly pingIntervalMs: number;
  /** Hears of what fails: once, and again when it works again. */
  readonly logger: Logger;
  /** The clock. @default {that of the system} */
  readonly clock?: Clock | undefined;
  /** Gives numbers from 0 to below 1. @default {Math.random} */
  readonly random?: (() => number) | undefined;
}

/**
 * Announces a service through all strategies, each apart from the others, and finds others: what a `MicroService`
 * uses, for programs without one.
 *
 * @example Call whichever worker is there
 * ```ts
 * import { HttpDiscoveryStrategy, ServiceDiscovery, ServiceDiscoveryCache } from "@gemstone/gemstone/discovery";
 *
 * async function work(registry: string): Promise<void> {
 *   const discovery = new ServiceDiscovery({
 *     strategies: [new HttpDiscoveryStrategy(registry)],
 *     cache: new ServiceDiscoveryCache(),
 *     pingIntervalMs: 30_000,
 *     logger: console,
 *   });
 *   const worker = await discovery.getService("workers.*");
 *   console.log(await worker.methods.resize("a.png"));
 *   await discovery.stop(1_000);
 * }
 * ```
 */
export class ServiceDiscovery {
  readonly #options: Required<Omit<ServiceDiscoveryOptions, "clock" | "random">> & {
    readonly clock: Clock;
    readonly random: () => number;
  };
  readonly #source: LocationSource;
  readonly #refusals: Refusals;
  readonly #stopped = new AbortController();
  #announcers: readonly Announcer[] = [];
  /** All that is being taken back. Never rejects. */
  #takenBack: Promise<unknown> = Promise.resolve();

  /**
   * Stores the options; nothing is sent.
   *
   * @param options What announces and finds.
   * @throws {RangeError} when `pingIntervalMs` is no positive time.
   */
  constructor(options: ServiceDiscoveryOptions) {
    const { strategies, cache, pingIntervalMs, clock = SYSTEM_CLOCK, random = Math.random } = options;
    checkTimeLimit("pingIntervalMs", pingIntervalMs);
    const logger = guardLogger(options.logger);
    this.#options = { strategies: [...strategies], cache, pingIntervalMs, logger, clock, random };
    this.#refusals = new Refusals(clock);
    const locator = new Locator({ strategies: this.#options.strategies, logger, clock });
    this.#source = new LocationSource({
      locator,
      cache,
      logger,
      clock,
      onNew: (url) => this.#refusals.forget(url),
    });
  }

  /**
   * Announces a service, now and from time to time until {@linkcode withdraw} or {@linkcode stop}. A strategy that
   * fails is tried again, sooner than at the interval, and logged once. What was announced before under another name or at
   * another place is taken back where a strategy can.
   *
   * @param name The name of the service.
   * @param location The URL of its endpoint.
   * @returns A promise that is resolved when each strategy has been asked once, after 5 seconds at the latest.
   * @throws {DiscoveryError} after {@linkcode stop}.
   */
  async announce(name: string, location: string): Promise<void> {
    if (this.#stopped.signal.aborted) {
      const text = `Cannot announce service "${name}": discovery has been stopped; make a new one`;
      throw new DiscoveryError(name, text);
    }
    const before = this.#announcers;
    const announcers = this.#options.strategies.map((strategy) =>
      new Announcer({ ...this.#options, strategy, name, location })
    );
    // At once, so that a stop that comes now ends these too.
    this.#announcers = announcers;
    await Promise.all(before.map((announcer) => announcer.stop()));
    const started = announcers.map((announcer) => announcer.start());
    const replaced = before.filter((announcer) => !announcer.isFor(name, location));
    await Promise.all([...started, this.#takeBack(replaced, LONGEST_WITHDRAWAL_MS)]);
  }

  /**
   * Finds a service. Each call of the client that is returned goes to one of its instances, chosen at random, and on
   * to the next one when that one can not be reached.
   *
   * @typeParam Api The class or interface of the service.
   * @param pattern Its name, or a pattern as {@linkcode NamePattern} has it.
   * @param options The settings of the client. `timeoutMs` and `signal` limit the search too.
   * @returns A client.
   * @throws {TypeError} when the pattern is not text or empty.
   * @throws {RangeError} when the pattern is too long.
   * @throws {ServiceConfigurationError} when there is no strategy.
   * @throws {ServiceNotFoundError} when no service of that name is known.
   * @throws {DiscoveryError} when no strategy could answer, or after {@linkcode stop}.
   * @throws {CallTimeoutError} when the search took too long.
   * @throws {CallAbortedError} when the signal ended it.
   */
  async getService<Api = unknown>(
    pattern: string,
    options: RemoteServiceOptions = {},
  ): Promise<RemoteService<Api>> {
    if (this.#options.strategies.length === 0) {
      throw new ServiceConfigurationError(
        `Cannot look for service "${pattern}": give a discovery strategy or the URL of a registry`,
      );
    }
    if (new NamePattern(pattern).literal === "") {
      throw new TypeError("Cannot look for a service without a name: give a name or a pattern");
    }
    const pool = new InstancePool(pattern, {
      source: this.#source,
      refusals: this.#refusals,
      random: this.#options.random,
    });
    // Before the search, as it throws when an option is wrong.
    const service = new RemoteService<Api>(pool, options);
    const { timeoutMs = DEFAULT_SEARCH_MS, signal } = options;
    // Services look for others in each of their methods: no timer where nothing takes time.
    if (!signal?.aborted && pool.takeKnown()) return service;
    const limits = { action: `look for service "${pattern}"`, timeoutMs, signals: [signal] };
    await withinLimits(limits, (ended) => pool.find(ended));
    return service;
  }

  /**
   * Ends announcing, and takes back what was announced where a strategy can. Never rejects.
   *
   * @param limitMs How long it may take, in milliseconds.
   */
  async withdraw(limitMs: number): Promise<void> {
    const announcers = this.#announcers;
    await this.#endAnnouncing();
    await this.#takeBack(announcers, limitMs);
  }

  /**
   * Ends announcing and searches, and closes the strategies, for good: whoever wants to go on makes a new one. Clients
   * that were found before use the instances that the cache knows, and find no others. Never rejects.
   *
   * @param limitMs How long it may take, in milliseconds.
   */
  async stop(limitMs: number): Promise<void> {
    this.#stopped.abort(new Error("Discovery has been stopped"));
    // All of them, first: what asks a strategy after it was closed would open it again.
    await Promise.all([this.#endAnnouncing(), this.#source.stop()]);
    await this.#takenBack;
    const { strategies, logger } = this.#options;
    const closed = strategies.map(async (strategy) => {
      try {
        await strategy.close?.();
      } catch (error) {
        logger.warn(`Cannot close ${strategy.constructor.name}`, { error });
      }
    });
    await waitAtMost(Promise.all(closed), limitMs);
  }

  async #takeBack(announcers: readonly Announcer[], limitMs: number): Promise<void> {
    const { signal } = this.#stopped;
    const all = Promise.all(announcers.map((announcer) => announcer.withdraw(limitMs, signal)));
    this.#takenBack = Promise.all([this.#takenBack, all]);
    await all;
  }

  async #endAnnouncing(): Promise<void> {
    const announcers = this.#announcers;
    this.#announcers = [];
    await Promise.all(announcers.map((announcer) => announcer.stop()));
  }
}

/** How long what was announced before may take to be taken back: as long as an announcement. */
const LONGEST_WITHDRAWAL_MS = 5_000;
/** What a call may take by default. */
const DEFAULT_SEARCH_MS = 30_000;
