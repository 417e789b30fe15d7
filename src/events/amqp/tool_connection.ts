/**
 * A connection for tools, which look at a broker once: it is neither supervised nor made again.
 *
 * @module
 */
import { BrokerUnavailableError } from "../../errors.ts";
import { connectAmqplib } from "./amqplib_driver.ts";
import { checkBrokerUrl, describeUrl } from "./broker_url.ts";
import type { AmqpConnection } from "./driver.ts";
import { type RabbitMqConnectionOptions, resolveConnection } from "./options.ts";

/** How long closing may take, in milliseconds; it is done by force then. */
const CLOSE_MS = 2_000;

/** A connection and its end. */
export class ToolConnection {
  /** The connection. */
  readonly connection: AmqpConnection;
  /** Rejects with a `BrokerUnavailableError` when the connection is lost. Need not be listened to. */
  readonly lost: Promise<never>;

  private constructor(connection: AmqpConnection, lost: Promise<never>) {
    this.connection = connection;
    this.lost = lost;
  }

  /**
   * Connects, once.
   *
   * @param url The URL of the broker.
   * @param options How; `name`: for people who look at the broker.
   * @returns The connection.
   * @throws {TypeError} when an option is of a wrong type.
   * @throws {RangeError} when the URL is none of a broker, or an option is out of range.
   * @throws {BrokerUnavailableError} when the broker can not be reached or does not let us in.
   */
  static async open(
    url: string | URL,
    { name, signal, ...options }: RabbitMqConnectionOptions & { name: string; signal?: AbortSignal },
  ): Promise<ToolConnection> {
    const checkedUrl = checkBrokerUrl(url);
    const { heartbeatSeconds, connectTimeoutMs, tls } = resolveConnection(options);
    const address = describeUrl(checkedUrl);
    let lose: (error: Error) => void = () => {};
    const lost = new Promise<never>((_resolve, reject) => lose = reject);
    lost.catch(() => {/* whoever uses the connection meets the error */});
    const connectOptions = {
      heartbeatSeconds,
      timeoutMs: connectTimeoutMs,
      tls,
      connectionName: name,
      signal,
    };
    try {
      const connection = await connectAmqplib(checkedUrl, connectOptions, {
        onClosed: (cause) => {
          const why = cause?.message ?? "the broker has closed the connection";
          lose(new BrokerUnavailableError(`Lost the broker at ${address}: ${why}`, { cause }));
        },
        onBlocked() {},
        onUnblocked() {},
      });
      return new ToolConnection(connection, lost);
    } catch (cause) {
      const why = (cause as Error).message;
      throw new BrokerUnavailableError(`Cannot use the broker at ${address}: ${why}`, { cause });
    }
  }

  /** Closes the connection; has no effect when it is closed. Never rejects. */
  close(): Promise<void> {
    return this.connection.close(CLOSE_MS);
  }
}
