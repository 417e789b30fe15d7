/**
 * Work that may not take for ever.
 *
 * @module
 */
import { watchAbort } from "../client/watch_abort.ts";
import { type Clock, pause, SYSTEM_CLOCK } from "../clock.ts";

/**
 * Does work that is ended when it takes too long or is not wanted any more, whether it heeds its signal or not.
 *
 * @param work Begins it; gets the signal that ends it.
 * @param limits `limitMs`: how long it may take, in milliseconds; `signal`: ends it before.
 * @param clock The clock. @default {that of the system}
 * @returns What the work gives. Rejects as the work does, or with why it was ended.
 */
export async function doWithin<T>(
  work: (signal: AbortSignal) => Promise<T>,
  limits: { readonly limitMs: number; readonly signal: AbortSignal },
  clock: Clock = SYSTEM_CLOCK,
): Promise<T> {
  const { limitMs, signal } = limits;
  // Not even begun: it might open what has just been closed.
  if (signal.aborted) throw new Error("It was ended");
  const ended = new AbortController();
  const watch = new AbortController();
  const stopWatching = (): void => watch.abort();
  const leave = watchAbort(signal, stopWatching);
  let isOver = false;
  const givenUp = pause(clock, limitMs, watch.signal).then((): never | undefined => {
    if (isOver) return undefined;
    const reason = new Error(signal.aborted ? "It was ended" : `No answer within ${limitMs} ms`);
    ended.abort(reason);
    throw reason;
  });
  try {
    // A strategy of somebody else may throw at once.
    const result = Promise.resolve().then(() => work(ended.signal));
    // What gives up is silent once there is a result, so nothing else can win.
    return await Promise.race([result, givenUp]) as T;
  } finally {
    isOver = true;
    leave();
    stopWatching();
  }
}
