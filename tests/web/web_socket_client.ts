/** A WebSocket client by hand, because Node 20 has none, and to send what no client would. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY = Buffer.from("0123456789abcdef").toString("base64");
/** What the server must answer to {@linkcode KEY} (RFC 6455, section 4.2.2). */
export const ACCEPT = createHash("sha1").update(KEY + GUID).digest("base64");

/** A frame that arrived. */
export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** One connection. */
export class WebSocketClient {
  /** The first line and the headers of the answer; names in lower case. */
  head = "";
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isClosed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** Connects, sends the handshake and reads the head of the answer. Headers replace those of the handshake. */
  static async open(
    port: number,
    path: string,
    headers: Record<string, string> = {},
    method = "GET",
  ): Promise<WebSocketClient> {
    const socket = connect({ port, host: "127.0.0.1" });
    const client = new WebSocketClient(socket);
    const all = {
      host: `127.0.0.1:${port}`,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": KEY,
      ...headers,
    };
    const lines = Object.entries(all).filter(([, value]) => value !== "").map(([name, value]) =>
      `${name}: ${value}`
    );
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    client.head = (await client.#take((bytes) => {
      const end = bytes.indexOf("\r\n\r\n");
      return end < 0 ? undefined : end + 4;
    }))?.toString().toLowerCase() ?? "";
    return client;
  }

  /** Sends a frame, masked as a client must. */
  send(opcode: number, payload: string | Uint8Array, isLast = true): void {
    const bytes = Buffer.from(payload as string);
    const mask = Buffer.from([1, 2, 3, 4]);
    const length = bytes.length < 126
      ? Buffer.from([0x80 | bytes.length])
      : Buffer.from([0x80 | 126, bytes.length >> 8, bytes.length & 255]);
    const masked = bytes.map((byte, index) => byte ^ mask[index % 4]!);
    this.#socket.write(Buffer.concat([Buffer.from([(isLast ? 0x80 : 0) | opcode]), length, mask, masked]));
  }

  /** Sends bytes as they are. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Reads a frame of less than 64 KiB; `undefined` when the connection ends. */
  async read(): Promise<Frame | undefined> {
    const frame = await this.#take((bytes) => {
      if (bytes.length < 2) return undefined;
      const short = bytes[1]! & 127;
      if (short === 126 && bytes.length < 4) return undefined;
      const end = short === 126 ? 4 + bytes.readUInt16BE(2) : 2 + short;
      return bytes.length < end ? undefined : end;
    });
    if (frame === undefined) return undefined;
    return { opcode: frame[0]! & 15, payload: frame.subarray((frame[1]! & 127) === 126 ? 4 : 2) };
  }

  /** Reads what is left as text, until the connection ends. */
  async readRest(): Promise<string> {
    while (!this.#isClosed) await new Promise<void>((resolve) => this.#wake = resolve);
    return this.#received.toString();
  }

  /** Cuts the connection. */
  async close(): Promise<void> {
    this.#socket.destroy();
    while (!this.#isClosed) await new Promise<void>((resolve) => this.#wake = resolve);
  }

  async #take(measure: (bytes: Buffer) => number | undefined): Promise<Buffer | undefined> {
    for (;;) {
      const length = measure(this.#received);
      if (length !== undefined) {
        const taken = this.#received.subarray(0, length);
        this.#received = this.#received.subarray(length);
        return taken;
      }
      if (this.#isClosed) return undefined;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
