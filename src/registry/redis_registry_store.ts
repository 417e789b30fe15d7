/**
 * Keeps services in Redis, where several registries share them, and services that use Redis themselves see them.
 *
 * @module
 */
import { RedisLink } from "../discovery/redis_link.ts";
import type { RedisReply } from "../events/redis/driver.ts";
import { resolveRedisConnection } from "../events/redis/options.ts";
import { parseRedisUrl } from "../events/redis/url.ts";
import type { BrokerTlsOptions } from "../events/tls_options.ts";
import { isServiceUrl } from "./announcement.ts";
import { NAMES_KEY, readServiceName, SEEN_KEY, toServiceKey } from "./redis_registry_keys.ts";
import { READ, REGISTER } from "./redis_registry_scripts.ts";
import { RedisServiceIndex } from "./redis_service_index.ts";
import type {
  Registration,
  RegistryLimits,
  RegistryStore,
  ServiceQuery,
  StoredInstance,
} from "./registry_store.ts";

/**
 * How a {@linkcode RedisRegistryStore} connects.
 *
 * @example
 * ```ts
 * import { RedisRegistryStore, type RedisRegistryStoreOptions } from "@gemstone/gemstone/registry";
 * import { readFileSync } from "node:fs";
 *
 * function createStore(url: `rediss://${string}`): RedisRegistryStore {
 *   const options: RedisRegistryStoreOptions = {
 *     connectTimeoutMs: 1_000,
 *     responseTimeoutMs: 1_000,
 *     tls: { ca: readFileSync("ca.pem", "utf8") },
 *   };
 *   return new RedisRegistryStore(url, options);
 * }
 * ```
 */
export interface RedisRegistryStoreOptions {
  /**
   * How long an attempt to connect may take, in milliseconds. Clients wait two seconds for a registry, and then ask
   * another one. @default {1500}
   */
  readonly connectTimeoutMs?: number | undefined;
  /** How long Redis may leave a question open until the connection is given up, in milliseconds. @default {1500} */
  readonly responseTimeoutMs?: number | undefined;
  /** TLS, for `rediss:`. @default {the authorities of the system, no certificate of our own} */
  readonly tls?: BrokerTlsOptions | undefined;
}

/** So many keys are read in one step of Redis. */
const PAGE = 500;
/** The time that is left to a key that is not there any more. */
const EXPIRED = -2;

/**
 * Keeps services in Redis, in the same keys as Python gemstone and `RedisDiscoveryStrategy`: `<name>#<MD5 of the URL>`
 * holds the URL and expires. Services that announce themselves in Redis are found, and the other way round. Two further
 * keys, `gemstone:registry:seen` and `gemstone:registry:names`, tell when registries heard of whom, for `last_seen` and
 * the limits, which count what registries have announced alone.
 *
 * It connects when it is used first, and again when it was lost. What registries announced is found at once; services
 * that announce themselves in Redis are found within a second, because a registry that is asked looks through all keys of
 * the database (`SCAN`) once a second at most, so give it a database of its own (the number at the end of the URL). Who
 * has withdrawn or whose time is over is not found any more, in either case. A user of Redis (ACL) needs the commands
 * `ping`, `scan`, `mget`, `set`, `del`, `pttl`, `pexpire`, `time`, `zadd`, `zrem`, `zscore`, `zcard`, `zlexcount`,
 * `zrangebylex`, `zrangebyscore`, `eval` and `client|setname`. Not for Redis Cluster, as the keys of Python are not.
 *
 * @example Two registries that know the same
 * ```ts
 * import { RedisRegistryStore, ServiceRegistry } from "@gemstone/gemstone/registry";
 *
 * function createRegistry(port: number): ServiceRegistry {
 *   const registry = new ServiceRegistry({ store: new RedisRegistryStore("redis://127.0.0.1:6379/0") });
 *   registry.port = port;
 *   return registry;
 * }
 * ```
 */
export class RedisRegistryStore implements RegistryStore {
  readonly #link: RedisLink;
  readonly #index: RedisServiceIndex;

  /**
   * Makes one; it does not connect yet.
   *
   * @param url The URL of the server: `redis://user:password@host:port/database`, `rediss:` for TLS, or
   * `unix://user:password@/path?db=database`.
   * @param options How to connect.
   * @throws {TypeError} when something is of a wrong type.
   * @throws {RangeError} when the URL is none of Redis, or an option is out of range. No text holds a password.
   */
  constructor(url: string | URL, options: RedisRegistryStoreOptions = {}) {
    const target = parseRedisUrl(url);
    const { connectTimeoutMs = 1500, responseTimeoutMs = 1500, tls } = options;
    if (tls !== undefined && !target.isTls) {
      throw new RangeError("Cannot use tls without a URL of scheme rediss");
    }
    this.#link = new RedisLink(target, resolveRedisConnection({ connectTimeoutMs, responseTimeoutMs, tls }));
    this.#index = new RedisServiceIndex((...command) => this.#ask(...command));
  }

