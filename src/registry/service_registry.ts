/**
 * The service that knows where all others are.
 *
 * @module
 */
import { ServiceConfigurationError } from "../errors.ts";
import { LONGEST_TIMER_MS } from "../rpc/deadlines.ts";
import { exposedMethod } from "../service/exposure.ts";
import { MicroService } from "../service/micro_service.ts";
import { checkServiceName, checkServiceUrl, PING_PARAMS } from "./announcement.ts";
import { MemoryRegistryStore } from "./memory_registry_store.ts";
import { NameQuery } from "./name_query.ts";
import { type Clock, startIdleTimer, SYSTEM_CLOCK } from "../clock.ts";
import { createRegistryFull } from "./registry_error.ts";
import type { RegistryLimits, RegistryStore, StoredInstance } from "./registry_store.ts";
import { StoreGuard } from "./store_guard.ts";

/**
 * What a {@linkcode ServiceRegistry} is made of.
 *
 * @example A registry that gives instances in the order of their announcement, for a test
 * ```ts
 * import { ServiceRegistry, type ServiceRegistryOptions } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * const options: ServiceRegistryOptions = { random: () => 0.999 };
 * const registry = new ServiceRegistry(options);
 * await registry.ping("users", "http://10.0.0.1:8000/api");
 * await registry.ping("users", "http://10.0.0.2:8000/api");
 * assertEquals(await registry.locate_service("users"), [
 *   "http://10.0.0.1:8000/api",
 *   "http://10.0.0.2:8000/api",
 * ]);
 * ```
 */
export interface ServiceRegistryOptions {
  /** Where it keeps the services. @default {a `MemoryRegistryStore` of its own} */
  readonly store?: RegistryStore | undefined;
  /** What it, and its own store, know of time. @default {the clock of the machine} */
  readonly clock?: Clock | undefined;
  /** Gives a number from 0 up to, and not including, 1. @default {Math.random} */
  readonly random?: (() => number) | undefined;
}

/**
 * An instance of a service, as `list_services` shows it. The names of its members are those of the wire.
 *
 * @example Who has been silent for a while
 * ```ts
 * import { type RegisteredService, ServiceRegistry } from "@gemstone/gemstone/registry";
 * import { assertEquals } from "@std/assert";
 *
 * const isLate = ({ expires_in_ms }: RegisteredService) => expires_in_ms !== null && expires_in_ms < 20_000;
 *
 * const registry = new ServiceRegistry();
 * await registry.ping("users", "http://10.0.0.1:8000/api");
 * const services = await registry.list_services("user*");
 * assertEquals(services.map(({ name }) => name), ["users"]);
 * assertEquals(services.filter(isLate), []);
 * ```
 */
export interface RegisteredService {
  /** The name of the service. */
  readonly name: string;
  /** The URL of its endpoint. */
  readonly url: string;
  /** When it was announced last (ISO 8601, UTC); `null` when the store does not know. */
  readonly last_seen: string | null;
  /** When it will be forgotten, in milliseconds from now; `null` for never. */
  readonly expires_in_ms: number | null;
}

/** So many expired instances are freed in one turn of the event loop. */
const SWEEP_SIZE = 2000;
/** The pause before a sweep goes on that did not get to the end, and the shortest between two. */
const MIN_SWEEP_PAUSE_MS = 10;

/**
 * A registry: services announce themselves to it, and find each other by name, or by a pattern of names. An instance
 * that does not announce itself again within `serviceLifetimeMs` is forgotten. Python gemstone's services of all
 * versions can announce themselves, and find others from 0.4 on; those up to 0.9 need `responseStyle = "legacy"`.
 *
 * Errors that it answers with, beside those of every service: Invalid params (-32602) with the reason in `data`;
 * Registry full (-32010); Registry unavailable (-32011), while its store can not be reached.
 *
 * @example A registry, and somebody who uses it
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone/client";
 * import { ServiceRegistry } from "@gemstone/gemstone/registry";
 *
 * import { assertEquals } from "@std/assert";
 *
 * await using registry = new ServiceRegistry();
 * registry.port = 0;
 * await registry.start();
 * const { methods } = new RemoteService<ServiceRegistry>(registry.url);
 * await methods.ping("workers.1", "http://127.0.0.1:8001/api");
 * assertEquals(await methods.locate_service("workers.*"), ["http://127.0.0.1:8001/api"]);
 * ```
 */
