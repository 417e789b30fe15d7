/**
 * Lets pages of other origins use a service (the CORS protocol of the Fetch standard).
 *
 * @module
 */
import { copyWithHeaders, createPlainResponse, isUpgrade } from "./plain_response.ts";

/**
 * Who may use a service from a page of another origin, and how: the setting `cors` of a service, for its pages and
 * its endpoint. `cors = true` lets every page call and read, without cookies.
 *
 * @example The pages of one site may call the service with the cookies of its users
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import type { CorsOptions } from "@gemstone/gemstone/web";
 *
 * class Prices extends MicroService {
 *   override name = "prices";
 *   override cors: CorsOptions = { origins: ["https://shop.example"], credentials: true };
 *
 *   @exposedMethod()
 *   get_price(): number {
 *     return 7;
 *   }
 * }
 * const headers = { origin: "https://shop.example", "access-control-request-method": "POST" };
 * const preflight = new Request("http://localhost/api", { method: "OPTIONS", headers });
 * const response = await new Prices().fetch(preflight);
 * assertEquals(response.status, 204);
 * assertEquals(response.headers.get("access-control-allow-origin"), "https://shop.example");
 * ```
 */
export interface CorsOptions {
  /**
   * The origins that may, such as `"https://app.example"`: a list, a function that decides, or `"*"` for all of
   * them. @default {"*"}
   */
  readonly origins?: "*" | readonly string[] | ((origin: string) => boolean);
  /** The HTTP methods that they may use. @default {GET, HEAD, POST, PUT, PATCH, DELETE} */
  readonly methods?: readonly string[];
  /** The request headers that they may send. @default {those that the page asks for} */
  readonly headers?: readonly string[];
  /** The response headers that they may read, beside the few that the standard allows. @default {none} */
  readonly exposedHeaders?: readonly string[];
  /** Whether cookies and HTTP authentication go along; `origins` must name who may then. @default {false} */
  readonly credentials?: boolean;
  /** How long a browser may remember the permission, in seconds (the unit of the protocol). @default {600} */
  readonly maxAgeSeconds?: number;
}

/** Applies {@linkcode CorsOptions} to requests. */
export interface Cors {
  /**
   * Answers a preflight, the question that a browser asks before the request itself.
   *
   * @param request A request.
   * @returns The answer: 204, or 403 for an origin that may not; `undefined` when it is no preflight.
   */
  answerPreflight(request: Request): Response | undefined;
  /**
   * Adds to a response what lets the page read it. Doing it twice changes nothing.
   *
   * @param request The request.
   * @param response Its response; it stays as it is.
   * @returns The response to send.
   */
  apply(request: Request, response: Response): Response;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/** A token of RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** The most of a wish for headers that is answered. */
const MAX_WISH_LENGTH = 4_096;

/**
 * Prepares the answers to pages of other origins.
 *
 * @param options `true` for the defaults, which let any page call and read, but without cookies.
 * @returns What answers.
 * @throws {TypeError} when an option can not be used, as credentials for every origin.
 */
export function createCors(options: true | CorsOptions): Cors {
  return new CorsRules(options === true ? {} : checkCors(options));
}

class CorsRules implements Cors {
  readonly #options: CorsOptions;
  readonly #allows: (origin: string) => boolean;

  constructor(options: CorsOptions) {
    this.#options = { ...options };
    this.#allows = toPredicate(options.origins ?? "*");
  }

  answerPreflight(request: Request): Response | undefined {
    const wish = readPreflight(request);
    if (wish === undefined) return undefined;
    if (!this.#allows(wish.origin)) {
      return createPlainResponse(403, { vary: "Origin" }, "This origin may not use the service");
    }
    const { methods = METHODS, headers, maxAgeSeconds = 600 } = this.#options;
    // A cache between us and the browser must not give one page's permission to another one.
    const answer = new Headers({ vary: "Origin, Access-Control-Request-Headers" });
    this.#allow(answer, wish.origin);
    answer.set("access-control-allow-methods", methods.join(", "));
    const allowed = headers?.join(", ") ?? wish.headers;
    if (allowed !== "") answer.set("access-control-allow-headers", allowed);
    answer.set("access-control-max-age", String(maxAgeSeconds));
    return new Response(null, { status: 204, headers: answer });
  }

