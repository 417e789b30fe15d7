/**
 * An AMQP 0-9-1 server that does what a test tells it to: what a real broker can not be made to show. It says yes to
 * all that a client asks, and confirms nothing by itself.
 */
import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";
import {
  FieldReader,
  FieldWriter,
  FRAME,
  type Frame,
  readContentHeader,
  takeFrame,
  toFrame,
} from "./amqp_frames.ts";

/** A message that a client published. */
export interface FakePublish {
  readonly connection: FakeConnection;
  readonly channel: number;
  /** What confirms it: counts from 1 on each channel. */
  readonly tag: number;
  readonly exchange: string;
  readonly routingKey: string;
  readonly mandatory: boolean;
  readonly messageId: string | undefined;
  /** The content header as it came. */
  readonly header: Buffer;
  readonly body: Buffer;
}

/** What the test does. */
export interface FakeScript {
  /** A message has arrived in full. */
  onPublish?(message: FakePublish): void;
  /** A method has arrived, as `class.method` by number; returning true says that the script answers it. */
  onMethod?(connection: FakeConnection, method: string, frame: Frame): boolean;
}

/** Methods that are answered with nothing but the next method of the class, by class and method. */
const PLAIN_ANSWERS = new Set(["10.50", "20.40", "40.10", "40.20", "50.20", "60.10", "85.10"]);
const HEARTBEAT = toFrame(FRAME.heartbeat, 0, Buffer.alloc(0));

/** The server. */
export class FakeAmqpServer {
  /** All that was published, in order of arrival. */
  readonly publishes: FakePublish[] = [];
  /** The connections that there are, oldest first. */
  readonly connections: FakeConnection[] = [];
  /** How many connections there have been. */
  accepted = 0;
  readonly #server: Server;

  private constructor(script: FakeScript) {
    this.#server = createServer((socket) => {
      this.accepted++;
      const connection = new FakeConnection(socket, {
        onMethod: (...args) => script.onMethod?.(...args) ?? false,
        onPublish: (message) => {
          this.publishes.push(message);
          script.onPublish?.(message);
        },
      });
      this.connections.push(connection);
      socket.on("close", () => this.connections.splice(this.connections.indexOf(connection), 1));
    });
  }

  /** Starts one. */
  static async start(script: FakeScript = {}): Promise<FakeAmqpServer> {
    const server = new FakeAmqpServer(script);
    await new Promise<void>((resolve) => server.#server.listen({ host: "127.0.0.1", port: 0 }, resolve));
    return server;
  }

  /** Where it listens, on 127.0.0.1. */
  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of [...this.connections]) connection.reset();
    await closed;
  }
}

interface Pending {
  readonly exchange: string;
  readonly routingKey: string;
  readonly mandatory: boolean;
  header: Buffer | undefined;
  size: number;
  messageId: string | undefined;
  body: Buffer;
}

/** One client. */
export class FakeConnection {
  readonly #socket: Socket;
  readonly #script: Required<FakeScript>;
  readonly #pending = new Map<number, Pending>();
  readonly #tags = new Map<number, number>();
  #received: Buffer = Buffer.alloc(0);
  #isGreeted = false;
  #queues = 0;

