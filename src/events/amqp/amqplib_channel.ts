/**
 * A channel of amqplib behind our interface. Messages pass through as they are, in both directions.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { AmqplibConnection } from "./amqplib_connection.ts";
import type {
  AmqpChannel,
  AmqpChannelListener,
  AmqpConsumeOptions,
  AmqpExchangeOptions,
  AmqpMessage,
  AmqpPublishOptions,
  AmqpQueueOptions,
  AmqpQueueState,
} from "./driver.ts";
import { ReusedHeaders } from "./reused_headers.ts";

/** A channel of the callback interface of amqplib. */
export type RawChannel =
  | import("amqplib/callback_api").Channel
  | import("amqplib/callback_api").ConfirmChannel;

type Done<T> = (error: Error | null, value: T) => void;

/** One channel. */
export class AmqplibChannel implements AmqpChannel {
  // The plain kind ignores the last argument of `publish`.
  readonly #raw: import("amqplib/callback_api").ConfirmChannel;
  readonly #listener: AmqpChannelListener;
  readonly #connection: AmqplibConnection;
  readonly #headers = new ReusedHeaders();
  readonly #ended: Promise<void>;
  #resolveEnded!: () => void;
  #isOpen = false;
  #isClosing = false;
  #isOver = false;
  #error: Error | undefined;

  /**
   * Takes over a channel in the call that makes it, while it is being opened.
   *
   * @param raw The channel.
   * @param listener Its owner, who hears of it once it is open.
   * @param connection Its connection.
   */
  constructor(raw: RawChannel, listener: AmqpChannelListener, connection: AmqplibConnection) {
    this.#raw = raw as import("amqplib/callback_api").ConfirmChannel;
    this.#listener = listener;
    this.#connection = connection;
    this.#ended = new Promise((resolve) => this.#resolveEnded = resolve);
    raw.on("error", (error) => void (this.#error = error));
    raw.on("close", () => this.#onClose());
    raw.on("return", (message) => connection.guard(() => listener.onReturn?.(message)));
    // What `onConfirm` throws; without this listener the library would answer with a protocol error.
    raw.on("handler-error", (error) => connection.destroy(error));
  }

  /** The broker has opened it. */
  open(): this {
    this.#isOpen = true;
    return this;
  }

  /** It is over: by itself, or because its connection is. */
  end(error: Error | undefined, isOurs: boolean): void {
    this.#isOver = true;
    this.#resolveEnded();
    if (isOurs || this.#isClosing || !this.#isOpen) return;
    this.#isOpen = false;
    this.#connection.guard(() => this.#listener.onClosed(error));
  }

  async assertExchange(
    name: string,
    type: string,
    options: AmqpExchangeOptions,
  ): Promise<void> {
    await this.#call((done) => this.#raw.assertExchange(name, type, options, done));
  }

  async checkExchange(name: string): Promise<void> {
    await this.#call((done) => this.#raw.checkExchange(name, done));
  }

  async deleteExchange(name: string): Promise<void> {
    await this.#call((done) => this.#raw.deleteExchange(name, {}, done));
  }

  assertQueue(name: string, options: AmqpQueueOptions): Promise<AmqpQueueState> {
    return this.#call((done) => this.#raw.assertQueue(name, options, done));
  }

  checkQueue(name: string): Promise<AmqpQueueState> {
    return this.#call((done) => this.#raw.checkQueue(name, done));
  }

  async deleteQueue(name: string): Promise<number> {
    const { messageCount } = await this.#call<{ messageCount: number }>((done) =>
      this.#raw.deleteQueue(name, {}, done)
    );
    return messageCount;
  }

  async bindQueue(queue: string, exchange: string, routingKey: string): Promise<void> {
    await this.#call((done) => this.#raw.bindQueue(queue, exchange, routingKey, {}, done));
  }

  async prefetch(count: number): Promise<void> {
    await this.#call((done) => this.#raw.prefetch(count, false, done));
  }

  async consume(
    queue: string,
    onMessage: (message: AmqpMessage | null) => void,
    options: AmqpConsumeOptions = {},
  ): Promise<string> {
    const connection = this.#connection;
    const deliver = (message: AmqpMessage | null): void => {
      if (connection.isOver) return;
      try {
        onMessage(message);
      } catch (error) {
        connection.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const { consumerTag } = await this.#call<{ consumerTag: string }>((done) =>
      this.#raw.consume(queue, deliver, options, done)
    );
    return consumerTag;
  }

  async cancel(consumerTag: string): Promise<void> {
    await this.#call((done) => this.#raw.cancel(consumerTag, done));
  }

  async get(queue: string): Promise<AmqpMessage | undefined> {
    const message = await this.#call<AmqpMessage | false>((done) => this.#raw.get(queue, {}, done));
    return message === false ? undefined : message;
  }

  ack(message: AmqpMessage): void {
    this.#raw.ack(message as RawMessage);
    this.#connection.writes.open();
  }

  nack(message: AmqpMessage): void {
    this.#raw.nack(message as RawMessage, false, true);
  }

  reject(message: AmqpMessage, requeue: boolean): void {
    this.#raw.reject(message as RawMessage, requeue);
  }

  publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: AmqpPublishOptions,
    onConfirm?: (error: Error | null) => void,
  ): void {
    // Encoded before `publish` returns.
    const headers = this.#headers.fill(options.headers ?? NO_HEADERS);
    this.#raw.publish(exchange, routingKey, content, { ...options, headers } as RawPublishOptions, onConfirm);
    this.#connection.writes.open();
  }

  async close(): Promise<void> {
    if (!this.#isClosing && !this.#isOver) {
      this.#isClosing = true;
      try {
        this.#raw.close();
      } catch {
        // The connection is about to end, and the channel with it.
      }
    }
    await this.#ended;
  }

  /** The library tells channels of the end of their connection before it says why; the connection passes that on. */
  #onClose(): void {
    this.#isOver = true;
    if (this.#error === undefined && !this.#isClosing) return;
    this.#connection.forget(this);
    this.end(this.#error, false);
  }

  #call<T>(start: (done: Done<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) throw this.#error ?? new Error("The channel is closed");
      start((error, value) => error ? reject(error) : resolve(value));
    });
  }
}

const NO_HEADERS = {};

type RawMessage = import("amqplib/callback_api").Message;
type RawPublishOptions = import("amqplib/callback_api").Options.Publish;
