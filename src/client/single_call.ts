/**
 * One call, or one notification, over HTTP.
 *
 * @module
 */
import type { JsonValue } from "../json.ts";
import type { CallId, MethodCall } from "./call.ts";
import { exchange, type HttpCall, type HttpTarget } from "./http_exchange.ts";
import { checkAcknowledgement, readCallAnswer } from "./response.ts";
import { type Outcome, Result } from "./result.ts";

/** A call that is ready to be sent. */
export interface PreparedCall extends HttpCall {
  /** What is called. */
  readonly methodCall: MethodCall;
  /** The id in the body. */
  readonly id: CallId;
}

/**
 * Sends a call and reads its answer.
 *
 * @typeParam T The type of the value; it is trusted, not checked.
 * @param target Where and how to send it.
 * @param call What to send.
 * @returns The answer; an error that the service answered with is in it.
 * @throws {RemoteServiceError} when there is no answer: connection, timeout, abort, no JSON-RPC.
 */
export async function sendCall<T>(target: HttpTarget, call: PreparedCall): Promise<Result<T>> {
  const { methodCall, id } = call;
  const outcome: Outcome<JsonValue> = readCallAnswer(await exchange(target, call), id, call.action);
  // The caller says what the method returns, see the type parameter.
  return new Result(methodCall, id, outcome as Outcome<T>);
}

/**
 * Sends a notification and waits until the service has taken it.
 *
 * @param target Where and how to send it.
 * @param call What to send.
 * @throws {RemoteServiceError} when the service did not take it.
 */
export async function sendNotification(target: HttpTarget, call: HttpCall): Promise<void> {
  checkAcknowledgement(await exchange(target, call), call.action);
}
