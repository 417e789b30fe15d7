/**
 * Answers web requests: by the first handler whose pattern fits, else by a file, else with 404.
 *
 * @module
 */
import { CallScope, isThenable } from "../rpc/call.ts";
import type { Exchange } from "../rpc/http.ts";
import type { WebSocketUpgrade } from "../runtime/web_socket.ts";
import { limitBody } from "./body_limit.ts";
import type { Cors } from "./cors.ts";
import type { prepareHandler } from "./extra_handler.ts";
import { AbandonedError, type OpenAnswers } from "./open_answers.ts";
import { copyWithHeaders, createPlainResponse, isUpgrade, withoutBody } from "./plain_response.ts";
import { RefusedError } from "./refused.ts";
import { readPath, readTarget } from "./request_target.ts";
import type { StaticDirectory } from "./static_directory.ts";
import type { PathPattern } from "./url_pattern.ts";
import { WebContext, type WebTools } from "./web_context.ts";
import type { WebOptions } from "./web_options.ts";
import { INTERNAL_ERROR } from "./web_socket.ts";

/** A prepared handler. */
export interface Route {
  /** The paths that it answers. */
  readonly pattern: PathPattern;
  /** Finds what answers a verb. */
  readonly find: ReturnType<typeof prepareHandler>;
}

/** What a site is made of, prepared. */
export interface SiteParts {
  /** The handlers, in the order in which they are asked. */
  readonly routes: readonly Route[];
  /** The directories, in the order in which they are asked. */
  readonly directories: readonly StaticDirectory[];
  /** Headers for each response. */
  readonly securityHeaders: readonly (readonly [name: string, value: string])[];
  /** Answers pages of other origins; `undefined` for not at all. */
  readonly cors: Cors | undefined;
  /** What is not finished yet. */
  readonly answers: OpenAnswers;
  /** What handlers are lent. */
  readonly tools: WebTools;
}

/** An answer of a handler that has failed. */
interface FailedAnswer {
  readonly pattern: PathPattern;
  readonly request: Request;
  readonly scope: CallScope;
  readonly upgrade?: WebSocketUpgrade | undefined;
}

/** Answers web requests. */
export class WebSite {
  readonly #options: WebOptions;
  readonly #parts: SiteParts;
  readonly #endpoint: string;

  /**
   * @param options How to answer.
   * @param parts What answers.
   */
  constructor(options: WebOptions, parts: SiteParts) {
    this.#options = options;
    this.#parts = parts;
    this.#endpoint = new URL(options.endpoint, "http://localhost").pathname;
  }

  /**
   * Answers a request.
   *
   * @param request The request.
   * @returns The response. Never rejects.
   */
  async fetch(request: Request): Promise<Response> {
    try {
      return this.#finish(request, this.#parts.cors?.answerPreflight(request) ?? await this.#answer(request));
    } catch (error) {
      this.#options.logger.error(`Cannot answer ${request.method} ${readPath(request.url)}`, { error });
      return this.#secure(this.#toServerError(error));
    }
  }

