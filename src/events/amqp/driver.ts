/**
 * The little of an AMQP 0-9-1 client that the transport needs, so that the client library can be changed.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { BrokerTlsOptions } from "../tls_options.ts";

/**
 * A channel sends a quorum queue so many acknowledgements that it has not answered; the others wait in the channel, and
 * RabbitMQ forgets them when it closes, so that those messages come again (rabbitmq-server issue 10327).
 */
export const MAX_UNHEARD_SETTLEMENTS = 32;

/** The properties of a message (AMQP 0-9-1, class `basic`), as far as we read and write them. */
export interface AmqpProperties {
  readonly messageId?: string | undefined;
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  /** 2 is persistent. */
  readonly deliveryMode?: number | undefined;
  /** In seconds since 1970. */
  readonly timestamp?: number | undefined;
  readonly type?: string | undefined;
  readonly appId?: string | undefined;
  readonly correlationId?: string | undefined;
  /** In milliseconds, as text. */
  readonly expiration?: string | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/** How a message is published. */
export interface AmqpPublishOptions extends AmqpProperties {
  /** Comes back (`onReturn`) when no queue takes it. */
  readonly mandatory?: boolean;
}

/** A message that was delivered, fetched or returned. Values in it come from outside: check them. */
export interface AmqpMessage {
  readonly content: Buffer;
  readonly fields: {
    readonly deliveryTag: number;
    readonly redelivered: boolean;
    readonly exchange: string;
    readonly routingKey: string;
  };
  readonly properties: { readonly [Name in keyof AmqpProperties]: unknown };
}

/** What a channel tells its owner. What these throw ends the connection, and so do the callbacks of the channel. */
export interface AmqpChannelListener {
  /** The channel is gone, and all unsettled deliveries with it. Called once; not after our own `close`. */
  onClosed(error: Error | undefined): void;
  /** A mandatory message that no queue took comes back; its confirmation follows. */
  onReturn?(message: AmqpMessage): void;
}

/** One channel. After it has closed, methods throw or reject; nothing here waits for ever on a live connection. */
export interface AmqpChannel {
  /** Declares an exchange. */
  assertExchange(
    name: string,
    type: string,
    options: AmqpExchangeOptions,
  ): Promise<void>;
  /** Fails, and closes the channel, when there is no such exchange. */
  checkExchange(name: string): Promise<void>;
  /** Deletes an exchange. */
  deleteExchange(name: string): Promise<void>;
  /** Declares a queue; an empty name lets the broker choose one. */
  assertQueue(name: string, options: AmqpQueueOptions): Promise<AmqpQueueState>;
  /** Fails, and closes the channel, when there is no such queue. */
  checkQueue(name: string): Promise<AmqpQueueState>;
  /** Deletes a queue; returns how many messages went with it. */
  deleteQueue(name: string): Promise<number>;
  /** Binds a queue to an exchange. */
  bindQueue(queue: string, exchange: string, routingKey: string): Promise<void>;
  /** Limits unsettled deliveries, for each consumer that begins afterwards. */
  prefetch(count: number): Promise<void>;
  /** Begins to consume; `null` says that the broker has ended the consumer. */
  consume(
    queue: string,
    onMessage: (message: AmqpMessage | null) => void,
    options?: AmqpConsumeOptions,
  ): Promise<string>;
  /** Ends a consumer; deliveries that have come stay unsettled. */
  cancel(consumerTag: string): Promise<void>;
  /** Fetches one message, unsettled. */
  get(queue: string): Promise<AmqpMessage | undefined>;
  /** Settles a delivery: it is done. */
  ack(message: AmqpMessage): void;
  /** Puts a delivery back; a quorum queue of RabbitMQ 4.3 does not count it. */
  nack(message: AmqpMessage): void;
  /** Puts a delivery back (counted), or dead-letters it. */
  reject(message: AmqpMessage, requeue: boolean): void;
  /**
   * Publishes.
   *
   * @param onConfirm On a confirm channel: called with null when the broker has taken the message, otherwise with
   * the reason, also for a lost channel.
   */
  publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: AmqpPublishOptions,
    onConfirm?: (error: Error | null) => void,
  ): void;
  /** Closes the channel; never rejects. */
  close(): Promise<void>;
}

/** How an exchange is declared. */
export interface AmqpExchangeOptions {
  readonly durable: boolean;
  readonly autoDelete?: boolean;
  /** The arguments, such as `alternate-exchange`. */
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** How a queue is declared. */
export interface AmqpQueueOptions {
  readonly durable: boolean;
  readonly exclusive?: boolean;
  readonly autoDelete?: boolean;
  /** The `x-` arguments. */
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** What the broker says of a queue. */
export interface AmqpQueueState {
  readonly queue: string;
  readonly messageCount: number;
  readonly consumerCount: number;
}

/** How a queue is consumed. */
export interface AmqpConsumeOptions {
  readonly noAck?: boolean;
  readonly exclusive?: boolean;
}

/** What a connection tells its owner. What these throw ends the connection. */
export interface AmqpConnectionListener {
  /** The connection is gone, and all its channels. Called once; not after our own `close`. */
  onClosed(error: Error | undefined): void;
  /** The broker takes no more messages on this connection (memory or disk alarm). */
  onBlocked(reason: string): void;
  /** It takes them again. */
  onUnblocked(): void;
}

/** One connection. */
export interface AmqpConnection {
  /** What the broker calls itself, such as `RabbitMQ 4.0.5`. */
  readonly product: string;
  /** Opens a channel; `isConfirm` asks the broker to confirm what is published on it. */
  createChannel(listener: AmqpChannelListener, isConfirm: boolean): Promise<AmqpChannel>;
  /** Closes within a time limit, by force after it; never rejects. Leaves no socket and no timer. */
  close(limitMs: number): Promise<void>;
  /** Ends at once. `onClosed` is called when it had not been closed before. */
  destroy(error?: Error): void;
}

/** How to connect. */
export interface AmqpConnectOptions {
  /** The interval of heartbeats, in seconds (the unit of the protocol). */
  readonly heartbeatSeconds: number;
  /** How long connecting may take, in milliseconds. */
  readonly timeoutMs: number;
  /** TLS, for `amqps:`. */
  readonly tls: BrokerTlsOptions | undefined;
  /** A name for people who look at the broker. */
  readonly connectionName: string;
  /** Gives up connecting; it has no effect afterwards. */
  readonly signal?: AbortSignal | undefined;
}

/** Why there is no connection. The text is what happened, without the URL. */
export class AmqpConnectError extends Error {
  /** Trying again does not help: the broker lets us not in, its certificate is not trusted, the client is missing. */
  readonly isFinal: boolean;

  /**
   * Creates the error.
   *
   * @param message What happened.
   * @param options `isFinal`; `cause`: the error of the client library.
   */
  constructor(message: string, options: ErrorOptions & { isFinal: boolean }) {
    super(message, options);
    this.name = "AmqpConnectError";
    this.isFinal = options.isFinal;
  }
}

/**
 * The reply code of the broker (AMQP 0-9-1, section 1.1), which its errors carry as `code`.
 *
 * @param error Any error.
 * @returns The code, such as 404 or 406; `undefined` for errors of another origin.
 */
export function replyCodeOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "number" ? code : undefined;
}

/**
 * Connects to the broker at a URL. Rejects with an {@linkcode AmqpConnectError} within the time limit, and leaves
 * nothing behind then.
 */
export type AmqpConnect = (
  url: string,
  options: AmqpConnectOptions,
  listener: AmqpConnectionListener,
) => Promise<AmqpConnection>;
