/**
 * What a cache of the places of services is.
 *
 * @module
 */

/**
 * What a cache knows of a pattern.
 *
 * @example
 * ```ts
 * import { type CachedLocations, ServiceDiscoveryCache } from "@gemstone/gemstone/discovery";
 * import { assertEquals } from "@std/assert";
 *
 * const cache = new ServiceDiscoveryCache();
 * cache.set("users", ["http://10.0.0.1:8000/api"]);
 *
 * const known: CachedLocations | undefined = cache.get("users");
 * assertEquals(known, { urls: ["http://10.0.0.1:8000/api"], state: "fresh" });
 * ```
 */
export interface CachedLocations {
  /** The URLs that were found, never empty. */
  readonly urls: readonly string[];
  /**
   * How old they are: `"fresh"` ones are used as they are, `"stale"` ones are used while new ones are looked for, and
   * `"expired"` ones only when nobody can say where the service is now.
   */
  readonly state: "fresh" | "stale" | "expired";
}

/**
 * Keeps where services are: what `remoteServiceCache` of a service is. Its methods answer at once and must not throw.
 *
 * @example One that keeps what was found until the process ends
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import type { CachedLocations, DiscoveryCache } from "@gemstone/gemstone/discovery";
 * import { assertEquals } from "@std/assert";
 *
 * class Forever implements DiscoveryCache {
 *   readonly #lists = new Map<string, readonly string[]>();
 *
 *   get(pattern: string): CachedLocations | undefined {
 *     const urls = this.#lists.get(pattern);
 *     return urls && { urls, state: "fresh" };
 *   }
 *   set(pattern: string, urls: readonly string[]): void {
 *     this.#lists.set(pattern, [...urls]);
 *   }
 *   delete(pattern: string): void {
 *     this.#lists.delete(pattern);
 *   }
 * }
 *
 * class Gallery extends MicroService {
 *   override name = "gallery";
 *   override remoteServiceCache = new Forever();
 * }
 *
 * const { remoteServiceCache: cache } = new Gallery();
 * cache.set("users", ["http://10.0.0.1:8000/api"]);
 * assertEquals(cache.get("users")?.urls, ["http://10.0.0.1:8000/api"]);
 * ```
 */
export interface DiscoveryCache {
  /**
   * Gives what is known.
   *
   * @param pattern A name or a pattern of names.
   * @returns The places, or `undefined` when they must be looked for.
   */
  get(pattern: string): CachedLocations | undefined;
  /**
   * Keeps what was found just now.
   *
   * @param pattern A name or a pattern of names.
   * @param urls The URLs, at least one.
   */
  set(pattern: string, urls: readonly string[]): void;
  /**
   * Forgets.
   *
   * @param pattern A name or a pattern of names.
   */
  delete(pattern: string): void;
}

/**
 * A cache that keeps nothing: each call asks the strategies where the service is. For tests, and for strategies that know
 * the answer by themselves.
 *
 * @example
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { DummyCache, StaticDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 *
 * class Gallery extends MicroService {
 *   override name = "gallery";
 *   override discoveryStrategies = [new StaticDiscoveryStrategy({ users: "http://users.internal/api" })];
 *   override remoteServiceCache = new DummyCache();
 * }
 * ```
 */
export class DummyCache implements DiscoveryCache {
  /** Knows nothing. */
  get(_pattern: string): undefined {
    return undefined;
  }

  /** Keeps nothing. */
  set(_pattern: string, _urls: readonly string[]): void {}

  /** There is nothing to forget. */
  delete(_pattern: string): void {}
}
