/**
 * Keeps the queues in order, about once a second: says that this instance lives, brings back what is due, and takes
 * over from instances that have gone silent.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { TopologyConflictError } from "../../errors.ts";
import type { Logger } from "../../logger.ts";
import type { RedisConnection, RedisReply } from "./driver.ts";
import { type GroupQueue, SUSPECT_FROM } from "./group_queue.ts";
import { GROUP, RETURNED } from "./keys.ts";
import { isTransient, readReplyCode, runScript } from "./script.ts";
import { TEND } from "./tend_script.ts";

/** What a tender works with. */
export interface TenderOptions {
  /** The queues. */
  readonly queues: readonly GroupQueue[];
  /** Who of the service lives. */
  readonly aliveKey: string;
  /** The dead letters. */
  readonly deadKey: string;
  /** How long one must be silent to be dead, in milliseconds. */
  readonly claimIdleMs: number;
  /** Where it logs. */
  readonly logger: Logger;
  /** Called after each tick. Must not throw. */
  readonly onTick: () => void;
  /** Redis is of no use for the moment: the connection should be given up. Must not throw. */
  readonly onBroken: (error: Error) => void;
}

/** What is known of one queue after a tick. */
type QueueReport = readonly [
  fault: Uint8Array,
  mayRead: number,
  hasMore: number,
  entries: readonly (readonly [id: RedisReply, deliveries: number, fields: RedisReply[]])[],
];

const LONGEST_PAUSE_MS = 1000;
/** More retries than that do not come back in one step, so that nobody else has to wait for Redis. */
const BATCH = 100;
/** When there is more to do at once, others come in between. */
const SHORTEST_PAUSE_MS = 10;

/** Works over one connection after the other. */
export class Tender {
  readonly #options: TenderOptions;
  readonly #pauseMs: number;
  #connection: RedisConnection | undefined;
  #consumer = "";
  #timer: ReturnType<typeof startTimer> | undefined;
  #nextMs = Infinity;
  #ticking: Promise<void> | undefined;
  // Somebody wanted a tick while one was on its way, which may have been too early.
  #isDue = false;
  #isPaused = false;

  /**
   * Creates a tender that does nothing yet.
   *
   * @param options What it works with.
   */
  constructor(options: TenderOptions) {
    this.#options = options;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.floor(options.claimIdleMs / 3));
  }

