/**
 * The reasons why an event is not confirmed, in words.
 *
 * @module
 */
import {
  EmitAbortedError,
  EmitError,
  type EmitOutcome,
  EmitTimeoutError,
  EventBufferFullError,
  EventRejectedError,
  TransportStoppedError,
  UnroutableEventError,
} from "../../errors.ts";
import { explainRefusal } from "./explain_refusal.ts";
import type { OutgoingMessage, PendingEmit } from "./pending_emit.ts";
import type { PublishLimits } from "./publish_buffer.ts";

/** It comes too late: its signal has aborted, or else the transport has stopped. */
export function createLateError({ name }: OutgoingMessage, signal: AbortSignal | undefined): EmitError {
  if (!signal?.aborted) {
    return new TransportStoppedError("not-sent", `Cannot emit event "${name}": the transport has stopped`);
  }
  const text = `Cannot emit event "${name}": its signal had aborted before`;
  return new EmitAbortedError("not-sent", text, { cause: signal.reason });
}

/** Its time limit is over. */
export function createTimeoutError(emit: PendingEmit): EmitTimeoutError {
  const { timeoutMs, attempts } = emit;
  const what = attempts === 0
    ? `it could not be sent within ${timeoutMs} ms, because the broker is away or slow`
    : `the broker has not confirmed it within ${timeoutMs} ms; it may be delivered all the same`;
  const text = `Cannot emit event "${emit.message.name}": ${what}`;
  return new EmitTimeoutError(outcomeOf(emit), timeoutMs, text);
}

/** The caller's signal has aborted. */
export function createAbortError(emit: PendingEmit, cause: unknown): EmitAbortedError {
  const what = emit.attempts === 0
    ? "its signal has aborted before it was sent"
    : "its signal has aborted before it was confirmed; it may be delivered all the same";
  return new EmitAbortedError(outcomeOf(emit), `Cannot emit event "${emit.message.name}": ${what}`, {
    cause,
  });
}

/** The broker has refused it as often as it may. */
export function createRefusalError({ message, refusals }: PendingEmit, cause: unknown): EventRejectedError {
  return new EventRejectedError(
    `Cannot emit event "${message.name}": the broker has refused it ${refusals} times; look for a full queue`,
    { cause },
  );
}

/** The broker closes each channel that it is sent on. */
export function createPoisonError({ message }: PendingEmit, cause: Error): EventRejectedError {
  return new EventRejectedError(
    `Cannot emit event "${message.name}": the broker closes the channel because of it: ${
      explainRefusal(cause)
    }; ` +
      `look for exchange "${message.exchange}", the permissions and the limits of the broker`,
    { cause },
  );
}

/** AMQP has no place for what its properties say. */
export function createEncodingError(emit: PendingEmit, cause: Error): EmitError {
  return new EmitError(
    outcomeOf(emit),
    `Cannot emit event "${emit.message.name}": AMQP can not carry it: ${cause.message}`,
    { cause },
  );
}

/** No queue takes it now. A queue may have taken it when it was sent before. */
export function createRouteError({ message, attempts }: PendingEmit): UnroutableEventError {
  const outcome = attempts > 1 ? "unknown" : "not-sent";
  return new UnroutableEventError(outcome, `Cannot emit event "${message.name}": no service handles it`);
}

/** The transport has stopped meanwhile. */
export function createStopError(emit: PendingEmit): TransportStoppedError {
  return new TransportStoppedError(
    outcomeOf(emit),
    `Cannot emit event "${emit.message.name}": the transport has stopped before the broker confirmed it`,
  );
}

/** Too many wait. */
export function createFullError({ name }: OutgoingMessage, limits: PublishLimits): EventBufferFullError {
  const { bufferEvents, bufferBytes } = limits;
  return new EventBufferFullError(
    `Cannot emit event "${name}": the buffer of ${bufferEvents} events and ${bufferBytes} bytes is full; ` +
      "wait for the broker, or emit less",
  );
}

function outcomeOf({ attempts }: PendingEmit): EmitOutcome {
  return attempts === 0 ? "not-sent" : "unknown";
}
