/**
 * What every transport logs of events that could not be handled.
 *
 * @module
 */
import type { Logger } from "../logger.ts";

/** A delivery that failed. */
export interface FailedDelivery {
  /** The name of the event. */
  readonly name: string;
  /** Its id; that of a message which is no event is whatever came. */
  readonly id: unknown;
  /** Which delivery it was, from 1. */
  readonly attempt: number;
  /** What was thrown. */
  readonly error: unknown;
}

/**
 * Logs that an event rests and is delivered again. To be called when that is certain.
 *
 * @param logger Where.
 * @param delivery The delivery that failed, and how long the event rests in milliseconds.
 */
export function logRetry(
  logger: Logger,
  { name, id, attempt, error, delayMs }: FailedDelivery & { readonly delayMs: number },
): void {
  logger.warn(`Event "${name}" failed and will be delivered again in ${delayMs} ms`, { id, attempt, error });
}

/**
 * Logs that an event has become a dead letter. To be called when that is certain.
 *
 * @param logger Where.
 * @param delivery The last delivery, and why there is no other.
 */
export function logDeath(
  logger: Logger,
  { name, id, attempt, error, reason }: FailedDelivery & { readonly reason: string },
): void {
  logger.error(`Event "${name}" is dead: ${reason}`, { id, attempt, error });
}
