/**
 * What an extra handler knows of its request, and makes its response with.
 *
 * @module
 */
import type { CallScope } from "../rpc/call.ts";
import { type CookieOptions, RequestContext } from "../rpc/context.ts";
import type { Exchange } from "../rpc/http.ts";
import type { BaseServiceHandle } from "../rpc/service_type.ts";
import type { Logger } from "../logger.ts";
import { createEventStream, type EventStreamOptions, type ServerSentEvent } from "./event_stream.ts";
import type { CookieSigner } from "./signed_cookie.ts";
import { openWebSocket, type WebSocketOptions, type WebSocketUpgrade } from "./web_socket.ts";

/**
 * Renders templates: what the service makes of its `templateDir`.
 *
 * @example One for a test of what uses it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { TemplateRenderer } from "@gemstone/gemstone/web";
 *
 * const renderer: TemplateRenderer = {
 *   render: (name, values) => Promise.resolve(`${name} ${JSON.stringify(values)}`),
 * };
 * assertEquals(await renderer.render("hello.html", { name: "ann" }), 'hello.html {"name":"ann"}');
 * ```
 */
export interface TemplateRenderer {
  /**
   * Renders a template.
   *
   * @param name Its name.
   * @param values What its variables stand for.
   * @returns The text.
   */
  render(name: string, values: Readonly<Record<string, unknown>>): Promise<string>;
}

/**
 * What the service lends to its handlers. Handlers have it as methods of their {@linkcode WebContext}.
 *
 * @example
 * ```ts
 * import { CookieSigner, type WebTools } from "@gemstone/gemstone/web";
 *
 * const tools: WebTools = {
 *   logger: console,
 *   signer: new CookieSigner([crypto.randomUUID()]),
 *   templates: undefined,
 *   stopping: new AbortController().signal,
 *   authenticate: (context) => context.headers.get("x-user"),
 * };
 * ```
 */
export interface WebTools {
  /** Where to log. */
  readonly logger: Logger;
  /** Signs cookies; `undefined` without secrets. */
  readonly signer: CookieSigner | undefined;
  /** Renders templates; `undefined` without `templateDir`. */
  readonly templates: TemplateRenderer | undefined;
  /** Aborts when the service begins to stop. */
  readonly stopping: AbortSignal;
  /** Says who sent a request, like the service does for private methods. */
  readonly authenticate: (context: WebContext) => unknown;
}

/**
 * What the router found out about a request. Handlers have it as `url`, `params` and `signal` of their
 * {@linkcode WebContext}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { WebContext, WebMatch } from "@gemstone/gemstone/web";
 *
 * function toItem({ url, params }: Pick<WebMatch, "url" | "params"> | WebContext): string {
 *   return `${params["id"]} in ${url.searchParams.get("unit") ?? "pieces"}`;
 * }
 * const url = new URL("http://localhost/items/7?unit=kg");
 * assertEquals(toItem({ url, params: { id: "7" } }), "7 in kg");
 * ```
 */
export interface WebMatch {
  /** The address, normalised. */
  readonly url: URL;
  /** The parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  /** The life of the request. */
  readonly scope: CallScope;
}

/**
 * How a signed cookie is read.
 *
 * @example A session that ends after an hour, whatever the browser keeps
 * ```ts
 * import type { ExtraHandler, SignedCookieOptions } from "@gemstone/gemstone/web";
 *
 * const session: SignedCookieOptions = { maxAgeMs: 60 * 60 * 1_000 };
 * const handler: ExtraHandler = ["/me", async (context) => {
 *   const user = await context.signedCookie("user", session);
 *   return user === undefined ? context.redirect("/login") : context.text(user);
 * }];
 * ```
 */
export interface SignedCookieOptions {
  /** How long ago it may have been signed, in milliseconds, 0 or more; `Infinity` is no limit. @default {31 days} */
  readonly maxAgeMs?: number;
}

const MONTH_MS = 31 * 24 * 60 * 60 * 1_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The request behind a call of an extra handler. Beside what a method's `RequestContext` has (`headers`,
 * `cookies`, `setCookie`, `responseHeaders`, `microservice`, `signal`, `trace`) it knows the address, and makes
 * responses. The body of `request` has not been read.
 *
 * @typeParam Service The class of the service, for the type of `microservice`.
 * @typeParam Principal What `authenticateRequest` returns, for the type of `principal`.
 *
 * @example A page, and a form that it sends
 * ```ts
 * import type { ExtraHandler, WebContext } from "@gemstone/gemstone/web";
 *
 * const handlers: ExtraHandler[] = [
 *   ["/hello/:name", (context) => context.text(`hello ${context.params["name"]}`)],
 *   ["/login", {
 *     get: (context: WebContext) => context.html('<form method="post"><input name="user"></form>'),
 *     async post(context: WebContext): Promise<Response> {
 *       const form = await context.request.formData();
 *       await context.setSignedCookie("user", String(form.get("user")));
 *       return context.redirect("/", 303);
 *     },
 *   }],
 * ];
 * ```
 */
