/**
 * A process of the soak, as the one that starts it sees it.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { within } from "../../tests/support/wait_until.ts";

const ANSWER_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 30_000;
/** So many lines of its log are kept. */
const KEPT_LINES = 40;
const LEVEL = /^\S+ (?<level>warn|error) /;

/** A running process that takes orders; see programs/conversation.ts. */
export class SoakProcess implements AsyncDisposable {
  /** For people. */
  readonly name: string;
  /** Rejects when it ends though nobody has ended it. */
  readonly failed: Promise<never>;
  /** How many warnings and errors it has logged. */
  readonly logged: Record<"warn" | "error", number> = { warn: 0, error: 0 };
  /** The last lines of its log. */
  readonly lastLines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #waiting: ((answer: string) => void)[] = [];
  #isEnding = false;
  #isOver = false;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    // Orders to one that has just died.
    child.stdin!.on("error", () => {});
    createInterface({ input: child.stdout! }).on("line", (line) => this.#waiting.shift()?.(line));
    createInterface({ input: child.stderr! }).on("line", (line) => this.#log(line));
    this.#ended = once(child, "close").then(([code]) => {
      this.#isOver = true;
      return code as number | null;
    });
    this.failed = this.#ended.then((code) => this.#fail(code));
    // Whoever waits for something else hears of it through that.
    this.failed.catch(() => {});
  }

  /**
   * Starts a program and waits until it is ready.
   *
   * @param name For people.
   * @param command The program file and its arguments.
   * @returns The process and the first line that it wrote.
   * @throws {Error} when it ends before that.
   */
  static async start<Ready>(
    name: string,
    [program = "", ...args]: readonly string[],
  ): Promise<{ process: SoakProcess; ready: Ready }> {
    const started = new SoakProcess(name, spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] }));
    try {
      return { process: started, ready: await started.#answer<Ready>("to start", ANSWER_LIMIT_MS) };
    } catch (error) {
      await started.kill();
      throw error;
    }
  }

  /**
   * Gives an order.
   *
   * @param order Its name.
   * @param argument What goes with it.
   * @param limitMs How long it may take.
   * @returns The answer.
   * @throws {Error} when it ends, or does not answer in time.
   */
  async ask<Answer>(order: string, argument?: unknown, limitMs: number = ANSWER_LIMIT_MS): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify({ name: order, argument })}\n`);
    return await this.#answer<Answer>(`to answer "${order}"`, limitMs);
  }

  /** Asks it to end with SIGTERM; returns its exit code, `null` when it had to be killed. */
  async stop(): Promise<number | null> {
    this.#send("SIGTERM");
    try {
      return await within(STOP_LIMIT_MS, `${this.name} ends after SIGTERM`, this.#ended);
    } catch {
      await this.kill();
      return null;
    }
  }

  /** Ends it with SIGKILL and waits until it is gone. */
  async kill(): Promise<void> {
    this.#send("SIGKILL");
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  #send(signal: "SIGTERM" | "SIGKILL"): void {
    this.#isEnding = true;
    // Not `child.kill`: on Deno that makes every later end look like one by the signal.
    if (!this.#isOver) process.kill(this.#child.pid!, signal);
  }

  async #answer<Answer>(what: string, limitMs: number): Promise<Answer> {
    const line = new Promise<string>((resolve) => this.#waiting.push(resolve));
    const ended = this.#ended.then(() => Promise.reject(new Error(this.#describe("ended"))));
    return JSON.parse(await within(limitMs, `${this.name} ${what}`, Promise.race([line, ended])));
  }

  #log(line: string): void {
    const level = LEVEL.exec(line)?.groups?.level;
    if (level === "warn" || level === "error") this.logged[level]++;
    this.lastLines.push(line);
    if (this.lastLines.length > KEPT_LINES) this.lastLines.shift();
  }

  async #fail(code: number | null): Promise<never> {
    // Who ends it does not wait for this.
    if (this.#isEnding) return await new Promise<never>(() => {});
    throw new Error(this.#describe(`ended by itself with code ${code}`));
  }

  #describe(what: string): string {
    return [`The process "${this.name}" ${what}; the end of its log:`, ...this.lastLines].join("\n  ");
  }
}
