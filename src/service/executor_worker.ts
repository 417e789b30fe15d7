/**
 * A worker of an executor: it does one call at a time.
 *
 * @module
 */
import type { WorkerAnswer, WorkerEnd } from "../runtime/worker_protocol.ts";
import { describeTarget, readWhy } from "../runtime/worker_protocol.ts";
import { WorkerThread } from "../runtime/worker_thread.ts";
import type { ExecutorCall } from "./executor_call.ts";

/** Who has a worker hears of it here. */
export interface ExecutorWorkerListener {
  /** The worker has done its call. */
  onFree(worker: ExecutorWorker): void;
  /** The worker has done its call, and must not be given another. */
  onSpent(worker: ExecutorWorker): void;
  /** The worker is gone; `call` is what it was doing. */
  onEnd(worker: ExecutorWorker, end: WorkerEnd, call: ExecutorCall | undefined): void;
}

/** One worker. */
export class ExecutorWorker {
  /** Since when it has had nothing to do, in milliseconds of the executor's clock. */
  idleSinceMs = 0;
  readonly #thread: WorkerThread;
  readonly #listener: ExecutorWorkerListener;
  #call: ExecutorCall | undefined;

  /**
   * Starts a worker.
   *
   * @param listener Hears of it.
   * @param maxHeapBytes How large its heap may grow; `undefined` for as large as that of the service.
   * @throws {Error} when Deno does not allow it to read the program of the worker.
   */
  constructor(listener: ExecutorWorkerListener, maxHeapBytes: number | undefined) {
    this.#listener = listener;
    const onAnswer = (answer: WorkerAnswer): void => this.#finish(answer);
    const onEnd = (end: WorkerEnd): void => this.#listener.onEnd(this, end, this.#take());
    this.#thread = new WorkerThread({ onAnswer, onEnd }, maxHeapBytes);
  }

  /** What it does; `undefined` when it does nothing. */
  get call(): ExecutorCall | undefined {
    return this.#call;
  }

  /**
   * Begins a call. A call that can not be begun fails.
   *
   * @param call The call.
   * @returns Whether the worker is busy with it now.
   */
  begin(call: ExecutorCall): boolean {
    try {
      this.#thread.send(call.task, call.transfer);
    } catch (cause) {
      const why = readWhy(cause);
      call.fail(
        new TypeError(
          `Cannot send the arguments of ${describeTarget(call.task)} to a worker: ${why}; ` +
            `pass what a structured clone can carry`,
          { cause },
        ),
      );
      return false;
    }
    this.#call = call;
    return true;
  }

  /**
   * Says whether the process has to wait for this worker.
   *
   * @param keeps Whether it has to.
   */
  keepProcessAlive(keeps: boolean): void {
    this.#thread.keepProcessAlive(keeps);
  }

  /** Ends the worker; its call is not answered. Resolves when it is gone. */
  end(): Promise<void> {
    this.#call = undefined;
    return this.#thread.terminate();
  }

  #finish(answer: WorkerAnswer): void {
    // Code in the worker can write to its parent, too.
    if (answer.id !== this.#call?.task.id) return;
    this.#take()?.settle(answer);
    if ("isSpent" in answer) this.#listener.onSpent(this);
    else this.#listener.onFree(this);
  }

  #take(): ExecutorCall | undefined {
    const call = this.#call;
    this.#call = undefined;
    return call;
  }
}
