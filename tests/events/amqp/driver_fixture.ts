/** What tests of AMQP connections share: connecting, listeners that remember, servers that misbehave. */
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { connectAmqplib } from "../../../src/events/amqp/amqplib_driver.ts";
import type {
  AmqpChannel,
  AmqpConnection,
  AmqpConnectOptions,
  AmqpMessage,
} from "../../../src/events/amqp/driver.ts";
import { FieldWriter, FRAME, toFrame } from "../../support/amqp_frames.ts";
import { createGate, type Gate } from "../../support/gate.ts";

/** How the tests connect. */
export const CONNECT_OPTIONS: AmqpConnectOptions = {
  heartbeatSeconds: 10,
  timeoutMs: 5_000,
  tls: undefined,
  connectionName: "gemstone test",
};

/** Remembers what a connection tells. */
export class ConnectionWitness {
  /** What `onClosed` was called with, each time. */
  readonly closes: (Error | undefined)[] = [];
  /** What blocked it. */
  readonly blocks: (string | undefined)[] = [];
  readonly #closed: Gate = createGate();

  /** Resolves when the connection is gone. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  onClosed(error: Error | undefined): void {
    this.closes.push(error);
    this.#closed.resolve();
  }

  onBlocked(reason: string): void {
    this.blocks.push(reason);
  }

  onUnblocked(): void {
    this.blocks.push(undefined);
  }
}

/** Remembers what a channel tells. */
export class ChannelWitness {
  /** What `onClosed` was called with, each time. */
  readonly closes: (Error | undefined)[] = [];
  /** What came back. */
  readonly returned: AmqpMessage[] = [];
  readonly #closed: Gate = createGate();

  /** Resolves when the channel is gone. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  onClosed(error: Error | undefined): void {
    this.closes.push(error);
    this.#closed.resolve();
  }

  onReturn(message: AmqpMessage): void {
    this.returned.push(message);
  }
}

/** A connection that the test closes. */
export interface Connected extends AsyncDisposable {
  readonly connection: AmqpConnection;
  readonly witness: ConnectionWitness;
}

/** Connects. */
export async function connectTo(url: string, options: Partial<AmqpConnectOptions> = {}): Promise<Connected> {
  const witness = new ConnectionWitness();
  const connection = await connectAmqplib(url, { ...CONNECT_OPTIONS, ...options }, witness);
  return { connection, witness, [Symbol.asyncDispose]: () => connection.close(1_000) };
}

/** Opens a channel whose fate nobody looks at. */
export function openChannel(connection: AmqpConnection, isConfirm = false): Promise<AmqpChannel> {
  return connection.createChannel(new ChannelWitness(), isConfirm);
}

/** Declares a queue that goes with the connection. */
export async function declareQueue(channel: AmqpChannel): Promise<string> {
  const { queue } = await channel.assertQueue(randomName("q"), { durable: false, exclusive: true });
  return queue;
}

/** Publishes to a queue and waits for the confirmation. */
export function publishTo(channel: AmqpChannel, queue: string, text: string): Promise<Error | null> {
  return new Promise((resolve) =>
    channel.publish("", queue, Buffer.from(text), { mandatory: true }, resolve)
  );
}

/** A name that no other test has. */
export function randomName(prefix: string): string {
  return `test-${prefix}-${randomUUID().slice(0, 13)}`;
}

/** A TCP server whose every connection is handled by the test. */
export class TcpServer {
  /** The sockets that are open. */
  readonly sockets = new Set<Socket>();
  /** All that has arrived. */
  received: Buffer = Buffer.alloc(0);
  readonly #server: Server;

  private constructor(onSocket: (socket: Socket) => void) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.sockets.delete(socket));
      socket.on("data", (chunk: Buffer) => this.received = Buffer.concat([this.received, chunk]));
      onSocket(socket);
    });
  }

  /** Starts one. */
  static async start(onSocket: (socket: Socket) => void): Promise<TcpServer> {
    const server = new TcpServer(onSocket);
    await new Promise<void>((resolve) => server.#server.listen({ host: "127.0.0.1", port: 0 }, resolve));
    return server;
  }

  /** Where it listens. */
  get url(): string {
    return `amqp://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

/** The first frame of a broker. */
export const START: Buffer = toFrame(
  FRAME.method,
  0,
  new FieldWriter().int(2, 10).int(2, 10).int(2, 9).long("").long("PLAIN").long("en_US").bytes,
);
