/**
 * What a method can learn about the request that called it, and say about the response.
 *
 * @module
 */
import { type Cookie, getCookies, setCookie } from "@std/http/cookie";
import type { TraceContext } from "../emit.ts";
import type { CallScope } from "./call.ts";
import type { Exchange } from "./http.ts";
import { ResponseHeaders } from "./response_headers.ts";
import type { BaseServiceHandle, HANDLER_REFERENCE, HandlerReference } from "./service_type.ts";

/**
 * How a cookie is set (RFC 6265, section 4.1). By default it is hidden from scripts, is not sent along by other sites'
 * forms, and ends with the browser session.
 *
 * @example A session that lasts a day, over HTTPS only
 * ```ts
 * import { type CookieOptions, exposedMethod, MicroService, type RequestContext } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * const SESSION: CookieOptions = { maxAge: 86_400, secure: true, sameSite: "Strict" };
 *
 * class Login extends MicroService {
 *   override name = "login";
 *   @exposedMethod({ requiresHandlerReference: true })
 *   enter(context: RequestContext): void {
 *     context.setCookie("session", crypto.randomUUID(), SESSION);
 *   }
 * }
 *
 * const response = await new Login().fetch(
 *   new Request("http://login.test/api", {
 *     method: "POST",
 *     headers: { "content-type": "application/json" },
 *     body: '{"jsonrpc":"2.0","method":"enter","id":1}',
 *   }),
 * );
 * const parts = response.headers.get("set-cookie")!.split("; ").slice(1).sort();
 * assertEquals(parts, ["HttpOnly", "Max-Age=86400", "Path=/", "SameSite=Strict", "Secure"]);
 * ```
 */
export interface CookieOptions {
  /** When it ends. @default {with the browser session} */
  readonly expires?: Date;
  /** For how many seconds it is kept (the unit of the protocol). @default {until the session ends} */
  readonly maxAge?: number;
  /** The hosts it is sent to. @default {this host alone} */
  readonly domain?: string;
  /** The paths it is sent to. @default {"/"} */
  readonly path?: string;
  /** Sent over HTTPS only. @default {false} */
  readonly secure?: boolean;
  /** Hidden from scripts in the page. @default {true} */
  readonly httpOnly?: boolean;
  /** Whether it goes along with requests from other sites. @default {"Lax"} */
  readonly sameSite?: "Strict" | "Lax" | "None";
}

/**
 * The request behind a call: the first argument of a method with `requiresHandlerReference`, and what
 * `authenticateRequest` decides by. It is never a parameter on the wire.
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService, type RequestContext } from "@gemstone/gemstone";
 *
 * class Visits extends MicroService {
 *   override name = "visits";
 *
 *   @exposedMethod({ requiresHandlerReference: true })
 *   count(context: RequestContext): number {
 *     const visits = Number(context.cookies.get("visits") ?? 0) + 1;
 *     context.setCookie("visits", String(visits));
 *     return visits;
 *   }
 * }
 * ```
 */
export class RequestContext<Service = BaseServiceHandle, Principal = unknown> implements HandlerReference {
  /** Exists in the type system only. */
  declare readonly [HANDLER_REFERENCE]: true;
  /** The service that was called. */
  readonly microservice: Service;
  /** What `authenticateRequest` returned for this call; `undefined` in a public method. */
  principal: Principal | undefined;
  readonly #exchange: Exchange;
  readonly #scope: CallScope;
  #cookies: ReadonlyMap<string, string> | undefined;

  /**
   * Opens the context of a call.
   *
   * @param microservice The service that was called.
   * @param exchange The HTTP request and the headers of its response.
   * @param scope The life of the call.
   */
  constructor(microservice: Service, exchange: Exchange, scope: CallScope) {
    this.microservice = microservice;
    this.#exchange = exchange;
    this.#scope = scope;
  }

  /** The HTTP request. Its body has been read. */
  get request(): Request {
    return this.#exchange.request;
  }

  /** The headers of the HTTP request; names are not case-sensitive. */
  get headers(): Headers {
    return this.#exchange.request.headers;
  }

  /** The cookies of the HTTP request by name; names are case-sensitive. */
  get cookies(): ReadonlyMap<string, string> {
    this.#cookies ??= new Map(Object.entries(getCookies(this.headers)));
    return this.#cookies;
  }

  /**
   * The headers of the HTTP response; the calls of a batch share them. Setting one that the service sets itself
   * (`content-type`, `content-length` …), or a value with control characters, throws a TypeError.
   */
  get responseHeaders(): Headers {
    this.#exchange.responseHeaders ??= new ResponseHeaders();
    return this.#exchange.responseHeaders;
  }

  /** The trace that the request belongs to (W3C Trace Context), to be passed on: `emitEvent(name, body, { trace })`. */
  get trace(): TraceContext {
    const { headers } = this;
    const read = (name: string): string | undefined => headers.get(name) ?? undefined;
    return { traceparent: read("traceparent"), tracestate: read("tracestate"), baggage: read("baggage") };
  }

  /**
   * Aborts when the call has passed its time limit, when the service stops before it ends, and when the caller
   * goes away after its first use (not so for a notification, whose caller does not wait). Deno prints a notice about its
   * `Request.signal` at the first use in a process; `"unstable": ["no-legacy-abort"]` in deno.json ends that.
   */
  get signal(): AbortSignal {
    return this.#scope.follow(() => this.#exchange.request.signal);
  }

  /**
   * Sets a cookie in the response.
   *
   * @param name Its name (RFC 6265: no white space, no `=`, `;` or `,`).
   * @param value Its value.
   * @param options How it is kept and sent.
   * @throws {Error} when name, value or an option can not stand in the header.
   */
  setCookie(name: string, value: string, options: CookieOptions = {}): void {
    const cookie: Cookie = { path: "/", httpOnly: true, sameSite: "Lax", ...options, name, value };
    setCookie(this.responseHeaders, cookie);
  }
}
