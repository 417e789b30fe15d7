/**
 * How outgoing calls prove who they come from.
 *
 * @module
 */
import type { ExtraMember } from "./call.ts";

/**
 * The token goes into an HTTP header.
 *
 * @example What a service of this library looks for by default
 * ```ts
 * import { exposedMethod, isSameToken, MicroService } from "@gemstone/gemstone";
 * import { type HeaderAuthentication, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * class Vault extends MicroService {
 *   override name = "vault";
 *   override apiTokenIsValid = (token: string) => isSameToken(token, "s3cret");
 *   @exposedMethod({ private: true })
 *   open(): string {
 *     return "opened";
 *   }
 * }
 *
 * const vault = new Vault();
 * const auth: HeaderAuthentication = { type: "header", token: "s3cret" }; // the header X-Api-Token
 * const { methods } = new RemoteService<Vault>(vault.url, {
 *   auth,
 *   fetch: (url, init) => vault.fetch(new Request(url, init)),
 * });
 * assertEquals(await methods.open(), "opened");
 * ```
 */
export interface HeaderAuthentication {
  /** Selects this way. */
  readonly type: "header";
  /** The secret. */
  readonly token: string;
  /**
   * The name of the header.
   *
   * @default {"X-Api-Token"}
   */
  readonly name?: string;
  /** A word in front of the token, such as `"Bearer"`; none by default. */
  readonly scheme?: string;
}

/**
 * The token goes into a cookie (RFC 6265, section 4.2).
 *
 * @example For a service with a `BasicCookieStrategy`
 * ```ts
 * import { type CookieAuthentication, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const sent: unknown[] = [];
 * const auth: CookieAuthentication = { type: "cookie", token: "s3cret" };
 * const service = new RemoteService("http://127.0.0.1:8000/api", {
 *   auth,
 *   fetch(_url, init) {
 *     sent.push(new Headers(init.headers).get("cookie"));
 *     return Response.json({ jsonrpc: "2.0", result: "ok", id: 1 });
 *   },
 * });
 * await service.callMethod("open");
 * assertEquals(sent, ["AuthToken=s3cret"]);
 * ```
 */
export interface CookieAuthentication {
  /** Selects this way. */
  readonly type: "cookie";
  /** The secret, of characters that a cookie may hold. */
  readonly token: string;
  /**
   * The name of the cookie.
   *
   * @default {"AuthToken"}
   */
  readonly name?: string;
}

/**
 * The token goes into a member of each JSON-RPC request object (`auth_type="request"` of Python gemstone).
 *
 * @example For a Python service that looks into the body
 * ```ts
 * import { type MemberAuthentication, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * const bodies: unknown[] = [];
 * const auth: MemberAuthentication = { type: "member", token: "s3cret" };
 * const service = new RemoteService("http://127.0.0.1:8000/api", {
 *   auth,
 *   fetch(_url, init) {
 *     bodies.push(JSON.parse(String(init.body)));
 *     return Response.json({ jsonrpc: "2.0", result: "ok", error: null, id: 1 });
 *   },
 * });
 * await service.callMethod("open");
 * assertEquals(bodies, [{ jsonrpc: "2.0", method: "open", id: 1, auth_token: "s3cret" }]);
 * ```
 */
export interface MemberAuthentication {
  /** Selects this way. */
  readonly type: "member";
  /** The secret. */
  readonly token: string;
  /**
   * The name of the member.
   *
   * @default {"auth_token"}
   */
  readonly name?: string;
}

/**
 * Adds whatever is needed to the headers of one request, for example a token that is renewed. When it throws, no
 * request is made and the call fails with `TransportError`.
 *
 * @example A token that is fetched anew when it has expired
 * ```ts
 * import { type AuthenticateFunction, RemoteService } from "@gemstone/gemstone/client";
 * import { assertEquals } from "@std/assert";
 *
 * let token = { text: "first", expiresAt: 0 };
 * const authenticate: AuthenticateFunction = async (headers) => {
 *   if (Date.now() >= token.expiresAt) token = await Promise.resolve({ text: "second", expiresAt: Infinity });
 *   headers.set("authorization", `Bearer ${token.text}`);
 * };
 *
 * const sent: unknown[] = [];
 * const service = new RemoteService("http://127.0.0.1:8000/api", {
 *   auth: authenticate,
 *   fetch(_url, init) {
 *     sent.push(new Headers(init.headers).get("authorization"));
 *     return Response.json({ jsonrpc: "2.0", result: null, id: 1 });
 *   },
 * });
 * await service.callMethod("open");
 * assertEquals(sent, ["Bearer second"]);
 * ```
 */