  #finish(request: Request, response: Response): Response {
    if (isUpgrade(response)) return response;
    const secured = this.#secure(response);
    const finished = this.#parts.cors?.apply(request, secured) ?? secured;
    return request.method === "HEAD" ? withoutBody(finished) : finished;
  }

  async #answer(request: Request): Promise<Response> {
    const url = readTarget(request);
    if (url === undefined) return createPlainResponse(400);
    // Asked for in a way that is not the endpoint to the letter, such as "/x/../api": nobody else answers for it.
    if (url.pathname === this.#endpoint) return createPlainResponse(404);
    for (const route of this.#parts.routes) {
      const params = route.pattern.match(url.pathname);
      if (params !== undefined) return await this.#callHandler(route, request, url, params);
    }
    return await this.#sendFile(request, url) ?? createPlainResponse(404);
  }

  async #callHandler(
    { pattern, find }: Route,
    request: Request,
    url: URL,
    params: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const { microservice, maxBodyBytes = 1_048_576 } = this.#options;
    const { answers, tools } = this.#parts;
    const scope = new CallScope(true);
    let context: WebContext | undefined;
    try {
      const exchange: Exchange = { request: limitBody(request, maxBodyBytes), responseHeaders: undefined };
      context = new WebContext(microservice, exchange, { url, params, scope }, tools);
      const made: unknown = find(request.method)(context);
      const response = isThenable(made) ? await answers.awaitHandler(made, scope) : made;
      checkResponse(response, context.upgrade?.response);
      const watched = answers.watch(response, (error) => this.#report(error, { pattern, request, scope }));
      return mergeHeaders(watched, exchange.responseHeaders);
    } catch (error) {
      return this.#answerFailure(error, { pattern, request, scope, upgrade: context?.upgrade });
    }
  }

  #answerFailure(error: unknown, failed: FailedAnswer): Response {
    const { upgrade } = failed;
    if (error instanceof RefusedError && upgrade === undefined) {
      if (error instanceof AbandonedError) this.#report(error, failed);
      return createPlainResponse(error.status, error.headers, error.message);
    }
    this.#report(error, failed);
    if (upgrade === undefined) return this.#toServerError(error);
    // The handshake is under way: Deno takes any other response for a reason to end the whole server.
    upgrade.socket.addEventListener("open", () => upgrade.socket.close(INTERNAL_ERROR));
    return upgrade.response;
  }

  #report(error: unknown, { pattern, request, scope, upgrade }: FailedAnswer): void {
    const { logger } = this.#options;
    // That a caller has gone away, and whoever waited for it gave up, is no failure.
    const isGone = upgrade === undefined && !(error instanceof AbandonedError) &&
      (scope.isAbortion(error) || request.signal.aborted);
    const level = isGone ? "debug" : "error";
    logger[level](`Handler of "${pattern.text}" failed at ${request.method} ${readPath(request.url)}`, {
      error,
    });
  }

  async #sendFile(request: Request, url: URL): Promise<Response | undefined> {
    const directories = this.#parts.directories.filter((directory) => directory.covers(url.pathname));
    if (directories.length === 0) return undefined;
    const allow = "GET, HEAD, OPTIONS";
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    if (request.method !== "GET" && request.method !== "HEAD") return createPlainResponse(405, { allow });
    for (const directory of directories) {
      const response = await directory.handle(request, url);
      if (response === undefined) continue;
      return this.#parts.answers.watch(response, (error) => {
        this.#options.logger.error(`Cannot send ${readPath(request.url)}`, { error });
      });
    }
    return undefined;
  }

  #toServerError(error: unknown): Response {
    return createPlainResponse(500, {}, this.#options.exposeErrorDetails ? String(error) : undefined);
  }

  #secure(response: Response): Response {
    const missing = this.#parts.securityHeaders.filter(([name]) => !response.headers.has(name));
    const add = (headers: Headers) => missing.forEach(([name, value]) => headers.set(name, value));
    if (missing.length === 0) return response;
    try {
      // In place, because a copy has a stream for a body, which costs; the same headers for all harm nobody.
      add(response.headers);
      return response;
    } catch {
      // A response of `fetch`, or of a redirect: those can not be changed.
      return copyWithHeaders(response, add);
    }
  }
}

/** Adds what the handler said beside its response; the response has the last word. */
function mergeHeaders(response: Response, extra: Headers | undefined): Response {
  if (extra === undefined || isUpgrade(response)) return response;
  return copyWithHeaders(response, (headers) => {
    for (const [name, value] of extra) {
      if (name === "set-cookie" || name === "vary" || name === "link") headers.append(name, value);
      else if (!headers.has(name)) headers.set(name, value);
    }
  });
}

function checkResponse(response: unknown, upgrade: Response | undefined): asserts response is Response {
  if (upgrade !== undefined && response !== upgrade) {
    throw new TypeError("Cannot answer: a handler that opens a WebSocket must return its response");
  }
  const isResponse = response instanceof Response && response.type !== "error";
  if (!isResponse) {
    throw new TypeError(`Cannot answer with ${describe(response)}: a handler must return a Response`);
  }
  if (response.bodyUsed) {
    throw new TypeError("Cannot answer with a response whose body has been read: make a new one");
  }
}

function describe(value: unknown): string {
  if (value instanceof Response) return "Response.error()";
  return typeof value === "object" && value !== null ? "an object" : typeof value;
}
