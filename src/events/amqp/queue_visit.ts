/**
 * Looks into a queue without consuming it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { AmqpChannel, AmqpMessage } from "./driver.ts";

/** Messages that are fetched, on a channel of their own; those that are kept go back at the end. */
export class QueueVisit {
  readonly #channel: AmqpChannel;
  readonly #queue: string;
  // Of what is kept only that: there may be a million.
  readonly #kept: number[] = [];

  /**
   * Begins.
   *
   * @param channel A channel that nobody else uses.
   * @param queue The queue. When there is none, the first message can not be fetched (404).
   */
  constructor(channel: AmqpChannel, queue: string) {
    this.#channel = channel;
    this.#queue = queue;
  }

  /** Fetches a message; `undefined` when none is left. */
  next(): Promise<AmqpMessage | undefined> {
    return this.#channel.get(this.#queue);
  }

  /** Fetches what is there now. What comes meanwhile is not met. */
  async *present(): AsyncGenerator<AmqpMessage> {
    const first = await this.next();
    if (first === undefined) return;
    // After the first one: until something is fetched, what was put back just now may not be counted yet.
    let { messageCount: left } = await this.#channel.checkQueue(this.#queue);
    yield first;
    for (; left > 0; left--) {
      const message = await this.next();
      if (message === undefined) return;
      yield message;
    }
  }

  /** Removes a message from the queue. */
  take(message: AmqpMessage): void {
    this.#channel.ack(message);
  }

  /** Leaves a message in the queue. */
  keep({ fields }: AmqpMessage): void {
    this.#kept.push(fields.deliveryTag);
  }

  /** Puts back what is kept, in its order: when the channel closes, RabbitMQ puts it back in any order. */
  end(): void {
    this.#kept.sort((a, b) => a - b);
    try {
      for (const deliveryTag of this.#kept) this.#channel.nack(toStub(deliveryTag));
    } catch {
      // The channel has closed: they are back.
    }
  }
}

const NO_CONTENT: Buffer = Buffer.alloc(0);

function toStub(deliveryTag: number): AmqpMessage {
  const fields = { deliveryTag, redelivered: false, exchange: "", routingKey: "" };
  return { content: NO_CONTENT, fields, properties: {} as AmqpMessage["properties"] };
}
