/**
 * The events that are on their way to Redis.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import type { EmitError } from "../../errors.ts";
import type { Logger } from "../../logger.ts";
import { EmitDeadlines } from "../emit_deadlines.ts";
import type { EmitReceipt, TransportEmitOptions } from "../event_transport.ts";
import { Fifo } from "../fifo.ts";
import { toTimerMs } from "../time_limit.ts";
import type { EventCounters } from "../transport_state.ts";
import type { RedisConnection, RedisReply } from "./driver.ts";
import { type EmitCommand, readEmitReply, readQueueError, toFullCommand } from "./emit_command.ts";
import * as failures from "./emit_failures.ts";
import type { ResolvedRedisPublishing } from "./options.ts";
import { PendingEmit } from "./pending_emit.ts";
import { isTransient, readReplyCode } from "./script.ts";

/** What an outbox works with. */
export interface OutboxOptions {
  /** The limits. */
  readonly publishing: ResolvedRedisPublishing;
  /** Gets `emitted`, `confirmed`, `unrouted`, `resent`, `rejected` and `pending`. */
  readonly counters: EventCounters;
  /** Where it logs. */
  readonly logger: Logger;
  /** Redis takes no events for the moment: the connection is of no use. Must not throw. */
  readonly onBroken: (error: Error) => void;
}

/** The most events that are sent and not answered. */
const WINDOW = 1000;
/** So many events that are over may lie between those that wait. */
const MAX_HUSKS = 1000;
/** So many names of events that nobody handles are logged. */
const MAX_WARNINGS = 100;

