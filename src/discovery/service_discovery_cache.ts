/**
 * Keeps for a short time where services are.
 *
 * @module
 */
import { checkTimeLimit } from "../rpc/deadlines.ts";
import type { CachedLocations, DiscoveryCache } from "./discovery_cache.ts";

/**
 * How long a cache keeps what, and how much of it.
 *
 * @example
 * ```ts
 * import { ServiceDiscoveryCache, type ServiceDiscoveryCacheOptions } from "@gemstone/gemstone/discovery";
 * import { assertEquals } from "@std/assert";
 *
 * let nowMs = 0;
 * const options: ServiceDiscoveryCacheOptions = { lifetimeMs: 1_000, now: () => nowMs };
 * const cache = new ServiceDiscoveryCache(options);
 * cache.set("users", ["http://10.0.0.1:8000/api"]);
 *
 * nowMs = 1_500;
 * assertEquals(cache.get("users")?.state, "stale"); // used once more, while a new list is looked for
 * nowMs = 6_000;
 * assertEquals(cache.get("users")?.state, "expired"); // used only when nobody can tell
 * ```
 */
export interface ServiceDiscoveryCacheOptions {
  /** How long what was found is used without asking again, in milliseconds. @default {5_000} */
  readonly lifetimeMs?: number | undefined;
  /** For how many patterns it is kept; above that the one that was stored longest ago goes. @default {1_000} */
  readonly maxPatterns?: number | undefined;
  /** The clock, in milliseconds. @default {performance.now} */
  readonly now?: (() => number) | undefined;
}

/** For how many lifetimes a list is used while a new one is looked for. */
const STALE_LIFETIMES = 6;

/**
 * The cache that a service has by default. A list is fresh for `lifetimeMs`; for five times as long after that it is
 * still used, while a new one is looked for; then it is the last resort.
 *
 * @example
 * ```ts
 * import { ServiceDiscoveryCache } from "@gemstone/gemstone/discovery";
 *
 * import { MicroService } from "@gemstone/gemstone";
 *
 * class Gallery extends MicroService {
 *   override name = "gallery";
 *   override remoteServiceCache = new ServiceDiscoveryCache({ lifetimeMs: 1_000 });
 * }
 * ```
 */
export class ServiceDiscoveryCache implements DiscoveryCache {
  readonly #lifetimeMs: number;
  readonly #maxPatterns: number;
  readonly #now: () => number;
  readonly #lists: Map<string, { readonly urls: readonly string[]; readonly atMs: number }> = new Map();

  /**
   * Makes an empty cache.
   *
   * @param options How long it keeps what.
   * @throws {RangeError} when `lifetimeMs` is not a positive time, or `maxPatterns` not a positive integer.
   */
  constructor(options: ServiceDiscoveryCacheOptions = {}) {
    const { lifetimeMs = 5_000, maxPatterns = 1_000, now = () => performance.now() } = options;
    checkTimeLimit("lifetimeMs of a cache", lifetimeMs);
    if (!Number.isSafeInteger(maxPatterns) || maxPatterns < 1) {
      throw new RangeError(
        `Cannot use ${String(maxPatterns)} as the maxPatterns of a cache: give a positive integer`,
      );
    }
    this.#lifetimeMs = lifetimeMs;
    this.#maxPatterns = maxPatterns;
    this.#now = now;
  }

  /**
   * Gives what is known.
   *
   * @param pattern A name or a pattern of names.
   * @returns The places and how old they are; `undefined` when nothing is known.
   */
  get(pattern: string): CachedLocations | undefined {
    const list = this.#lists.get(pattern);
    if (list === undefined) return undefined;
    const ageMs = this.#now() - list.atMs;
    const state = ageMs < this.#lifetimeMs
      ? "fresh"
      : ageMs < this.#lifetimeMs * STALE_LIFETIMES
      ? "stale"
      : "expired";
    return { urls: list.urls, state };
  }

  /**
   * Keeps what was found just now.
   *
   * @param pattern A name or a pattern of names.
   * @param urls The URLs; they are copied.
   */
  set(pattern: string, urls: readonly string[]): void {
    // A Map keeps the order of insertion: the first one is the oldest.
    this.#lists.delete(pattern);
    this.#lists.set(pattern, { urls: [...urls], atMs: this.#now() });
    if (this.#lists.size <= this.#maxPatterns) return;
    for (const oldest of this.#lists.keys()) {
      this.#lists.delete(oldest);
      break;
    }
  }

  /**
   * Forgets.
   *
   * @param pattern A name or a pattern of names.
   */
  delete(pattern: string): void {
    this.#lists.delete(pattern);
  }
}