export class ServiceRegistry extends MicroService {
  /** The name of the registry. @default {"service.registry"} */
  override name = "service.registry";
  /** The port to listen on. @default {8080, as that of Python gemstone} */
  override port = 8080;
  /** How long an instance is known after its last announcement, in milliseconds, up to 2^31-1. @default {60000} */
  serviceLifetimeMs = 60_000;
  /** The most instances, of all names together. @default {100000} */
  maxServices = 100_000;
  /** The most instances of one name. @default {1000} */
  maxInstancesPerName = 1000;

  readonly #store: RegistryStore;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #guard: StoreGuard;
  #sweepTimer: unknown;

  /**
   * Makes a registry.
   *
   * @param options Its store, and what tests replace.
   * @throws {TypeError} when an option is of a wrong type.
   */
  constructor(options: ServiceRegistryOptions = {}) {
    super();
    const { clock = SYSTEM_CLOCK, store = new MemoryRegistryStore({ clock }), random = Math.random } =
      options;
    demandMethods("store", store, ["register", "unregister", "locate", "list"]);
    demandMethods("clock", clock, ["now", "elapsed", "setTimeout", "clearTimeout"]);
    if (typeof random !== "function") {
      throw new TypeError(`Cannot use a ${typeof random} as random: give a function`);
    }
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#guard = new StoreGuard(() => this.logger);
  }

  /**
   * Announces an instance, which is alive from now on for `serviceLifetimeMs`. Callers may also send
   * `name, host, port`, as Python gemstone did until 0.3: that is `http://host:port/api`.
   *
   * @param name The name of the service: 1 to 256 characters, without control characters, `*`, `?` and `#`.
   * @param url The URL of its endpoint: http or https, ASCII, at most 2048 characters, without user and password.
   * @returns True.
   * @throws {RpcError} Invalid params, Registry full, Registry unavailable.
   */
  @exposedMethod({ params: PING_PARAMS, summary: "Announces an instance of a service." })
  async ping(name: string, url: string): Promise<boolean> {
    checkServiceName(name);
    checkServiceUrl(url);
    const limits = this.#readLimits();
    const registration = await this.#guard.run(() => this.#store.register(name, url, limits));
    if (registration === "too-many-services") {
      throw createRegistryFull(`It knows ${limits.maxServices} instances already, which is its limit`);
    }
    if (registration === "too-many-instances") {
      throw createRegistryFull(
        `It knows ${limits.maxInstancesPerName} instances of that name already, which is its limit`,
      );
    }
    if (registration === "added") this.logger.debug("Added", { service: name, url });
    return true;
  }

