/**
 * Announces and finds services through Redis, with the keys of Python gemstone.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { RedisReply } from "../events/redis/driver.ts";
import { type RedisConnectionOptions, resolveRedisConnection } from "../events/redis/options.ts";
import { parseRedisUrl } from "../events/redis/url.ts";
import type { DiscoveryOptions, DiscoveryStrategy } from "./discovery_strategy.ts";
import { MAX_PATTERN_LENGTH, NamePattern } from "./name_pattern.ts";
import { RedisLink } from "./redis_link.ts";

/**
 * How services are kept in Redis.
 *
 * @example Announced every 10 seconds, forgotten after 40
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { type RedisDiscoveryOptions, RedisDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 *
 * const options: RedisDiscoveryOptions = { timeToLiveMs: 40_000, connection: { connectTimeoutMs: 2_000 } };
 *
 * class Users extends MicroService {
 *   override name = "users";
 *   override serviceRegistryPingIntervalMs = 10_000;
 *   override discoveryStrategies = [new RedisDiscoveryStrategy("redis://127.0.0.1:6379/3", options)];
 * }
 * ```
 */
export interface RedisDiscoveryOptions {
  /**
   * How long a service stays known after it was announced, in milliseconds, rounded up to seconds; at least a few
   * times the interval at which services are announced. @default {180_000}
   */
  readonly timeToLiveMs?: number | undefined;
  /** How to connect; what is about retries is not used. @default {as {@linkcode RedisConnectionOptions} says} */
  readonly connection?: RedisConnectionOptions | undefined;
}

const DEFAULT_TIME_TO_LIVE_MS = 180_000;
/** 32 bits of seconds, as old versions of Redis have it. */
const MAX_TIME_TO_LIVE_MS = (2 ** 31 - 1) * 1000;
/** The most keys that one question is about. */
const PAGE_SIZE = 500;
const ANY_HASH = "?".repeat(32);
const KEY = /^(.*)#[0-9a-f]{32}$/s;

/**
 * Redis as the place where services announce themselves: the key `<name>#<MD5 of the URL, in hexadecimal>` holds the
 * URL until its time is over. Services in Python and in TypeScript find each other there.
 *
 * The connection is opened when it is first needed, and again when it was lost; `close` closes it. Until then it
 * keeps the process alive. Each search looks through the keys of the database, so give services one of their own (the
 * number at the end of the URL). A user of Redis (ACL) needs all keys (`~*`) and the commands `setex`, `scan`, `mget`,
 * `del`, `ping` and `client|setname`. Not for Redis Cluster.
 *
 * @example
 * ```ts
 * import { RedisDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 *
 * const strategy = new RedisDiscoveryStrategy("redis://:s3cret@10.0.0.1:6379/0", { timeToLiveMs: 90_000 });
 * ```
 */
export class RedisDiscoveryStrategy implements DiscoveryStrategy {
  readonly #timeToLive: string;
  readonly #link: RedisLink;

  /**
   * Stores the options; nothing is sent.
   *
   * @param url The server: `redis://user:password@host:port/database`, `rediss:` for TLS, or
   * `unix://user:password@/path?db=database`. Everything but the scheme may be left out.
   * @param options How services are kept.
   * @throws {TypeError} when something is of a wrong type.
   * @throws {RangeError} when the URL is none of Redis, or an option is out of range. No text holds a password.
   */
  constructor(url: string | URL, options: RedisDiscoveryOptions = {}) {
    const { timeToLiveMs = DEFAULT_TIME_TO_LIVE_MS, connection } = options;
    const isTime = typeof timeToLiveMs === "number" && timeToLiveMs > 0 &&
      timeToLiveMs <= MAX_TIME_TO_LIVE_MS;
    if (!isTime) {
      throw new RangeError(
        `Cannot use ${String(timeToLiveMs)} as timeToLiveMs: give milliseconds up to ${MAX_TIME_TO_LIVE_MS}`,
      );
    }
    this.#timeToLive = String(Math.ceil(timeToLiveMs / 1000));
    this.#link = new RedisLink(parseRedisUrl(url), resolveRedisConnection(connection));
  }

