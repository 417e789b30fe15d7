/**
 * Stands between a registry and its store, which may be away for a while.
 *
 * @module
 */
import type { GemstoneErrorCode } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { createRegistryUnavailable } from "./registry_error.ts";

const AWAY: GemstoneErrorCode = "ERR_BROKER_UNAVAILABLE";

/** Turns the errors of a store that is away into an answer, and logs them once, not with every call. */
export class StoreGuard {
  readonly #getLogger: () => Logger;
  #isAway = false;

  /**
   * Makes one.
   *
   * @param getLogger Says where to log; asked when there is something to say.
   */
  constructor(getLogger: () => Logger) {
    this.#getLogger = getLogger;
  }

  /**
   * Asks the store.
   *
   * @param ask Does it.
   * @returns What the store answered.
   * @throws {RpcError} Registry unavailable (-32011) when the store is away.
   */
  async run<T>(ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      if (this.#isAway) this.#getLogger().info("The store can be used again");
      this.#isAway = false;
      return answer;
    } catch (error) {
      // By its code, too: the store may come from another copy of the package.
      if (!(error instanceof Error) || (error as { code?: unknown }).code !== AWAY) throw error;
      if (!this.#isAway) this.#getLogger().warn("The store can not be used", { error });
      this.#isAway = true;
      throw createRegistryUnavailable();
    }
  }
}