  /**
   * Finds the instances of services that are alive.
   *
   * @param name The name, or a pattern of names: `*`, `?`, `[seq]`, `[!seq]` as `fnmatch` of Python has them.
   * @returns Their URLs, each once, in random order, so that clients that take the first one share the load.
   * @throws {RpcError} Invalid params, Registry unavailable.
   */
  @exposedMethod({ params: ["name"], summary: "Finds the URLs of services by name or pattern." })
  async locate_service(name: string): Promise<string[]> {
    const query = new NameQuery(name);
    const urls = [...await this.#guard.run(() => this.#store.locate(query))];
    shuffle(urls, this.#random);
    return urls;
  }

  /**
   * Forgets an instance at once, because it stops.
   *
   * @param name The name of the service.
   * @param url The URL, as it was announced.
   * @returns Whether it was known.
   * @throws {RpcError} Invalid params, Registry unavailable.
   */
  @exposedMethod({ params: ["name", "url"], summary: "Forgets an instance of a service." })
  async unregister(name: string, url: string): Promise<boolean> {
    checkServiceName(name);
    checkServiceUrl(url);
    const wasKnown = await this.#guard.run(() => this.#store.unregister(name, url));
    if (wasKnown) this.logger.debug("Removed", { service: name, url });
    return wasKnown;
  }

  /**
   * Shows the instances that are alive.
   *
   * @param pattern The name, or a pattern of names. @default {"*", all}
   * @returns Them, in the order of their names and URLs.
   * @throws {RpcError} Invalid params, Registry unavailable.
   */
  @exposedMethod({ params: ["pattern?"], summary: "Lists the instances of services by name or pattern." })
  async list_services(pattern = "*"): Promise<RegisteredService[]> {
    const query = new NameQuery(pattern);
    const instances = [...await this.#guard.run(() => this.#store.list(query))];
    return instances.sort(compare).map(toRegisteredService);
  }

  /**
   * Begins to free the memory of what has expired. Call it when you override it.
   *
   * @throws {ServiceConfigurationError} when a setting of the registry can not be used.
   */
  override onServiceStart(): void {
    this.#readLimits();
    this.#sweepLater(this.#sweepPauseMs());
  }

  /** Ends that, and closes the store, which opens again when it is used. Call it when you override it. */
  override async onServiceStop(): Promise<void> {
    this.#clock.clearTimeout(this.#sweepTimer);
    await this.#store.close?.();
  }

  #sweepPauseMs(): number {
    return Math.max(MIN_SWEEP_PAUSE_MS, this.serviceLifetimeMs / 4);
  }

  #sweepLater(delayMs: number): void {
    if (this.#store.sweep === undefined) return;
    this.#sweepTimer = startIdleTimer(this.#clock, () => {
      const count = this.#store.sweep?.(SWEEP_SIZE) ?? 0;
      if (count > 0) this.logger.debug("Forgot instances that were not announced again", { count });
      this.#sweepLater(count < SWEEP_SIZE ? this.#sweepPauseMs() : MIN_SWEEP_PAUSE_MS);
    }, delayMs);
  }

  #readLimits(): RegistryLimits {
    const { serviceLifetimeMs: lifetimeMs, maxServices, maxInstancesPerName } = this;
    demandCount("serviceLifetimeMs", lifetimeMs, LONGEST_TIMER_MS);
    demandCount("maxServices", maxServices, Number.MAX_SAFE_INTEGER);
    demandCount("maxInstancesPerName", maxInstancesPerName, Number.MAX_SAFE_INTEGER);
    return { lifetimeMs, maxServices, maxInstancesPerName };
  }
}

function demandMethods(what: string, value: unknown, names: readonly string[]): void {
  const isObject = typeof value === "object" && value !== null;
  const missing = isObject ? names.find((name) => typeof Reflect.get(value, name) !== "function") : names[0];
  if (missing === undefined) return;
  throw new TypeError(`Cannot use this as the ${what} of a registry: it has no method "${missing}"`);
}

function demandCount(name: string, value: unknown, max: number): void {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= max) return;
  const text = typeof value === "number" ? String(value) : JSON.stringify(value) ?? typeof value;
  throw new ServiceConfigurationError(
    `Cannot use ${text} as the registry's ${name}: give an integer from 1 to ${max}`,
  );
}

/** As Fisher and Yates do it. */
function shuffle(items: unknown[], random: () => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const index = Math.floor(random() * (last + 1));
    [items[last], items[index]] = [items[index], items[last]];
  }
}

/** By code units, which is the same order everywhere. */
function compare(a: StoredInstance, b: StoredInstance): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.url < b.url ? -1 : a.url > b.url ? 1 : 0;
}

function toRegisteredService({ name, url, lastSeenMs, expiresInMs }: StoredInstance): RegisteredService {
  return {
    name,
    url,
    last_seen: lastSeenMs === null ? null : new Date(lastSeenMs).toISOString(),
    expires_in_ms: expiresInMs === null ? null : Math.round(expiresInMs),
  };
}
