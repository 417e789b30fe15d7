/**
 * Keeps services in the memory of the registry.
 *
 * @module
 */
import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import type {
  Registration,
  RegistryLimits,
  RegistryStore,
  ServiceQuery,
  StoredInstance,
} from "./registry_store.ts";

/**
 * How a {@linkcode MemoryRegistryStore} works.
 *
 * @example One store for two registries of a process, with one clock
 * ```ts
 * import {
 *   MemoryRegistryStore,
 *   type MemoryRegistryStoreOptions,
 *   ServiceRegistry,
 * } from "@gemstone/gemstone/registry";
 * import { ManualClock } from "@gemstone/gemstone/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const options: MemoryRegistryStoreOptions = { clock: new ManualClock() };
 * const store = new MemoryRegistryStore(options);
 * const [first, second] = [new ServiceRegistry({ store }), new ServiceRegistry({ store })];
 * await first.ping("users", "http://10.0.0.1:8000/api");
 * assertEquals(await second.locate_service("users"), ["http://10.0.0.1:8000/api"]);
 * ```
 */
export interface MemoryRegistryStoreOptions {
  /** What it knows of time. @default {the clock of the machine} */
  readonly clock?: Clock | undefined;
}

/** An instance of a service. */
interface Entry {
  readonly name: string;
  readonly url: string;
  /** When it was announced last: the time of day. */
  readonly seenMs: number;
  /** Until when it is alive, this moment included: of the clock that never goes back. */
  readonly expiresMs: number;
}

/** So many entries are looked at to make room for a new one; the rest is left to the next sweep. */
const ROOM_SWEEP = 1000;

/**
 * Keeps services in memory: fast, gone with the process, which is no loss, because services announce themselves again.
 * About 300 bytes an instance. An instance is never shown after its time, and its memory is freed by `sweep` or when a
 * new one needs the place.
 *
 * @example Watch how many there are
 * ```ts
 * import { MemoryRegistryStore, ServiceRegistry } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryRegistryStore();
 * const registry = new ServiceRegistry({ store });
 * await registry.ping("users", "http://10.0.0.1:8000/api");
 * assertEquals(store.size, 1);
 * ```
 */
export class MemoryRegistryStore implements RegistryStore {
  readonly #clock: Clock;
  /** In the order of their last announcement, so that a sweep looks at none that is alive. */
  readonly #entries = new Set<Entry>();
  /** The same, by name and URL. */
  readonly #names = new Map<string, Map<string, Entry>>();

  /**
   * Makes an empty one.
   *
   * @param options Its clock.
   */
  constructor(options: MemoryRegistryStoreOptions = {}) {
    this.#clock = options.clock ?? SYSTEM_CLOCK;
  }

  /** How many instances are in memory, those included that no sweep has freed yet. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Remembers an instance.
   *
   * @param name The name of the service.
   * @param url Where it is.
   * @param limits How long, and how many.
   * @returns What became of it.
   */
  register(name: string, url: string, limits: RegistryLimits): Promise<Registration> {
    return Promise.resolve(this.#register(name, url, limits));
  }

  /**
   * Forgets an instance.
   *
   * @param name The name of the service.
   * @param url Where it is.
   * @returns Whether it was alive.
   */
  unregister(name: string, url: string): Promise<boolean> {
    const entry = this.#names.get(name)?.get(url);
    if (entry !== undefined) this.#remove(entry);
    return Promise.resolve(entry !== undefined && entry.expiresMs >= this.#clock.elapsed());
  }

  /**
   * Finds the URLs of instances.
   *
   * @param query What is looked for.
   * @returns Each URL once.
   */
  locate(query: ServiceQuery): Promise<readonly string[]> {
    const urls = new Set<string>();
    this.#visit(query, ({ url }) => urls.add(url));
    return Promise.resolve([...urls]);
  }

  /**
   * Finds instances.
   *
   * @param query What is looked for.
   * @returns Them.
   */
  list(query: ServiceQuery): Promise<readonly StoredInstance[]> {
    const nowMs = this.#clock.elapsed();
    const instances: StoredInstance[] = [];
    this.#visit(query, ({ name, url, seenMs, expiresMs }) => {
      instances.push({ name, url, lastSeenMs: seenMs, expiresInMs: expiresMs - nowMs });
    });
    return Promise.resolve(instances);
  }

  /**
   * Frees the memory of instances that are not alive any more.
   *
   * @param limit At most so many.
   * @returns How many.
   */
  sweep(limit: number): number {
    return this.#removeExpired(this.#entries, limit);
  }

  #register(
    name: string,
    url: string,
    { lifetimeMs, maxServices, maxInstancesPerName }: RegistryLimits,
  ): Registration {
    const nowMs = this.#clock.elapsed();
    const entry: Entry = { name, url, seenMs: this.#clock.now(), expiresMs: nowMs + lifetimeMs };
    const instances = this.#names.get(name);
    const known = instances?.get(url);
    if (known !== undefined) {
      // Last in both orders again.
      this.#entries.delete(known);
      instances?.delete(url);
      this.#add(entry);
      return known.expiresMs >= nowMs ? "renewed" : "added";
    }
    if (this.#isFull(this.#entries, maxServices)) return "too-many-services";
    if (instances !== undefined && this.#isFull(instances, maxInstancesPerName)) return "too-many-instances";
    this.#add(entry);
    return "added";
  }

  /** Those whose time is over take no place from those who are alive. */
  #isFull(entries: ReadonlySet<Entry> | ReadonlyMap<string, Entry>, max: number): boolean {
    if (entries.size >= max) this.#removeExpired(entries, ROOM_SWEEP);
    return entries.size >= max;
  }

  #removeExpired(entries: ReadonlySet<Entry> | ReadonlyMap<string, Entry>, limit: number): number {
    const nowMs = this.#clock.elapsed();
    let count = 0;
    for (const entry of entries.values()) {
      if (count >= limit || entry.expiresMs >= nowMs) break;
      this.#remove(entry);
      count++;
    }
    return count;
  }

  #add(entry: Entry): void {
    this.#entries.add(entry);
    const instances = this.#names.get(entry.name);
    if (instances === undefined) this.#names.set(entry.name, new Map([[entry.url, entry]]));
    else instances.set(entry.url, entry);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry);
    const instances = this.#names.get(entry.name);
    instances?.delete(entry.url);
    if (instances?.size === 0) this.#names.delete(entry.name);
  }

  #visit(query: ServiceQuery, take: (entry: Entry) => void): void {
    const nowMs = this.#clock.elapsed();
    const visit = (instances: ReadonlyMap<string, Entry> | undefined): void => {
      for (const entry of instances?.values() ?? []) if (entry.expiresMs >= nowMs) take(entry);
    };
    if (query.literal !== undefined) return visit(this.#names.get(query.literal));
    for (const [name, instances] of this.#names) if (query.matches(name)) visit(instances);
  }
}
