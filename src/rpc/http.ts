/**
 * JSON-RPC 2.0 over HTTP: from a `Request` to a `Response`.
 *
 * @module
 */
import { checkTimeLimit, Deadlines } from "./deadlines.ts";
import type { ReplyText } from "./dispatch.ts";
import { checkHead, checkLength, CUT_SHORT, type HttpRefusal, STOPPED, TOO_LARGE } from "./http_head.ts";
import type { JsonRpcErrorObject } from "./message.ts";

/**
 * One HTTP request and what its calls have said about its response. It is the `Caller` of a dispatcher behind an
 * {@linkcode RpcHttpHandler}.
 *
 * @example A method that reads a header of the request and sets one of the response
 * ```ts
 * import {
 *   createMethod,
 *   Dispatcher,
 *   type Exchange,
 *   RpcHttpHandler,
 *   type RpcMethod,
 * } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * function greet(exchange: Exchange): string {
 *   exchange.responseHeaders ??= new Headers();
 *   exchange.responseHeaders.set("cache-control", "no-store");
 *   return `hello ${exchange.request.headers.get("accept-language")}`;
 * }
 *
 * const method = await createMethod<Exchange>("greet", greet, undefined, { requiresHandlerReference: true });
 * const methods = new Map<string, RpcMethod<Exchange>>([["greet", method]]);
 * const dispatcher = new Dispatcher<Exchange, Exchange>(methods, { openContext: (exchange) => exchange });
 * const response = await new RpcHttpHandler(dispatcher).handle(
 *   new Request("http://localhost/api", {
 *     method: "POST",
 *     headers: { "content-type": "application/json", "accept-language": "de" },
 *     body: '{"jsonrpc":"2.0","method":"greet","id":1}',
 *   }),
 * );
 * assertEquals(response.headers.get("cache-control"), "no-store");
 * assertEquals((await response.json()).result, "hello de");
 * ```
 */
export interface Exchange {
  /** The request. Its body has been read. */
  readonly request: Request;
  /** Headers for the response, made by the first call that sets one. */
  responseHeaders: Headers | undefined;
}

/**
 * What an {@linkcode RpcHttpHandler} asks of a dispatcher; {@linkcode Dispatcher} is one. Wrap it to do something
 * around every body.
 *
 * @example Log how long bodies take
 * ```ts
 * import { Dispatcher, type Exchange, type HttpDispatcher, RpcHttpHandler } from "@gemstone/gemstone/rpc";
 *
 * const inner = new Dispatcher<Exchange>(new Map());
 * const timed: HttpDispatcher = {
 *   async dispatchText(text, exchange) {
 *     const beginMs = performance.now();
 *     const reply = await inner.dispatchText(text, exchange);
 *     console.log(`${text.length} characters in ${performance.now() - beginMs} ms`);
 *     return reply;
 *   },
 *   refuse: (error) => inner.refuse(error),
 * };
 * const handler = new RpcHttpHandler(timed);
 * ```
 */
export interface HttpDispatcher {
  /** Answers a body. */
  dispatchText(text: string, exchange: Exchange): ReplyText | Promise<ReplyText>;
  /** Writes the answer to a body that never became a message. */
  refuse(error: JsonRpcErrorObject): string;
}

/**
 * How an {@linkcode RpcHttpHandler} answers.
 *
 * @example An endpoint for larger bodies than the default
 * ```ts
 * import { Dispatcher, RpcHttpHandler, type RpcHttpOptions } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const options: RpcHttpOptions = {
 *   endpoint: "/upload",
 *   maxBodyBytes: 16 * 1024 * 1024,
 *   bodyTimeoutMs: 120_000,
 * };
 * const handler = new RpcHttpHandler(new Dispatcher(new Map()), options);
 * assertEquals([handler.matches("/upload"), handler.matches("/api")], [true, false]);
 * ```
 */
export interface RpcHttpOptions {
  /** The path that it answers. @default {"/api"} */
  readonly endpoint?: string | undefined;
  /** The largest body that is read, in bytes. @default {1048576} */
  readonly maxBodyBytes?: number | undefined;
  /** How long a body may take to arrive, in milliseconds; afterwards 408. @default {60000} */
  readonly bodyTimeoutMs?: number | undefined;
  /**
   * Takes the text of a body that has arrived, where a runtime can tell without waiting; `undefined` where it
   * has not. @default {each body is waited for}
   */
  readonly takeText?: ((request: Request) => string | undefined) | undefined;
}

