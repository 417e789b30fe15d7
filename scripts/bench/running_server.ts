/**
 * A server of the benchmark while it runs.
 *
 * @module
 */
import { ANSWER, CALL } from "./call.ts";
import type { Child } from "./child.ts";
import { prepare, type Program, startProgram } from "./programs.ts";
import { readCpuTimeMs } from "./cpu_time.ts";

/** What a server's process says about its memory after a collection of garbage. */
export interface MemoryUse {
  /** Resident set size in bytes. */
  readonly rss: number;
  /** Bytes that are alive in the heap. */
  readonly heapUsed: number;
}

/** A server of the benchmark while it runs. */
export class RunningServer {
  /** The port that it listens on. */
  readonly port: number;
  readonly #child: Child;

  private constructor(child: Child, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Starts a server and waits until it listens. */
  static async start(program: Program): Promise<RunningServer> {
    prepare(program);
    const child = startProgram(program);
    try {
      return new RunningServer(child, Number(await child.readLine()));
    } catch (error) {
      await child.stop();
      throw error;
    }
  }

  /** Makes the call once. @throws {Error} when the answer is not the right one. */
  async verify(): Promise<void> {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: CALL };
    const response = await fetch(`http://127.0.0.1:${this.port}/api`, init);
    const text = await response.text();
    const type = response.headers.get("content-type") ?? "none";
    const isRight = response.status === 200 && type.startsWith("application/json") &&
      sortMembers(text) === sortMembers(ANSWER);
    if (!isRight) {
      throw new Error(`Unexpected answer with status ${response.status} and type ${type}: ${text}`);
    }
  }

  /** User and system time of the process so far. */
  async readCpuTimeMs(): Promise<number> {
    return readCpuTimeMs(this.#child.pid) ?? Number(await this.#child.ask("cpu"));
  }

  /** Memory in use after a collection of garbage; the program must run with the probe. */
  async readMemory(): Promise<MemoryUse> {
    return JSON.parse(await this.#child.ask("memory"));
  }

  /** Ends the process. */
  stop(): Promise<void> {
    return this.#child.stop();
  }
}

function sortMembers(text: string): string {
  return JSON.stringify(Object.entries(JSON.parse(text)).sort());
}