  /**
   * Announces a service until its time to live is over.
   *
   * @param name The name of the service.
   * @param location The URL of its endpoint.
   * @param options `signal`: gives up.
   * @throws {RangeError} when the name has characters that would make the key another service's.
   * @throws {BrokerUnavailableError} when Redis can not be reached or refuses.
   */
  async ping(name: string, location: string, { signal }: DiscoveryOptions): Promise<void> {
    await this.#link.ask(["SETEX", toKey(name, location), this.#timeToLive, location], signal);
  }

  /**
   * Looks through the keys. The time that it takes grows with the number of keys of the database, but nothing else
   * waits for it (SCAN).
   *
   * @param pattern The name, or a pattern of names.
   * @param options `signal`: gives up.
   * @returns The URLs of all services that match and whose time is not over.
   * @throws {RangeError} when the pattern is too long.
   * @throws {BrokerUnavailableError} when Redis can not be reached or refuses.
   */
  async locate(pattern: string, { signal }: DiscoveryOptions): Promise<readonly string[]> {
    const names = new NamePattern(pattern);
    const keys = new Set<string>();
    let cursor = "0";
    do {
      const page = await this.#link.ask(
        ["SCAN", cursor, "MATCH", toRedisGlob(names), "COUNT", String(PAGE_SIZE)],
        signal,
      );
      cursor = readPage(page, (key) => {
        const name = KEY.exec(key)?.[1];
        if (name !== undefined && names.matches(name)) keys.add(key);
      });
    } while (cursor !== "0");
    return await this.#getAll([...keys], signal);
  }

  /**
   * Takes back what was announced.
   *
   * @param name The name of the service.
   * @param location The URL of its endpoint.
   * @param options `signal`: gives up.
   * @throws {RangeError} when the name can not have been announced.
   * @throws {BrokerUnavailableError} when Redis can not be reached or refuses.
   */
  async withdraw(name: string, location: string, { signal }: DiscoveryOptions): Promise<void> {
    await this.#link.ask(["DEL", toKey(name, location)], signal);
  }

  /** Closes the connection. A later call of another method opens one again. */
  close(): Promise<void> {
    return this.#link.close();
  }

  async #getAll(keys: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const urls = new Set<string>();
    for (let at = 0; at < keys.length; at += PAGE_SIZE) {
      const values = await this.#link.ask(["MGET", ...keys.slice(at, at + PAGE_SIZE)], signal);
      // Null for a key whose time was over meanwhile, and for one of another type.
      for (const value of asList(values)) if (typeof value === "string") urls.add(value);
    }
    return [...urls];
  }
}

/** What would make the key that of another name, or a pattern where Python looks for it. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const UNFIT_FOR_KEY = /[#*?[\]\\^\x00-\x20\x7f]/;

function toKey(name: string, location: string): string {
  if (
    typeof name !== "string" || name === "" || name.length > MAX_PATTERN_LENGTH || UNFIT_FOR_KEY.test(name)
  ) {
    const shown = typeof name === "string" ? JSON.stringify(name.slice(0, 80)) : typeof name;
    throw new RangeError(
      `Cannot announce ${shown} in Redis: give a name of 1 to ${MAX_PATTERN_LENGTH} characters ` +
        "without # * ? [ ] \\ ^ and white space",
    );
  }
  return `${name}#${createHash("md5").update(location).digest("hex")}`;
}

/** Redis knows other patterns than Python: what is certain is asked for, the rest is looked at here. */
function toRedisGlob({ prefix, literal }: NamePattern): string {
  return `${prefix.replaceAll(/[*?[\]\\^]/g, "\\$&")}${literal === undefined ? "*" : ""}#${ANY_HASH}`;
}

/** Passes each key on, and returns the next cursor. */
function readPage(page: RedisReply, onKey: (key: string) => void): string {
  const [cursor, keys] = asList(page);
  for (const key of asList(keys)) if (typeof key === "string") onKey(key);
  return String(cursor ?? "0");
}

function asList(reply: RedisReply | undefined): readonly RedisReply[] {
  return Array.isArray(reply) ? reply : [];
}
