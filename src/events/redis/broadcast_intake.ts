/**
 * Takes broadcasts from their channels to the handlers. Redis keeps none of them, so retries wait here.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import type { Logger } from "../../logger.ts";
import type { DeliveryOutcome } from "../delivery_pool.ts";
import type { ReceivedEvent } from "../event_transport.ts";
import { logRetry } from "../failure_log.ts";
import type { EventCounters } from "../transport_state.ts";
import type { RedisConnection } from "./driver.ts";
import { readBroadcast, UnreadableEntry } from "./entry_reader.ts";
import type { Graveyard } from "./graveyard.ts";
import type { DeliveryToken, GroupQueue } from "./group_queue.ts";
import { OccasionalLog } from "./occasional_log.ts";

/** What an intake works with. */
export interface BroadcastIntakeOptions {
  /** One for each event; broadcasts share its pool, and a dead one is redriven to it. */
  readonly queues: readonly GroupQueue[];
  /** The largest body that is decoded, in bytes. */
  readonly maxEventBytes: number;
  /** How long an event rests, by the number of its failed delivery. */
  readonly retryDelaysMs: readonly number[];
  /** Takes what can not be handled. */
  readonly graveyard: Graveyard;
  /** Gets `retried`. */
  readonly counters: EventCounters;
  /** Where it logs. */
  readonly logger: Logger;
}

/** What an instance that is too slow lets wait; Redis would cut it off at some point, and then all is lost. */
const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** More retries than that do not wait at once. */
const MAX_RETRIES = 1000;
const MAX_RETRY_BYTES = 64 * 1024 * 1024;

/** Listens over one connection after the other. */
export class BroadcastIntake {
  readonly #options: BroadcastIntakeOptions;
  readonly #queues: ReadonlyMap<string, GroupQueue>;
  readonly #retries = new Map<BroadcastDelivery, ReturnType<typeof startTimer>>();
  readonly #overload: OccasionalLog;
  #waiting = 0;
  #waitingBytes = 0;
  #retryBytes = 0;
  #lostMs: number | undefined;
  #isPaused = false;

