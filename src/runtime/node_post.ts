/**
 * Sends a request with the HTTP client of Node. A call by its `fetch` takes several times the processor time, most of
 * it for the streams and objects of the Fetch standard, which a call with a text in and a text out does not need.
 *
 * @module
 */
import type { Agent, AgentOptions, ClientRequest, RequestOptions } from "node:http";
import type { Socket } from "node:net";
import { readNodeBody, type Unpackers } from "./node_body.ts";

/** What is sent. */
export interface Post {
  /** All headers, each name once and in small letters; the length of the body is added. */
  readonly headers: Iterable<readonly [name: string, value: string]>;
  /** The body. */
  readonly body: string;
  /** Ends the request and its connection. */
  readonly signal: AbortSignal;
  /** The bytes that the answer may have, unpacked. */
  readonly maxBytes: number;
}

/** What came back. */
export interface PostAnswer {
  /** The HTTP status code; a redirect is not followed. */
  readonly status: number;
  /** The body, decoded as the Fetch standard does; `undefined` when it has more than `maxBytes`. */
  readonly text: string | undefined;
}

/** Sends a POST request, and gives the whole answer. Rejects with an error of Node when there is none. */
export type SendPost = (url: string, post: Post) => Promise<PostAnswer>;

/** What is used of `node:http` and `node:https`. */
interface HttpModule {
  readonly Agent: new (options: AgentOptions) => Agent;
  request(url: string, options: RequestOptions): ClientRequest;
}

/** The modules of Node that are used. */
interface NodeModules {
  "node:http": HttpModule;
  "node:https": HttpModule;
  "node:zlib": Unpackers;
}

/** The loader of modules that no bundler follows, so that this code can also go into a web page. */
type Loader = <Name extends keyof NodeModules>(name: Name) => NodeModules[Name] | undefined;

/** How long a connection may take to be made, with TLS, in milliseconds; as long as `fetch` gives it. */
const CONNECT_MS = 10_000;
/**
 * How long a connection waits for the next request, in milliseconds. Servers on Node close theirs after 5 s by default,
 * and a request that meets that is lost.
 */
const IDLE_MS = 4_000;
/** Headers that say something of the connection, or of how long the body is, which is not for the caller to say. */
const FOREIGN: ReadonlySet<string> = new Set([
  "expect",
  "keep-alive",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Finds the HTTP client of Node.
 *
 * @param options `connectMs`: how long a connection may take to be made, in milliseconds. @default {10_000}
 * @returns What sends a request; `undefined` where there is no such client: on Deno, in a browser, before Node 20.16.
 */
export function findNodePost({ connectMs = CONNECT_MS } = {}): SendPost | undefined {
  if ("Deno" in globalThis) return undefined;
  const { process } = globalThis as { process?: { getBuiltinModule?: Loader } };
  const load = process?.getBuiltinModule;
  const [http, https] = [load?.("node:http"), load?.("node:https")];
  if (load === undefined || http === undefined || https === undefined) return undefined;
  const agents = [http, https].map(({ Agent }) => new Agent({ keepAlive: true, timeout: IDLE_MS }));
  return (url, post) => {
    const isSecure = /^https:/i.test(url);
    return new Promise((resolve, reject) => {
      post.signal.throwIfAborted();
      const body = new TextEncoder().encode(post.body);
      const headers = toHeaders(post.headers, body.byteLength);
      // Looked up each time: whoever traces requests has put something in its place.
      const request = (isSecure ? https : http).request(url, {
        agent: agents[isSecure ? 1 : 0],
        method: "POST",
        headers,
      });
      limitConnecting(request, isSecure, connectMs);
      readAnswer(request, post.maxBytes, () => load("node:zlib")!).then(resolve, reject);
      endOnAbort(request, post.signal);
      // As bytes: a text would be sent as one with the headers, and these are not UTF-8.
      request.end(body);
    });
  };
}

function toHeaders(headers: Post["headers"], length: number): Record<string, string> {
  // What the `fetch` of Deno asks for.
  const all: Record<string, string> = { "accept-encoding": "gzip,br", ...Object.fromEntries(headers) };
  for (const name of Object.keys(all)) {
    if (FOREIGN.has(name)) throw new TypeError(`invalid ${name} header`);
  }
  all["content-length"] = String(length);
  return all;
}

/** Nothing has been sent when it is not made in time. */
function limitConnecting(request: ClientRequest, isSecure: boolean, limitMs: number): void {
  request.once("socket", (socket: Socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => {
      const text = `connect ETIMEDOUT: no connection within ${limitMs} ms`;
      request.destroy(Object.assign(new Error(text), { code: "ETIMEDOUT", syscall: "connect" }));
    }, limitMs);
    const stop = (): void => clearTimeout(timer);
    socket.once(isSecure ? "secureConnect" : "connect", stop);
    request.once("close", stop);
  });
}

function readAnswer(
  request: ClientRequest,
  maxBytes: number,
  loadUnpackers: () => Unpackers,
): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    // It may fail more than once, and once more after the answer.
    request.on("error", reject);
    request.once("upgrade", (_response, socket: Socket) => {
      socket.destroy();
      reject(new Error("the answer is in another protocol"));
    });
    request.once("response", (response) => {
      readNodeBody(response, maxBytes, loadUnpackers).then((text) => {
        resolve({ status: response.statusCode!, text });
        // Who answers early may never read the rest.
        if (!request.writableFinished) request.destroy();
      }, reject);
    });
  });
}

/** The signal may be that of many requests: each takes its listener back. */
function endOnAbort(request: ClientRequest, signal: AbortSignal): void {
  const end = (): void => void request.destroy();
  signal.addEventListener("abort", end, { once: true });
  request.once("close", () => signal.removeEventListener("abort", end));
}

/**
 * Says whether `fetch` is what Node itself has made of it. Somebody may have put another one in its place, or have set
 * a dispatcher of undici for it, such as that of a proxy or of a test; an `Agent` with settings of its own looks like
 * that of Node.
 *
 * @returns Whether a request may go around it.
 */
export function isFetchUntouched(): boolean {
  if (!Function.prototype.toString.call(globalThis.fetch).includes("internal/deps/undici")) return false;
  const dispatcher = (globalThis as Record<symbol, unknown>)[Symbol.for("undici.globalDispatcher.1")];
  return dispatcher === undefined || (dispatcher as object).constructor?.name === "Agent";
}
