/** HTTP/1.1 by hand over a TCP connection, to send what no HTTP client would. */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";

/** One HTTP answer that arrived in full. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** One TCP connection to a server on the loopback. */
export class RawConnection {
  /** Resolves when the connection is closed, by whichever side and however. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isClosed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    // A reset is an end like any other for those who count answers.
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on("end", () => socket.end());
    this.closed = new Promise((resolve) =>
      socket.once("close", () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      })
    );
  }

  /** Connects. */
  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: "127.0.0.1" });
    const connection = new RawConnection(socket);
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return connection;
  }

  /** What has arrived and was not read as an answer. */
  get unread(): number {
    return this.#received.length;
  }

  /** Sends bytes; those that a closed connection can not take are lost. */
  write(data: string | Uint8Array): void {
    if (!this.#isClosed && this.#socket.writable) this.#socket.write(data);
  }

  /** Sends bytes and resolves when they are with the operating system, or the connection is closed. */
  async flush(data: string | Uint8Array): Promise<void> {
    if (this.#isClosed || !this.#socket.writable) return;
    const written = new Promise<void>((resolve) => this.#socket.write(data, () => resolve()));
    await Promise.race([written, this.closed]);
  }

  /** Sends a FIN: nothing more will be written. */
  end(): void {
    this.#socket.end();
  }

  /** Closes the connection and waits for it. */
  async close(): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }

  /** Waits for the next answer; `undefined` when the connection closes without a complete one. */
  async read(): Promise<RawAnswer | undefined> {
    while (true) {
      const parsed = parseAnswer(this.#received, this.#isClosed);
      if (parsed !== undefined) {
        this.#received = this.#received.subarray(parsed.length);
        return parsed.answer;
      }
      if (this.#isClosed) return undefined;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

/** Writes a POST to the endpoint. */
export function toPost(body: string | Uint8Array, headers: string[] = [], target = "/api"): Buffer {
  const bytes = Buffer.from(body as string);
  const head = [
    `POST ${target} HTTP/1.1`,
    "Host: localhost",
    "Content-Type: application/json",
    `Content-Length: ${bytes.length}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), bytes]);
}

/** Writes a head without a body. */
export function toHead(requestLine: string, headers: string[] = []): string {
  return [requestLine, "Host: localhost", ...headers].join("\r\n") + "\r\n\r\n";
}

/** Opens a connection, sends, reads one answer and closes. */
export async function exchange(port: number, data: string | Uint8Array): Promise<RawAnswer | undefined> {
  const connection = await RawConnection.open(port);
  try {
    connection.write(data);
    return await connection.read();
  } finally {
    await connection.close();
  }
}

interface Parsed {
  readonly answer: RawAnswer;
  readonly length: number;
}

function parseAnswer(bytes: Buffer, isClosed: boolean): Parsed | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  const headers = new Map(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  const start = headEnd + 4;
  if (status < 200 || status === 204) return { answer: { status, headers, body: "" }, length: start };
  const length = headers.get("content-length");
  if (length !== undefined) {
    const end = start + Number(length);
    if (bytes.length < end) return undefined;
    return { answer: { status, headers, body: bytes.toString("utf8", start, end) }, length: end };
  }
  if (headers.get("transfer-encoding") === "chunked") {
    const chunked = parseChunks(bytes, start);
    return chunked && { answer: { status, headers, body: chunked.body }, length: chunked.end };
  }
  if (!isClosed) return undefined;
  return { answer: { status, headers, body: bytes.toString("utf8", start) }, length: bytes.length };
}

function parseChunks(bytes: Buffer, start: number): { body: string; end: number } | undefined {
  const parts: Buffer[] = [];
  let position = start;
  while (true) {
    const lineEnd = bytes.indexOf("\r\n", position);
    if (lineEnd < 0) return undefined;
    const size = parseInt(bytes.toString("latin1", position, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (bytes.length < end) return undefined;
    if (size === 0) return { body: Buffer.concat(parts).toString("utf8"), end };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    position = end;
  }
}
