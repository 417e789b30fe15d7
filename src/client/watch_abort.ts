/**
 * Many calls that wait for one signal.
 *
 * @module
 */

/** Who waits for a signal. */
interface Watch {
  readonly callbacks: Set<() => void>;
  /** The only listener on the signal. */
  readonly listener: () => void;
}

/**
 * What belongs to a signal while somebody waits for it, as a private field of the signal would; so it is gone with the
 * signal, and nobody who does not have the signal can see it.
 */
const watches = new WeakMap<AbortSignal, Watch>();

/**
 * Waits for a signal that others may wait for, too. All of them share one listener: Node.js warns of a memory leak when
 * a signal has more than ten, which is nothing special for calls that run at the same time.
 *
 * @param signal The signal, which has not aborted.
 * @param onAbort Is called when it does; must not throw.
 * @returns Ends the wait. When nobody waits any more there is no listener left.
 */
export function watchAbort(signal: AbortSignal, onAbort: () => void): () => void {
  const watch = watches.get(signal) ?? beginWatch(signal);
  // The same function may wait twice.
  const callback = (): void => onAbort();
  watch.callbacks.add(callback);
  return () => {
    watch.callbacks.delete(callback);
    if (watch.callbacks.size > 0 || watches.get(signal) !== watch) return;
    signal.removeEventListener("abort", watch.listener);
    watches.delete(signal);
  };
}

function beginWatch(signal: AbortSignal): Watch {
  const callbacks = new Set<() => void>();
  const listener = (): void => callbacks.forEach((callback) => callback());
  const watch = { callbacks, listener };
  signal.addEventListener("abort", listener);
  watches.set(signal, watch);
  return watch;
}
