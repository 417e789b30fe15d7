/**
 * The end of a call that takes too long or is no longer wanted.
 *
 * @module
 */
import { CallAbortedError, CallTimeoutError, type RemoteServiceError } from "../errors.ts";
import { LONGEST_TIMER_MS } from "../rpc/deadlines.ts";
import { watchAbort } from "./watch_abort.ts";

/** What may end a call. */
export interface CallLimits {
  /** What is done, for error texts: `Cannot call "x" at …`. */
  readonly action: string;
  /** Milliseconds that the call may take; `Infinity` for no limit. */
  readonly timeoutMs: number;
  /** Each of them ends the call. */
  readonly signals: readonly (AbortSignal | undefined)[];
}

/**
 * Runs a task that ends early when its time is up or a signal says so. The timer and the listeners are gone when
 * the returned promise is settled, so a long-lived signal does not collect them (as it does when it is handed to
 * `fetch` on Node.js); calls that run at the same time have one listener on it.
 *
 * @param limits What may end the task.
 * @param task Gets a signal of its own that is aborted at that moment, or when the task itself fails.
 * @returns What the task gives.
 * @throws {CallTimeoutError} when the time is up, also when the task does not heed its signal.
 * @throws {CallAbortedError} when a signal is aborted; the task is not begun when it was so from the start.
 */
export async function withinLimits<T>(
  limits: CallLimits,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { promise: ended, reject } = createRejection();
  const end = (error: RemoteServiceError) => {
    reject(error);
    controller.abort(error);
  };
  const stopWatching = watchSignals(limits, end);
  const timer = startTimer(limits, end);
  try {
    return await Promise.race([task(controller.signal), ended]);
  } catch (error) {
    // Whatever the task left open on the wire, an answer too long for example, ends with it.
    controller.abort(error);
    throw error;
  } finally {
    clearTimeout(timer);
    stopWatching();
  }
}

function watchSignals(limits: CallLimits, end: (error: RemoteServiceError) => void): () => void {
  const signals = limits.signals.filter((signal) => signal !== undefined);
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted !== undefined) throw createAbortedError(limits, aborted);
  const watches = signals.map((signal) => watchAbort(signal, () => end(createAbortedError(limits, signal))));
  return () => watches.forEach((endWatch) => endWatch());
}

function startTimer(
  { action, timeoutMs }: CallLimits,
  end: (error: RemoteServiceError) => void,
): ReturnType<typeof setTimeout> | undefined {
  if (timeoutMs === Infinity) return undefined;
  return setTimeout(
    () => end(new CallTimeoutError(timeoutMs, `Cannot ${action}: no answer within ${timeoutMs} ms`)),
    Math.min(timeoutMs, LONGEST_TIMER_MS),
  );
}

function createAbortedError({ action }: CallLimits, signal: AbortSignal): CallAbortedError {
  return new CallAbortedError(`Cannot ${action}: aborted by the caller`, { cause: signal.reason });
}

// Promise.withResolvers is missing on Node 20.
function createRejection(): { promise: Promise<never>; reject: (error: RemoteServiceError) => void } {
  let reject: (error: RemoteServiceError) => void = () => {};
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}
