/** @module */
import { onStopSignal } from "../runtime/process.ts";

/**
 * Runs a task that Ctrl-C, or the signal of the caller, ends early. The task then comes to its own end, and so does
 * the command: what it still has to say, and its exit code, are not lost.
 *
 * @typeParam T What the task gives.
 * @param outer The signal of the caller; `undefined` for the signals of the process.
 * @param task Gets the signal, and what aborts it.
 * @returns What the task gives.
 */
export async function untilStopped<T>(
  outer: AbortSignal | undefined,
  task: (signal: AbortSignal, stop: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const signal = outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal]);
  const forget = outer !== undefined ? () => {} : onStopSignal(() => {
    stop();
    // The process must not end before the command has: that ends it with its own exit code.
    return new Promise(() => {});
  });
  return await task(signal, stop).finally(forget);
}
