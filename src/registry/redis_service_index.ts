/**
 * Finds the keys of services in Redis, without a look through the whole database for each question.
 *
 * @module
 */
import type { RedisReply } from "../events/redis/driver.ts";
import { ANY_SERVICE_KEY, NAMES_KEY, readServiceName, toKeyRange } from "./redis_registry_keys.ts";
import type { ServiceQuery } from "./registry_store.ts";

/** Sends a command. */
export type AskRedis = (...command: string[]) => Promise<RedisReply>;

/** A look through all keys. */
interface Scan {
  /** When it began, as `performance.now()`. */
  readonly beganMs: number;
  /** The keys by the name of the service. */
  readonly keys: Promise<ReadonlyMap<string, readonly string[]>>;
}

/** So many keys are looked at in one step of Redis. */
const PAGE = 500;
/** So many keys of registries are read in one step, which costs Redis less than looking at all keys. */
const RANGE_PAGE = 5000;
/** For how long what a look through all keys found is used, in milliseconds. */
const SCAN_LIFETIME_MS = 1000;

/**
 * What registries announced is read from their sorted set, each time. Services that write their keys themselves are found
 * by a look through all keys (`SCAN`), which serves all who ask within a second. Keys may be gone by then: what they
 * hold is to be read anew.
 */
export class RedisServiceIndex {
  readonly #ask: AskRedis;
  #scan: Scan | undefined;

  /**
   * Stores how to ask; nothing is sent.
   *
   * @param ask Sends a command.
   */
  constructor(ask: AskRedis) {
    this.#ask = ask;
  }

  /**
   * Finds keys.
   *
   * @param query What is looked for.
   * @returns The keys of all instances that match, each once; some may be gone.
   * @throws {BrokerUnavailableError} when Redis can not be used.
   */
  async find(query: ServiceQuery): Promise<string[]> {
    const [announced, others] = await Promise.all([this.#findAnnounced(query), this.#scanKeys()]);
    const found = new Set(announced);
    const add = (keys: readonly string[] = []): void => keys.forEach((key) => found.add(key));
    if (query.literal !== undefined) add(others.get(query.literal));
    else for (const [name, keys] of others) if (query.matches(name)) add(keys);
    return [...found];
  }

  /** Forgets what was found: the connection has ended. */
  clear(): void {
    this.#scan = undefined;
  }

  async #findAnnounced(query: ServiceQuery): Promise<string[]> {
    const found: string[] = [];
    const range = toKeyRange(query);
    let { from } = range;
    for (;;) {
      const page = toTexts(
        await this.#ask("ZRANGEBYLEX", NAMES_KEY, from, range.to, "LIMIT", "0", String(RANGE_PAGE)),
      );
      for (const key of page) if (isWanted(readServiceName(key), query)) found.push(key);
      const next = `(${page.at(-1)}`;
      // A key that is no UTF-8, which no registry writes, would come again and again.
      if (page.length < RANGE_PAGE || next === from) return found;
      from = next;
    }
  }

  #scanKeys(): Scan["keys"] {
    const nowMs = performance.now();
    if (this.#scan !== undefined && nowMs - this.#scan.beganMs < SCAN_LIFETIME_MS) return this.#scan.keys;
    const scan = { beganMs: nowMs, keys: this.#scanAll() };
    this.#scan = scan;
    // Who asked hears of it; the next one tries again.
    scan.keys.catch(() => {
      if (this.#scan === scan) this.#scan = undefined;
    });
    return scan.keys;
  }

  /** A key can be found twice while keys come and go. */
  async #scanAll(): Promise<ReadonlyMap<string, readonly string[]>> {
    const byName = new Map<string, string[]>();
    let cursor = "0";
    do {
      const reply = await this.#ask("SCAN", cursor, "MATCH", ANY_SERVICE_KEY, "COUNT", String(PAGE));
      const [next, page = null] = Array.isArray(reply) ? reply : [];
      for (const key of toTexts(page)) addKey(byName, key);
      cursor = String(next ?? "0");
    } while (cursor !== "0");
    return byName;
  }
}

function addKey(byName: Map<string, string[]>, key: string): void {
  const name = readServiceName(key);
  if (name === undefined) return;
  const keys = byName.get(name);
  if (keys === undefined) byName.set(name, [key]);
  else keys.push(key);
}

function isWanted(name: string | undefined, query: ServiceQuery): boolean {
  return name !== undefined && query.matches(name);
}

function toTexts(reply: RedisReply): readonly string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}
