/**
 * Child processes that answer on standard output: servers (whose first line is their port) and the load client.
 *
 * @module
 */
import { TextLineStream } from "./text_lines.ts";

const LONGEST_SILENCE_MS = 120_000;

/** A running child process and its conversation. */
export class Child {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  readonly #errors: Promise<string>;

  /** Starts a program; what it writes to standard error is kept for the message of a failure. */
  constructor(command: readonly string[]) {
    const [program, ...args] = command as [string, ...string[]];
    this.#process = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" })
      .spawn();
    this.#lines = this.#process.stdout.pipeThrough(new TextLineStream()).getReader();
    this.#input = this.#process.stdin.getWriter();
    this.#errors = new Response(this.#process.stderr).text();
  }

  /** The id of the process. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Reads the next line; a program that ends instead, or is silent for two minutes, is an error. */
  async readLine(): Promise<string> {
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), LONGEST_SILENCE_MS);
    const { value, done } = await this.#lines.read().finally(() => clearTimeout(timer));
    if (!done) return value;
    const { code } = await this.#process.status;
    throw new Error(
      `Cannot read from a program: it ended with code ${code}: ${await this.#errors}`,
    );
  }

  /** Sends a line; a program that has ended shows when its answer is read. */
  tell(line: string): void {
    this.#input.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
  }

  /** Sends a line and reads the answer. */
  async ask(line: string): Promise<string> {
    this.tell(line);
    return await this.readLine();
  }

  /** Ends the process and waits until it is gone. */
  async stop(): Promise<void> {
    try {
      this.#process.kill("SIGTERM");
    } catch {
      // It has ended by itself.
    }
    await this.#lines.cancel();
    await this.#input.close().catch(() => {});
    await this.#process.status;
    await this.#errors;
  }
}
