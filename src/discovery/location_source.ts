/**
 * The lists of instances: from the cache when they are young enough, else from the strategies.
 *
 * @module
 */
import { DiscoveryError, ServiceNotFoundError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { untilAborted } from "./until_aborted.ts";
import type { CachedLocations, DiscoveryCache } from "./discovery_cache.ts";
import type { Clock } from "../clock.ts";
import { FailureLog } from "./failure_log.ts";
import type { Locator } from "./locator.ts";
import { isPartial } from "./partial_answer.ts";

/** Where lists come from. */
export interface LocationSourceOptions {
  /** Asks the strategies. */
  readonly locator: Locator;
  /** Keeps what they answered. */
  readonly cache: DiscoveryCache;
  /** Hears that an old list is used. */
  readonly logger: Logger;
  /** The clock. */
  readonly clock: Clock;
  /** Hears of a URL that was not in the list before. */
  readonly onNew: (url: string) => void;
}

/** A search under way, or how the last one failed. */
interface Search {
  /** What it finds; `undefined` when it is over. */
  running: Promise<readonly string[]> | undefined;
  /** Whether that one asks everybody. */
  isThorough: boolean;
  /** When one failed for the last time. */
  failedAtMs: number;
  /** When somebody insisted on one for the last time. */
  insistedAtMs: number;
  /** What the last one found. */
  known: ReadonlySet<string>;
  /** Says that an old list is used. */
  readonly log: FailureLog;
}

/** While there is an old list, a search that failed is not repeated before that time. */
const RETRY_MS = 1_000;
/** When all instances are down, the registry must not drown in what their callers ask. */
const INSIST_MS = 100;
/** For how many patterns it is known how the last search went. */
const MAX_SEARCHES = 1_000;

/**
 * Gives lists of instances, and never asks twice at the same time for the same; but for a search that asks everybody,
 * which does not wait for one that does not.
 */
export class LocationSource {
  readonly #options: LocationSourceOptions;
  readonly #searches: Map<string, Search> = new Map();
  readonly #underWay: Set<Promise<unknown>> = new Set();
  readonly #stopped = new AbortController();

  /**
   * Stores where lists come from; nothing is sent.
   *
   * @param options Where they come from.
   */
  constructor(options: LocationSourceOptions) {
    this.#options = options;
  }

  /**
   * Gives the list of a pattern if it is fresh, and does nothing else.
   *
   * @param pattern A name or a pattern of names.
   * @returns The URLs, at least one, or `undefined`.
   */
  peek(pattern: string): readonly string[] | undefined {
    const cached = this.#options.cache.get(pattern);
    return cached?.state === "fresh" ? cached.urls : undefined;
  }

  /**
   * Gives the list of a pattern: at once when there is one that may be used; after `stop`, that is any.
   *
   * @param pattern A name or a pattern of names.
   * @param signal Ends the wait; the search goes on for others.
   * @returns The URLs, at least one. Rejects with a `ServiceNotFoundError` or a `DiscoveryError`, or the reason of
   * the signal.
   */
  get(pattern: string, signal: AbortSignal): readonly string[] | Promise<readonly string[]> {
    const { cache, clock } = this.#options;
    const cached = cache.get(pattern);
    const { failedAtMs = -Infinity, insistedAtMs = -Infinity } = this.#searches.get(pattern) ?? {};
    if (cached === undefined) {
      // Where nothing is kept, what somebody has just insisted on is not either.
      const isThorough = clock.elapsed() - insistedAtMs < INSIST_MS;
      return untilAborted(this.search(pattern, { isThorough }), signal);
    }
    if (cached.state === "fresh") return cached.urls;
    if (clock.elapsed() - failedAtMs < RETRY_MS) return cached.urls;
    const search = this.#searchOrUse(pattern, cached);
    return cached.state === "stale" ? cached.urls : untilAborted(search, signal);
  }

  /**
   * Looks for a list anew, because that which there is does not help: asks everybody; not more often than ten times a
   * second.
   *
   * @param pattern A name or a pattern of names.
   * @param signal Ends the wait; the search goes on for others.
   */
  async insist(pattern: string, signal: AbortSignal): Promise<void> {
    const search = this.#searchOf(pattern);
    const nowMs = this.#options.clock.elapsed();
    const canJoin = search.running !== undefined && search.isThorough;
    if (!canJoin && nowMs - search.insistedAtMs < INSIST_MS) return;
    search.insistedAtMs = nowMs;
    await untilAborted(this.search(pattern, { isThorough: true }), signal);
  }

  /**
   * Asks the strategies, or waits with others for what they answer.
   *
   * @param pattern A name or a pattern of names.
   * @param options `isThorough`: asks all of them. @default {false}
   * @returns The URLs, at least one.
   * @throws {ServiceNotFoundError} when nobody knows any.
   * @throws {DiscoveryError} when nobody could answer, or after `stop`.
   */
  search(pattern: string, options: { readonly isThorough: boolean }): Promise<readonly string[]> {
    if (this.#stopped.signal.aborted) {
      const text = `Cannot look for service "${pattern}": discovery has been stopped; make a new one`;
      return Promise.reject(new DiscoveryError(pattern, text));
    }
    const { isThorough } = options;
    const search = this.#searchOf(pattern);
    if (search.running !== undefined && (search.isThorough || !isThorough)) return search.running;
    const running = this.#search(pattern, search, isThorough).finally(() => {
      this.#underWay.delete(running);
      if (search.running === running) search.running = undefined;
    });
    Object.assign(search, { running, isThorough });
    this.#underWay.add(running);
    return running;
  }

  /**
   * Ends all searches, for good: later ones would open again what the strategies are about to close.
   *
   * @returns A promise that is resolved when none asks a strategy any more.
   */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error("Discovery has been stopped"));
    await Promise.allSettled(this.#underWay);
    this.#searches.clear();
  }

  async #search(pattern: string, search: Search, isThorough: boolean): Promise<readonly string[]> {
    const { locator, cache, clock, onNew } = this.#options;
    const { signal } = this.#stopped;
    try {
      const urls = await locator.locate(pattern, { signal, isThorough });
      // Meanwhile somebody has insisted: that answer is better.
      if (search.isThorough && !isThorough) return urls;
      urls.filter((url) => !search.known.has(url)).forEach(onNew);
      search.known = new Set(urls);
      cache.set(pattern, urls);
      search.log.succeeded();
      return urls;
    } catch (error) {
      search.failedAtMs = clock.elapsed();
      throw error;
    } finally {
      // A slow answer is not to be asked for again as soon as it is there.
      if (isThorough) search.insistedAtMs = clock.elapsed();
    }
  }

  /** Searches; when not all can answer, the old list is still better than none. Never rejects for a stale one. */
  async #searchOrUse(pattern: string, { urls, state }: CachedLocations): Promise<readonly string[]> {
    try {
      return await this.search(pattern, { isThorough: false });
    } catch (error) {
      if (this.#stopped.signal.aborted) return urls;
      if (error instanceof DiscoveryError || isPartial(error)) {
        this.#searchOf(pattern).log.failed(error);
        return urls;
      }
      // A registry that has just been started knows nobody for a while.
      if (state === "stale") return urls;
      if (error instanceof ServiceNotFoundError) this.#options.cache.delete(pattern);
      throw error;
    }
  }

  #searchOf(pattern: string): Search {
    let search = this.#searches.get(pattern);
    if (search === undefined) {
      const log = new FailureLog(
        this.#options.logger,
        `look up service "${pattern}" anew, so the last known instances are used`,
      );
      if (this.#searches.size >= MAX_SEARCHES) this.#searches.clear();
      this.#searches.set(pattern, search = createSearch(log));
    }
    return search;
  }
}

function createSearch(log: FailureLog): Search {
  return {
    running: undefined,
    isThorough: false,
    failedAtMs: -Infinity,
    insistedAtMs: -Infinity,
    known: new Set(),
    log,
  };
}
