/** A consumer's connection without a broker: tests say what comes and what becomes of what is published. */
import { Buffer } from "node:buffer";
import { AmqpNames } from "../../../src/events/amqp/amqp_names.ts";
import type {
  AmqpChannel,
  AmqpChannelListener,
  AmqpConnection,
  AmqpMessage,
  AmqpProperties,
  AmqpPublishOptions,
  AmqpQueueState,
} from "../../../src/events/amqp/driver.ts";

/** The names that the tests use. */
export const NAMES: AmqpNames = new AmqpNames("ns");

/** What differs from a message without properties. */
export interface MessageParts {
  readonly body?: unknown;
  readonly content?: Buffer;
  readonly properties?: { readonly [Name in keyof AmqpProperties]?: unknown };
  readonly headers?: Record<string, unknown>;
  readonly fields?: Partial<AmqpMessage["fields"]>;
}

/** Makes a message that was delivered. */
export function createMessage(
  { body = {}, content, properties, headers, fields }: MessageParts = {},
): AmqpMessage {
  return {
    content: content ?? Buffer.from(JSON.stringify(body)),
    fields: {
      deliveryTag: 1,
      redelivered: false,
      exchange: "ns.events",
      routingKey: "order_paid",
      ...fields,
    },
    properties: {
      ...NO_PROPERTIES,
      ...(headers !== undefined && { headers }),
      ...properties,
    },
  };
}

const NO_PROPERTIES: AmqpMessage["properties"] = {
  messageId: undefined,
  contentType: undefined,
  contentEncoding: undefined,
  deliveryMode: undefined,
  timestamp: undefined,
  type: undefined,
  appId: undefined,
  correlationId: undefined,
  expiration: undefined,
  headers: undefined,
};

/** A copy that was published. */
export interface PublishedCopy {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly options: AmqpPublishOptions;
  /** Confirms it, or says that it was refused. */
  readonly settle: (error?: Error) => void;
  /** Returns it; the confirmation follows. */
  readonly giveBack: () => void;
}

/** One channel. */
export class FakeChannel implements AmqpChannel {
  /** Delivery tags, in the order of the calls. */
  readonly acked: number[] = [];
  readonly nacked: number[] = [];
  readonly prefetches: number[] = [];
  readonly published: PublishedCopy[] = [];
  /** What is called, in order. */
  readonly calls: string[] = [];
  /** What becomes of what is published; `undefined` leaves it to the test. */
  onPublish: ((copy: PublishedCopy) => void) | undefined = (copy) => copy.settle();
  /** Rejects the next calls of `consume`. */
  consumeErrors: Error[] = [];
  /** Throws when it does not like what is published. */
  checkOptions: (options: AmqpPublishOptions) => void = () => {};
  isOpen = true;
  readonly #listener: AmqpChannelListener;
  readonly #consumers = new Map<string, (message: AmqpMessage | null) => void>();
  #tag = 0;
  #consumerCount = 0;

  readonly #onCall: (call: string) => void;

  constructor(listener: AmqpChannelListener, onCall: (call: string) => void) {
    this.#listener = listener;
    this.#onCall = onCall;
  }

  /** Delivers a message, under the next delivery tag. */
  deliver(parts: MessageParts = {}): number {
    const deliveryTag = ++this.#tag;
    const message = createMessage({ ...parts, fields: { ...parts.fields, deliveryTag } });
    const [consumer] = this.#consumers.values();
    if (consumer === undefined) throw new Error("Nobody consumes");
    consumer(message);
    return deliveryTag;
  }

