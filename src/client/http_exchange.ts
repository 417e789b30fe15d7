/**
 * One HTTP request and its whole answer.
 *
 * @module
 */
import { InvalidResponseError, RemoteServiceError, TransportError } from "../errors.ts";
import { findNodePost, isFetchUntouched, type PostAnswer } from "../runtime/node_post.ts";
import type { Credentials } from "./authentication.ts";
import { withinLimits } from "./call_limits.ts";
import { toCallOutcome } from "./call_outcome.ts";
import type { CallOptions, FetchFunction } from "./remote_service_options.ts";
import type { ServiceInstances } from "./service_instances.ts";

/** Where and how the requests of one client go. */
export interface HttpTarget extends Credentials {
  /** The URL of the endpoint; not used where there are `instances`. */
  readonly url: string;
  /** Where that is, for error texts: `at …`. */
  readonly place: string;
  /** The instances of a service that runs in several places. */
  readonly instances: ServiceInstances | undefined;
  /** Sends the requests; `undefined` for what is best on this runtime. */
  readonly fetch: FetchFunction | undefined;
  /** Milliseconds that a call may take; `Infinity` for no limit. */
  readonly timeoutMs: number;
  /** Bytes that an answer may have. */
  readonly maxResponseBytes: number;
  /** Ends every call of this client. */
  readonly signal: AbortSignal | undefined;
  /** Whether calls may run twice. */
  readonly idempotent: boolean;
}

/** What is sent. */
export interface HttpCall {
  /** The body: JSON. */
  readonly body: string;
  /** What is done, for error texts: `call "x" at …`. */
  readonly action: string;
  /** Ends this call, beside the signal of the client and that of the options. */
  readonly signal?: AbortSignal | undefined;
  /** What the caller wants to be different for this call. */
  readonly options?: CallOptions | undefined;
}

/** Sends what `fetch` would, for less; not everywhere. */
const sendPost = findNodePost();

/** The whole answer, whatever its status. */
export interface HttpAnswer {
  /** The HTTP status code. */
  readonly status: number;
  /** The body, decoded as the Fetch standard does: UTF-8, a byte order mark dropped. */
  readonly text: string;
}

/**
 * Sends a request and reads the answer to its end, so that the connection can be used again. A redirect is not
 * followed: the answer with its 3xx status is returned, and the credentials stay where they were meant to go.
 *
 * @param target Where and how to send it.
 * @param call What to send.
 * @returns The answer, whatever its status.
 * @throws {TransportError} when no answer came or it was cut short.
 * @throws {CallTimeoutError} when it did not end in time.
 * @throws {CallAbortedError} when a signal ended it.
 * @throws {InvalidResponseError} when it has more than `maxResponseBytes`.
 * @throws {RemoteServiceError} when there are several instances and nobody knows where.
 */
export function exchange(target: HttpTarget, call: HttpCall): Promise<HttpAnswer> {
  const { instances } = target;
  if (instances !== undefined) {
    return import("./fail_over.ts").then(({ exchangeWithAny }) => exchangeWithAny(target, instances, call));
  }
  const { action, options, body } = call;
  const timeoutMs = options?.timeoutMs ?? target.timeoutMs;
  const signals = [target.signal, options?.signal, call.signal];
  return withinLimits({ action, timeoutMs, signals }, async (signal) => {
    const headers = await createHeaders(target, action);
    // Authentication may have taken its time.
    signal.throwIfAborted();
    return await request(target, { body, action, headers, signal });
  });
}

/** One request, with nothing left to be worked out. */
export interface HttpRequest {
  /** The body: JSON. */
  readonly body: string;
  /** What is done, for error texts. */
  readonly action: string;
  /** All headers. */
  readonly headers: Credentials["headers"] | Headers;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request to one URL.
 *
 * @param target Where and how to send it.
 * @param call What to send.
 * @returns The answer, whatever its status.
 * @throws {TransportError} when no answer came or it was cut short.
 * @throws {InvalidResponseError} when it has more than `maxResponseBytes`.
 */
export async function request(target: HttpTarget, call: HttpRequest): Promise<HttpAnswer> {
  const { action } = call;
  try {
    const { status, text } = sendPost !== undefined && target.fetch === undefined && isFetchUntouched()
      ? await sendPost(target.url, { ...call, maxBytes: target.maxResponseBytes })
      : await sendByFetch(target, call);
    if (text !== undefined) return { status, text };
    throw new InvalidResponseError(
      `Cannot ${action}: the answer is longer than ${target.maxResponseBytes} bytes`,
    );
  } catch (error) {
    if (error instanceof RemoteServiceError) throw error;
    throw new TransportError(`Cannot ${action}: ${describe(error)}`, {
      cause: error,
      outcome: toCallOutcome(error),
    });
  }
}

/**
 * Completes the headers of a request.
 *
 * @param target How to send it.
 * @param action What is done, for error texts.
 * @returns All headers.
 * @throws {TransportError} when the function that authenticates fails.
 */
export function createHeaders(
  { headers, authenticate }: HttpTarget,
  action: string,
): Credentials["headers"] | Promise<Headers> {
  if (authenticate === undefined) return headers;
  const copy = new Headers(headers);
  return Promise.resolve().then(() => authenticate(copy)).then(() => copy, (error: unknown) => {
    if (error instanceof RemoteServiceError) throw error;
    throw new TransportError(`Cannot ${action}: ${describe(error)}`, { cause: error, outcome: "not-sent" });
  });
}

async function sendByFetch(
  { url, fetch = globalThis.fetch, maxResponseBytes }: HttpTarget,
  { body, headers, signal }: HttpRequest,
): Promise<PostAnswer> {
  const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
  return { status: response.status, text: await readText(response, maxResponseBytes) };
}

async function readText(response: Response, limit: number): Promise<string | undefined> {
  const { headers } = response;
  const declared = headers.get("content-length");
  // The declared length is what arrives only if nothing is unpacked on the way.
  const isExact = declared !== null && !headers.has("content-encoding") && !headers.has("transfer-encoding");
  if (isExact && Number(declared) <= limit) return await response.text();
  const reader = response.body?.getReader();
  if (reader === undefined) return await response.text();
  const text = isExact ? undefined : await readCounted(reader, limit);
  if (text === undefined) await reader.cancel();
  return text;
}

async function readCounted(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > limit) return undefined;
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

/** Runtimes say "fetch failed" and keep what happened in the cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${readMessage(cause)}` : readMessage(error);
}

/** When several addresses of a host refuse, Node has one error for all, without a text of its own. */
function readMessage(error: Error): string {
  if (error.message !== "" || !(error instanceof AggregateError)) return error.message;
  return error.errors.map((each) => each instanceof Error ? each.message : String(each)).join(", ");
}