const JSON_HEADERS = { "content-type": "application/json" };
// Made once: the response copies it, and a literal for each response costs more.
const JSON_INIT: ResponseInit = { headers: JSON_HEADERS };
const NO_CONTENT_INIT: ResponseInit = { status: 204 };

/**
 * Answers the HTTP requests of one endpoint.
 *
 * Each answer to a readable body has status 200, or 204 without a body where the specification wants no
 * answer. Others say in HTTP and in JSON-RPC what is wrong: 400 for a body that breaks off, 405 for another verb
 * than POST, 408 for a body that is late, 413 for one over the limit, 415 for another media type than JSON, 503 when
 * the service stops. Nothing is run then.
 *
 * @example
 * ```ts
 * import { createMethod, Dispatcher, type Exchange, RpcHttpHandler } from "@gemstone/gemstone/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const ping = await createMethod("ping", () => "pong", undefined);
 * const handler = new RpcHttpHandler(new Dispatcher<Exchange>(new Map([["ping", ping]])));
 * const response = await handler.handle(
 *   new Request("http://localhost/api", {
 *     method: "POST",
 *     headers: { "content-type": "application/json" },
 *     body: '{"jsonrpc":"2.0","method":"ping","id":1}',
 *   }),
 * );
 * assertEquals(await response.text(), '{"jsonrpc":"2.0","result":"pong","id":1}');
 * ```
 */
export class RpcHttpHandler {
  /** The path that it answers, as it stands in a URL. */
  readonly endpoint: string;
  /** The largest body that is read, in bytes. */
  readonly maxBodyBytes: number;
  /** How long a body may take to arrive, in milliseconds. */
  readonly bodyTimeoutMs: number;
  /** Why a body without declared length is cut off. */
  readonly tooLarge: HttpRefusal = TOO_LARGE;
  readonly #dispatcher: HttpDispatcher;
  readonly #takeText: (request: Request) => string | undefined;
  readonly #deadlines: Deadlines = new Deadlines();
  readonly #isOneSegment: boolean;
  #isStopping = false;

  /**
   * Creates a handler.
   *
   * @param dispatcher Answers the bodies.
   * @param options How to answer.
   * @throws {RangeError} when a limit is not positive.
   */
  constructor(dispatcher: HttpDispatcher, options: RpcHttpOptions = {}) {
    const { endpoint = "/api", maxBodyBytes = 1_048_576, bodyTimeoutMs = 60_000 } = options;
    if (!(maxBodyBytes > 0)) {
      throw new RangeError(`Cannot limit a body to ${maxBodyBytes} bytes: give a positive number`);
    }
    checkTimeLimit("bodyTimeoutMs", bodyTimeoutMs);
    this.#dispatcher = dispatcher;
    this.bodyTimeoutMs = bodyTimeoutMs;
    this.#takeText = options.takeText ?? (() => undefined);
    this.endpoint = new URL(endpoint, "http://localhost").pathname;
    this.maxBodyBytes = maxBodyBytes;
    this.#isOneSegment = this.endpoint.lastIndexOf("/") === 0;
  }

  /** From now on a body that breaks off is answered with Service stopped: a server cuts it when it stops. */
  beginToStop(): void {
    this.#isStopping = true;
  }