export type AuthenticateFunction = (headers: Headers) => void | Promise<void>;

/**
 * How outgoing calls prove who they come from.
 *
 * @example
 * ```ts
 * import { type Authentication, RemoteService } from "@gemstone/gemstone/client";
 *
 * const auth: Authentication = { type: "header", name: "Authorization", scheme: "Bearer", token: "s3cret" };
 * const service = new RemoteService("http://127.0.0.1:8000/api", { auth });
 * ```
 */
export type Authentication =
  | HeaderAuthentication
  | CookieAuthentication
  | MemberAuthentication
  | AuthenticateFunction;

/**
 * Headers in any form that the constructor of `Headers` takes. Not `HeadersInit`: the types of Node.js 20 do not
 * have that name.
 *
 * @example
 * ```ts
 * import { RemoteService, type RequestHeaders } from "@gemstone/gemstone/client";
 *
 * const headers: RequestHeaders = { "user-agent": "shop/1.4", "x-tenant": "vienna" };
 * const service = new RemoteService("http://127.0.0.1:8000/api", { headers });
 * ```
 */
export type RequestHeaders = NonNullable<ConstructorParameters<typeof Headers>[0]>;

/** What every request of one client carries. */
export interface Credentials {
  /** The headers of every request; pairs, which `fetch` takes faster than a `Headers` object. */
  readonly headers: [string, string][];
  /** The member of every request object, if any. */
  readonly member: ExtraMember | undefined;
  /** Completes a copy of the headers before each request, if given. */
  readonly authenticate: AuthenticateFunction | undefined;
}

const HTTP_TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const COOKIE_VALUE = /^[\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]+$/;
const REQUEST_MEMBERS: ReadonlySet<string> = new Set(["jsonrpc", "method", "params", "id"]);

/**
 * Works out once what every request carries. The token is in no error text.
 *
 * @param auth How to authenticate, if at all.
 * @param headers Headers of the user; `content-type` is always ours.
 * @returns What every request carries.
 * @throws {TypeError} when a header, the name or the token can not be sent as asked.
 */
export function createCredentials(
  auth: Authentication | undefined,
  headers: RequestHeaders | undefined,
): Credentials {
  const base = new Headers(headers);
  base.set("content-type", "application/json");
  if (!base.has("accept")) base.set("accept", "application/json");
  if (!base.has("user-agent")) base.set("user-agent", "gemstone-client");
  if (auth === undefined) return { headers: [...base], member: undefined, authenticate: undefined };
  if (typeof auth === "function") return { headers: [...base], member: undefined, authenticate: auth };
  if (typeof auth.token !== "string" || auth.token === "") {
    refuse("the token must be a string that is not empty");
  }
  const member = applyToken(base, auth);
  return { headers: [...base], member, authenticate: undefined };
}

function applyToken(
  headers: Headers,
  auth: Exclude<Authentication, AuthenticateFunction>,
): ExtraMember | undefined {
  switch (auth.type) {
    case "header":
      setHeader(headers, auth);
      return undefined;
    case "cookie":
      addCookie(headers, auth);
      return undefined;
    case "member":
      return createMember(auth);
    default:
      return refuse(
        `the type must be "header", "cookie" or "member", got ${String((auth as { type: unknown }).type)}`,
      );
  }
}

function setHeader(headers: Headers, { name = "X-Api-Token", scheme, token }: HeaderAuthentication): void {
  try {
    headers.set(name, scheme === undefined ? token : `${scheme} ${token}`);
  } catch {
    // The error of the runtime may quote the value, which is secret.
    refuse(`the token or the header name "${name}" holds characters that a header can not`);
  }
}

function addCookie(headers: Headers, { name = "AuthToken", token }: CookieAuthentication): void {
  if (!HTTP_TOKEN.test(name)) refuse(`the cookie name "${name}" holds characters that a cookie can not`);
  if (!COOKIE_VALUE.test(token)) refuse("the token holds characters that a cookie can not");
  const others = headers.get("cookie");
  headers.set("cookie", others === null ? `${name}=${token}` : `${others}; ${name}=${token}`);
}

function createMember({ name = "auth_token", token }: MemberAuthentication): ExtraMember {
  if (name === "" || REQUEST_MEMBERS.has(name)) refuse(`the member name "${name}" is taken by JSON-RPC`);
  return { name, value: token };
}

function refuse(reason: string): never {
  throw new TypeError(`Cannot authenticate calls: ${reason}`);
}
