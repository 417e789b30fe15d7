/** Waits for conditions, so that tests need no fixed pauses. */

/** Resolves when the condition holds; fails when that takes longer than the limit. */
export async function waitUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> {
  const started = performance.now();
  while (!await holds()) {
    if (performance.now() - started > limitMs) throw new Error(`Waited ${limitMs} ms in vain: ${what}`);
    await pause(20);
  }
}

/** Lets time go by, where time is what a test is about. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Resolves as the promise does; fails when that takes longer than the limit. */
export async function within<T>(limitMs: number, what: string, promise: PromiseLike<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${limitMs} ms in vain: ${what}`)), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
