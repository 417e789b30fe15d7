/**
 * Work that would block the event loop, on threads.
 *
 * @module
 */
import type { Logger } from "../logger.ts";
import { getProcessorCount } from "../runtime/process.ts";
import type { ThreadHandle } from "./blocking_thread.ts";
import type { Clock } from "../clock.ts";
import type { ExecutorPool, ExecutorStats, PoolOptions } from "./executor_pool.ts";
import type { BlockingCallOptions, BlockingTarget } from "./executor_request.ts";

/**
 * How an executor works. That of a service takes `maxWorkers` from `maxParallelBlockingTasks`.
 *
 * @example Refuse early, and bound the memory
 * ```ts
 * import { Executor, type ExecutorOptions, RpcError } from "@gemstone/gemstone";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const options: ExecutorOptions = { maxWorkers: 1, maxQueue: 1, maxHeapBytes: 128 * 2 ** 20, logger: console };
 * await using executor = new Executor(options);
 * const tasks = "data:text/javascript,export function add(a, b) { return a + b; }";
 *
 * // One runs, one waits, and the third is one too many.
 * const sums = [executor.run(tasks, "add", [1, 2]), executor.run(tasks, "add", [3, 4])];
 * await assertRejects(() => executor.run(tasks, "add", [5, 6]), RpcError, "Server busy");
 * assertEquals(await Promise.all(sums), [3, 7]);
 * ```
 */
export interface ExecutorOptions {
  /** How many workers there are at most; each does one call at a time. A positive integer. */
  readonly maxWorkers: number;
  /** How many calls may wait for a worker; one more is refused. A whole number. @default {1000} */
  readonly maxQueue?: number | undefined;
  /** How long a worker without work is kept, in milliseconds; `Infinity` for ever. @default {30000} */
  readonly idleMs?: number | undefined;
  /**
   * How large the heap of a worker may grow, in bytes; one that needs more ends, and with it its call. Memory of an
   * `ArrayBuffer` is not in the heap. On Node a single huge array or map can still end the whole process.
   * @default {as large as that of the service}
   */
  readonly maxHeapBytes?: number | undefined;
  /** Takes what goes wrong with workers. */
  readonly logger: Logger;
  /** The clock, for tests. @default {that of the machine} */
  readonly clock?: Clock | undefined;
}

/**
 * Runs functions and methods of modules on worker threads, so that they use other processors and the event loop stays
 * free. There is no worker before the first call.
 *
 * A thread can not be given a function: it imports the module itself, so whatever that does when it is loaded is done
 * in each worker, too. Arguments and results are copied as by `structuredClone`; an `ArrayBuffer` in a result moves,
 * and so the function must not keep it. An error arrives with class, message, stack, cause and its own fields; a
 * class of the application becomes an `Error` with its name, one of Gemstone or of the language stays what it is.
 *
 * A worker that ends in the middle of a call (`process.exit`, an uncaught error, out of memory) fails that call with
 * a `WorkerEndedError` and no other; the next call gets a new one. An endless recursion is a `RangeError` as anywhere,
 * and leaves the worker whole.
 *
 * **What is aborted, or takes too long,** ends with its worker. The thread of that goes on, though, while it is in code
 * of the operating system that does not return, and **on Deno 2.7 to 2.9 while it computes**: there, code that may be
 * aborted should await a timer from time to time. Such threads are counted (`stats.ending`): with them there are never
 * more than twice `maxWorkers`. Where that is reached, calls wait in the queue until one is gone, or are refused when
 * the queue is full, and a warning is logged. `stop` waits two seconds for them. They do not keep the process alive,
 * unless a call waits for their place.
 *
 * On Deno a worker has the permissions of the service, and needs `--allow-read` for the module when that is a file.
 * On Node it understands what the service does: TypeScript where that was started with tsx. A bundler has to leave
 * the library and the module of the work in files of their own. In a worker `workerData` of `node:worker_threads` is
 * the executor's.
 *
 * @example In a service, which has one and stops it
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 *
 * class Reports extends MicroService {
 *   override name = "reports";
 *
 *   @exposedMethod()
 *   async yearly(year: number): Promise<unknown> {
 *     const module = new URL("./report_tasks.ts", import.meta.url);
 *     return await this.getExecutor().run(module, "renderYear", [year], { timeoutMs: 30_000 });
 *   }
 * }
 * ```
 *
 * @example Of your own, on four threads
 * ```ts
 * import { Executor } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * // In a program: new URL("./tasks.ts", import.meta.url)
 * const tasks = `data:text/javascript,
 *   export function sum(from, to) {
 *     let sum = 0;
 *     for (let number = from; number < to; number++) sum += number;
 *     return sum;
 *   }`;
 *
 * await using executor = new Executor({ maxWorkers: 4, logger: console });
 * const parts = [0, 1, 2, 3].map((part) => executor.run(tasks, "sum", [part * 1e5, (part + 1) * 1e5]));
 * const sums = await Promise.all(parts) as number[];
 * assertEquals(sums.reduce((all, sum) => all + sum), 79_999_800_000);
 * ```
 */
