/** A confirm channel without a broker: tests say what it confirms, refuses and returns, and when. */
import { Buffer } from "node:buffer";
import { ConfirmedPublisher } from "../../../src/events/amqp/confirmed_publisher.ts";
import type { OutgoingMessage } from "../../../src/events/amqp/pending_emit.ts";
import type { AmqpChannel, AmqpMessage, AmqpPublishOptions } from "../../../src/events/amqp/driver.ts";
import { type RabbitMqPublishingOptions, resolveRabbitMqOptions } from "../../../src/events/amqp/options.ts";
import type { TransportEmitOptions } from "../../../src/events/event_transport.ts";
import { createCounters, type EventCounters } from "../../../src/events/transport_state.ts";
import type { Logger } from "../../../src/logger.ts";

/** What has been published on a channel. */
export interface Published {
  readonly id: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly options: AmqpPublishOptions;
  readonly onConfirm: (error: Error | null) => void;
}

/** The part of a channel that publishers use. */
export class ScriptedChannel {
  /** All that has been published, in order. */
  readonly published: Published[] = [];
  /** What is neither confirmed nor refused. */
  readonly unconfirmed = new Set<Published>();
  /** The most that were so at a time. */
  mostUnconfirmed = 0;
  /** Thrown by `publish`. */
  error: Error | undefined;
  /** Confirm before `publish` returns. */
  confirmsAtOnce = false;

  get ids(): string[] {
    return this.published.map(({ id }) => id);
  }

  publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: AmqpPublishOptions,
    onConfirm: (error: Error | null) => void,
  ): void {
    if (this.error !== undefined) throw this.error;
    const published = { id: options.messageId!, exchange, routingKey, content, options, onConfirm };
    this.published.push(published);
    this.unconfirmed.add(published);
    this.mostUnconfirmed = Math.max(this.mostUnconfirmed, this.unconfirmed.size);
    if (this.confirmsAtOnce) this.confirm(published);
  }

  /** Confirms what was published at a position, or last under an id. */
  confirm(which: number | string | Published): void {
    this.#settle(which, null);
  }

  refuse(which: number | string | Published): void {
    this.#settle(which, new Error("message nacked"));
  }

  confirmAll(): void {
    while (this.unconfirmed.size > 0) for (const published of this.unconfirmed) this.confirm(published);
  }

  /** As amqplib does it: everything fails, later calls throw, and only then does anybody hear of it. */
  close(detach: () => void): void {
    this.error = new Error("Channel closed");
    for (const published of this.unconfirmed) this.#settle(published, new Error("channel closed"));
    detach();
  }

  /** What the broker would return. */
  toReturned(which: number | string): AmqpMessage {
    const { content, exchange, routingKey, options } = this.#find(which);
    return {
      content,
      fields: { deliveryTag: 0, redelivered: false, exchange, routingKey },
      properties: options,
    } as AmqpMessage;
  }

  #settle(which: number | string | Published, error: Error | null): void {
    const published = this.#find(which);
    if (!this.unconfirmed.delete(published)) throw new Error(`Settled twice: ${published.id}`);
    published.onConfirm(error);
  }

  #find(which: number | string | Published): Published {
    if (typeof which === "object") return which;
    const found = typeof which === "number"
      ? this.published[which]
      : this.published.findLast(({ id }) => id === which);
    if (found === undefined) throw new Error(`Not published: ${which}`);
    return found;
  }
}

/** A publisher with what it is connected to. */
export interface PublisherBench {
  readonly publisher: ConfirmedPublisher;
  readonly counters: EventCounters;
  /** What was logged: level and message. */
  readonly log: string[];
  /** What `onStalled` got. */
  readonly stalls: Error[];
  /** Attaches a new channel. */
  attach(): ScriptedChannel;
  /** Publishes a message with that id. */
  publish(id: string, options?: Partial<TransportEmitOptions> & MessageOptions): Promise<unknown>;
  [Symbol.dispose](): void;
}

/** How a message differs from others. */
export interface MessageOptions {
  readonly name?: string;
  readonly bytes?: number;
  readonly isGroup?: boolean;
  readonly ready?: Promise<void>;
}

/** Makes a publisher; disposing of it stops it. */
export function createPublisher(publishing: RabbitMqPublishingOptions = {}): PublisherBench {
  const counters = createCounters();
  const log: string[] = [];
  const stalls: Error[] = [];
  const write = (level: string) => (message: string): void => void log.push(`${level}: ${message}`);
  const logger: Logger = { debug() {}, info: write("info"), warn: write("warn"), error: write("error") };
  const publisher = new ConfirmedPublisher({
    publishing: resolveRabbitMqOptions("amqp://broker", { publishing, maxEventBytes: 1 }).publishing,
    counters,
    logger: () => logger,
    onStalled: (reason) => stalls.push(reason),
  });
  return {
    publisher,
    counters,
    log,
    stalls,
    attach(): ScriptedChannel {
      const channel = new ScriptedChannel();
      publisher.attach(channel as unknown as AmqpChannel);
      return channel;
    },
    publish(id, { confirm = true, requireRoute = false, timeoutMs, signal, ...message } = {}) {
      return publisher.publish(createMessage(id, message), { confirm, requireRoute, timeoutMs, signal });
    },
    [Symbol.dispose]: () => void publisher.stop(),
  };
}

function createMessage(
  id: string,
  { name = "e", bytes = 1, isGroup = true, ready }: MessageOptions,
): OutgoingMessage {
  return {
    id,
    name,
    exchange: "x",
    routingKey: name,
    content: Buffer.alloc(bytes),
    options: { messageId: id },
    isGroup,
    ready,
  };
}

/** Says of a promise whether it has settled, and how: `"open"`, its value, or its error. */
export async function peek(promise: Promise<unknown>): Promise<unknown> {
  const open = "open";
  const turn = new Promise((resolve) => setTimeout(() => resolve(open)));
  return await Promise.race([promise.catch((error) => error), turn]);
}
