/**
 * The dead letters of a service in Redis.
 *
 * @module
 */
import type { DeadLetter, DeadLetterOffice } from "../dead_letter.ts";
import { readNamespace } from "../namespace.ts";
import { BrokerUnavailableError } from "../../errors.ts";
import type { RedisReply } from "./driver.ts";
import { REDRIVE } from "./emit_scripts.ts";
import { RedisKeys } from "./keys.ts";
import { readLetter } from "./letter_reader.ts";
import type { RedisConnectionOptions } from "./options.ts";
import { ToolConnection } from "./tool_connection.ts";

/**
 * How the dead letters of a service are looked at.
 *
 * @example
 * ```ts
 * import { openRedisDeadLetters, type RedisDeadLettersOptions } from "@gemstone/gemstone/redis";
 *
 * async function redriveAll(url: string): Promise<number> {
 *   const options: RedisDeadLettersOptions = { namespace: "shop" };
 *   const letters = await openRedisDeadLetters(url, "billing", options);
 *   try {
 *     return await letters.redrive("all");
 *   } finally {
 *     await letters.close();
 *   }
 * }
 * ```
 */
export interface RedisDeadLettersOptions {
  /** That of the transport. @default {"gemstone"} */
  readonly namespace?: string | undefined;
  /** How to connect. It is tried once. */
  readonly connection?: RedisConnectionOptions | undefined;
}

/**
 * Opens the dead letters of a service. One that Redis has nothing of has no dead letters.
 *
 * @param url The URL of the server.
 * @param service The name of the service.
 * @param options How.
 * @returns The dead letters. Close it.
 * @throws {TypeError} when an option is of a wrong type.
 * @throws {RangeError} when the URL is none of Redis, or an option is out of range.
 * @throws {BrokerUnavailableError} when Redis can not be reached or does not let us in.
 *
 * @example
 * ```ts
 * import { openRedisDeadLetters } from "@gemstone/gemstone/redis";
 *
 * async function show(service: string): Promise<void> {
 *   const letters = await openRedisDeadLetters("redis://127.0.0.1", service);
 *   console.log(await letters.list({ limit: 10 }));
 *   await letters.close();
 * }
 * ```
 */
export async function openRedisDeadLetters(
  url: string | URL,
  service: string,
  options: RedisDeadLettersOptions = {},
): Promise<DeadLetterOffice> {
  const namespace = readNamespace(options.namespace);
  const keys = new RedisKeys(namespace);
  const names = { dead: keys.dead(service), prefix: keys.queuePrefix(service) };
  const name = `${namespace}:dead:${encodeURIComponent(service)}`;
  return new RedisDeadLetters(
    await ToolConnection.open(url, { connection: options.connection, name }),
    names,
  );
}

/** The most that are listed at once. */
const MAX_LIMIT = 10_000;
/** No more are listed once their bodies have so many bytes. */
const MAX_LIST_BYTES = 64 * 1024 * 1024;
/** So many are read, or put back, in one step. */
const PAGE = 50;
/** What Redis takes for the id of an entry. */
const ID = /^\d{1,19}-\d{1,19}$/;

interface Names {
  readonly dead: string;
  readonly prefix: string;
}

class RedisDeadLetters implements DeadLetterOffice {
  readonly #tool: ToolConnection;
  readonly #names: Names;
  #isClosed = false;

  constructor(tool: ToolConnection, names: Names) {
    this.#tool = tool;
    this.#names = names;
  }

  async list({ limit }: { readonly limit: number }): Promise<DeadLetter[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      const range = `give an integer from 1 to ${MAX_LIMIT}`;
      throw new RangeError(`Cannot list dead letters with limit ${String(limit)}: ${range}`);
    }
    const letters: DeadLetter[] = [];
    for (let start = "-", bytes = 0; letters.length < limit && bytes < MAX_LIST_BYTES;) {
      const count = Math.min(PAGE, limit - letters.length);
      const page = await this.#ask("XRANGE", this.#names.dead, start, "+", "COUNT", String(count)) as Page;
      for (const [id, fields] of page) {
        const letter = readLetter(String(id), fields);
        letters.push(letter);
        bytes += letter.body.length;
      }
      if (page.length < count) break;
      start = `(${letters.at(-1)!.id}`;
    }
    return letters;
  }

  async redrive(ids: readonly string[] | "all"): Promise<number> {
    let count = 0;
    if (ids === "all") {
      const last = await this.#findLast();
      for (let start = "-"; last !== undefined;) {
        const [seen, moved, lastSeen] = await this.#redrive(start, last, PAGE);
        count += moved;
        if (seen < PAGE) break;
        start = `(${lastSeen}`;
      }
      return count;
    }
    for (const id of toIds(ids)) count += (await this.#redrive(id, id, 1))[1];
    return count;
  }

  async drop(ids: readonly string[] | "all"): Promise<number> {
    const { dead } = this.#names;
    if (ids === "all") {
      const last = await this.#findLast();
      if (last === undefined) return 0;
      const [time, number] = last.split("-") as [string, string];
      return await this.#ask("XTRIM", dead, "MINID", "=", `${time}-${BigInt(number) + 1n}`) as number;
    }
    let count = 0;
    const wanted = toIds(ids);
    for (let i = 0; i < wanted.length; i += PAGE) {
      count += await this.#ask("XDEL", dead, ...wanted.slice(i, i + PAGE)) as number;
    }
    return count;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#tool.close();
    return Promise.resolve();
  }

  async #redrive(start: string, end: string, count: number): Promise<[number, number, string]> {
    const { dead, prefix } = this.#names;
    const reply = await this.#ask("EVAL", REDRIVE.text, "1", dead, prefix, start, end, String(count));
    const [seen, moved, last] = reply as [number, number, RedisReply];
    return [seen, moved, String(last)];
  }

  /** What comes later is not met: a letter that is put back may be back again before we are through. */
  async #findLast(): Promise<string | undefined> {
    const [last] = await this.#ask("XREVRANGE", this.#names.dead, "+", "-", "COUNT", "1") as Page;
    return last === undefined ? undefined : String(last[0]);
  }

  #ask(...command: string[]): Promise<RedisReply> {
    if (!this.#isClosed) return this.#tool.ask(command);
    return Promise.reject(new BrokerUnavailableError("Cannot use dead letters that have been closed"));
  }
}

type Page = readonly (readonly [id: RedisReply, fields: readonly RedisReply[]])[];

function toIds(ids: readonly string[]): string[] {
  return [...new Set(ids)].filter((id) => ID.test(id));
}
