/**
 * Long-running work on a thread of its own.
 *
 * @module
 */
import { watchAbort } from "../client/watch_abort.ts";
import { WorkerEndedError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { unpackThrown } from "../runtime/worker_error.ts";
import { describeTarget, type WorkerAnswer, type WorkerEnd } from "../runtime/worker_protocol.ts";
import { WorkerThread } from "../runtime/worker_thread.ts";
import type { Clock } from "../clock.ts";
import { createEndedError } from "./executor_error.ts";
import type { BlockingRequest } from "./executor_request.ts";
import { TERMINATION_MS, waitAtMost } from "./executor_wait.ts";

/**
 * A thread that runs one function. To talk with it, transfer a `MessagePort` to it among the arguments.
 *
 * @example A thread as long as a service
 * ```ts
 * import { MicroService, type ThreadHandle, WorkerEndedError } from "@gemstone/gemstone";
 * import { assertRejects } from "@std/assert";
 *
 * const module = "data:text/javascript,export const watch = (folder) => new Promise(() => {});";
 *
 * class Photos extends MicroService {
 *   override name = "photos";
 *   override port = 0;
 *   watcher: ThreadHandle | undefined;
 *
 *   override onServiceStart(): void {
 *     this.watcher = this.startThread(module, "watch", ["./inbox"]);
 *   }
 * }
 *
 * const photos = new Photos();
 * await photos.start({ args: [] });
 * await photos.stop();
 * await assertRejects(async () => await photos.watcher?.finished, WorkerEndedError, "was terminated");
 * ```
 */
export interface ThreadHandle {
  /**
   * Resolves with what the function returned. Rejects with what it threw, or with a {@linkcode WorkerEndedError} when
   * the thread ended before that, {@linkcode ThreadHandle.terminate} included. Nobody has to heed it: a failure is
   * logged.
   */
  readonly finished: Promise<unknown>;
  /**
   * Ends the thread; may be called twice. Resolves when it is gone, and after two seconds in any case: where its code
   * goes on even then, a warning is logged.
   */
  terminate(): Promise<void>;
}

/** What a thread needs beside its task. */
export interface BlockingThreadOptions {
  /** Takes what went wrong. */
  readonly logger: Logger;
  /** How large its heap may grow, in bytes; `undefined` for as large as that of the service. */
  readonly maxHeapBytes: number | undefined;
  /** The clock. */
  readonly clock: Clock;
  /** Called when it is gone. */
  readonly onGone: () => void;
}

/** A thread of its own for one call. */
export class BlockingThread implements ThreadHandle {
  /** Settles with the call. */
  readonly finished: Promise<unknown>;
  readonly #request: BlockingRequest;
  readonly #options: BlockingThreadOptions;
  readonly #thread: WorkerThread;
  #gone: Promise<void> | undefined;
  #resolve: (value: unknown) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #forgetSignal: () => void = () => {};

  /**
   * Starts the thread.
   *
   * @param request What it runs.
   * @param options What it needs beside that.
   * @throws {Error} when it can not be started.
   */
  constructor(request: BlockingRequest, options: BlockingThreadOptions) {
    this.#request = request;
    this.#options = options;
    const { signal, transfer = [] } = request.options;
    signal?.throwIfAborted();
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Most callers start a thread and think no more of it: what goes wrong is logged.
    this.finished.catch(() => {});
    const onAnswer = (answer: WorkerAnswer): void => this.#settle(answer);
    const onEnd = (end: WorkerEnd): void => this.#fail(createEndedError(request.target, end));
    this.#thread = new WorkerThread({ onAnswer, onEnd }, options.maxHeapBytes);
    if (signal !== undefined) this.#forgetSignal = watchAbort(signal, () => void this.#end(signal.reason));
    this.#begin(transfer);
  }

  /** Ends the thread. Resolves when it is gone, or does not end. */
  async terminate(): Promise<void> {
    const what = describeTarget(this.#request.target);
    const gone = this.#end(
      new WorkerEndedError(1, `Cannot finish ${what}: its thread was terminated`),
    );
    this.#thread.keepProcessAlive(true);
    const isGone = await waitAtMost(this.#options.clock, TERMINATION_MS, gone);
    this.#thread.keepProcessAlive(false);
    if (!isGone) {
      this.#options.logger.warn(`Thread "${what}" was ended, but its code goes on until the process ends`);
    }
  }

  #begin(transfer: readonly object[]): void {
    try {
      this.#thread.send({ ...this.#request.target, id: 1, args: this.#request.args }, transfer);
    } catch (error) {
      this.#fail(error);
    }
  }

  #settle(answer: WorkerAnswer): void {
    // Code in the thread can write to its parent, too.
    if (answer.id !== 1) return;
    if ("thrown" in answer) return this.#fail(unpackThrown(answer.thrown));
    this.#resolve(answer.value);
    void this.#end(undefined);
  }

  #fail(error: unknown): void {
    const target = describeTarget(this.#request.target);
    if (this.#gone === undefined) this.#options.logger.error(`Thread "${target}" failed`, { error });
    void this.#end(error);
  }

  /** Resolves when it is gone. */
  #end(reason: unknown): Promise<void> {
    // Does nothing when the result is there already.
    this.#reject(reason);
    this.#forgetSignal();
    this.#gone ??= this.#thread.terminate().then(() => this.#options.onGone());
    return this.#gone;
  }
}