  /**
   * Connects now, to see whether Redis can be used.
   *
   * @throws {BrokerUnavailableError} when it can not; a later call may.
   */
  async connect(): Promise<void> {
    await this.#ask("PING");
  }

  /**
   * Remembers an instance.
   *
   * @param name The name of the service.
   * @param url Where it is.
   * @param limits How long, and how many.
   * @returns What became of it.
   * @throws {BrokerUnavailableError} when Redis can not be used.
   */
  async register(name: string, url: string, limits: RegistryLimits): Promise<Registration> {
    const { lifetimeMs, maxServices, maxInstancesPerName } = limits;
    const keys = [toServiceKey(name, url), SEEN_KEY, NAMES_KEY];
    const args = [url, String(lifetimeMs), String(maxServices), String(maxInstancesPerName), name];
    const answer = await this.#ask("EVAL", REGISTER, String(keys.length), ...keys, ...args);
    // The script has these answers only.
    return answer as Registration;
  }

  /**
   * Forgets an instance.
   *
   * @param name The name of the service.
   * @param url Where it is.
   * @returns Whether it was known.
   * @throws {BrokerUnavailableError} when Redis can not be used.
   */
  async unregister(name: string, url: string): Promise<boolean> {
    const key = toServiceKey(name, url);
    // They are sent in one go: the link keeps their order.
    const [count] = await Promise.all([
      this.#ask("DEL", key),
      this.#ask("ZREM", SEEN_KEY, key),
      this.#ask("ZREM", NAMES_KEY, key),
    ]);
    return count === 1;
  }

  /**
   * Finds the URLs of instances.
   *
   * @param query What is looked for.
   * @returns Each URL once.
   * @throws {BrokerUnavailableError} when Redis can not be used.
   */
  async locate(query: ServiceQuery): Promise<readonly string[]> {
    const pages = await this.#readPages(query, (page) => this.#ask("MGET", ...page));
    return [...new Set(pages.flatMap(toList).filter(isUrl))];
  }

  /**
   * Finds instances. Of those that announce themselves in Redis it is not known when they did.
   *
   * @param query What is looked for.
   * @returns Them.
   * @throws {BrokerUnavailableError} when Redis can not be used.
   */
  async list(query: ServiceQuery): Promise<readonly StoredInstance[]> {
    const pages = await this.#readPages(
      query,
      (page) => this.#ask("EVAL", READ, String(page.length + 1), SEEN_KEY, ...page),
    );
    return pages.flatMap(toList).map(toList).flatMap(toInstance);
  }

  /** Ends the connection; another call opens it again. */
  async close(): Promise<void> {
    this.#index.clear();
    await this.#link.close();
  }

  #ask(...command: string[]): Promise<RedisReply> {
    // The time limits of the connection end every wait. One signal for all would have a listener for each command.
    return this.#link.ask(command, new AbortController().signal);
  }

  async #readPages(
    query: ServiceQuery,
    read: (keys: string[]) => Promise<RedisReply>,
  ): Promise<RedisReply[]> {
    return await Promise.all(toPages(await this.#index.find(query)).map(read));
  }
}

function toPages(keys: readonly string[]): string[][] {
  const count = Math.ceil(keys.length / PAGE);
  return Array.from({ length: count }, (_, index) => keys.slice(index * PAGE, (index + 1) * PAGE));
}

function toInstance([key, url, leftMs, seenMs]: readonly RedisReply[]): StoredInstance[] {
  const name = readServiceName(String(key));
  if (name === undefined || !isUrl(url ?? null) || leftMs === EXPIRED) return [];
  return [{
    name,
    url: String(url),
    lastSeenMs: typeof seenMs === "string" ? Number(seenMs) : null,
    expiresInMs: Number(leftMs) < 0 ? null : Number(leftMs),
  }];
}

/** Anybody can write into Redis: what is no URL of a service is not passed on. */
function isUrl(value: RedisReply): value is string {
  return typeof value === "string" && isServiceUrl(value);
}

function toList(reply: RedisReply): readonly RedisReply[] {
  return Array.isArray(reply) ? reply : [];
}
