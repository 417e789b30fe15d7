/** A promise that is settled from outside; `Promise.withResolvers` is missing on Node 20. */

/** A promise and what settles it. */
export interface Gate<T = void> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** Makes a promise that is settled from outside. */
export function createGate<T = void>(): Gate<T> {
  let resolve: Gate<T>["resolve"] = () => {};
  let reject: Gate<T>["reject"] = () => {};
  const promise = new Promise<T>((resolvePromise, rejectPromise) => {
    resolve = resolvePromise;
    reject = rejectPromise;
  });
  return { promise, resolve, reject };
}
