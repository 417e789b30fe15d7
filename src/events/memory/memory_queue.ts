/**
 * A queue of a broker in memory.
 *
 * @module
 */
import type { OutgoingEvent } from "../event_transport.ts";
import { Fifo } from "../fifo.ts";

/** An event in a queue. It is in one place at a time: in the queue, with a consumer, or resting before a retry. */
export interface QueuedEvent {
  /** The queue that it belongs to. */
  readonly queue: MemoryQueue;
  /** The event. */
  readonly event: OutgoingEvent;
  /** The how many-th delivery the next one is. */
  attempt: number;
  /** When it failed for the first time (ISO 8601). */
  firstFailure: string | undefined;
}

/** Who takes events out of queues. */
export interface QueueConsumer {
  /** Whether it takes one more. */
  readonly hasRoom: boolean;
  /** Whether events must be delivered to it one after the other. */
  readonly isOrdered: boolean;
  /** Takes an event. Must call `settled` of its queue once, now or later. */
  deliver(queued: QueuedEvent): void;
}

/** What a queue needs of its broker. */
export interface QueueHost {
  /** Calls `deliver` of the queue soon, from the event loop. */
  wake(queue: MemoryQueue): void;
  /** Nothing happens in the queue unless something is added. */
  quiet(queue: MemoryQueue): void;
}

/** How a queue is made. */
export interface MemoryQueueOptions {
  /** What a person calls it. */
  readonly name: string;
  /** The most events that it holds, those included that rest before a retry. */
  readonly maxLength: number;
}

/** The most events that a queue delivers in one turn of the event loop: others have their turn, too. */
const MAX_PER_TURN = 100;

/** Holds events and deals them out to its consumers, round robin. */
export class MemoryQueue {
  /** What a person calls it. */
  readonly name: string;
  /** The most events that it holds, those included that rest before a retry. */
  readonly maxLength: number;
  readonly #host: QueueHost;
  readonly #ready = new Fifo<QueuedEvent>();
  readonly #consumers: QueueConsumer[] = [];
  #isOrdered = false;
  // The consumer whose turn it is.
  #next = 0;
  #resting = 0;
  #running = 0;
  #turn = MAX_PER_TURN;
  #isDelivering = false;

  /**
   * Creates an empty queue.
   *
   * @param host The broker.
   * @param options Its name and its bound.
   */
  constructor(host: QueueHost, { name, maxLength }: MemoryQueueOptions) {
    this.#host = host;
    this.name = name;
    this.maxLength = maxLength;
  }

  /** Whether it takes no more events. What comes back from a consumer is always taken. */
  get isFull(): boolean {
    return this.#ready.length + this.#resting >= this.maxLength;
  }

  /** Whether nothing happens in it unless something is added. */
  get isQuiet(): boolean {
    return this.#running === 0 && this.#resting === 0 &&
      (this.#ready.length === 0 || this.#consumers.length === 0);
  }

  /** Adds an event that is emitted. */
  add(event: OutgoingEvent): void {
    this.addAgain({ queue: this, event, attempt: 1, firstFailure: undefined });
  }

  /** Adds an event of this queue behind all others. */
  addAgain(queued: QueuedEvent): void {
    this.#ready.push(queued);
    this.#wake();
  }

  /** Puts events of this queue back before all others, the oldest first. */
  putBack(queued: readonly QueuedEvent[]): void {
    this.#ready.unshift(queued);
    this.#wake();
  }

  /** Counts an event that rests: it belongs to the queue, and is added when its rest is over. */
  beginRest(): void {
    this.#resting++;
  }

  /** The opposite of `beginRest`. */
  endRest(): void {
    this.#resting--;
    this.#tellWhenQuiet();
  }

  /** Adds a consumer. */
  attach(consumer: QueueConsumer): void {
    this.#consumers.push(consumer);
    this.#isOrdered ||= consumer.isOrdered;
    this.#wake();
  }

  /** Removes a consumer. What it has taken is settled all the same. */
  detach(consumer: QueueConsumer): void {
    const at = this.#consumers.indexOf(consumer);
    if (at < 0) return;
    this.#consumers.splice(at, 1);
    if (this.#next > at) this.#next--;
    this.#isOrdered = this.#consumers.some(({ isOrdered }) => isOrdered);
    this.#tellWhenQuiet();
  }

  /** A consumer is done with an event that it took, or has put it elsewhere. */
  settled(): void {
    this.#running--;
    this.#tellWhenQuiet();
  }

  /** A new turn of the event loop. */
  beginTurn(): void {
    this.#turn = MAX_PER_TURN;
    this.deliver();
  }

  /** Deals out events while consumers take them. Never called in `emit`. */
  deliver(): void {
    // A handler that returns at once makes room, and calls this, inside the loop.
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      while (this.#ready.length > 0) {
        const consumer = this.#pick();
        if (consumer === undefined) return;
        if (this.#turn === 0) return this.#wake();
        this.#turn--;
        this.#running++;
        consumer.deliver(this.#ready.shift()!);
      }
    } finally {
      this.#isDelivering = false;
    }
  }

  #pick(): QueueConsumer | undefined {
    const consumers = this.#consumers;
    if (this.#isOrdered && this.#running > 0) return undefined;
    for (let tried = 0; tried < consumers.length; tried++) {
      const at = (this.#next + tried) % consumers.length;
      const consumer = consumers[at]!;
      if (!consumer.hasRoom) continue;
      this.#next = (at + 1) % consumers.length;
      return consumer;
    }
    return undefined;
  }

  #wake(): void {
    if (this.#ready.length > 0 && this.#consumers.length > 0) this.#host.wake(this);
  }

  #tellWhenQuiet(): void {
    if (this.isQuiet) this.#host.quiet(this);
  }
}
