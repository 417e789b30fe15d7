/**
 * Several calls and notifications in one request (JSON-RPC 2.0, section 6).
 *
 * @module
 */
import { InvalidResponseError, type RemoteCallError } from "../errors.ts";
import type { JsonValue } from "../json.ts";
import { type CallId, describeCall, encodeRequest, MethodCall, Notification } from "./call.ts";
import { exchange, type HttpTarget } from "./http_exchange.ts";
import { isEmpty, isLegacy, isObject, quote, readBody, readOutcome } from "./response.ts";
import { type BatchItemResult, BatchResult, type Outcome, Result } from "./result.ts";

type BatchError = RemoteCallError | InvalidResponseError;

/** What was sent. */
interface SentBatch {
  /** The calls under the ids that they were sent with. */
  readonly calls: ReadonlyMap<CallId, MethodCall>;
  /** What is done, for error texts. */
  readonly action: string;
  /** Where it was sent, for error texts. */
  readonly place: string;
}

/**
 * Sends a batch and sorts its answers.
 *
 * @param target Where and how to send it.
 * @param items The calls and notifications; without any there is no request.
 * @param createId Gives the next id for a call without one.
 * @returns One result for each call.
 * @throws {TypeError} when an item is neither a call nor a notification, or two calls have the same id.
 * @throws {RemoteServiceError} when there is no answer to the batch, or one error in place of all answers.
 */
export async function sendBatch(
  target: HttpTarget,
  items: readonly (MethodCall | Notification)[],
  createId: () => CallId,
): Promise<BatchResult> {
  if (items.length === 0) return new BatchResult([]);
  const calls = assignIds(items, createId);
  const ids = new Map(Array.from(calls, ([id, call]) => [call, id]));
  const bodies = items.map((item) =>
    encodeRequest(item, item instanceof MethodCall ? ids.get(item) : undefined, target.member)
  );
  const action = `call a batch of ${items.length} ${target.place}`;
  const answer = await exchange(target, { body: `[${bodies.join(",")}]`, action });
  if (calls.size === 0 && isEmpty(answer)) return new BatchResult([]);
  const answers = readAnswers(readBody(answer, action), action, answer.text);
  if (answers.length > items.length) {
    throw new InvalidResponseError(`Cannot ${action}: there are ${answers.length} answers, more than items`);
  }
  return sortAnswers({ calls, action, place: target.place }, answers);
}

/** The calls of a batch under the ids that they are sent with. */
function assignIds(
  items: readonly (MethodCall | Notification)[],
  createId: () => CallId,
): ReadonlyMap<CallId, MethodCall> {
  const wrong = items.findIndex((item) => !(item instanceof MethodCall || item instanceof Notification));
  if (wrong !== -1) {
    throw new TypeError(`Cannot call a batch: item ${wrong} is neither a MethodCall nor a Notification`);
  }
  const calls = items.filter((item) => item instanceof MethodCall);
  if (new Set(calls).size < calls.length) {
    throw new TypeError("Cannot call a batch: it holds the same call twice");
  }
  const given = calls.map((call) => call.id).filter((id) => id !== undefined);
  const taken = new Set(given);
  if (taken.size < given.length) {
    throw new TypeError(`Cannot call a batch: ids must differ, got ${JSON.stringify(given)}`);
  }
  return new Map(calls.map((call) => [call.id ?? createFreeId(taken, createId), call]));
}

function createFreeId(taken: ReadonlySet<CallId>, createId: () => CallId): CallId {
  let id = createId();
  while (taken.has(id)) id = createId();
  return id;
}

function readAnswers(body: JsonValue, action: string, text: string): readonly JsonValue[] {
  if (Array.isArray(body)) return body;
  const outcome = isObject(body) ? readOutcome(body, action) : undefined;
  // The service could not read the batch as a whole (section 6).
  if (outcome?.error !== undefined) throw outcome.error;
  throw new InvalidResponseError(`Cannot ${action}: the answer is not a JSON-RPC batch: ${quote(text)}`);
}

function sortAnswers(sent: SentBatch, answers: readonly JsonValue[]): BatchResult {
  const { calls, action } = sent;
  const outcomes = new Map<CallId, Outcome<JsonValue, BatchError>>();
  const unmatched: BatchError[] = [];
  for (const answer of answers) {
    const { id, outcome } = readAnswer(answer, sent);
    if (id !== undefined && !outcomes.has(id)) outcomes.set(id, outcome);
    else unmatched.push(outcome.error ?? refuse(action, "an answer belongs to no call").error);
  }
  const results = Array.from(calls, ([id, call]): BatchItemResult => {
    const missing = () => refuse(action, `no answer to the call of "${call.method}"`);
    return new Result(call, id, outcomes.get(id) ?? missing());
  });
  return new BatchResult(results, unmatched);
}

/** Reads one answer; the id is that of a call of the batch, or `undefined` when it belongs to none. */
function readAnswer(
  answer: JsonValue,
  { calls, action, place }: SentBatch,
): { readonly id: CallId | undefined; readonly outcome: Outcome<JsonValue, BatchError> } {
  if (!isObject(answer)) return { id: undefined, outcome: refuse(action, "an answer is not an object") };
  const id = answer.id === undefined && isLegacy(answer) ? findOmittedId(calls) : toCallId(answer.id);
  const call = id === undefined ? undefined : calls.get(id);
  const outcome = readOutcome(answer, call === undefined ? action : describeCall(call.method, place));
  return {
    id: call === undefined ? undefined : id,
    outcome: outcome.invalid === undefined ? outcome : refuse(action, outcome.invalid),
  };
}

function refuse(action: string, reason: string): { readonly error: InvalidResponseError } {
  return { error: new InvalidResponseError(`Cannot ${action}: ${reason}`) };
}

/** Python gemstone leaves out an id of `0` or `""`; with one such call it is clear which is meant. */
function findOmittedId(calls: ReadonlyMap<CallId, MethodCall>): CallId | undefined {
  const omitted = ([0, ""] as const).filter((id) => calls.has(id));
  return omitted.length === 1 ? omitted[0] : undefined;
}

function toCallId(id: JsonValue | undefined): CallId | undefined {
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}