  /** Ends the consumer, as a broker does whose queue is deleted. */
  endConsumer(): void {
    const [[tag, consumer]] = [...this.#consumers] as [[string, (message: null) => void]];
    this.#consumers.delete(tag);
    consumer(null);
  }

  /** Closes the channel, as a broker does. */
  fail(error: Error | undefined = new Error("Channel closed by server")): void {
    this.isOpen = false;
    for (const { settle } of this.published) settle(new Error("channel closed"));
    this.#listener.onClosed(error);
  }

  get consumers(): number {
    return this.#consumers.size;
  }

  ack({ fields }: AmqpMessage): void {
    this.#settle(fields.deliveryTag, this.acked, "ack");
  }

  nack({ fields }: AmqpMessage): void {
    this.#settle(fields.deliveryTag, this.nacked, "nack");
  }

  reject(): void {
    throw new Error("Not expected");
  }

  async prefetch(count: number): Promise<void> {
    await this.#use(`prefetch ${count}`);
    this.prefetches.push(count);
  }

  async consume(queue: string, onMessage: (message: AmqpMessage | null) => void): Promise<string> {
    await this.#use(`consume ${queue}`);
    const error = this.consumeErrors.shift();
    if (error !== undefined) throw error;
    const tag = `consumer-${++this.#consumerCount}`;
    this.#consumers.set(tag, onMessage);
    return tag;
  }

  async cancel(consumerTag: string): Promise<void> {
    await this.#use(`cancel ${consumerTag}`);
    this.#consumers.delete(consumerTag);
  }

  publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: AmqpPublishOptions,
    onConfirm: (error: Error | null) => void = () => {},
  ): void {
    if (!this.isOpen) throw new Error("Channel closed");
    this.checkOptions(options);
    let isSettled = false;
    const settle = (error?: Error): void => {
      if (isSettled) return;
      isSettled = true;
      onConfirm(error ?? null);
    };
    const giveBack = (): void => {
      const fields = { deliveryTag: 0, redelivered: false, exchange, routingKey };
      this.#listener.onReturn?.({ content, fields, properties: { ...NO_PROPERTIES, ...options } });
    };
    const copy = { exchange, routingKey, content, options, settle, giveBack };
    this.published.push(copy);
    this.onPublish?.(copy);
  }

  async close(): Promise<void> {
    await this.#use("close");
    this.isOpen = false;
  }

  assertExchange = (): Promise<void> => Promise.reject(new Error("Not expected"));
  checkExchange = (): Promise<void> => Promise.reject(new Error("Not expected"));
  deleteExchange = (): Promise<void> => Promise.reject(new Error("Not expected"));
  assertQueue = (): Promise<AmqpQueueState> => Promise.reject(new Error("Not expected"));
  checkQueue = (): Promise<AmqpQueueState> => Promise.reject(new Error("Not expected"));
  deleteQueue = (): Promise<number> => Promise.reject(new Error("Not expected"));
  bindQueue = (): Promise<void> => Promise.reject(new Error("Not expected"));
  get = (): Promise<AmqpMessage | undefined> => Promise.reject(new Error("Not expected"));

  /** A broker closes a channel on which something is settled that it does not know, or twice. */
  #settle(tag: number, settled: number[], call: string): void {
    this.calls.push(`${call} ${tag}`);
    if (!this.isOpen) throw new Error("Channel closed");
    if (tag > this.#tag || this.acked.includes(tag) || this.nacked.includes(tag)) {
      throw new Error(`PRECONDITION_FAILED - unknown delivery tag ${tag}`);
    }
    settled.push(tag);
  }

  async #use(call: string): Promise<void> {
    this.calls.push(call);
    this.#onCall(call);
    if (!this.isOpen) throw new Error("Channel closed");
    await Promise.resolve();
  }
}

/** One connection. */
export class FakeConnection implements AmqpConnection {
  readonly product = "Fake 1.0";
  /** Those of consumers. */
  readonly channels: FakeChannel[] = [];
  /** Those that confirm. */
  readonly confirmChannels: FakeChannel[] = [];
  /** Told of what is called, before it has an effect. */
  onCall: (call: string) => void = () => {};

  async createChannel(listener: AmqpChannelListener, isConfirm: boolean): Promise<AmqpChannel> {
    this.onCall("createChannel");
    await Promise.resolve();
    const channel = new FakeChannel(listener, (call) => this.onCall(call));
    (isConfirm ? this.confirmChannels : this.channels).push(channel);
    return channel;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): void {
    throw new Error("Not expected");
  }
}
