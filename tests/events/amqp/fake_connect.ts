/** An `AmqpConnect` that does what a test tells it to. */
import type {
  AmqpChannel,
  AmqpConnect,
  AmqpConnection,
  AmqpConnectionListener,
  AmqpConnectOptions,
} from "../../../src/events/amqp/driver.ts";

/** A connection without a broker. */
export class FakeConnection implements AmqpConnection {
  readonly product: string = "Fake 1";
  /** How often it was closed in order. */
  closes = 0;
  /** What it was destroyed with. */
  readonly destroyed: (Error | undefined)[] = [];
  /** Its owner. */
  readonly listener: AmqpConnectionListener;
  /** How it was asked for. */
  readonly options: AmqpConnectOptions;
  #isOver = false;

  constructor(listener: AmqpConnectionListener, options: AmqpConnectOptions) {
    this.listener = listener;
    this.options = options;
  }

  createChannel(): Promise<AmqpChannel> {
    return Promise.reject(new Error("A fake has no channels"));
  }

  close(): Promise<void> {
    this.closes++;
    this.#isOver = true;
    return Promise.resolve();
  }

  destroy(error?: Error): void {
    this.destroyed.push(error);
    this.lose(error);
  }

  /** The broker or the network ends it. */
  lose(error?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.listener.onClosed(error);
  }
}

/** Hands out fake connections. */
export class FakeConnector {
  /** The URLs that were tried, in order. */
  readonly urls: string[] = [];
  /** What was handed out, in order. */
  readonly connections: FakeConnection[] = [];
  /** What happens to attempts, in order; those beyond succeed. `"hang"` waits for the signal. */
  readonly script: (Error | "hang" | "hang for ever" | undefined)[] = [];

  /** The `AmqpConnect`. */
  readonly connect: AmqpConnect = (url, options, listener) => {
    const step = this.script[this.urls.length];
    this.urls.push(url);
    if (step instanceof Error) return Promise.reject(step);
    if (step === "hang for ever") return new Promise(() => {});
    if (step === "hang") {
      return new Promise((_resolve, reject) => {
        options.signal?.addEventListener("abort", () => reject(new Error("Connecting was given up")));
      });
    }
    const connection = new FakeConnection(listener, options);
    this.connections.push(connection);
    return Promise.resolve(connection);
  };

  /** The connection that was handed out last. */
  get last(): FakeConnection {
    return this.connections.at(-1)!;
  }
}
