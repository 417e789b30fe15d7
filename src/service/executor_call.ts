/**
 * One call of blocking work, from the moment when it is asked for to its answer.
 *
 * @module
 */
import { watchAbort } from "../client/watch_abort.ts";
import type { Deadline, Deadlines } from "../rpc/deadlines.ts";
import { unpackThrown } from "../runtime/worker_error.ts";
import { describeTarget, type WorkerAnswer, type WorkerTask } from "../runtime/worker_protocol.ts";
import type { BlockingRequest } from "./executor_request.ts";

/** A call that waits or runs. */
export class ExecutorCall {
  /** What a worker is told. */
  readonly task: WorkerTask;
  /** What of its arguments moves. */
  readonly transfer: readonly object[];
  /** Settles with the call. */
  readonly result: Promise<unknown>;
  readonly #deadline: Deadline | undefined;
  readonly #forgetSignal: (() => void) | undefined;
  #resolve: (value: unknown) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  /**
   * Begins to heed the signal and the time limit of a call.
   *
   * @param id Tells it from others.
   * @param request The call.
   * @param deadlines Keeps its time limit.
   * @param onCancel Called once when the signal aborts or the time is up, with the reason, before the call settles.
   */
  constructor(
    id: number,
    { target, args, options }: BlockingRequest,
    deadlines: Deadlines,
    onCancel: (call: ExecutorCall, reason: unknown) => void,
  ) {
    const { signal, timeoutMs, transfer = [] } = options;
    this.task = { ...target, id, args };
    this.transfer = transfer;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#forgetSignal = signal && watchAbort(signal, () => onCancel(this, signal.reason));
    this.#deadline = timeoutMs === undefined ? undefined : deadlines.start(timeoutMs, () => {
      const text = `Cannot finish ${describeTarget(target)} within ${timeoutMs} ms`;
      onCancel(this, new DOMException(text, "TimeoutError"));
    });
  }

  /**
   * Settles the call as its worker says.
   *
   * @param answer What became of it.
   */
  settle(answer: WorkerAnswer): void {
    if ("thrown" in answer) return this.fail(unpackThrown(answer.thrown));
    this.#forget();
    this.#resolve(answer.value);
  }

  /**
   * Settles the call with an error.
   *
   * @param error The error.
   */
  fail(error: unknown): void {
    this.#forget();
    this.#reject(error);
  }

  #forget(): void {
    this.#deadline?.cancel();
    this.#forgetSignal?.();
  }
}
