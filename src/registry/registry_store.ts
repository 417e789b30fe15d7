/**
 * Where a registry keeps what services announce.
 *
 * @module
 */

/**
 * What is looked for: a name, or a pattern of names. A store gets it ready made; a name matches itself also when it has
 * brackets, which mean something in a pattern.
 *
 * @example What a store makes of it
 * ```ts
 * import type { ServiceQuery } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * function find(urls: ReadonlyMap<string, string>, query: ServiceQuery): string[] {
 *   const { literal } = query;
 *   const names = literal === undefined ? [...urls.keys()].filter((name) => query.matches(name)) : [literal];
 *   return names.flatMap((name) => urls.get(name) ?? []);
 * }
 *
 * const urls = new Map([["workers.1", "http://10.0.0.1/api"], ["users", "http://10.0.0.2/api"]]);
 * const matches = (name: string) => name.startsWith("workers.");
 * const query = { text: "workers.*", literal: undefined, prefix: "workers.", matches };
 * assertEquals(find(urls, query), ["http://10.0.0.1/api"]);
 * ```
 */
export interface ServiceQuery {
  /** As it was asked. */
  readonly text: string;
  /** The only name that matches; `undefined` when there may be others. */
  readonly literal: string | undefined;
  /** What each name that matches begins with; may be empty. */
  readonly prefix: string;
  /** Whether a name is looked for. */
  matches(name: string): boolean;
}

/**
 * How much is kept, and how long: what a registry hands to its store with each announcement, from its settings
 * `serviceLifetimeMs`, `maxServices` and `maxInstancesPerName`.
 *
 * @example
 * ```ts
 * import { MemoryRegistryStore, type RegistryLimits } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * const limits: RegistryLimits = { lifetimeMs: 60_000, maxServices: 10, maxInstancesPerName: 1 };
 * const store = new MemoryRegistryStore();
 * await store.register("users", "http://10.0.0.1:8000/api", limits);
 * assertEquals(await store.register("users", "http://10.0.0.2:8000/api", limits), "too-many-instances");
 * ```
 */
export interface RegistryLimits {
  /** How long an instance is known after it was announced, in milliseconds. */
  readonly lifetimeMs: number;
  /** The most instances in all. */
  readonly maxServices: number;
  /** The most instances of one name. */
  readonly maxInstancesPerName: number;
}

/**
 * What became of an announcement: the instance is new, it was known, or nothing has changed because there are too
 * many in all, or too many of that name.
 *
 * @example
 * ```ts
 * import { MemoryRegistryStore, type Registration } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * const limits = { lifetimeMs: 60_000, maxServices: 10, maxInstancesPerName: 10 };
 * const store = new MemoryRegistryStore();
 * const announce = (): Promise<Registration> => store.register("users", "http://10.0.0.1:8000/api", limits);
 * assertEquals(await announce(), "added");
 * assertEquals(await announce(), "renewed");
 * ```
 */
export type Registration = "added" | "renewed" | "too-many-services" | "too-many-instances";

/**
 * An instance that is alive, as a store lists it.
 *
 * @example
 * ```ts
 * import { MemoryRegistryStore, type StoredInstance } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryRegistryStore();
 * const limits = { lifetimeMs: 60_000, maxServices: 10, maxInstancesPerName: 10 };
 * await store.register("users", "http://10.0.0.1:8000/api", limits);
 *
 * const query = { text: "users", literal: "users", prefix: "users", matches: (name: string) => name === "users" };
 * const [instance]: readonly StoredInstance[] = await store.list(query);
 * assertEquals([instance?.name, instance?.url], ["users", "http://10.0.0.1:8000/api"]);
 * ```
 */
export interface StoredInstance {
  /** The name of the service. */
  readonly name: string;
  /** Where it is. */
  readonly url: string;
  /** When it was announced last, in milliseconds since 1970; `null` when that is not known. */
  readonly lastSeenMs: number | null;
  /** When it will be forgotten, in milliseconds from now; `null` for never. */
  readonly expiresInMs: number | null;
}

/**
 * Keeps which services there are. Names and URLs have been checked. Each method may be called while another runs, and
 * rejects with a `BrokerUnavailableError` when what is behind it can not be reached, which callers of the registry hear as
 * Registry unavailable (-32011); it may be tried again then.
 *
 * @example One that tells of each new instance
 * ```ts
 * import {
 *   MemoryRegistryStore,
 *   type Registration,
 *   type RegistryLimits,
 *   type RegistryStore,
 *   ServiceRegistry,
 * } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * class TellingStore extends MemoryRegistryStore implements RegistryStore {
 *   readonly arrivals: string[] = [];
 *
 *   override async register(name: string, url: string, limits: RegistryLimits): Promise<Registration> {
 *     const registration = await super.register(name, url, limits);
 *     if (registration === "added") this.arrivals.push(`${name} at ${url}`);
 *     return registration;
 *   }
 * }
 *
 * const store = new TellingStore();
 * const registry = new ServiceRegistry({ store });
 * await registry.ping("users", "http://10.0.0.1:8000/api");
 * await registry.ping("users", "http://10.0.0.1:8000/api");
 * assertEquals(store.arrivals, ["users at http://10.0.0.1:8000/api"]);
 * ```
 */
export interface RegistryStore {
  /** Remembers an instance for `limits.lifetimeMs` from now. Over a limit it changes nothing. */
  register(name: string, url: string, limits: RegistryLimits): Promise<Registration>;
  /** Forgets an instance, and says whether it was known. */
  unregister(name: string, url: string): Promise<boolean>;
  /** Finds the URLs of all instances that are alive, each once, in any order. */
  locate(query: ServiceQuery): Promise<readonly string[]>;
  /** Finds all instances that are alive, in any order. */
  list(query: ServiceQuery): Promise<readonly StoredInstance[]>;
  /**
   * Frees the memory of instances that are not alive any more, at most `limit` of them. The registry calls it now and
   * then. Must not throw.
   *
   * @returns How many they were.
   */
  sweep?(limit: number): number;
  /** Ends connections; another call opens them again. */
  close?(): Promise<void>;
}
