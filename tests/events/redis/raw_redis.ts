/** The protocol of Redis (RESP 2) by hand: what a Python service, or anybody else, does to the server. */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";

/** What the server answers; bulk strings as bytes, errors as errors. */
export type RawReply = null | number | string | Buffer | Error | RawReply[];

/** One connection. */
export class RawRedis {
  /** What came in channels that are listened to: the channel and the message. */
  readonly messages: [channel: string, message: string][] = [];
  readonly #socket: Socket;
  readonly #waiting: ((reply: RawReply) => void)[] = [];
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    // A reset is an end like any other: what waits is answered below.
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#read();
    });
    socket.on("close", () => {
      for (const answer of this.#waiting.splice(0)) answer(new Error("closed"));
    });
  }

  /** Connects to a port of this machine, or to a URL. */
  static async open(target: number | string): Promise<RawRedis> {
    const url = typeof target === "number" ? undefined : new URL(target);
    const port = url === undefined ? Number(target) : Number(url.port || 6379);
    const socket = connect({ host: url?.hostname ?? "127.0.0.1", port });
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new RawRedis(socket);
  }

  /** Sends a command; an error is the answer, too. */
  ask(...command: (string | Buffer)[]): Promise<RawReply> {
    const parts = command.map((part) => Buffer.from(part as string));
    this.#socket.write(Buffer.concat([
      Buffer.from(`*${parts.length}\r\n`),
      ...parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from("\r\n")]),
    ]));
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Sends a command, and shows the answer as text; throws what is an error. */
  async text(...command: (string | Buffer)[]): Promise<unknown> {
    return toText(await this.ask(...command));
  }

  /** Closes the connection. */
  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) return resolve();
      this.#socket.once("close", () => resolve());
      this.#socket.destroy();
    });
  }

  #read(): void {
    for (let parsed = parse(this.#received, 0); parsed !== undefined; parsed = parse(this.#received, 0)) {
      this.#received = this.#received.subarray(parsed.end);
      const { reply } = parsed;
      const [kind, channel, message] = Array.isArray(reply) ? reply : [];
      if (String(kind) === "message") this.messages.push([String(channel), String(message)]);
      else this.#waiting.shift()?.(reply);
    }
  }
}

function toText(reply: RawReply): unknown {
  if (reply instanceof Error) throw reply;
  if (Array.isArray(reply)) return reply.map(toText);
  return Buffer.isBuffer(reply) ? reply.toString() : reply;
}

interface Parsed {
  readonly reply: RawReply;
  readonly end: number;
}

function parse(bytes: Buffer, at: number): Parsed | undefined {
  const lineEnd = bytes.indexOf("\r\n", at);
  if (lineEnd < 0) return undefined;
  const kind = String.fromCharCode(bytes[at]!);
  const line = bytes.toString("utf8", at + 1, lineEnd);
  const end = lineEnd + 2;
  if (kind === "+") return { reply: line, end };
  if (kind === "-") return { reply: new Error(line), end };
  if (kind === ":") return { reply: Number(line), end };
  const length = Number(line);
  if (length < 0) return { reply: null, end };
  if (kind === "$") {
    if (bytes.length < end + length + 2) return undefined;
    return { reply: bytes.subarray(end, end + length), end: end + length + 2 };
  }
  return parseArray(bytes, end, length);
}

function parseArray(bytes: Buffer, start: number, length: number): Parsed | undefined {
  const reply: RawReply[] = [];
  let end = start;
  for (let i = 0; i < length; i++) {
    const item = parse(bytes, end);
    if (item === undefined) return undefined;
    reply.push(item.reply);
    end = item.end;
  }
  return { reply, end };
}
