/**
 * A thread beside that of the service, on Deno and on Node.
 *
 * @module
 */
import { getHeapStatistics } from "node:v8";
import { Worker } from "node:worker_threads";
import { IS_DENO } from "./process.ts";
import { packThrown } from "./worker_error.ts";
import { Lifeline } from "./worker_lifeline.ts";
import {
  createResultError,
  describeTarget,
  type WorkerAnswer,
  type WorkerEnd,
  type WorkerMessage,
  type WorkerTask,
} from "./worker_protocol.ts";

/** Who has started a worker hears of it here. */
export interface WorkerListener {
  /** A task has its answer. */
  onAnswer(answer: WorkerAnswer): void;
  /** The worker is gone, and nobody had ended it. Nothing comes after this. */
  onEnd(end: WorkerEnd): void;
}

const MIB = 2 ** 20;

/**
 * A worker, which loads modules and calls what they export. It is told one task at a time.
 *
 * Deno has module workers of its own, but they can neither be given a limit of memory nor do they tell when they
 * end themselves; its `node:worker_threads` do both.
 */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #listener: WorkerListener;
  readonly #lifeline: Lifeline | undefined = IS_DENO ? new Lifeline() : undefined;
  readonly #gone: Promise<void>;
  #task: WorkerTask | undefined;
  #isOver = false;
  #error: unknown;

  /**
   * Starts a worker. It keeps the process alive until told otherwise.
   *
   * @param listener Hears of it.
   * @param maxHeapBytes How large its heap may grow, in bytes; `undefined` for what the runtime gives, which is about
   * what the service itself has.
   * @throws {Error} when Deno does not allow it to read the program of the worker.
   */
  constructor(listener: WorkerListener, maxHeapBytes: number | undefined) {
    this.#listener = listener;
    this.#worker = startWorker(maxHeapBytes, this.#lifeline);
    this.#worker.on("message", (message: WorkerMessage) => this.#hear(message));
    this.#worker.on("messageerror", (error) => this.#failTask(error));
    this.#worker.on("error", (error) => this.#error = error);
    this.#worker.on("exit", (exitCode) => this.#end(exitCode, isOutOfMemory(this.#error)));
    this.#gone = this.#lifeline?.cut ?? new Promise((resolve) => this.#worker.once("exit", () => resolve()));
  }

  /**
   * Gives the worker a task.
   *
   * @param task The task.
   * @param transfer What of its arguments moves to the worker.
   * @throws {DOMException} when the arguments can not be copied; the worker has got nothing then.
   */
  send(task: WorkerTask, transfer: readonly object[]): void {
    this.#task = task;
    // The types of Node have a list of their own for what every runtime can transfer.
    this.#worker.postMessage(task, transfer as Parameters<Worker["postMessage"]>[1]);
  }

  /**
   * Says whether the process has to wait for this worker. Of one that is ended Node decides that itself.
   *
   * @param keeps Whether it has to.
   */
  keepProcessAlive(keeps: boolean): void {
    if (this.#isOver) this.#lifeline?.keepProcessAlive(keeps);
    else if (keeps) this.#worker.ref();
    else this.#worker.unref();
  }

  /**
   * Ends the worker. It is not heard of any more, whatever it does.
   *
   * @returns Resolves when its thread is gone. Code of the operating system that does not return keeps it, and on Deno
   * 2.7 to 2.9 JavaScript that computes does, too.
   */
  async terminate(): Promise<void> {
    this.#isOver = true;
    await Promise.all([this.#worker.terminate(), this.#gone]);
  }

  #hear(message: WorkerMessage): void {
    // Code in the worker can write to its parent, too.
    if (this.#isOver || typeof message !== "object" || message === null) return;
    if ("isOutOfMemory" in message) {
      this.#end(1, true);
      void this.terminate();
    } else if ("unreadable" in message) {
      this.#failArguments(message.unreadable);
    } else if ("value" in message || "thrown" in message) {
      this.#listener.onAnswer(message);
    }
  }

  /** Node sends some results that nobody can read, such as the view of a buffer that has moved before. */
  #failTask(cause: Error): void {
    const task = this.#task;
    if (this.#isOver || task === undefined) return;
    this.#listener.onAnswer({ id: task.id, thrown: packThrown(createResultError(task, cause)) });
  }

  /** Node sends some arguments, too, that nobody can read. */
  #failArguments(why: string): void {
    const task = this.#task;
    if (task === undefined) return;
    const text = `Cannot send the arguments of ${describeTarget(task)} to a worker: ${why}`;
    this.#listener.onAnswer({ id: task.id, thrown: packThrown(new TypeError(text)) });
  }

  #end(exitCode: number, isOutOfMemory: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.onEnd({ exitCode, isOutOfMemory, error: this.#error });
  }
}

function startWorker(maxHeapBytes: number | undefined, lifeline: Lifeline | undefined): Worker {
  try {
    return new Worker(locateProgram(), { ...limitHeap(maxHeapBytes), ...lifeline?.workerOptions });
  } catch (error) {
    lifeline?.close();
    throw error;
  }
}

/** Workers take files and data only: where the library itself was loaded over HTTPS (JSR), data leads there. */
function locateProgram(): URL {
  const program = new URL("./worker_main.ts", import.meta.url);
  if (program.protocol === "file:") return program;
  return new URL(`data:text/javascript,import ${encodeURIComponent(JSON.stringify(program.href))}`);
}

/** Without a limit, Deno ends the whole process when a worker runs out of memory. */
function limitHeap(
  maxHeapBytes: number | undefined,
): { resourceLimits?: { maxOldGenerationSizeMb: number } } {
  if (maxHeapBytes === undefined && !IS_DENO) return {};
  const bytes = maxHeapBytes ?? getHeapStatistics().heap_size_limit;
  return { resourceLimits: { maxOldGenerationSizeMb: Math.max(1, Math.round(bytes / MIB)) } };
}

function isOutOfMemory(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY";
}