  constructor(socket: Socket, script: Required<FakeScript>) {
    this.#socket = socket;
    this.#script = script;
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#read();
    });
  }

  /** Confirms a message, or all up to it. */
  ack(channel: number, tag: number, multiple = false): void {
    this.send(channel, 60, 80, new FieldWriter().int(8, tag).int(1, Number(multiple)));
  }

  /** Refuses a message, or all up to it. */
  nack(channel: number, tag: number, multiple = false): void {
    this.send(channel, 60, 120, new FieldWriter().int(8, tag).int(1, Number(multiple)));
  }

  /** Gives a message back: no queue takes it. The confirmation is another matter. */
  return({ channel, exchange, routingKey, header, body }: FakePublish): void {
    const fields = new FieldWriter().int(2, 312).short("NO_ROUTE").short(exchange).short(routingKey);
    this.send(channel, 60, 50, fields);
    this.write(toFrame(FRAME.header, channel, header));
    if (body.length > 0) this.write(toFrame(FRAME.body, channel, body));
  }

  /** Closes a channel, as for a mistake of the client. */
  closeChannel(channel: number, code: number, text: string): void {
    this.#tags.delete(channel);
    this.send(channel, 20, 40, new FieldWriter().int(2, code).short(text).int(4, 0));
  }

  /** Sends a method. */
  send(channel: number, classId: number, methodId: number, fields = new FieldWriter()): void {
    const payload = new FieldWriter().int(2, classId).int(2, methodId).raw(fields.bytes).bytes;
    this.write(toFrame(FRAME.method, channel, payload));
  }

  /** Sends bytes, be they a frame or not. */
  write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Ends the connection with a FIN, after what has been written. */
  end(): void {
    this.#socket.end();
  }

  /** Ends the connection with a TCP reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  #read(): void {
    if (!this.#isGreeted) {
      if (this.#received.length < 8) return;
      this.#isGreeted = true;
      this.#received = this.#received.subarray(8);
      this.send(0, 10, 10, new FieldWriter().int(2, 9).long(SERVER_PROPERTIES).long("PLAIN").long("en_US"));
    }
    for (let taken; (taken = takeFrame(this.#received)) !== undefined;) {
      this.#received = taken.rest;
      this.#handle(taken.frame);
    }
  }

  #handle(frame: Frame): void {
    if (frame.kind === FRAME.heartbeat) this.write(HEARTBEAT);
    else if (frame.kind === FRAME.method) this.#handleMethod(frame);
    else this.#handleContent(frame);
  }

  #handleMethod(frame: Frame): void {
    const { channel, payload } = frame;
    const [classId, methodId] = [payload.readUInt16BE(0), payload.readUInt16BE(2)];
    const method = `${classId}.${methodId}`;
    if (this.#script.onMethod(this, method, frame)) return;
    const fields = new FieldReader(payload.subarray(4));
    if (method === "60.40") return this.#beginPublish(channel, fields);
    const answer = this.#answer(method, fields);
    if (answer !== undefined) this.send(channel, classId, methodId + 1, answer);
    if (method === "20.40") this.#tags.delete(channel);
  }

  /** The fields of the answer to a method; `undefined` for a method that has none. */
  #answer(method: string, fields: FieldReader): FieldWriter | undefined {
    if (PLAIN_ANSWERS.has(method)) return new FieldWriter();
    switch (method) {
      case "10.11":
        this.send(0, 10, 30, new FieldWriter().int(2, 2047).int(4, 131_072).int(2, 60));
        return undefined;
      case "10.40":
        return new FieldWriter().short("");
      case "20.10":
        return new FieldWriter().long("");
      case "50.10": {
        fields.int(2);
        return new FieldWriter().short(fields.short() || `fake-${++this.#queues}`).int(4, 0).int(4, 0);
      }
      case "50.40":
        return new FieldWriter().int(4, 0);
      case "60.20": {
        fields.int(2);
        fields.short();
        return new FieldWriter().short(fields.short() || `fake-${++this.#queues}`);
      }
      case "60.30":
        return new FieldWriter().short(fields.short());
      default:
        return undefined;
    }
  }

  #beginPublish(channel: number, fields: FieldReader): void {
    fields.int(2);
    const [exchange, routingKey] = [fields.short(), fields.short()];
    const mandatory = (fields.int(1) & 1) === 1;
    const empty = { header: undefined, size: 0, messageId: undefined, body: Buffer.alloc(0) };
    this.#pending.set(channel, { exchange, routingKey, mandatory, ...empty });
  }

  #handleContent({ kind, channel, payload }: Frame): void {
    const pending = this.#pending.get(channel);
    if (pending === undefined) return;
    if (kind === FRAME.header) {
      const { size, properties } = readContentHeader(payload);
      Object.assign(pending, { header: Buffer.from(payload), size, messageId: properties.get("messageId") });
    } else {
      pending.body = Buffer.concat([pending.body, payload]);
    }
    if (pending.header === undefined || pending.body.length < pending.size) return;
    this.#pending.delete(channel);
    const tag = (this.#tags.get(channel) ?? 0) + 1;
    this.#tags.set(channel, tag);
    this.#script.onPublish({ ...pending, header: pending.header, connection: this, channel, tag });
  }
}

const SERVER_PROPERTIES = new FieldWriter()
  .short("product").raw(Buffer.from("S")).long("Fake")
  .short("capabilities").raw(Buffer.from("F")).long(
    ["publisher_confirms", "basic.nack", "consumer_cancel_notify", "connection.blocked"].reduce(
      (table, name) => table.short(name).raw(Buffer.from("t")).int(1, 1),
      new FieldWriter(),
    ).bytes,
  ).bytes;
