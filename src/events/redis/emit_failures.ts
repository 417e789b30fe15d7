/**
 * The reasons why an event is not confirmed, in words.
 *
 * @module
 */
import {
  EmitAbortedError,
  EmitError,
  EmitTimeoutError,
  EventBufferFullError,
  EventRejectedError,
  TransportStoppedError,
  UnroutableEventError,
} from "../../errors.ts";
import type { ResolvedRedisPublishing } from "./options.ts";
import type { PendingEmit } from "./pending_emit.ts";

/** Its time limit is over. */
export function createTimeoutError({ emit, timeoutMs, attempts }: PendingEmit): EmitTimeoutError {
  const what = attempts === 0
    ? `it could not be sent within ${timeoutMs} ms, because Redis is away or slow`
    : `Redis has not confirmed it within ${timeoutMs} ms; it may be delivered all the same`;
  return new EmitTimeoutError(
    outcomeOf(attempts),
    timeoutMs,
    `Cannot emit event "${emit.name}": ${what}`,
  );
}

/** The caller's signal has aborted. */
export function createAbortError({ emit, attempts }: PendingEmit, cause: unknown): EmitAbortedError {
  const what = attempts === 0
    ? "its signal has aborted before it was sent"
    : "its signal has aborted before it was confirmed; it may be delivered all the same";
  return new EmitAbortedError(outcomeOf(attempts), `Cannot emit event "${emit.name}": ${what}`, { cause });
}

/** The caller's signal had aborted before. */
export function createEarlyAbortError(name: string, cause: unknown): EmitAbortedError {
  const text = `Cannot emit event "${name}": its signal had aborted before`;
  return new EmitAbortedError("not-sent", text, { cause });
}

/** The connection went away with the answer to a broadcast. */
export function createLostError({ emit }: PendingEmit): EmitError {
  return new EmitError(
    "unknown",
    `Cannot tell what became of event "${emit.name}": the connection to Redis was lost before it was confirmed, ` +
      "and a broadcast is not sent twice",
  );
}

/** Redis has answered with an error. */
export function createRefusedError(name: string, cause: Error): EventRejectedError {
  return new EventRejectedError(`Cannot emit event "${name}": Redis has refused it: ${cause.message}`, {
    cause,
  });
}

/** Nobody gets it now. Somebody may have got it when it was sent before. */
export function createRouteError({ emit, attempts }: PendingEmit): UnroutableEventError {
  const outcome = attempts > 1 ? "unknown" : "not-sent";
  return new UnroutableEventError(outcome, `Cannot emit event "${emit.name}": no service handles it`);
}

/** The transport has stopped meanwhile. */
export function createStopError({ emit, attempts }: PendingEmit): TransportStoppedError {
  return new TransportStoppedError(
    outcomeOf(attempts),
    `Cannot emit event "${emit.name}": the transport has stopped before Redis confirmed it`,
  );
}

/** The transport does not run. */
export function createStoppedError(name: string): TransportStoppedError {
  return new TransportStoppedError(
    "not-sent",
    `Cannot emit event "${name}": the transport has not started, or has stopped`,
  );
}

/** Too many wait. */
export function createFullError(name: string, limits: ResolvedRedisPublishing): EventBufferFullError {
  const { bufferEvents, bufferBytes } = limits;
  return new EventBufferFullError(
    `Cannot emit event "${name}": the buffer of ${bufferEvents} events and ${bufferBytes} bytes is full; ` +
      "wait for Redis, or emit less",
  );
}

function outcomeOf(attempts: number): "not-sent" | "unknown" {
  return attempts === 0 ? "not-sent" : "unknown";
}