export class Executor implements AsyncDisposable {
  readonly #options: PoolOptions;
  #pool: ExecutorPool | undefined;
  #loading: Promise<ExecutorPool> | undefined;
  #stopping: Promise<void> | undefined;
  #isClosed = false;

  /**
   * Creates an executor without any worker.
   *
   * @param options How it works.
   * @throws {RangeError} when a number is out of its range.
   */
  constructor(options: ExecutorOptions) {
    const { maxWorkers, maxQueue = 1_000, idleMs = 30_000, maxHeapBytes, logger, clock } = options;
    demand(isCount(maxWorkers, 1), "maxWorkers", maxWorkers, "a positive integer");
    demand(isCount(maxQueue, 0), "maxQueue", maxQueue, "a whole number, 0 or more");
    demand(typeof idleMs === "number" && idleMs >= 0, "idleMs", idleMs, "milliseconds, 0 or more");
    const isSize = maxHeapBytes === undefined || isCount(maxHeapBytes, 1);
    demand(isSize, "maxHeapBytes", maxHeapBytes, "a positive integer");
    this.#options = { maxWorkers, maxQueue, idleMs, maxHeapBytes, logger, clock };
  }

  /** What it is doing at the moment. */
  get stats(): ExecutorStats {
    return this.#pool?.stats ?? { workers: 0, running: 0, queued: 0, ending: 0, threads: 0 };
  }

  /**
   * Calls a function that a module exports.
   *
   * @param module The absolute URL of the module: `new URL("./tasks.ts", import.meta.url)`.
   * @param exportName The name of the function, `"default"` for the default export.
   * @param args Its arguments.
   * @param options `signal`, `timeoutMs`, `transfer`.
   * @returns What the function returned, or what its promise resolved with. Rejects with what it threw; with a
   * TypeError when the module has no such function, or arguments or result can not be copied; with an `RpcError` of
   * code -32004 when too many calls wait, of code -32003 when the executor stops; with a `WorkerEndedError` when the
   * worker ended; with the reason of the signal; with a `DOMException` named `TimeoutError` when the time is up.
   *
   * @example Move a buffer there and back instead of copying it
   * ```ts
   * import { Executor } from "@gemstone/gemstone";
   * import { assertEquals } from "@std/assert";
   *
   * const tasks = "data:text/javascript,export function invert(bytes) { return bytes.map((byte) => 255 - byte); }";
   * await using executor = new Executor({ maxWorkers: 1, logger: console });
   *
   * const image = new Uint8Array([0, 1, 255]);
   * const inverted = await executor.run(tasks, "invert", [image], { transfer: [image.buffer] });
   * assertEquals(inverted, new Uint8Array([255, 254, 0]));
   * assertEquals(image.length, 0); // It is there now.
   * ```
   */
  run(
    module: string | URL,
    exportName: string,
    args: readonly unknown[] = [],
    options: BlockingCallOptions = {},
  ): Promise<unknown> {
    return this.#submit({ module, exportName }, args, options);
  }

  /**
   * Calls a method of a class that a module exports. Each worker makes one instance of the class when it first needs
   * it, by its constructor alone, and keeps it: `this` in the method is that instance, and not the service that
   * listens. A service there has the initial values of its fields, has not started and is not configured.
   *
   * A blocking method that a class inherits from another module runs on an instance of the nearest class that this
   * module exports, and sees nothing of what the derived class overrides: fields, too. Where that matters, declare the
   * method again in the derived class, with the module of that, and call `super`.
   *
   * @param module The absolute URL of the module: `import.meta.url`.
   * @param className The name under which it exports the class, or the own name of an exported class, or of the class
   * of an exported instance, which is used then; several names for the first that it exports; `undefined` for the
   * default export.
   * @param method The name of the method.
   * @param args Its arguments.
   * @param options `signal`, `timeoutMs`, `transfer`.
   * @returns As {@linkcode Executor.run}.
   *
   * @example State that is dear to make (words of a large file), once for each worker
   * ```ts
   * import { Executor } from "@gemstone/gemstone";
   * import { assertEquals } from "@std/assert";
   *
   * const module = `data:text/javascript,
   *   export class Dictionary {
   *     words = new Set(["gem", "stone"]);
   *     has(word) { return this.words.has(word); }
   *   }`;
   *
   * await using executor = new Executor({ maxWorkers: 2, logger: console });
   * assertEquals(await executor.runMethod(module, "Dictionary", "has", ["gem"]), true);
   * ```
   */
  runMethod(
    module: string | URL,
    className: string | readonly string[] | undefined,
    method: string,
    args: readonly unknown[] = [],
    options: BlockingCallOptions = {},
  ): Promise<unknown> {
    return this.#submit({ module, className, method }, args, options);
  }

