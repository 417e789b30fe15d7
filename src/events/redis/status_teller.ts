/**
 * Tells and logs what becomes of the connection.
 *
 * @module
 */
import type { Logger, LogProperties } from "../../logger.ts";
import type { EventTransportStatus } from "../event_transport.ts";

/** Whom a teller tells. */
export interface StatusTellerOptions {
  /** The server, without password. */
  readonly address: string;
  /** Where it logs; one that throws changes nothing. */
  readonly logger: Logger;
  /** Hears of each change of state. */
  readonly onStatus: (status: EventTransportStatus) => void;
}

/** Hears of each attempt, and tells of each loss once. */
export class StatusTeller {
  readonly #options: StatusTellerOptions;
  #reason: string | undefined;

  /**
   * Creates a teller that has nothing to tell.
   *
   * @param options Whom it tells.
   */
  constructor(options: StatusTellerOptions) {
    this.#options = options;
  }

  /** Why there was no connection when it was last tried; `undefined` while there is one and before it is tried. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /**
   * Tells of a state.
   *
   * @param status The state; `down` for each attempt that has failed.
   */
  tell(status: EventTransportStatus): void {
    const before = this.#reason;
    if (status.state === "down") {
      const { reason, nextRetryMs } = status;
      this.#reason = reason;
      // While a server is down each attempt fails alike.
      const level = reason === before ? "debug" : "warn";
      this.#log(level, `Redis: the connection to ${this.#options.address} is down: ${reason}`, {
        nextRetryMs,
      });
      if (before !== undefined) return;
    } else if (status.state === "up") {
      this.#reason = undefined;
      this.#log("info", `Redis: the connection to ${this.#options.address} is up`);
    }
    this.#options.onStatus(status);
  }

  #log(level: "debug" | "info" | "warn", message: string, properties?: LogProperties): void {
    try {
      this.#options.logger[level](message, properties);
    } catch {
      // A logger that throws must not end the attempts to connect.
    }
  }
}
