/**
 * How the showing of events comes to its end.
 *
 * @module
 */

/** Resolves when the signal aborts; rejects when something ends the tap before. */
export class TapEnd {
  /** The end. Need not be listened to. */
  readonly promise: Promise<void>;
  /** Removes the listener from the signal. */
  readonly remove: () => void;
  /** Ends the tap with an error. */
  fail: (error: unknown) => void = () => {};

  /** @param signal Ends the tap. */
  constructor(signal: AbortSignal) {
    let resolve: () => void = () => {};
    this.promise = new Promise((resolvePromise, reject) => {
      resolve = resolvePromise;
      this.fail = reject;
    });
    this.promise.catch(() => {/* met by who waits for it */});
    const onAbort = (): void => resolve();
    signal.addEventListener("abort", onAbort);
    this.remove = () => signal.removeEventListener("abort", onAbort);
    if (signal.aborted) resolve();
  }
}
