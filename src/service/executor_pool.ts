/**
 * The workers behind an {@linkcode Executor} and the calls that wait for them.
 *
 * @module
 */
import { WorkerEndedError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { Deadlines } from "../rpc/deadlines.ts";
import type { WorkerEnd } from "../runtime/worker_protocol.ts";
import type { BlockingThread } from "./blocking_thread.ts";
import { BlockingThreads } from "./blocking_threads.ts";
import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import { ExecutorCall } from "./executor_call.ts";
import { EndingWorkers } from "./executor_ending.ts";
import { createBusyError, createEndedError, createStoppedError } from "./executor_error.ts";
import { IdleWorkers } from "./executor_idle.ts";
import {
  type BlockingCallOptions,
  type BlockingRequest,
  type BlockingTarget,
  createRequest,
} from "./executor_request.ts";
import { waitAtMost } from "./executor_wait.ts";
import { RareWarning } from "./executor_warning.ts";
import { ExecutorWorker, type ExecutorWorkerListener } from "./executor_worker.ts";

/** How a pool works; the options of an executor, checked. */
export interface PoolOptions {
  readonly maxWorkers: number;
  readonly maxQueue: number;
  readonly idleMs: number;
  readonly maxHeapBytes: number | undefined;
  readonly logger: Logger;
  readonly clock: Clock | undefined;
}

/**
 * What an executor is doing.
 *
 * @example Tell a load balancer to send calls elsewhere
 * ```ts
 * import { type ExecutorStats, exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Reports extends MicroService {
 *   override name = "reports";
 *
 *   @exposedMethod()
 *   isReady(): boolean {
 *     const { queued, ending }: ExecutorStats = this.getExecutor().stats;
 *     return queued < 100 && ending === 0;
 *   }
 * }
 * assertEquals(new Reports().isReady(), true);
 * ```
 */
export interface ExecutorStats {
  /** Workers that there are. */
  readonly workers: number;
  /** Calls that run; each has a worker of its own. */
  readonly running: number;
  /** Calls that wait for a worker. */
  readonly queued: number;
  /** Workers that were ended, by an abort or a time limit, and whose threads still run; they are no workers any more. */
  readonly ending: number;
  /** Threads that `startThread` has started and that still run. */
  readonly threads: number;
}

/** Hands calls to workers, and starts and ends these. */
export class ExecutorPool {
  readonly #options: PoolOptions;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines = new Deadlines();
  /** A set keeps the order, and a call in the middle can be taken out at no cost. */
  readonly #queue: Set<ExecutorCall> = new Set();
  readonly #workers: Set<ExecutorWorker> = new Set();
  readonly #idle: IdleWorkers;
  readonly #ending: EndingWorkers;
  readonly #threads: BlockingThreads;
  readonly #listener: ExecutorWorkerListener;
  readonly #refusal: RareWarning;
  #lastId = 0;
  #isStopped = false;
  #onQuiet: () => void = () => {};

  /** @param options How it works. */
  constructor(options: PoolOptions) {
    const { logger, maxHeapBytes, clock = SYSTEM_CLOCK } = options;
    this.#options = options;
    this.#clock = clock;
    this.#refusal = new RareWarning(logger, "Blocking calls are refused, because too many wait", clock);
    this.#ending = new EndingWorkers(clock, logger, () => this.#goOn());
    this.#threads = new BlockingThreads({ logger, maxHeapBytes, clock });
    this.#idle = new IdleWorkers(clock, options.idleMs, (worker) => this.#discard(worker));
    this.#listener = {
      onFree: (worker) => this.#feed(worker),
      onSpent: (worker) => {
        this.#discard(worker);
        this.#goOn();
      },
      onEnd: (worker, end, call) => this.#bury(worker, end, call),
    };
  }

  /** What it is doing. */
  get stats(): ExecutorStats {
    const workers = this.#workers.size;
    const running = workers - this.#idle.size;
    const [queued, ending, threads] = [this.#queue.size, this.#ending.size, this.#threads.size];
    return { workers, running, queued, ending, threads };
  }

  /**
   * Calls something in a worker.
   *
   * @param target What.
   * @param args Its arguments.
   * @param options How.
   * @returns What it returned.
   */
  run(target: BlockingTarget, args: readonly unknown[], options: BlockingCallOptions): Promise<unknown> {
    try {
      const request = createRequest(target, args, options);
      request.options.signal?.throwIfAborted();
      return this.#submit(request);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #submit(request: BlockingRequest): Promise<unknown> {
    if (this.#isStopped) throw createStoppedError();
    const { maxQueue, maxWorkers } = this.#options;
    const queued = this.#queue.size;
    if (this.#idle.size === 0 && !this.#mayStart() && queued >= maxQueue) {
      this.#refusal.give({ queued, maxWorkers });
      throw createBusyError(queued, maxWorkers);
    }
    const call = new ExecutorCall(
      ++this.#lastId,
      request,
      this.#deadlines,
      (...cancel) => this.#cancel(...cancel),
    );
    this.#queue.add(call);
    this.#pump();
    return call.result;
  }

  /**
   * Starts a thread of its own for one long call.
   *
   * @param target What.
   * @param args Its arguments.
   * @param options How.
   * @returns The thread.
   */
  startThread(
    target: BlockingTarget,
    args: readonly unknown[],
    options: BlockingCallOptions,
  ): BlockingThread {
    const request = createRequest(target, args, options);
    if (this.#isStopped) throw createStoppedError();
    return this.#threads.start(request);
  }

  /**
   * Takes no more calls, waits for those that there are, and ends all workers and threads.
   *
   * @param limitMs How long to wait, in milliseconds; what is left then is answered with Service stopped (-32003).
   */
  async stop(limitMs: number): Promise<void> {
    this.#isStopped = true;
    if (!this.#isQuiet()) {
      await waitAtMost(this.#clock, limitMs, new Promise<void>((resolve) => this.#onQuiet = resolve));
    }
    for (const call of this.#queue) call.fail(createStoppedError());
    this.#queue.clear();
    for (const worker of this.#workers) {
      worker.call?.fail(createStoppedError());
      this.#discard(worker);
    }
    this.#idle.clear();
    await Promise.all([this.#ending.stop(), this.#threads.stop()]);
  }

  /** Brings the calls that wait to workers, as long as there are any or may be more. */
  #pump(): void {
    while (this.#queue.size > 0) {
      const worker = this.#idle.take() ?? this.#start();
      // It fails the call when none can be started, so that none may be left.
      if (worker === undefined) break;
      worker.keepProcessAlive(true);
      this.#feed(worker);
    }
    if (this.#queue.size > 0) this.#wait();
    else this.#ending.disregard();
  }

  /** Calls wait, for workers or, where there are fewer than allowed, for threads to end. */
  #wait(): void {
    if (this.#workers.size < this.#options.maxWorkers) this.#ending.holdUp(() => this.#queue.size);
    else this.#ending.disregard();
  }

  /**
   * Code that goes on although its worker was ended takes a processor, and memory: it may not have more threads than
   * the workers themselves.
   */
  #mayStart(): boolean {
    const { maxWorkers } = this.#options;
    const workers = this.#workers.size;
    return workers < maxWorkers && workers + this.#ending.size < 2 * maxWorkers;
  }

  /** Gives a free worker the next call, or a rest. */
  #feed(worker: ExecutorWorker): void {
    for (const call of this.#queue) {
      this.#queue.delete(call);
      if (worker.begin(call)) return;
    }
    worker.keepProcessAlive(false);
    this.#idle.add(worker);
    if (this.#isQuiet()) this.#onQuiet();
  }

  #start(): ExecutorWorker | undefined {
    while (this.#mayStart() && this.#queue.size > 0) {
      try {
        const worker = new ExecutorWorker(this.#listener, this.#options.maxHeapBytes);
        this.#workers.add(worker);
        return worker;
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        this.#failNext(new WorkerEndedError(1, `Cannot start a worker: ${why}`, { cause }));
      }
    }
    return undefined;
  }

  #failNext(error: Error): void {
    for (const call of this.#queue) {
      this.#queue.delete(call);
      return call.fail(error);
    }
  }

  #cancel(call: ExecutorCall, reason: unknown): void {
    call.fail(reason);
    const isQueued = this.#queue.delete(call);
    // What runs can not be stopped in any other way.
    if (!isQueued) this.#workers.forEach((worker) => worker.call === call && this.#discard(worker));
    this.#goOn();
  }

  /** A worker has ended that nobody had ended. */
  #bury(worker: ExecutorWorker, end: WorkerEnd, call: ExecutorCall | undefined): void {
    if (call !== undefined) call.fail(createEndedError(call.task, end));
    else this.#options.logger.warn("A worker without work has ended", { ...end });
    this.#discard(worker);
    this.#goOn();
  }

  #discard(worker: ExecutorWorker): void {
    this.#workers.delete(worker);
    this.#idle.delete(worker);
    this.#ending.add(worker);
  }

  /** There are fewer calls or fewer threads than before. */
  #goOn(): void {
    this.#pump();
    if (this.#isQuiet()) this.#onQuiet();
  }

  #isQuiet(): boolean {
    return this.#queue.size === 0 && this.#idle.size === this.#workers.size;
  }
}
