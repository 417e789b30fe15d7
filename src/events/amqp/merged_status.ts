/**
 * One state out of those of several connections.
 *
 * @module
 */
import type { EventTransportStatus } from "../event_transport.ts";
import type { StatusBoard } from "../transport_state.ts";

/** The state that counts when there are several; the first that one of them has. */
const PRECEDENCE: readonly EventTransportStatus["state"][] = [
  "failed",
  "down",
  "connecting",
  "blocked",
  "up",
  "stopped",
];

/** Tells the worst of several states, so that one broken broker is told once, not once for each connection. */
export class MergedStatus {
  readonly #board: StatusBoard;
  readonly #parts = new Map<string, EventTransportStatus>();
  /** Whether a loss has been told that is not over. */
  #isLost = false;

  /**
   * Creates one without parts.
   *
   * @param board Where the merged state is told.
   */
  constructor(board: StatusBoard) {
    this.#board = board;
  }

  /** Changes the state of one part. A further part that begins to connect takes nothing away from what works. */
  set(part: string, status: EventTransportStatus): void {
    if (status.state === "connecting" && this.#parts.size > 0 && !this.#parts.has(part)) return;
    this.#parts.set(part, status);
    const worst = [...this.#parts.values()].reduce((worst, other) =>
      PRECEDENCE.indexOf(other.state) < PRECEDENCE.indexOf(worst.state) ? other : worst
    );
    if (worst.state === this.#board.current.state) return;
    // The first connection may be tried again before the second one notices that it is lost, too.
    if (worst.state === "down" && this.#isLost) return;
    this.#isLost = worst.state === "down" || (worst.state === "connecting" && this.#isLost);
    this.#board.set(worst);
  }
}
