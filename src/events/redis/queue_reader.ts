/**
 * Reads the queues as fast as their handlers can take it, over a connection that may block.
 *
 * @module
 */
import type { Logger } from "../../logger.ts";
import type { RedisConnection, RedisReply } from "./driver.ts";
import type { GroupQueue } from "./group_queue.ts";
import { GROUP } from "./keys.ts";
import { isTransient, readReplyCode } from "./script.ts";

/** What a reader works with. */
export interface QueueReaderOptions {
  /** The queues. */
  readonly queues: readonly GroupQueue[];
  /** How long one question may block, in milliseconds. */
  readonly blockMs: number;
  /** Where it logs. */
  readonly logger: Logger;
  /** The group of a queue is gone; resolves when that has been looked at. Must not reject. */
  readonly onGroupLost: () => Promise<void>;
  /** Redis is of no use for the moment: the connection should be given up. Must not throw. */
  readonly onBroken: (error: Error) => void;
}

/** The connections of one link. */
interface ReaderLink {
  /** May block. */
  readonly reader: RedisConnection;
  /** Must not block. */
  readonly commands: RedisConnection;
  /** Under which name entries are read. */
  readonly consumer: string;
  /** What Redis calls the first one. */
  readonly clientId: string;
}

/** Who may not end what blocks has to ask so often. */
const POLL_MS = 200;
/** The question that is to end has either not arrived or just been answered: nobody asks that often in vain. */
const MAX_UNBLOCKS = 100;

/** Reads over one pair of connections after the other. */
export class QueueReader {
  readonly #options: QueueReaderOptions;
  #link: ReaderLink | undefined;
  #running: Promise<void> = Promise.resolve();
  // The queues that the question that blocks now is about.
  #blocked: ReadonlySet<GroupQueue> | undefined;
  #mayUnblock = true;
  #isPaused = false;
  #lastFault = "";
  #wake: () => void = () => {};

  /**
   * Creates a reader that reads nothing yet.
   *
   * @param options What it works with.
   */
  constructor(options: QueueReaderOptions) {
    this.#options = options;
  }

  /** Begins to read. */
  async attach(reader: RedisConnection, commands: RedisConnection, consumer: string): Promise<void> {
    this.#link = { reader, commands, consumer, clientId: await this.#askId(reader) };
    for (const queue of this.#options.queues) queue.mayHaveMore = true;
    this.#running = this.#run(this.#link);
  }

  /** The connections are gone. */
  detach(): void {
    this.#link = undefined;
    this.#wake();
  }

  /** A queue may have become ready. */
  wake(): void {
    this.#wake();
    const blocked = this.#blocked;
    if (blocked === undefined || this.#link === undefined) return;
    if (this.#isPaused || this.#options.queues.some((queue) => !blocked.has(queue) && queue.isReady)) {
      void this.#unblock(this.#link, blocked);
    }
  }

  /** Ends reading; resolves when nothing more comes. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    this.wake();
    await this.#running;
  }

  /** Never rejects. */
  async #run(link: ReaderLink): Promise<void> {
    while (link === this.#link && !this.#isPaused) {
      const ready = this.#options.queues.filter(({ isReady }) => isReady);
      if (ready.length === 0) {
        await new Promise<void>((resolve) => this.#wake = resolve);
      } else if (ready.some(({ mayHaveMore }) => mayHaveMore)) {
        // All of them: a long queue must not keep the others waiting.
        await Promise.all(ready.map((queue) => this.#readNow(link, queue)));
      } else {
        await this.#readBlocking(link, ready);
      }
    }
  }

  /** Each queue is asked for as much as it has room for, which one question about several can not say. */
  async #readNow(link: ReaderLink, queue: GroupQueue): Promise<void> {
    const count = queue.room;
    try {
      const reply = await link.reader.sendForBytes(toCommand(link, [queue], count));
      queue.mayHaveMore = this.#take(link, [queue], reply, count) > 0 && queue.mayHaveMore;
    } catch (error) {
      await this.#fail(link, queue, error as Error);
    }
  }

  async #readBlocking(link: ReaderLink, queues: readonly GroupQueue[]): Promise<void> {
    const count = Math.min(...queues.map(({ room }) => room));
    const blockMs = this.#mayUnblock ? this.#options.blockMs : POLL_MS;
    const blocked = this.#blocked = new Set(queues);
    try {
      const reply = await link.reader.sendForBytes(toCommand(link, queues, count, blockMs));
      this.#take(link, queues, reply, count);
    } catch (error) {
      // It does not say which queue: each is asked for itself, and says it then.
      if (readReplyCode(error) === undefined) await this.#fail(link, undefined, error as Error);
      else for (const queue of queues) queue.mayHaveMore = true;
    } finally {
      // The next link may block already.
      if (blocked === this.#blocked) this.#blocked = undefined;
    }
  }

  /** Says how many entries came. */
  #take(
    link: ReaderLink,
    queues: readonly GroupQueue[],
    reply: RedisReply,
    count: number,
  ): number {
    let total = 0;
    // What comes late is under a name that is signed off, so others get it.
    if (link !== this.#link || !Array.isArray(reply)) return total;
    for (const [key, entries] of reply as [RedisReply, [RedisReply, RedisReply[] | null][]][]) {
      const queue = queues.find(({ keys }) => keys.queue === String(key));
      if (queue === undefined) continue;
      total += entries.length;
      queue.mayHaveMore = entries.length >= count;
      for (const [id, fields] of entries) queue.take(String(id), fields, 1);
    }
    return total;
  }

  async #fail(link: ReaderLink, queue: GroupQueue | undefined, error: Error): Promise<void> {
    if (link !== this.#link) return;
    const code = readReplyCode(error);
    if (queue === undefined || code === undefined || isTransient(code)) {
      this.#options.onBroken(error);
    } else if (code === "NOGROUP" || code === "UNBLOCKED") {
      await this.#options.onGroupLost();
    } else {
      // Looked at again with each tick.
      queue.fault = error.message;
      const text = `Cannot read ${queue.keys.queue}, will try again: ${error.message}`;
      if (text !== this.#lastFault) this.#options.logger.error(text);
      this.#lastFault = text;
    }
  }

  async #askId(reader: RedisConnection): Promise<string> {
    try {
      return String(await reader.send(["CLIENT", "ID"]));
    } catch (error) {
      if (readReplyCode(error) === undefined) throw error;
      this.#poll(error as Error);
      return "";
    }
  }

  async #unblock(link: ReaderLink, blocked: ReadonlySet<GroupQueue>): Promise<void> {
    if (!this.#mayUnblock) return;
    try {
      for (let i = 0; i < MAX_UNBLOCKS && blocked === this.#blocked && link === this.#link; i++) {
        if (await link.commands.send(["CLIENT", "UNBLOCK", link.clientId]) === 1) return;
      }
    } catch (error) {
      if (readReplyCode(error) !== undefined) this.#poll(error as Error);
    }
  }

  #poll({ message }: Error): void {
    this.#mayUnblock = false;
    this.#options.logger.warn(`Cannot use CLIENT ID and CLIENT UNBLOCK, will poll instead: ${message}`);
  }
}

function toCommand(
  { consumer }: ReaderLink,
  queues: readonly GroupQueue[],
  count: number,
  blockMs?: number,
): string[] {
  return [
    ...["XREADGROUP", "GROUP", GROUP, consumer, "COUNT", String(count)],
    ...(blockMs === undefined ? [] : ["BLOCK", String(blockMs)]),
    "STREAMS",
    ...queues.map(({ keys }) => keys.queue),
    ...queues.map(() => ">"),
  ];
}
