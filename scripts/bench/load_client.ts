/**
 * The load client: HTTP/1.1 over raw sockets with keep-alive, one call at a time on each connection.
 *
 * It runs as a process of its own, so that client and server have a core each, and takes one command a line
 * on standard input: `open`, then `run` as often as wished, then `close`. To spend as little as possible
 * on each call it reads the length of an answer once for each connection, and afterwards checks status and length only.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";

/** What the client is told, one JSON text a line; each is answered by a line. */
export type LoadCommand =
  | { readonly command: "open"; readonly port: number; readonly connections: number; readonly body: string }
  | { readonly command: "run" } & LoadAmount
  | { readonly command: "close" };

/** When a run ends: after so many calls, or so many milliseconds. */
export type LoadAmount = { readonly calls: number } | { readonly forMs: number };

/** The answer to `run`. */
export interface LoadResult {
  /** Calls that were answered with status 200 and the expected length. */
  readonly calls: number;
  /** From the first call to the last answer. */
  readonly elapsedMs: number;
}

const STATUS_OK = Buffer.from("HTTP/1.1 200");

class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #onAnswer: (connection: Connection) => void;
  #expected = 0;
  #received = 0;

  private constructor(socket: Socket, request: Buffer, onAnswer: (connection: Connection) => void) {
    this.#socket = socket;
    this.#request = request;
    this.#onAnswer = onAnswer;
  }

  static open(
    port: number,
    request: Buffer,
    onAnswer: (connection: Connection) => void,
  ): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const onread = {
        buffer: Buffer.allocUnsafe(65_536),
        callback: (size: number, buffer: Uint8Array): boolean => connection.#read(size, buffer as Buffer),
      };
      const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread }, () => resolve(connection));
      const connection = new Connection(socket, request, onAnswer);
      socket.on("error", reject);
      socket.on("end", () => crash("The server closed a connection"));
    });
  }

  send(): void {
    this.#received = 0;
    this.#socket.write(this.#request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(size: number, buffer: Buffer): boolean {
    if (this.#received === 0 && STATUS_OK.compare(buffer, 0, STATUS_OK.length) !== 0) {
      crash(`Unexpected answer: ${buffer.toString("utf8", 0, size)}`);
    }
    if (this.#expected === 0) this.#expected = messageLength(buffer.toString("latin1", 0, size));
    this.#received += size;
    if (this.#received === this.#expected) this.#onAnswer(this);
    else if (this.#received > this.#expected) crash("An answer is longer than the one before");
    return true;
  }
}

function messageLength(head: string): number {
  const start = head.indexOf("\r\n\r\n") + 4;
  const declared = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (start < 4 || declared === null) crash(`Cannot find the length of the answer: ${head}`);
  return start + Number(declared[1]);
}

function crash(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

class Load {
  #connections: Connection[] = [];
  #toSend = 0;
  #busy = 0;
  #calls = 0;
  #endsAt = 0;
  #done: () => void = () => {};

  async open(port: number, connections: number, body: string): Promise<void> {
    const head = `POST /api HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const request = Buffer.from(head + body);
    const opened: Promise<Connection>[] = [];
    for (let index = 0; index < connections; index++) {
      opened.push(Connection.open(port, request, (connection) => this.#answered(connection)));
    }
    this.#connections = await Promise.all(opened);
  }

  async run(calls: number, forMs: number): Promise<LoadResult> {
    const startedAt = performance.now();
    this.#toSend = calls;
    this.#endsAt = startedAt + forMs;
    this.#calls = 0;
    this.#busy = 0;
    await new Promise<void>((resolve) => {
      this.#done = resolve;
      for (const connection of this.#connections) {
        if (this.#toSend > 0) this.#send(connection);
      }
    });
    return { calls: this.#calls, elapsedMs: performance.now() - startedAt };
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
    this.#connections = [];
  }

  #send(connection: Connection): void {
    this.#toSend--;
    this.#busy++;
    connection.send();
  }

  #answered(connection: Connection): void {
    this.#calls++;
    this.#busy--;
    // The clock is read once in 32 answers: it costs more than the rest of this function.
    if ((this.#calls & 31) === 0 && performance.now() >= this.#endsAt) this.#toSend = 0;
    if (this.#toSend > 0) this.#send(connection);
    else if (this.#busy === 0) this.#done();
  }
}

async function obey(load: Load, command: LoadCommand): Promise<LoadResult | null> {
  if (command.command === "run") {
    return "calls" in command
      ? await load.run(command.calls, Infinity)
      : await load.run(Infinity, command.forMs);
  }
  if (command.command === "close") load.close();
  else await load.open(command.port, command.connections, command.body);
  return null;
}

if (import.meta.main) {
  const load = new Load();
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await obey(load, JSON.parse(line)))}\n`);
  }
}