  /**
   * Creates an intake that listens to nothing yet.
   *
   * @param options What it works with.
   */
  constructor(options: BroadcastIntakeOptions) {
    this.#options = options;
    this.#queues = new Map(options.queues.map((queue) => [queue.event, queue]));
    this.#overload = new OccasionalLog((count) =>
      options.logger.warn(
        `Dropped ${count} broadcasts: the handlers are too slow, ${MAX_WAITING} wait already`,
      )
    );
  }

  /** Listens. Resolves when what is emitted from then on is heard. */
  async attach(connection: RedisConnection): Promise<void> {
    await connection.subscribe(
      [...this.#queues.keys()],
      (channel, message) => this.#receive(channel, message),
    );
    if (this.#lostMs === undefined) return;
    const gapMs = Math.round(performance.now() - this.#lostMs);
    this.#lostMs = undefined;
    this.#options.logger.warn(`Broadcasts of the last ${gapMs} ms are lost: Redis was not connected`);
  }

  /** The connection is gone. */
  detach(): void {
    this.#lostMs ??= performance.now();
  }

  /** Takes nothing more; what waits for another try becomes a dead letter. */
  pause(): void {
    this.#isPaused = true;
    this.#overload.stop();
    for (const delivery of [...this.#retries.keys()]) {
      clearTimeout(this.#retries.get(delivery));
      this.#endRest(delivery);
      this.#bury(delivery, "max_attempts", delivery.error);
    }
  }

  #receive(channel: string, message: Buffer): void {
    const queue = this.#queues.get(channel);
    if (queue === undefined || this.#isPaused) return;
    if (this.#waiting >= MAX_WAITING || this.#waitingBytes + message.length > MAX_WAITING_BYTES) {
      return this.#overload.note();
    }
    const { maxEventBytes } = this.#options;
    const event = readBroadcast(channel, message, maxEventBytes);
    const delivery = new BroadcastDelivery(queue, message, (...outcome) => this.#settle(...outcome));
    if (event instanceof UnreadableEntry) this.#bury(delivery, event.reason, event.error);
    else this.#push(delivery, event);
  }

  #push(delivery: BroadcastDelivery, event: ReceivedEvent): void {
    this.#waiting++;
    this.#waitingBytes += delivery.message.length;
    delivery.queue.pool.push(delivery, event);
  }

  #settle(delivery: BroadcastDelivery, event: ReceivedEvent, outcome: DeliveryOutcome): void {
    this.#waiting--;
    this.#waitingBytes -= delivery.message.length;
    if (outcome.kind === "done") return;
    delivery.firstFailure ??= new Date().toISOString();
    delivery.error = outcome.error;
    if (outcome.kind === "dead") return this.#bury(delivery, outcome.reason, outcome.error);
    if (this.#isPaused || !this.#hasRoomForRetry(delivery)) {
      return this.#bury(delivery, "max_attempts", outcome.error);
    }
    this.#beginRest(delivery, event);
  }

  #hasRoomForRetry({ message }: BroadcastDelivery): boolean {
    return this.#retries.size < MAX_RETRIES && this.#retryBytes + message.length <= MAX_RETRY_BYTES;
  }

  #beginRest(delivery: BroadcastDelivery, event: ReceivedEvent): void {
    const { retryDelaysMs, counters, logger } = this.#options;
    const { attempt, error } = delivery;
    const delayMs = retryDelaysMs[Math.min(attempt, retryDelaysMs.length) - 1]!;
    counters.retried++;
    logRetry(logger, { name: event.name, id: event.id, attempt, error, delayMs });
    // It is a part of what came over the socket together, all of which it would keep.
    delivery.message = Buffer.from(delivery.message);
    this.#retryBytes += delivery.message.length;
    const timer = startTimer(() => {
      this.#endRest(delivery);
      delivery.attempt++;
      this.#push(delivery, { ...event, attempt: delivery.attempt });
    }, delayMs);
    this.#retries.set(delivery, timer);
  }

  #endRest(delivery: BroadcastDelivery): void {
    this.#retries.delete(delivery);
    this.#retryBytes -= delivery.message.length;
  }

  #bury(delivery: BroadcastDelivery, reason: string, error: unknown): void {
    const { queue, message, attempt, firstFailure } = delivery;
    // A body that is too large would be so again; its beginning shows what it is.
    const body = reason === "too_large" ? message.subarray(0, this.#options.maxEventBytes) : message;
    this.#options.graveyard.bury({
      event: queue.event,
      eventId: undefined,
      origin: queue.keys.queue,
      reason,
      attempts: attempt,
      firstFailure,
      error,
    }, body);
  }
}

/** One broadcast. */
class BroadcastDelivery implements DeliveryToken {
  /** Which delivery it is. */
  attempt = 1;
  /** When it failed for the first time. */
  firstFailure: string | undefined = undefined;
  /** What it failed with. */
  error: unknown = undefined;
  /** The body as it came. */
  message: Buffer;
  readonly #onSettled: (delivery: BroadcastDelivery, event: ReceivedEvent, outcome: DeliveryOutcome) => void;

  /**
   * Creates one.
   *
   * @param queue The queue of the same event.
   * @param message The body as it came.
   * @param onSettled Called with what became of it.
   */
  constructor(
    readonly queue: GroupQueue,
    message: Buffer,
    onSettled: (delivery: BroadcastDelivery, event: ReceivedEvent, outcome: DeliveryOutcome) => void,
  ) {
    this.message = message;
    this.#onSettled = onSettled;
  }

  /** Says what became of it. */
  settle(event: ReceivedEvent, outcome: DeliveryOutcome): void {
    this.#onSettled(this, event, outcome);
  }
}
