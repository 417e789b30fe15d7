/**
 * Starts an example as a user would, and watches it.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { sendSignal } from "../tasks/process.ts";

/** How long an example may take to listen or to finish, in milliseconds. */
const START_LIMIT_MS = 30_000;
/** How long an example may take to end after SIGTERM, in milliseconds. */
const STOP_LIMIT_MS = 10_000;
const POLL_MS = 25;

/** A process of an example. */
export class ExampleRun {
  /** The port that it was given with `--port`. */
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<number>;
  #output = "";

  /** Use {@linkcode startExample}. */
  constructor(child: ChildProcess, port: number) {
    this.port = port;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.#output += text);
    }
    this.#exited = once(child, "close").then(([code]) => code ?? -1);
  }

  /** `http://127.0.0.1:<port>`. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Everything that it has printed so far. */
  get output(): string {
    return this.#output;
  }

  /**
   * Waits until the example listens, or until it has finished.
   *
   * @throws {Error} when it does neither in time, or ends with an error.
   */
  async ready(): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline) {
      if (await canConnect(this.port)) return;
      const code = await this.#ended(POLL_MS);
      if (code !== undefined) return this.#requireSuccess(code);
    }
    throw new Error(`Cannot check the example: no connection to ${this.url} and no end\n${this.#output}`);
  }

  /**
   * Asks the example to end, unless it has.
   *
   * @throws {Error} when it does not end in time, or ends with an error.
   */
  async stop(): Promise<void> {
    sendSignal(this.#child, "SIGTERM");
    const code = await this.#ended(STOP_LIMIT_MS);
    if (code !== undefined) return this.#requireSuccess(code);
    sendSignal(this.#child, "SIGKILL");
    await this.#exited;
    throw new Error(`Cannot stop the example: it ran on after SIGTERM\n${this.#output}`);
  }

  #requireSuccess(code: number): void {
    if (code !== 0) throw new Error(`Cannot run the example: it ended with ${code}\n${this.#output}`);
  }

  async #ended(withinMs: number): Promise<number | undefined> {
    const timer = new AbortController();
    const timeout = delay(withinMs, undefined, { signal: timer.signal }).catch(() => undefined);
    const code = await Promise.race([this.#exited, timeout]);
    timer.abort();
    return code;
  }
}

/**
 * Starts an example with `--port <free port>`.
 *
 * @param command The program and its arguments.
 * @returns The running example.
 */
export async function startExample(command: string[]): Promise<ExampleRun> {
  const port = await freePort();
  const [program = "", ...args] = command;
  const child = spawn(program, [...args, "--port", String(port)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  return new ExampleRun(child, port);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
