/**
 * The threads that an executor has started for long-running work.
 *
 * @module
 */
import { BlockingThread, type BlockingThreadOptions } from "./blocking_thread.ts";
import type { BlockingRequest } from "./executor_request.ts";

/** Threads of their own, until they are gone. */
export class BlockingThreads {
  readonly #options: Omit<BlockingThreadOptions, "onGone">;
  readonly #threads: Set<BlockingThread> = new Set();

  /** @param options What each thread needs. */
  constructor(options: Omit<BlockingThreadOptions, "onGone">) {
    this.#options = options;
  }

  /** How many there are. */
  get size(): number {
    return this.#threads.size;
  }

  /**
   * Starts a thread.
   *
   * @param request What it runs.
   * @returns The thread.
   */
  start(request: BlockingRequest): BlockingThread {
    const onGone = () => this.#threads.delete(thread);
    const thread = new BlockingThread(request, { ...this.#options, onGone });
    this.#threads.add(thread);
    return thread;
  }

  /** Ends all of them. Resolves when they are gone, or do not end. */
  async stop(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }
}