export class WebContext<Service = BaseServiceHandle, Principal = unknown>
  extends RequestContext<Service, Principal> {
  /** The address of the request: its path is normalised. Its host is what the client wrote. */
  readonly url: URL;
  /** The named parts of the path, decoded; unnamed ones are `"0"`, `"1"` …; one that is not there is absent. */
  readonly params: Readonly<Record<string, string>>;
  /** Where the service logs. */
  readonly logger: Logger;
  /**
   * Aborts when the service begins to stop. A response that goes on without end should end then, because the
   * service waits for it; {@linkcode WebContext.events} does by itself.
   */
  readonly stopping: AbortSignal;
  readonly #tools: WebTools;
  #upgrade: WebSocketUpgrade | undefined;

  /**
   * Opens the context of a request.
   *
   * @param microservice The service.
   * @param exchange The request and the headers of its response.
   * @param match What the router found.
   * @param tools What the service lends.
   */
  constructor(microservice: Service, exchange: Exchange, match: WebMatch, tools: WebTools) {
    super(microservice, exchange, match.scope);
    this.url = match.url;
    this.params = match.params;
    this.logger = tools.logger;
    this.stopping = tools.stopping;
    this.#tools = tools;
  }

  /** The WebSocket that was opened; its response must be returned. */
  get upgrade(): WebSocketUpgrade | undefined {
    return this.#upgrade;
  }

  /** The arguments in the address, decoded. */
  get query(): URLSearchParams {
    return this.url.searchParams;
  }

  /**
   * Asks the service who sent the request, as it does for a private method, and keeps the answer in `principal`.
   *
   * @returns What `authenticateRequest` of the service returned: falsy for nobody that it knows.
   * @throws {Error} what `authenticateRequest` throws.
   */
  async authenticate(): Promise<Principal> {
    // The service says what it returns; here nobody can check that.
    const principal = await this.#tools.authenticate(this as unknown as WebContext) as Principal;
    this.principal = principal;
    return principal;
  }

  /**
   * Reads a cookie that was set with {@linkcode WebContext.setSignedCookie}.
   *
   * @param name Its name.
   * @param options How old it may be.
   * @returns Its value; `undefined` when there is none that this service has signed, or it is too old.
   * @throws {TypeError} when the service has no `cookieSecrets`.
   * @throws {RangeError} when `maxAgeMs` is negative or NaN.
   */
  async signedCookie(name: string, options: SignedCookieOptions = {}): Promise<string | undefined> {
    const signer = this.#getSigner(name);
    // Without the cookie, too: a wrong age shows at the first request.
    return await signer.verify(name, this.cookies.get(name) ?? "", options.maxAgeMs ?? MONTH_MS);
  }

  /**
   * Sets a cookie that can not be forged: it is signed, not encrypted, so its owner can read it.
   *
   * @param name Its name (RFC 6265: no white space, no `=`, `;` or `,`).
   * @param value Any text.
   * @param options How it is kept and sent. `maxAge` is a wish to the browser: when a cookie must end, read it
   * with `maxAgeMs`.
   * @throws {TypeError} when the service has no `cookieSecrets`.
   * @throws {RangeError} when the cookie would be larger than browsers keep (4096 bytes).
   */
  async setSignedCookie(name: string, value: string, options: CookieOptions = {}): Promise<void> {
    this.setCookie(name, await this.#getSigner(name).sign(name, value), options);
  }

  /**
   * Answers with a text.
   *
   * @param text The text.
   * @param init Status and headers.
   * @returns The response, `text/plain`.
   */
  text(text: string, init: ResponseInit = {}): Response {
    return createTyped(text, "text/plain; charset=utf-8", init);
  }

  /**
   * Answers with HTML. Nothing is escaped: what comes from outside belongs into a template.
   *
   * @param html The page.
   * @param init Status and headers.
   * @returns The response, `text/html`.
   */
  html(html: string, init: ResponseInit = {}): Response {
    return createTyped(html, "text/html; charset=utf-8", init);
  }

  /**
   * Answers with JSON.
   *
   * @param value The value.
   * @param init Status and headers.
   * @returns The response, `application/json`.
   * @throws {TypeError} when JSON can not carry the value: it is `undefined` or a function, has a BigInt or a cycle.
   */
  json(value: unknown, init: ResponseInit = {}): Response {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) {
      throw new TypeError(`Cannot answer with ${String(value)} as JSON: it has no JSON form`);
    }
    return createTyped(text, "application/json", init);
  }

  /**
   * Sends the client elsewhere. Never take the address from the request as it is: others would lead your users
   * away with it.
   *
   * @param location An address, or a path of this service. Characters that no address has are encoded.
   * @param status 303 after a form, 302 for now, 301 for good; 307 and 308 keep method and body.
   * @returns The response.
   * @throws {RangeError} when the status is none that redirects.
   */
  redirect(location: string | URL, status = 302): Response {
    if (!REDIRECTS.has(status)) {
      throw new RangeError(`Cannot redirect with status ${status}: use ${[...REDIRECTS].join(", ")}`);
    }
    const encoded = String(location).toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent);
    return new Response(null, { status, headers: { location: encoded } });
  }

  /**
   * Answers with a template of `templateDir`, in the language Liquid: `{{ name }}` prints a value escaped for
   * HTML, `{{ html | raw }}` as it is; `{% layout "base.html" %}` (or `extends`) and `{% block main %}` …
   * `{% endblock %}` inherit; `{% render "part.html", item: item %}` includes.
   *
   * @param template The path of its file, relative to `templateDir`.
   * @param values What its variables stand for. One that is missing is an error, except in conditions and with
   * `default`.
   * @param init Status and headers.
   * @returns The response, `text/html` unless the headers say otherwise.
   * @throws {TypeError} when the service has no `templateDir`.
   * @throws {Error} when the template is missing or wrong: the text names file and line. A handler that lets it
   * pass answers 500 with it in the log.
   */
  async render(
    template: string,
    values: Readonly<Record<string, unknown>> = {},
    init: ResponseInit = {},
  ): Promise<Response> {
    const { templates } = this.#tools;
    if (templates === undefined) {
      throw new TypeError(`Cannot render "${template}": the service has no templateDir; set it`);
    }
    return this.html(await templates.render(template, values), init);
  }

  /**
   * Answers with server-sent events, for as long as the source has some, the page stays, and the service runs.
   *
   * @param source The events, such as an async generator.
   * @param options When to send a sign of life.
   * @returns The response, `text/event-stream`.
   *
   * @example A running number
   * ```ts
   * import type { ExtraHandler } from "@gemstone/gemstone/web";
   *
   * async function* count(signal: AbortSignal): AsyncGenerator<{ data: number }> {
   *   for (let data = 0; !signal.aborted; data++) {
   *     yield { data };
   *     await new Promise((resolve) => setTimeout(resolve, 1_000));
   *   }
   * }
   * const handler: ExtraHandler = ["/count", (context) => context.events(count(context.stopping))];
   * ```
   */
  events(
    source: AsyncIterable<ServerSentEvent>,
    options: Omit<EventStreamOptions, "signal" | "onError"> = {},
  ): Response {
    return createEventStream(source, { ...options, signal: this.stopping });
  }

  /**
   * Turns the connection into a WebSocket, on Deno and on Node (there with the package `ws`, to be installed).
   * It opens when the response has been returned, and is closed with code 1001 when the service stops. A client
   * that gives no sign of life is dropped after a minute or less; on Node a message has at most 64 MiB. A request
   * that is no handshake is answered with 426, and that of a page that may not with 403.
   *
   * A listener of `addEventListener` that throws, or returns a promise that rejects, is logged, and the WebSocket is
   * closed with code 1011. Not so with `onmessage` and its like, which the runtimes have beside the interface: there,
   * by their rules, such an error ends the process.
   *
   * @param options Whose pages may open one (by default those of this host), and which protocols are spoken.
   * @returns The WebSocket, and the response that the handler must return as it is: headers and cookies of the
   * context do not go with it.
   * @throws {TypeError} when the request did not come over a connection of a listening service (on Node), or the
   * package `ws` is not there.
   * @throws {Error} when the request is refused; to be let through, so that the service answers it.
   *
   * @example An echo
   * ```ts
   * import type { ExtraHandler } from "@gemstone/gemstone/web";
   *
   * const handler: ExtraHandler = ["/echo", async (context) => {
   *   const { socket, response } = await context.upgradeWebSocket();
   *   socket.addEventListener("message", ({ data }) => socket.send(data));
   *   return response;
   * }];
   * ```
   */
  async upgradeWebSocket(options: WebSocketOptions = {}): Promise<WebSocketUpgrade> {
    const { request, stopping, logger, url } = this;
    const onError = (error: unknown) =>
      logger.error(`A listener of the WebSocket at ${url.pathname} failed`, { error });
    this.#upgrade = await openWebSocket(request, { stopping, onError }, options);
    return this.#upgrade;
  }

  #getSigner(name: string): CookieSigner {
    const { signer } = this.#tools;
    if (signer !== undefined) return signer;
    throw new TypeError(`Cannot sign or check cookie "${name}": the service has no cookieSecrets; set them`);
  }
}

function createTyped(body: string, type: string, init: ResponseInit): Response {
  const headers = new Headers(init.headers);
  if (!headers.has("content-type")) headers.set("content-type", type);
  return new Response(body, { ...init, headers });
}
