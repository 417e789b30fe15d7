/** Processes that handle events of Redis while a test runs. */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { within } from "../../support/wait_until.ts";
import { toCommand } from "../../support/worker_process.ts";
import type { RedisWorkerPlan } from "./redis_worker.ts";

/** One worker. */
export class RedisWorkerProcess {
  /** What it has said so far. */
  readonly lines: string[] = [];
  /** What it has logged and how it failed. */
  stderr = "";
  /** Resolves when it has ended, with its exit code. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #wake: () => void = () => {};
  #isOver = false;

  /** Starts one. */
  constructor(plan: RedisWorkerPlan) {
    const [program = "", ...args] = toCommand("tests/events/redis/redis_worker", [JSON.stringify(plan)]);
    const child = this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    child.stderr!.setEncoding("utf8").on("data", (text: string) => this.stderr += text);
    child.stdin!.on("error", () => {});
    createInterface({ input: child.stdout! }).on("line", (line) => {
      this.lines.push(line);
      this.#wake();
    });
    this.ended = new Promise((resolve) =>
      child.once("close", (code) => {
        this.#isOver = true;
        this.#wake();
        resolve(code);
      })
    );
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The numbers of the events whose handlers have begun. */
  get numbers(): number[] {
    return this.lines.filter((line) => /^\d+$/.test(line)).map(Number);
  }

  /** Waits until it has said a line. */
  async said(pattern: RegExp): Promise<string> {
    const find = async (): Promise<string> => {
      while (true) {
        const found = this.lines.find((line) => pattern.test(line));
        if (found !== undefined) return found;
        if (this.#isOver) throw new Error(`The worker ended before it said ${pattern}:\n${this.stderr}`);
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    };
    return await within(30_000, `the worker says ${pattern}`, find());
  }

  /** Lets it stop its transport; it must end by itself then. Says how long that took, in milliseconds. */
  async stop(): Promise<{ report: unknown; exitMs: number; code: number | null }> {
    this.#child.stdin!.end();
    const report = JSON.parse((await this.said(/^stopped/)).slice("stopped ".length));
    const started = performance.now();
    const code = await within(10_000, "the worker ends by itself", this.ended);
    return { report, exitMs: performance.now() - started, code };
  }

  /** Ends it with SIGKILL and waits until it is gone. */
  async kill(): Promise<void> {
    if (!this.#isOver) process.kill(this.#child.pid!, "SIGKILL");
    await this.ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
