/**
 * From the text of an answer to values and errors. Takes answers as JSON-RPC 2.0 wants them, and those of Python
 * gemstone: `result` and `error` both there, one of them null, and an id of `0` or `""` left out.
 *
 * @module
 */
import {
  AccessDeniedError,
  CalledServiceError,
  InternalError,
  InvalidParamsError,
  InvalidResponseError,
  MethodNotFoundError,
  type RemoteCallError,
  UnknownRemoteError,
} from "../errors.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { ACCESS_DENIED, INTERNAL_ERROR, INVALID_PARAMS, METHOD_NOT_FOUND } from "../rpc/message.ts";
import type { CallId } from "./call.ts";
import type { HttpAnswer } from "./http_exchange.ts";
import type { Outcome } from "./result.ts";

const EXCERPT_LENGTH = 200;
const ONE_LINE = /^\P{Cc}{1,200}$/u;

/**
 * Reads the JSON of an answer that has a body.
 *
 * @param answer The answer.
 * @param action What was done, for error texts.
 * @returns The decoded body; an error object of the service also when the HTTP status says that it failed.
 * @throws {CalledServiceError} when the HTTP status is not 2xx and the body is no JSON-RPC error.
 * @throws {InvalidResponseError} when the body is not JSON.
 */
export function readBody(answer: HttpAnswer, action: string): JsonValue {
  const failed = answer.status < 200 || answer.status > 299;
  let body: JsonValue;
  try {
    body = JSON.parse(answer.text);
  } catch (cause) {
    if (failed) throw createStatusError(answer, action);
    throw new InvalidResponseError(`Cannot ${action}: the answer is not JSON: ${quote(answer.text)}`, {
      cause,
    });
  }
  if (failed && (!isObject(body) || readOutcome(body, action).error === undefined)) {
    throw createStatusError(answer, action);
  }
  return body;
}

/**
 * Reads the answer to a single call.
 *
 * @param answer The answer.
 * @param id The id that the call was sent with.
 * @param action What was done, for error texts.
 * @returns The value, or the error that the service answered with.
 * @throws {CalledServiceError} when the HTTP status is not 2xx and the body is no JSON-RPC error.
 * @throws {InvalidResponseError} when the body is no JSON-RPC answer to this call.
 */
export function readCallAnswer(answer: HttpAnswer, id: CallId, action: string): Outcome<JsonValue> {
  const body = readBody(answer, action);
  const fail = (reason: string): never => {
    throw new InvalidResponseError(`Cannot ${action}: ${reason}: ${quote(answer.text)}`);
  };
  if (!isObject(body)) return fail("the answer is not a JSON-RPC object");
  const outcome = readOutcome(body, action);
  if (outcome.invalid !== undefined) return fail(outcome.invalid);
  const isOwn = body.id === id || (body.id === undefined && isLegacy(body)) ||
    (body.id === null && outcome.error !== undefined);
  if (!isOwn) return fail(`the answer has the wrong id, expected ${JSON.stringify(id)}`);
  return outcome.error === undefined ? { value: outcome.value } : { error: outcome.error };
}

/**
 * Checks the acknowledgement of a notification: no body, or what Python gemstone sends, a `result` of null.
 *
 * @param answer The answer.
 * @param action What was done, for error texts.
 * @throws {RemoteCallError} when the service answered that it could not read the notification.
 * @throws {CalledServiceError} when the HTTP status is not 2xx and the body is no JSON-RPC error.
 * @throws {InvalidResponseError} when there is a body and it is no JSON-RPC answer.
 */
export function checkAcknowledgement(answer: HttpAnswer, action: string): void {
  if (isEmpty(answer)) return;
  const body = readBody(answer, action);
  const outcome = isObject(body) ? readOutcome(body, action) : undefined;
  if (outcome?.error !== undefined) throw outcome.error;
  if (outcome === undefined || outcome.invalid !== undefined) {
    throw new InvalidResponseError(
      `Cannot ${action}: the answer is not a JSON-RPC object: ${quote(answer.text)}`,
    );
  }
}

/**
 * Says whether an answer is the good one that has nothing to say.
 *
 * @param answer The answer.
 * @returns `true` for a status of 2xx without a body.
 */
export function isEmpty(answer: HttpAnswer): boolean {
  return answer.text === "" && answer.status >= 200 && answer.status <= 299;
}

/** What an answer object says; `invalid` when it breaks the rules. */
export type ReadOutcome = Outcome<JsonValue> & { readonly invalid?: undefined } | {
  readonly value?: undefined;
  readonly error?: undefined;
  readonly invalid: string;
};

/**
 * Reads one answer object, whoever it is for.
 *
 * @param answer The object.
 * @param action What was done, for the text of the error.
 * @returns The value or the error in it, or which rule it breaks (JSON-RPC 2.0, section 5).
 */
export function readOutcome(answer: JsonObject, action: string): ReadOutcome {
  const { jsonrpc, result, error } = answer;
  if (jsonrpc !== "2.0") return { invalid: "the answer is not JSON-RPC 2.0" };
  if (error === undefined || error === null) {
    return result === undefined ? { invalid: "the answer has neither result nor error" } : { value: result };
  }
  if (result !== undefined && result !== null) return { invalid: "the answer has both result and error" };
  if (!isObject(error) || !isInteger(error.code)) {
    return { invalid: "the error in the answer is not a JSON-RPC error object" };
  }
  return { error: createRemoteError(error.code, error, action) };
}

/**
 * Says whether an answer looks as Python gemstone makes it.
 *
 * @param answer The answer object.
 * @returns `true` when `result` and `error` are both there.
 */
export function isLegacy(answer: JsonObject): boolean {
  return answer.result !== undefined && answer.error !== undefined;
}

/**
 * Tells objects from the other JSON values.
 *
 * @param value Any JSON value.
 * @returns `false` for arrays and null.
 */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Shows the start of a text in an error message.
 *
 * @param text The text.
 * @returns At most 200 characters as a JSON string, so that no control character reaches a log.
 */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, EXCERPT_LENGTH));
}

function createStatusError({ status, text }: HttpAnswer, action: string): CalledServiceError {
  const redirected = status >= 300 && status <= 399 ? " (redirects are not followed)" : "";
  return new CalledServiceError(
    status,
    `Cannot ${action}: HTTP status ${status}${redirected}: ${quote(text)}`,
  );
}

function createRemoteError(
  code: number,
  { message, data }: JsonObject,
  action: string,
): RemoteCallError {
  const said = typeof message === "string" ? message : `Error ${code} without a message`;
  const text = `Cannot ${action}: ${said}${describeReason(data)}`;
  switch (code) {
    case METHOD_NOT_FOUND.code:
      return new MethodNotFoundError(text, data, said);
    case INVALID_PARAMS.code:
      return new InvalidParamsError(text, data, said);
    case ACCESS_DENIED.code:
      return new AccessDeniedError(text, data, said);
    case INTERNAL_ERROR.code:
      return new InternalError(text, data, said);
    default:
      return new UnknownRemoteError(code, text, data, said);
  }
}

/** The `reason` that Gemstone puts into the data of an error, when it fits on the line. */
function describeReason(data: JsonValue | undefined): string {
  const reason = isObject(data) ? data.reason : undefined;
  return typeof reason === "string" && ONE_LINE.test(reason) ? ` (${reason})` : "";
}

function isInteger(value: JsonValue | undefined): value is number {
  return Number.isInteger(value);
}
