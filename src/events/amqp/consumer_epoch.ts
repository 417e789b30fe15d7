/**
 * What belongs to one connection of a consumer: when that is gone, nothing of it can be settled any more.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import type { DeliveryOutcome } from "../delivery_pool.ts";
import type { ReceivedEvent } from "../event_transport.ts";
import type { CopyPublisher } from "./copy_channel.ts";
import { type AmqpChannel, type AmqpMessage, MAX_UNHEARD_SETTLEMENTS } from "./driver.ts";
import { SuspectLane } from "./suspect_lane.ts";

/** A delivery that may have ended a process before. */
export interface Suspect {
  /** What it is settled by. */
  readonly delivery: AmqpDelivery;
  /** What is delivered. */
  readonly event: ReceivedEvent;
}

/** What a consumer does with what it receives. None of it may throw. */
export interface DeliveryHandling {
  /** Begins a suspect. */
  begin(suspect: Suspect): void;
  /** Does what the outcome asks for. */
  settle(delivery: AmqpDelivery, event: ReceivedEvent, outcome: DeliveryOutcome): void;
}

/** The time from one connection to its loss. */
export class ConsumerEpoch {
  /** Where deliveries come from, and the only place where they can be settled. */
  channel!: AmqpChannel;
  /** The queue that is consumed. */
  queue = "";
  /** The consumer at the broker; `undefined` while there is none. */
  consumerTag: string | undefined;
  /** For copies of what fails. */
  readonly copies: CopyPublisher;
  /** Deliveries that may have ended a process before. */
  readonly suspects: SuspectLane<Suspect>;
  /** Settles what came in it. Consumers share the pools of handlers, so that each has its own. */
  readonly settle: DeliveryHandling["settle"];
  /** How many deliveries have been settled. */
  settled = 0;
  #isOpen = true;
  readonly #sleepers = new Set<() => void>();

  /**
   * Begins.
   *
   * @param copies Takes copies of what fails.
   * @param handling What its consumer does with what it receives.
   */
  constructor(copies: CopyPublisher, { begin, settle }: DeliveryHandling) {
    this.copies = copies;
    this.settle = settle;
    this.suspects = new SuspectLane(begin);
  }

  /** Whether deliveries can be settled. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The connection is gone, or the consumer is given up. Leaves no timer. */
  close(): void {
    this.#isOpen = false;
    this.suspects.close();
    for (const wake of [...this.#sleepers]) wake();
  }

  /**
   * Waits until a quorum queue has heard of all settlements, so that the channel can be closed: the queue answers the
   * beginning and the end of a consumer after what was sent before them. Never rejects.
   *
   * @param onMessage Gets what the queue delivers meanwhile: at most one message.
   */
  async flush(onMessage: (message: AmqpMessage | null) => void): Promise<void> {
    if (!this.#isOpen || this.settled <= MAX_UNHEARD_SETTLEMENTS) return;
    try {
      await this.channel.prefetch(1);
      await this.channel.cancel(await this.channel.consume(this.queue, onMessage));
    } catch {
      // The channel has closed.
    }
  }

  /** Waits, at most until the end of the epoch. */
  sleep(delayMs: number): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = startTimer(wake, delayMs);
      this.#sleepers.add(wake);
    });
  }
}

/** A message that waits to be settled, once, on the channel that it came from. */
export class AmqpDelivery {
  /** The message. */
  readonly message: AmqpMessage;
  /** When and where it came. */
  readonly epoch: ConsumerEpoch;
  /** Whether it may have ended a process before. */
  isSuspect = false;
  #isSettled = false;

  /**
   * Creates a delivery that is not settled.
   *
   * @param message The message.
   * @param epoch When and where it came.
   */
  constructor(message: AmqpMessage, epoch: ConsumerEpoch) {
    this.message = message;
    this.epoch = epoch;
  }

  /** Settles it: it is done. Has no effect when it is too late for that: the broker delivers it again. */
  ack(): void {
    if (this.#isSettled || !this.epoch.isOpen) return;
    this.#isSettled = true;
    this.epoch.settled++;
    try {
      this.epoch.channel.ack(this.message);
    } catch {
      // The channel has closed, and we have not been told yet.
    }
  }

  /** Puts it back. Has no effect when it is too late for that: then the broker does it. */
  putBack(): void {
    if (this.#isSettled || !this.epoch.isOpen) return;
    this.#isSettled = true;
    this.epoch.settled++;
    try {
      this.epoch.channel.nack(this.message);
    } catch {
      // As above.
    }
  }
}
