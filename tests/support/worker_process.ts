/** Processes that emit or handle events while a test runs. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { WorkerMessage, WorkerPlan } from "./event_worker.ts";
import { within } from "./wait_until.ts";

type MessageOf<Kind extends WorkerMessage["kind"]> = Extract<WorkerMessage, { kind: Kind }>;

const HERE = dirname(fileURLToPath(import.meta.url));
const IS_DENO = "Deno" in globalThis;
const MAP = join(HERE, "../../scripts/npm/import_map.json");

/** The command that runs a program of this repository on the runtime of the test. */
export function toCommand(path: string, args: readonly string[]): string[] {
  const flags = IS_DENO ? ["run", "-A", "--no-lock", "--quiet", "--import-map", MAP] : [];
  return [process.execPath, ...flags, join(HERE, "../..", `${path}.${IS_DENO ? "ts" : "js"}`), ...args];
}

/** One worker. */
export class WorkerProcess {
  /** What it has said so far. */
  readonly messages: WorkerMessage[] = [];
  /** What it has logged and how it failed. */
  stderr = "";
  readonly #child: ChildProcess;
  readonly #ended: Promise<{ code: number | null; signal: string | null }>;
  #wake: () => void = () => {};
  #isOver = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr!.setEncoding("utf8").on("data", (text: string) => this.stderr += text);
    // Orders to one that has just died.
    child.stdin!.on("error", () => {});
    createInterface({ input: child.stdout! }).on("line", (line) => {
      this.messages.push(JSON.parse(line));
      this.#wake();
    });
    this.#ended = once(child, "close").then(([code, signal]) => {
      this.#isOver = true;
      this.#wake();
      return { code, signal };
    });
  }

  /** Starts one. */
  static start(plan: WorkerPlan): WorkerProcess {
    const [program = "", ...args] = toCommand("tests/support/event_worker", [JSON.stringify(plan)]);
    return new WorkerProcess(spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] }));
  }

  /** Waits until it has said something of a kind, by default for the first time. */
  async said<Kind extends WorkerMessage["kind"]>(
    kind: Kind,
    limitMs = 60_000,
    nth = 1,
  ): Promise<MessageOf<Kind>> {
    const find = async (): Promise<MessageOf<Kind>> => {
      while (true) {
        const found = this.messages.filter((message) => message.kind === kind)[nth - 1];
        if (found !== undefined) return found as MessageOf<Kind>;
        if (this.#isOver) throw new Error(`The worker ended before it said "${kind}":\n${this.stderr}`);
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    };
    return await within(limitMs, `the worker says "${kind}"`, find());
  }

  /** Asks for its counts. */
  async stats(): Promise<MessageOf<"stats">> {
    const asked = this.messages.filter(({ kind }) => kind === "stats").length;
    this.#child.stdin!.write("stats\n");
    return await this.said("stats", 30_000, asked + 1);
  }

  /** Lets it stop its transport, and says how, and how long after that it ended by itself. */
  async stop(limitMs = 30_000): Promise<MessageOf<"stopped"> & { exitMs: number; code: number | null }> {
    this.#child.stdin!.write("stop\n");
    const stopped = await this.said("stopped", limitMs);
    const at = performance.now();
    const { code } = await within(limitMs, "the worker ends by itself", this.#ended);
    return { ...stopped, exitMs: Math.round(performance.now() - at), code };
  }

  /** Ends it with SIGKILL and waits until it is gone. */
  async kill(): Promise<void> {
    if (!this.#isOver) process.kill(this.#child.pid!, "SIGKILL");
    await this.#ended;
  }

  /** Waits until it has ended, however. */
  async ended(limitMs: number): Promise<{ code: number | null; signal: string | null }> {
    return await within(limitMs, "the worker ends", this.#ended);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