  /**
   * Starts a thread of its own for a function that runs for long. It does not count as a worker. It keeps the
   * process alive, and ends with the executor, which does not wait for it.
   *
   * @param module The absolute URL of the module.
   * @param exportName The name of the function.
   * @param args Its arguments; with a `MessagePort` among them and in `transfer` both sides can talk.
   * @param options `signal` ends the thread; `transfer`.
   * @returns The thread, which may not run yet: what is wrong with the call rejects its `finished` and is logged.
   *
   * @example
   * ```ts
   * import { Executor } from "@gemstone/gemstone";
   * import { assertEquals } from "@std/assert";
   *
   * const module = `data:text/javascript,
   *   export function double(port) {
   *     port.onmessage = ({ data }) => port.postMessage(2 * data);
   *     return new Promise(() => {});
   *   }`;
   * await using executor = new Executor({ maxWorkers: 1, logger: console });
   * const { port1, port2 } = new MessageChannel();
   * const thread = executor.startThread(module, "double", [port2], { transfer: [port2] });
   *
   * const answer = new Promise((resolve) => port1.onmessage = ({ data }) => resolve(data));
   * port1.postMessage(21);
   * assertEquals(await answer, 42);
   *
   * port1.close();
   * await thread.terminate();
   * ```
   */
  startThread(
    module: string | URL,
    exportName: string,
    args: readonly unknown[] = [],
    options: Pick<BlockingCallOptions, "signal" | "transfer"> = {},
  ): ThreadHandle {
    const starting = this.#load().then((pool) => pool.startThread({ module, exportName }, args, options));
    starting.catch((error) => this.#options.logger.error(`Cannot start thread "${exportName}"`, { error }));
    const finished = starting.then((thread) => thread.finished);
    // Nobody has to heed it.
    finished.catch(() => {});
    return { finished, terminate: () => starting.then((thread) => thread.terminate(), () => {}) };
  }

  /**
   * Takes no more calls, lets those that wait and run end, and ends all workers and threads. May be called twice.
   * Threads whose code goes on are waited for two seconds at most; then that is logged.
   *
   * @param limitMs How long calls may take to end, in milliseconds; those that are left are answered with Service
   * stopped (-32003), and what they do is ended. `Infinity` for as long as they take.
   */
  stop(limitMs: number): Promise<void> {
    this.#stopping ??= this.#stop(limitMs);
    return this.#stopping;
  }

  /** Stops it when a block with `await using` ends, and waits for all of its calls. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop(Infinity);
  }

  #stop(limitMs: number): Promise<void> {
    if (this.#pool !== undefined) return this.#pool.stop(limitMs);
    // Without a call there is nothing to stop, but a late one has to be refused.
    this.#isClosed = this.#loading === undefined;
    return this.#loading?.then((pool) => pool.stop(limitMs)) ?? Promise.resolve();
  }

  #submit(target: BlockingTarget, args: readonly unknown[], options: BlockingCallOptions): Promise<unknown> {
    return this.#pool?.run(target, args, options) ??
      this.#load().then((pool) => pool.run(target, args, options));
  }

  /** Not asynchronous itself: what waits for it continues in the order of the calls, and `stop` behind them. */
  #load(): Promise<ExecutorPool> {
    this.#loading ??= import("./executor_pool.ts").then(({ ExecutorPool }) => {
      const pool = this.#pool = new ExecutorPool(this.#options);
      if (this.#isClosed) void pool.stop(0);
      return pool;
    });
    return this.#loading;
  }
}

/** What is asked of a service that has an executor. */
export interface ExecutingService {
  /** How many workers there may be; `undefined` for as many as there are processors. */
  readonly maxParallelBlockingTasks: number | undefined;
  /** How many calls may wait, how long workers rest and how much memory they get. */
  readonly executorOptions: Pick<ExecutorOptions, "maxQueue" | "idleMs" | "maxHeapBytes">;
  /** Takes what goes wrong with workers. */
  readonly logger: Logger;
}

/** Owns the executor of one service. */
export class ExecutorOwner {
  readonly #service: ExecutingService;
  #executor: Executor | undefined;

  /** @param service The service; nothing of it is read yet. */
  constructor(service: ExecutingService) {
    this.#service = service;
  }

  /**
   * Returns the executor.
   *
   * @returns The same one until the service stops.
   * @throws {RangeError} when `maxParallelBlockingTasks` is no positive integer, or one of `executorOptions` is out of
   * its range.
   */
  get(): Executor {
    if (this.#executor !== undefined) return this.#executor;
    const { maxParallelBlockingTasks: maxWorkers = getProcessorCount(), executorOptions, logger } =
      this.#service;
    this.#executor = new Executor({ ...executorOptions, maxWorkers, logger });
    return this.#executor;
  }

  /**
   * Stops the executor, where there is one; the next one is another.
   *
   * @param limitMs How long its calls may take to end, in milliseconds.
   */
  async stop(limitMs: number): Promise<void> {
    const executor = this.#executor;
    await executor?.stop(limitMs);
    if (this.#executor === executor) this.#executor = undefined;
  }
}

function isCount(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function demand(isRight: boolean, name: string, value: unknown, accepted: string): void {
  if (isRight) return;
  const text = typeof value === "number" ? value : JSON.stringify(value) ?? typeof value;
  throw new RangeError(`Cannot use ${text} as the ${name} of an executor: give ${accepted}`);
}