  apply(request: Request, response: Response): Response {
    if (isUpgrade(response)) return response;
    const { origins = "*", exposedHeaders = [] } = this.#options;
    const origin = request.headers.get("origin");
    const isAllowed = origin !== null && this.#allows(origin);
    if (!isAllowed && origins === "*") return response;
    return copyWithHeaders(response, (headers) => {
      if (origins !== "*") addVary(headers, "Origin");
      if (!isAllowed) return;
      this.#allow(headers, origin);
      if (exposedHeaders.length > 0) headers.set("access-control-expose-headers", exposedHeaders.join(", "));
    });
  }

  #allow(headers: Headers, origin: string): void {
    const { origins = "*", credentials = false } = this.#options;
    headers.set("access-control-allow-origin", origins === "*" ? "*" : origin);
    if (credentials) headers.set("access-control-allow-credentials", "true");
  }
}

/**
 * Puts the answers to pages of other origins around whatever answers requests, such as a JSON-RPC endpoint.
 *
 * @param cors What {@linkcode createCors} returned.
 * @param fetch Answers requests.
 * @param onError Answers when the function that decides fails.
 * @returns The same with preflights answered, and with what lets pages read the answers. Never rejects by itself.
 */
export function wrapWithCors(
  cors: Cors,
  fetch: (request: Request) => Response | Promise<Response>,
  onError: (request: Request, error: unknown) => Response,
): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      return cors.answerPreflight(request) ?? cors.apply(request, await fetch(request));
    } catch (error) {
      return onError(request, error);
    }
  };
}

/** Adds a name to the header `Vary`, unless it is there. */
function addVary(headers: Headers, name: string): void {
  const present = (headers.get("vary") ?? "").split(",").map((part) => part.trim().toLowerCase());
  if (!present.includes(name.toLowerCase()) && !present.includes("*")) headers.append("vary", name);
}

function readPreflight({ method, headers }: Request): { origin: string; headers: string } | undefined {
  const origin = headers.get("origin");
  if (method !== "OPTIONS" || origin === null || !headers.has("access-control-request-method")) {
    return undefined;
  }
  const text = (headers.get("access-control-request-headers") ?? "").slice(0, MAX_WISH_LENGTH);
  const names = text.split(",").map((part) => part.trim()).filter((part) => TOKEN.test(part));
  return { origin, headers: names.join(", ") };
}

function toPredicate(origins: NonNullable<CorsOptions["origins"]>): (origin: string) => boolean {
  if (origins === "*") return () => true;
  if (typeof origins === "function") {
    return (origin) => {
      const decision: unknown = origins(origin);
      // A promise would be true for everybody.
      demand(
        typeof decision === "boolean",
        decision,
        "an answer of cors.origins",
        "true or false, no promise",
      );
      return decision;
    };
  }
  const known = new Set(origins);
  return (origin) => known.has(origin);
}

function checkCors(options: CorsOptions): CorsOptions {
  demand(typeof options === "object" && options !== null, options, "cors", "true, false or an object");
  const { origins = "*", methods = [], headers = [], exposedHeaders = [], credentials = false } = options;
  demand(
    origins === "*" || typeof origins === "function" || (Array.isArray(origins) && origins.every(isOrigin)),
    origins,
    "cors.origins",
    '"*", a function, or a list of origins such as "https://app.example"',
  );
  for (const [name, list] of Object.entries({ methods, headers, exposedHeaders })) {
    const areTokens = Array.isArray(list) &&
      list.every((item) => typeof item === "string" && TOKEN.test(item));
    demand(areTokens, list, `cors.${name}`, "a list of names");
  }
  demand(
    typeof credentials === "boolean" && !(credentials && origins === "*"),
    credentials,
    "cors.credentials",
    'true only together with "origins", which names who may act for a user',
  );
  const { maxAgeSeconds = 0 } = options;
  demand(
    Number.isInteger(maxAgeSeconds) && maxAgeSeconds >= 0,
    maxAgeSeconds,
    "cors.maxAgeSeconds",
    "a whole number of seconds",
  );
  return options;
}

function isOrigin(text: unknown): boolean {
  return typeof text === "string" &&
    (text === "null" || (URL.canParse(text) && new URL(text).origin === text));
}

function demand(isRight: boolean, value: unknown, name: string, accepted: string): asserts isRight {
  if (isRight) return;
  throw new TypeError(`Cannot use ${JSON.stringify(value) ?? String(value)} as ${name}: give ${accepted}`);
}