  /**
   * Signs this instance on and makes its queues; from then on events are kept for it.
   *
   * @param connection The connection.
   * @param consumer The name of this instance for now.
   * @param isStrict Whether to reject when a queue can not be used.
   * @throws {TopologyConflictError} when a key is of another type: that of the service always, that of a queue when
   * `isStrict`.
   */
  async join(connection: RedisConnection, consumer: string, isStrict: boolean): Promise<void> {
    this.#consumer = consumer;
    try {
      await this.#tend(connection, false);
    } catch (error) {
      if (readReplyCode(error) !== "WRONGTYPE") throw error;
      throw toConflict(this.#options.aliveKey, (error as Error).message);
    }
    const faulty = this.#options.queues.find(({ fault }) => fault !== undefined);
    if (isStrict && faulty?.fault !== undefined) throw toConflict(faulty.keys.queue, faulty.fault);
  }

  /** Begins to tick. */
  attach(connection: RedisConnection): void {
    this.#connection = connection;
    this.expect(0);
  }

  /** The connection is gone. */
  detach(): void {
    this.#connection = undefined;
    clearTimeout(this.#timer);
    this.#nextMs = Infinity;
  }

  /** Sees to it that a tick comes in so many milliseconds, or before. */
  expect(delayMs: number): void {
    if (this.#connection === undefined) return;
    const nextMs = performance.now() + delayMs;
    if (nextMs >= this.#nextMs) return;
    this.#nextMs = nextMs;
    clearTimeout(this.#timer);
    this.#timer = startTimer(() => {
      this.#nextMs = Infinity;
      void this.tick();
    }, delayMs);
    this.#timer.unref();
  }

  /** There is room again in some queue. */
  onRoom(): void {
    if (this.#hasMore()) this.expect(SHORTEST_PAUSE_MS);
  }

  /** Takes nothing over any more. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Ticks now, or waits for the tick that is on its way and ticks again soon. Never rejects. */
  tick(): Promise<void> {
    if (this.#ticking !== undefined) {
      this.#isDue = true;
      return this.#ticking;
    }
    return this.#ticking = this.#tick().finally(() => {
      this.#ticking = undefined;
      if (this.#isDue) this.expect(0);
      this.#isDue = false;
    });
  }

  async #tick(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    clearTimeout(this.#timer);
    this.#nextMs = Infinity;
    let pauseMs = this.#pauseMs;
    try {
      pauseMs = Math.min(pauseMs, await this.#tend(connection, true));
    } catch (error) {
      if (connection !== this.#connection) return;
      const code = readReplyCode(error);
      if (code === undefined || isTransient(code)) return this.#options.onBroken(error as Error);
      for (const queue of this.#options.queues) this.#setFault(queue, (error as Error).message);
    }
    if (connection !== this.#connection) return;
    this.expect(Math.max(SHORTEST_PAUSE_MS, pauseMs));
    this.#options.onTick();
  }

  /** Returns in how many milliseconds there is something to do. */
  async #tend(connection: RedisConnection, mayTakeOver: boolean): Promise<number> {
    const { queues, claimIdleMs } = this.#options;
    const askedMs = performance.now();
    const rooms = queues.map((queue) => mayTakeOver && !this.#isPaused ? queue.room : 0);
    const [dueMs, ...reports] = await runScript(connection, TEND, this.#keys(), this.#args(rooms), true) as [
      number,
      ...QueueReport[],
    ];
    if (mayTakeOver && connection !== this.#connection) return this.#pauseMs;
    for (const [i, queue] of queues.entries()) {
      const [fault, mayRead, hasMore, entries] = reports[i]!;
      this.#setFault(queue, fault.length === 0 ? undefined : String(fault));
      queue.hasLegacy = hasMore === 1;
      queue.readableUntilMs = mayRead === 1 ? toLimit(queue, askedMs + claimIdleMs / 2) : -Infinity;
      for (const [id, deliveries, fields] of entries) queue.take(String(id), fields, deliveries);
    }
    return this.#hasMore() ? 0 : dueMs < 0 ? Infinity : dueMs;
  }

  /** Whether something can be taken over at once. */
  #hasMore(): boolean {
    const { queues } = this.#options;
    return !this.#isPaused && queues.every(({ suspects }) => suspects === 0) &&
      queues.some(({ hasLegacy, room }) => hasLegacy && room > 0);
  }

  #setFault(queue: GroupQueue, fault: string | undefined): void {
    if (fault !== undefined && queue.fault !== fault) {
      this.#options.logger.error(`Cannot use ${queue.keys.queue}, will try again: ${fault}`);
    }
    queue.fault = fault;
  }

  #keys(): string[] {
    const { queues, aliveKey, deadKey } = this.#options;
    return [
      aliveKey,
      deadKey,
      ...queues.flatMap(({ keys: { queue, retry, groups, lease } }) => [queue, retry, groups, lease]),
    ];
  }

  #args(rooms: readonly number[]): string[] {
    const { queues, claimIdleMs } = this.#options;
    const isClear = queues.every(({ suspects }) => suspects === 0);
    return [
      ...[GROUP, RETURNED, this.#consumer],
      ...[claimIdleMs, BATCH, SUSPECT_FROM, isClear ? 1 : 0].map(String),
      ...queues.flatMap(({ isOrdered }, i) => [String(rooms[i]), isOrdered ? "1" : "0"]),
    ];
  }
}

/** Until when a queue that we may read may be read. */
function toLimit({ isOrdered, hasLegacy }: GroupQueue, leasedUntilMs: number): number {
  if (!isOrdered) return Infinity;
  // What another instance had read comes before what nobody has read.
  return hasLegacy ? -Infinity : leasedUntilMs;
}

function toConflict(key: string, fault: string): Error {
  const code = readReplyCode(new Error(fault));
  if (code !== "WRONGTYPE") return new Error(`Redis refuses to make the queue ${key}: ${fault}`);
  return new TopologyConflictError(
    key,
    `Cannot use ${key}: it, or another key of it, is of another type; delete or rename it: ${fault}`,
    { found: "another type" },
  );
}
