/**
 * Waits no longer than a signal lets it.
 *
 * @module
 */

/**
 * Waits for work until a signal aborts; the work goes on.
 *
 * @param work The work.
 * @param signal Ends the wait.
 * @returns What the work gives. Rejects as the work does, or with the reason of the signal.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
