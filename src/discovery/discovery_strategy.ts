/**
 * What every way to find services can do.
 *
 * @module
 */

/**
 * How long a question to a strategy may take, and whom it is for.
 *
 * @example Ask a strategy by hand
 * ```ts
 * import { type DiscoveryOptions, StaticDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 * import type { DiscoveryStrategy } from "@gemstone/gemstone/discovery";
 * import { assertEquals } from "@std/assert";
 *
 * const places: DiscoveryStrategy = new StaticDiscoveryStrategy({ users: "http://users.internal/api" });
 * const options: DiscoveryOptions = { signal: AbortSignal.timeout(2_000) };
 *
 * assertEquals(await places.locate("user?", options), ["http://users.internal/api"]);
 * ```
 */
export interface DiscoveryOptions {
  /** Aborts when the answer is not wanted any more: in time, or because the service stops. */
  readonly signal: AbortSignal;
  /**
   * Whether `locate` is to ask everybody and give all that they know, because what the first one knew was of no use: none
   * of those instances could be called. @default {false}
   */
  readonly isThorough?: boolean | undefined;
}

/**
 * A way to announce a service and to find others: a registry, a database, a list. Each method may be called while
 * another one of it runs, and before anything else was called. One that rejects is logged, and asked again.
 *
 * @example Services whose URLs stand in the environment: `SERVICE_USERS=http://users.internal/api`
 * ```ts
 * import { type DiscoveryStrategy, NamePattern } from "@gemstone/gemstone/discovery";
 * import { assertEquals } from "@std/assert";
 *
 * class EnvironmentStrategy implements DiscoveryStrategy {
 *   readonly #places: readonly (readonly [name: string, url: string])[];
 *
 *   constructor(env: Readonly<Record<string, string | undefined>>) {
 *     this.#places = Object.entries(env).flatMap(([key, url]) =>
 *       key.startsWith("SERVICE_") && url !== undefined ? [[key.slice(8).toLowerCase(), url]] : []
 *     );
 *   }
 *   ping(): Promise<void> {
 *     return Promise.resolve(); // whoever writes the environment announces
 *   }
 *   locate(pattern: string): Promise<readonly string[]> {
 *     const names = new NamePattern(pattern);
 *     return Promise.resolve(this.#places.flatMap(([name, url]) => names.matches(name) ? [url] : []));
 *   }
 * }
 *
 * const strategy = new EnvironmentStrategy({ SERVICE_USERS: "http://users.internal/api", HOME: "/root" });
 * assertEquals(await strategy.locate("users"), ["http://users.internal/api"]);
 * ```
 */
export interface DiscoveryStrategy {
  /**
   * Announces where a service is. It is repeated at an interval, because what is announced may be forgotten.
   *
   * @param name The name of the service.
   * @param location The URL of its endpoint.
   * @param options `signal`: gives up.
   * @returns A promise that is rejected when it may not have been announced.
   */
  ping(name: string, location: string, options: DiscoveryOptions): Promise<void>;
  /**
   * Finds services.
   *
   * @param pattern A name, or a pattern of names as `fnmatch` of Python has it: `*`, `?`, `[seq]`, `[!seq]`.
   * @param options `signal`: gives up. `isThorough`: asks everybody.
   * @returns The URLs of all endpoints, in any order; empty when there is none. Rejects when it can not tell: with a
   * `ServiceNotFoundError` that has a `cause` when only some of those whom it asks failed and the others know none.
   */
  locate(pattern: string, options: DiscoveryOptions): Promise<readonly string[]>;
  /** Takes back what `ping` has announced, where that is possible. */
  withdraw?(name: string, location: string, options: DiscoveryOptions): Promise<void>;
  /**
   * Ends all connections: what used it has stopped, and calls it no more. A call for somebody else, as a service that was
   * started again makes, opens them again.
   */
  close?(): Promise<void>;
}