  /**
   * Says whether a request is one to the endpoint.
   *
   * @param request The request.
   * @returns Whether it is.
   */
  isFor(request: Request): boolean {
    const { url } = request;
    const end = this.#findEnd(url);
    if (end < 0) return false;
    // A runtime may put the Host header into the URL as it came: one that holds a path must not stand for the
    // path that was asked for. Where the URL ends with a path of one segment there is no room for it.
    return (end === url.length && this.#isOneSegment) || !/[/?#]/.test(request.headers.get("host") ?? "");
  }

  /**
   * Says whether a URL is that of the endpoint: the same path to the letter, with any query.
   *
   * @param url An absolute URL, or a path with its query.
   * @returns Whether it is the endpoint's.
   */
  matches(url: string): boolean {
    return this.#findEnd(url) >= 0;
  }

  /**
   * Answers a request to the endpoint. Never rejects.
   *
   * @param request The request; its path is not looked at.
   * @returns The response; at once when the body has arrived and no method of it is asynchronous.
   */
  handle(request: Request): Response | Promise<Response> {
    const refusal = checkHead(request.method, request.headers.get("content-type"));
    if (refusal !== undefined) return this.#toResponse(refusal);
    const text = this.#takeText(request);
    if (text === undefined) return this.#readAndAnswer(request);
    return fitsInto(text, this.maxBodyBytes) ? this.#answer(request, text) : this.#toResponse(TOO_LARGE);
  }

  /**
   * Checks the head of a request, for a server that answers from the raw message.
   *
   * @param verb The HTTP method.
   * @param contentType The header, null when absent.
   * @param contentLength The header, null when absent.
   * @returns Why the request is refused, `undefined` when it is not.
   */
  checkHead(
    verb: string,
    contentType: string | null,
    contentLength: string | null,
  ): HttpRefusal | undefined {
    return checkHead(verb, contentType) ?? checkLength(contentLength, this.maxBodyBytes);
  }

  /**
   * Writes the body of a refusal, for a server that answers from the raw message.
   *
   * @param refusal What {@linkcode RpcHttpHandler.checkHead} returned.
   * @returns The body, as JSON.
   */
  refuse(refusal: HttpRefusal): string {
    return this.#dispatcher.refuse(refusal.error);
  }

  /**
   * Answers a body, for a server that answers from the raw message.
   *
   * @param text The body, decoded as UTF-8.
   * @param exchange The request; its headers for the response are to be sent.
   * @returns The body of a 200, `undefined` for a 204.
   */
  answerText(text: string, exchange: Exchange): ReplyText | Promise<ReplyText> {
    return this.#dispatcher.dispatchText(text, exchange);
  }

  /**
   * Answers a request that came when the service had begun to stop, so that its caller can go to another instance.
   *
   * @returns Service stopped (-32003) with status 503: the request surely was not run. The connection ends with it.
   */
  refuseLate(): Response {
    return this.#toResponse(STOPPED);
  }

  /** Returns where the path of the endpoint ends in a URL, -1 when the URL has another path. */
  #findEnd(url: string): number {
    const start = url.charCodeAt(0) === SLASH ? 0 : url.indexOf("/", SHORTEST_ORIGIN);
    const end = start + this.endpoint.length;
    if (!url.startsWith(this.endpoint, start)) return -1;
    const next = url.charCodeAt(end);
    return end === url.length || next === QUESTION_MARK || next === HASH ? end : -1;
  }

  async #readAndAnswer(request: Request): Promise<Response> {
    const refusal = checkLength(request.headers.get("content-length"), this.maxBodyBytes);
    if (refusal !== undefined) return this.#toResponse(refusal);
    const { readText } = await import("./body.ts");
    const text = await readText(request, {
      maxBytes: this.maxBodyBytes,
      timeoutMs: this.bodyTimeoutMs,
      deadlines: this.#deadlines,
    });
    if (typeof text === "string") return this.#answer(request, text);
    return this.#toResponse(text === CUT_SHORT && this.#isStopping ? STOPPED : text);
  }

  #answer(request: Request, text: string): Response | Promise<Response> {
    const exchange: Exchange = { request, responseHeaders: undefined };
    const reply = this.#dispatcher.dispatchText(text, exchange);
    if (typeof reply === "object") return reply.then((later) => createResponse(later, exchange));
    return createResponse(reply, exchange);
  }

  #toResponse(refusal: HttpRefusal): Response {
    const { status, headers } = refusal;
    return new Response(this.refuse(refusal), { status, headers: { ...JSON_HEADERS, ...headers } });
  }
}

const SLASH = 47;
const HASH = 35;
const QUESTION_MARK = 63;
/** The length of `http://x`, behind which the path of an absolute URL is found. */
const SHORTEST_ORIGIN = 8;

function fitsInto(text: string, maxBytes: number): boolean {
  // In UTF-8 each unit of the string takes one to three bytes.
  if (text.length * 3 <= maxBytes) return true;
  return text.length <= maxBytes && new TextEncoder().encode(text).byteLength <= maxBytes;
}

function createResponse(text: ReplyText, { responseHeaders }: Exchange): Response {
  if (responseHeaders === undefined) {
    return text === undefined ? new Response(null, NO_CONTENT_INIT) : new Response(text, JSON_INIT);
  }
  if (text === undefined) return new Response(null, { status: 204, headers: responseHeaders });
  const headers = new Headers(responseHeaders);
  headers.set("content-type", "application/json");
  return new Response(text, { headers });
}
