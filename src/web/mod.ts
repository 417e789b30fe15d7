/**
 * Web pages beside the API of a service: handlers of paths, files, templates, event streams, WebSockets.
 *
 * They are settings of a `MicroService` (of `@gemstone/gemstone`); here are the types of these settings, and
 * what handlers are given. A service without them loads nothing of this.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { MicroService } from "@gemstone/gemstone";
 * import type { ExtraHandler } from "@gemstone/gemstone/web";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override extraHandlers: ExtraHandler[] = [
 *     ["/", (context) => context.html("<h1>Shop</h1>")],
 *     ["/items/:id", (context) => context.json({ id: context.params["id"] })],
 *   ];
 * }
 * const response = await new Shop().fetch(new Request("http://localhost/items/7"));
 * assertEquals(await response.json(), { id: "7" });
 * ```
 *
 * `fetch()` needs no socket, so that is how pages are tested; `start()` serves them on the port of the API.
 *
 * ## Which request goes where
 *
 * 1. With `cors`, a preflight is answered at once.
 * 2. The path of the `endpoint`, to the letter, is JSON-RPC. No handler and no file can take it over; another
 *    spelling of it, such as `/x/../api`, is 404.
 * 3. The first of `extraHandlers` whose pattern matches answers, also with 404 or 405: nothing else is asked
 *    then.
 * 4. For GET and HEAD, the first of `staticDirs` that has the file sends it.
 * 5. Anything else is 404.
 *
 * ## Handlers
 *
 * A pattern has the syntax of `URLPattern`: `/items/:id`, `/:year(\d{4})`, `/files/*`, `{/:page}?`. It is
 * matched against the normalised path; what matched is in `context.params`, decoded. `/a` and `/a/` are two
 * paths.
 *
 * A function answers GET and HEAD. An object, such as an instance of a class, has a method for each verb, and
 * `all` for the rest; what it lacks is answered with 405 and `Allow`, OPTIONS with 204 and `Allow`.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { MicroService } from "@gemstone/gemstone";
 * import type { ExtraHandler, WebContext, WebHandlerObject } from "@gemstone/gemstone/web";
 *
 * class Notes implements WebHandlerObject {
 *   readonly #notes: string[] = [];
 *
 *   get(context: WebContext): Response {
 *     return context.json(this.#notes);
 *   }
 *
 *   async post(context: WebContext): Promise<Response> {
 *     const form = await context.request.formData();
 *     this.#notes.push(String(form.get("text")));
 *     return context.redirect("/notes", 303);
 *   }
 * }
 *
 * class Pad extends MicroService {
 *   override name = "pad";
 *   override extraHandlers: ExtraHandler[] = [["/notes", new Notes()]];
 * }
 * const pad = new Pad();
 * const body = new URLSearchParams({ text: "milk" });
 * const posted = await pad.fetch(new Request("http://localhost/notes", { method: "POST", body }));
 * const deleted = await pad.fetch(new Request("http://localhost/notes", { method: "DELETE" }));
 * assertEquals([posted.status, posted.headers.get("location")], [303, "/notes"]);
 * assertEquals([deleted.status, deleted.headers.get("allow")], [405, "GET, HEAD, POST, OPTIONS"]);
 * ```
 *
 * A handler returns a standard `Response`, made by the context or by itself. `all: (context) =>
 * app.fetch(context.request)` hands a path over to another framework.
 *
 * ## The context
 *
 * {@linkcode WebContext} has the request (`request`, `url`, `query`, `params`, `headers`, `cookies`), the
 * service (`microservice`, `logger`), and ways to answer: `text`, `html`, `json`, `redirect`, `render`,
 * `events`, `upgradeWebSocket`. `responseHeaders` and `setCookie` go with whatever is returned.
 * `authenticate()` asks `authenticateRequest` of the service who sent the request, as for a private method.
 *
 * `redirect` encodes what no address has, so no header can be smuggled in; never redirect to an address that
 * the request names.
 *
 * ## Cookies
 *
 * `setCookie` sets a cookie for the whole site, hidden from scripts and not sent from other sites
 * (`HttpOnly`, `SameSite=Lax`). With `cookieSecrets` a cookie can be signed: others can read it, but not make
 * one.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { MicroService } from "@gemstone/gemstone";
 * import type { ExtraHandler } from "@gemstone/gemstone/web";
 *
 * class Door extends MicroService {
 *   override name = "door";
 *   // From the environment, the same at each start; to change it, put the new one in front.
 *   override cookieSecrets = [crypto.randomUUID()];
 *   override extraHandlers: ExtraHandler[] = [
 *     ["/in/:user", async (context) => {
 *       await context.setSignedCookie("user", context.params["user"] ?? "");
 *       return context.text("hello");
 *     }],
 *     ["/who", async (context) => {
 *       const user = await context.signedCookie("user", { maxAgeMs: 3_600_000 });
 *       return context.json(user ?? null);
 *     }],
 *   ];
 * }
 * const door = new Door();
 * const [cookie = ""] = (await door.fetch(new Request("http://localhost/in/ann"))).headers.getSetCookie();
 * const ask = (cookie: string) => door.fetch(new Request("http://localhost/who", { headers: { cookie } }));
 * assertEquals(await (await ask(cookie.split(";")[0] ?? "")).json(), "ann");
 * assertEquals(await (await ask("user=ann")).json(), null);
 * ```
 *
 * ## Templates
 *
 * `context.render("page.html", { name })` renders a file of `templateDir` in the language Liquid: `{{ name
 * }}` is escaped for HTML, `{{ html | raw }}` is not; `{% layout "base.html" %}` (or `extends`) with `{%
 * block main %}` … `{% endblock %}` inherits, `{% render "part.html" %}` includes. A variable that is missing
 * is an error, which the log has with file and line. Templates are read once; `reloadTemplates` reads them
 * anew at each use.
 *
 * ## Files
 *
 * `staticDirs = [["/static", new URL("./static", import.meta.url)]]` serves a directory, with `ETag`,
 * conditions, ranges, and `name.br` or `name.gz` for who takes them; see {@linkcode StaticOptions} for index
 * pages, lists and caching. Names that begin with a dot stay unseen (but `.well-known`), and no name or link
 * leads out of the directory. A file of any size is sent with little memory. On Deno it takes `--allow-read`.
 *
 * ## Streams, events and WebSockets
 *
 * A `Response` of a `ReadableStream` of bytes is sent as it is made, as fast as its client reads. One that
 * fails midway breaks off, so that nobody takes a part for the whole, and is logged with the pattern of its
 * handler.
 *
 * `context.events(source)` sends server-sent events from an async generator until the page goes away, or the
 * service stops: see {@linkcode ServerSentEvent}. `context.upgradeWebSocket()` opens a WebSocket, on Node
 * with the package `ws`: see {@linkcode ServerWebSocket}. Pages of other hosts can not, unless `origins` lets
 * them.
 *
 * ## Pages of other origins, and headers for browsers
 *
 * `cors` says which pages of other origins may use the service, pages and endpoint alike; without it browsers
 * keep them out. `securityHeaders` go with each web response: `X-Content-Type-Options`, `X-Frame-Options` and
 * `Referrer-Policy` by default, a `Content-Security-Policy` when you give one.
 *
 * ## Limits
 *
 * * A handler may read `maxBodyBytes` of a body (1 MiB); more is 413. On Node a request must arrive within 60
 *   s, or is 408.
 * * A handler has no time limit: `callTimeoutMs` is for methods, and pages may stream for hours. Make one
 *   where it waits for others:
 *
 * ```ts
 * import type { ExtraHandler } from "@gemstone/gemstone/web";
 *
 * const handler: ExtraHandler = ["/weather", async (context) => {
 *   // The first to abort: the client that goes away, the service that stops, or two seconds.
 *   const signal = AbortSignal.any([context.signal, AbortSignal.timeout(2_000)]);
 *   const response = await fetch("https://weather.example/now", { signal });
 *   return context.json(await response.json());
 * }];
 * ```
 *
 * * `stop()` lets handlers and streams end within `shutdownTimeoutMs`. `context.stopping` tells streams that
 *   go on for long when it begins. A handler that still runs then is answered with 503, its `context.signal`
 *   aborts, and what is still being sent is cut.
 *
 * ## What is answered by rule
 *
 * | Status   | When                                                                                    |
 * | -------- | --------------------------------------------------------------------------------------- |
 * | 204      | OPTIONS, and a preflight that is allowed                                                |
 * | 304, 412 | a condition (`If-None-Match` …) of a request for a file                                 |
 * | 206, 416 | a range of a file; ranges that make no sense are ignored                                |
 * | 400      | a path that is not percent-encoded UTF-8; a handshake without key                       |
 * | 403      | a preflight of a page, or a WebSocket of one, that may not                              |
 * | 404, 405 | nothing there; no such verb there                                                       |
 * | 413      | a body that is too large                                                                |
 * | 426      | an ordinary request for a WebSocket                                                     |
 * | 500      | a handler that throws, or returns no `Response`: logged; told with `exposeErrorDetails` |
 * | 503      | a handler, or a request for a WebSocket, when the service stops                         |
 *
 * All are short plain texts. To make others, answer in a handler; a last pattern `"/*"` is asked for all that
 * no other matched, before `staticDirs`.
 *
 * See also `@gemstone/gemstone` for the service, and `@gemstone/gemstone/testing` for its tests.
 *
 * @module
 */
export type { CorsOptions } from "./cors.ts";
export { createEventStream, type EventStreamOptions, type ServerSentEvent } from "./event_stream.ts";
export type { ExtraHandler, WebHandler, WebHandlerFunction, WebHandlerObject } from "./extra_handler.ts";
export type { SecurityHeaders } from "./security_headers.ts";
export { CookieSigner } from "./signed_cookie.ts";
export type { StaticDir, StaticOptions } from "./static_directory.ts";
export {
  type SignedCookieOptions,
  type TemplateRenderer,
  WebContext,
  type WebMatch,
  type WebTools,
} from "./web_context.ts";
export type {
  ServerWebSocket,
  ServerWebSocketEvents,
  WebSocketOptions,
  WebSocketUpgrade,
} from "./web_socket.ts";
