/**
 * Sends a request with the HTTP client of Node. A call by its `fetch` takes several times the processor time, most of
 * it for the streams and objects of the Fetch standard, which a call with a text in and a text out does not need.
 *
 * @module
 */
import type { Agent, AgentOptions, ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { Transform } from "node:stream";

/** What is sent. */
export interface Post {
  /** All headers, each name once; the length of the body is added. */
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

/** The modules of Node that are used. */
interface NodeModules {
  "node:http": HttpModule;
  "node:https": HttpModule;
  "node:zlib": Record<"createGunzip" | "createBrotliDecompress", () => Transform>;
}

interface HttpModule {
  readonly Agent: new (options: AgentOptions) => Agent;
  readonly globalAgent: Agent;
  request(url: string, options: RequestOptions): ClientRequest;
}

/** The loader of modules that no bundler follows, so that this code can also go into a web page. */
type Loader = <Name extends keyof NodeModules>(name: Name) => NodeModules[Name];

/**
 * How long a connection waits for the next request, in milliseconds. Servers on Node close theirs after 5 s by default,
 * and a request that meets that is lost; the `fetch` of Node has the same 4 s.
 */
const IDLE_MS = 4_000;

/** What the `fetch` of Node refuses: headers that say something of the connection, or how long the body is. */
const FOREIGN: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Finds the HTTP client of Node.
 *
 * @returns What sends a request; `undefined` where there is no such client: on Deno, in a browser, before Node 20.16.
 */
export function findNodePost(): SendPost | undefined {
  if ("Deno" in globalThis) return undefined;
  const { process } = globalThis as { process?: { getBuiltinModule?: Loader } };
  const load = process?.getBuiltinModule;
  return load === undefined ? undefined : createNodePost(load);
}

function createNodePost(load: Loader): SendPost {
  const plain = createConnections(load("node:http"));
  const secure = createConnections(load("node:https"));
  return (url, post) =>
    new Promise((resolve, reject) => {
      post.signal.throwIfAborted();
      const { request: create, agent } = url.startsWith("https:") ? secure : plain;
      const request = create(url, { agent, method: "POST", headers: toHeaders(post) });
      // It may fail more than once, and once more after the answer.
      request.on("error", reject);
      request.once("response", (response) => {
        const unpack = createUnpacker(load, response.headers["content-encoding"]);
        const status = response.statusCode!;
        readText(response, unpack, post.maxBytes).then((text) => resolve({ status, text }), reject);
      });
      post.signal.addEventListener("abort", () => request.destroy(), { once: true });
      request.end(post.body);
    });
}

/** As all requests of the process, but for the time. */
function createConnections(
  { request, Agent, globalAgent }: HttpModule,
): Pick<HttpModule, "request"> & { agent: Agent } {
  const { options } = globalAgent as Agent & { readonly options: AgentOptions };
  return { request, agent: new Agent({ ...options, keepAlive: true, timeout: IDLE_MS }) };
}

function toHeaders({ headers, body }: Post): Record<string, string> {
  const all = Object.fromEntries(headers);
  for (const name of Object.keys(all)) {
    if (FOREIGN.has(name)) throw new TypeError(`invalid ${name} header`);
  }
  all["content-length"] = String(new TextEncoder().encode(body).byteLength);
  return all;
}

/** Nobody asks for a packed answer but who sets `accept-encoding`. These are what the `fetch` of Deno unpacks. */
function createUnpacker(load: Loader, encoding: string | undefined): Transform | undefined {
  switch (encoding?.toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return load("node:zlib").createGunzip();
    case "br":
      return load("node:zlib").createBrotliDecompress();
    default:
      return undefined;
  }
}

function readText(
  response: IncomingMessage,
  unpack: Transform | undefined,
  maxBytes: number,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const body = unpack === undefined ? response : response.pipe(unpack);
    const decoder = new TextDecoder();
    let text = "";
    let size = 0;
    body.on("data", (part: Uint8Array) => {
      size += part.byteLength;
      if (size <= maxBytes) return void (text += decoder.decode(part, { stream: true }));
      resolve(undefined);
      // The rest must not arrive, and with it the connection ends.
      response.destroy();
      unpack?.destroy();
    });
    body.once("end", () => resolve(text + decoder.decode()));
    body.on("error", reject);
    // An answer that is cut short.
    if (unpack !== undefined) response.on("error", reject);
  });
}