/** Sends over one connection after the other. Knows nothing of how they are made. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #waiting = new Fifo<PendingEmit>();
  readonly #sent = new Set<PendingEmit>();
  readonly #deadlines: EmitDeadlines = new EmitDeadlines((nowMs) => this.#expire(nowMs));
  readonly #unroutedNames = new Set<string>();
  #connection: RedisConnection | undefined;
  // Without the abandoned, and without what is still in the list but over.
  #size = 0;
  #bytes = 0;
  // What is over and still in the list of what waits, at most.
  #husks = 0;
  #isClosed = false;
  #isStopped = false;
  #onEmpty: (() => void)[] = [];

  /**
   * Creates an outbox without a connection.
   *
   * @param options What it works with.
   */
  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * Emits an event.
   *
   * @param emit The event.
   * @param options How.
   * @returns What became of it. Rejects with an `EmitError`.
   */
  emit(emit: EmitCommand, options: TransportEmitOptions): Promise<EmitReceipt> {
    const { counters } = this.#options;
    const obstacle = this.#findObstacle(emit, options.signal);
    if (obstacle !== undefined) {
      counters.rejected++;
      return Promise.reject(obstacle);
    }
    const pending = new PendingEmit(emit, options, this.#options.publishing.timeoutMs);
    counters.emitted++;
    counters.pending++;
    this.#size++;
    this.#bytes += emit.bytes;
    if (options.confirm) this.#limit(pending, options.signal);
    else pending.resolve({ id: emit.id, confirmed: false, routed: undefined, attempts: 0 });
    this.#waiting.push(pending);
    this.#pump();
    return pending.promise;
  }

  /** Takes a connection into use: what was not confirmed goes first, then what waits, in the order of `emit`. */
  attach(connection: RedisConnection): void {
    if (this.#isStopped) return;
    this.#connection = connection;
    this.#pump();
  }

  /** The connection is gone. Group events are sent again; of broadcasts nobody can tell a second one from the first. */
  detach(): void {
    this.#connection = undefined;
    const sent = [...this.#sent];
    this.#sent.clear();
    this.#waiting.unshift(sent.filter(({ state, emit }) => state === "sent" && emit.isGroup));
    for (const pending of sent) {
      if (pending.state !== "sent") continue;
      pending.state = "waiting";
      if (!pending.emit.isGroup) this.#fail(pending, failures.createLostError(pending));
    }
  }

  /** Takes nothing more; what is on its way goes on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when all is confirmed or has failed, or when the time is over, in milliseconds. */
  flush(limitMs: number): Promise<void> {
    if (this.#size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = startTimer(resolve, toTimerMs(limitMs));
      this.#onEmpty.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Ends it: nothing more is taken, and what is on its way is rejected. Returns how many those are. */
  stop(): number {
    const count = this.#size;
    this.#isClosed = true;
    this.#isStopped = true;
    this.#connection = undefined;
    this.#deadlines.stop();
    for (const pending of [...this.#sent, ...this.#waiting.takeAll()]) {
      if (pending.isLive) this.#fail(pending, failures.createStopError(pending));
    }
    this.#sent.clear();
    return count;
  }

  #findObstacle(emit: EmitCommand, signal: AbortSignal | undefined): EmitError | undefined {
    const { publishing } = this.#options;
    if (this.#isClosed) return failures.createStoppedError(emit.name);
    if (signal?.aborted) return failures.createEarlyAbortError(emit.name, signal.reason);
    const fits = this.#size < publishing.bufferEvents && this.#bytes + emit.bytes <= publishing.bufferBytes;
    return fits || this.#size === 0 ? undefined : failures.createFullError(emit.name, publishing);
  }

  #limit(pending: PendingEmit, signal: AbortSignal | undefined): void {
    this.#deadlines.expect(pending.deadlineMs, performance.now());
    if (signal === undefined) return;
    const onAbort = (): void => this.#fail(pending, failures.createAbortError(pending, signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    pending.unwatch = () => signal.removeEventListener("abort", onAbort);
  }

  #pump(): void {
    const connection = this.#connection;
    while (connection !== undefined && connection === this.#connection && this.#sent.size < WINDOW) {
      const pending = this.#waiting.shift();
      if (pending === undefined) return;
      if (pending.state === "waiting") this.#send(pending, connection);
    }
  }

  #send(pending: PendingEmit, connection: RedisConnection, command = pending.emit.command): void {
    pending.state = "sent";
    if (++pending.attempts > 1) this.#options.counters.resent++;
    this.#sent.add(pending);
    connection.send(command).then(
      (reply) => connection === this.#connection && this.#onReply(pending, connection, reply),
      (error) => connection === this.#connection && this.#onError(pending, connection, error),
    );
  }

  #onReply(pending: PendingEmit, connection: RedisConnection, reply: RedisReply): void {
    const error = readQueueError(reply);
    if (error !== undefined && isTransient(readReplyCode(error))) {
      return this.#onError(pending, connection, error);
    }
    this.#sent.delete(pending);
    if (pending.state === "sent") {
      try {
        this.#confirm(pending, readEmitReply(pending.emit, reply));
      } catch (error) {
        this.#fail(pending, error as EmitError);
      }
    }
    this.#pump();
  }

  #onError(pending: PendingEmit, connection: RedisConnection, error: Error): void {
    const code = readReplyCode(error);
    if (code === undefined) return this.#options.onBroken(error);
    this.#sent.delete(pending);
    if (pending.state === "sent") {
      // It was not executed.
      pending.state = "waiting";
      pending.attempts--;
      if (code === "NOSCRIPT") return this.#send(pending, connection, toFullCommand(pending.emit));
      if (isTransient(code)) {
        this.#options.onBroken(error);
        // Before all others: those that were sent after it have been put back meanwhile.
        if (pending.isLive) this.#waiting.unshift([pending]);
        return;
      }
      this.#fail(pending, failures.createRefusedError(pending.emit.name, error));
    }
    this.#pump();
  }

  #confirm(pending: PendingEmit, receivers: number): void {
    const { counters } = this.#options;
    const { emit, isRouteRequired, attempts } = pending;
    if (receivers === 0 && emit.isGroup) this.#countUnrouted(emit.name);
    if (receivers === 0 && isRouteRequired) return this.#fail(pending, failures.createRouteError(pending));
    counters.confirmed++;
    this.#end(pending);
    pending.resolve({ id: emit.id, confirmed: true, routed: receivers > 0, attempts });
  }

  /** Rejects one. What has been sent keeps its place in the window until it is answered. */
  #fail(pending: PendingEmit, error: EmitError): void {
    if (!pending.isLive) return;
    this.#options.counters.rejected++;
    if (pending.state === "waiting") this.#husks++;
    this.#end(pending);
    pending.reject(error);
    if (this.#husks > MAX_HUSKS && this.#husks > this.#waiting.length / 2) this.#clear();
    if (!pending.isConfirmed) this.#options.logger.error(`Lost an event: ${error.message}`, { error });
  }

  #end(pending: PendingEmit): void {
    pending.state = "over";
    pending.unwatch?.();
    this.#options.counters.pending--;
    this.#bytes -= pending.emit.bytes;
    if (--this.#size > 0) return;
    for (const tell of this.#onEmpty.splice(0)) tell();
  }

  /** Ends what has run out of time; returns when the next one will have. */
  #expire(nowMs: number): number {
    let nextMs = Infinity;
    const waiting = this.#waiting.takeAll();
    for (const pending of [...this.#sent, ...waiting]) {
      if (!pending.isLive) continue;
      if (pending.deadlineMs <= nowMs) this.#fail(pending, failures.createTimeoutError(pending));
      else nextMs = Math.min(nextMs, pending.deadlineMs);
    }
    this.#waiting.unshift(waiting);
    this.#clear();
    return nextMs;
  }

  /** What is over must not pile up while Redis is away. */
  #clear(): void {
    this.#husks = 0;
    this.#waiting.unshift(this.#waiting.takeAll().filter(({ isLive }) => isLive));
  }

  #countUnrouted(name: string): void {
    this.#options.counters.unrouted++;
    if (this.#unroutedNames.size >= MAX_WARNINGS || this.#unroutedNames.has(name)) return;
    this.#unroutedNames.add(name);
    this.#options.logger.warn(`No service has ever handled event "${name}": it goes to nobody`);
  }
}
