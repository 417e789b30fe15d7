/**
 * Serves HTTP on the runtime that this runs on. It is asked here, once.
 *
 * @module
 */

/** What answers the requests. */
export interface HttpService {
  /** Answers any request. */
  fetch(request: Request): Response | Promise<Response>;
  /** Answers any request but those of the endpoint. */
  fetchOther(request: Request): Response | Promise<Response>;
  /** Answers the JSON-RPC endpoint from the raw message, on a runtime that has one. */
  readonly endpoint: RawEndpoint;
  /** The endpoint, too, must be answered by `fetch`. */
  readonly isWebOnly: boolean;
}

/** The JSON-RPC endpoint without Web objects, which cost more on Node than the call itself. */
export interface RawEndpoint {
  /** The largest body that is read, in bytes. */
  readonly maxBodyBytes: number;
  /** Says whether a request target is the endpoint. */
  matches(target: string): boolean;
  /** Says why a request is refused before its body is read. */
  checkHead(verb: string, contentType: string | null, contentLength: string | null): RawRefusal | undefined;
  /** Says why a body without declared length is cut off. */
  readonly tooLarge: RawRefusal;
  /** Writes the body of a refusal. */
  refuse(refusal: RawRefusal): string;
  /** Answers a body with the text of a 200, or `undefined` for a 204. Never rejects. */
  answerText(text: string, exchange: RawExchange): (string | undefined) | Promise<string | undefined>;
}

/** Why a request is not read. */
export interface RawRefusal {
  /** The HTTP status code. */
  readonly status: number;
  /** Headers beside the content type. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One request, its Web object made only for who asks. */
export interface RawExchange {
  /** The request without its body. */
  readonly request: Request;
  /** Headers for the response. */
  responseHeaders: Headers | undefined;
}

/** Where to listen. */
export interface ListenOptions {
  /** An address of this machine, or a name that resolves to one. */
  readonly host: string;
  /** 0 to 65535; 0 takes a free one. */
  readonly port: number;
}

/** A socket that accepts requests. */
export interface Listener {
  /** The port that is listened on. */
  readonly port: number;
  /**
   * Accepts no more connections and resolves when every request that came in has its answer. Idle
   * connections are closed, others after their answer.
   */
  drain(): Promise<void>;
  /** Ends what {@linkcode Listener.drain} still waits for. */
  destroy(): void;
}

/**
 * Begins to listen.
 *
 * @param service Answers the requests.
 * @param options Where to listen.
 * @returns The socket, which accepts requests.
 * @throws {ListenError} when the address can not be listened on.
 */
export async function listen(service: HttpService, options: ListenOptions): Promise<Listener> {
  try {
    if ("Deno" in globalThis) return listenOnDeno(service, options);
    const { listenOnNode } = await import("./listen_node.ts");
    return await listenOnNode(service, options);
  } catch (cause) {
    const { toListenError } = await import("./listen_error.ts");
    throw toListenError(cause, options);
  }
}

/** The member of Deno's own request object that is called here. */
interface DenoInnerRequest {
  /** Takes the body, decoded as UTF-8; null when it is not all there yet, and then nothing has changed. */
  readonly consumeTextBody?: () => unknown;
}

/**
 * Returns a function that takes the text of a body at once when it has arrived.
 *
 * On Deno only `Request.json()` has a fast way to a body. It refuses a byte order mark, which the Fetch standard
 * wants ignored, and the body is gone then; `Request.text()` costs an eighth more CPU for a whole call. So this
 * takes the text where `json()` takes it, which is no public interface: where it is not found, as on another
 * version, the answer is `undefined`, and the caller reads the body by the standard.
 *
 * @returns The function; `undefined` on runtimes without one.
 */
export function getTextTaker(): ((request: Request) => string | undefined) | undefined {
  if (!("Deno" in globalThis)) return undefined;
  let key: symbol | undefined;
  return (request) => {
    key ??= Object.getOwnPropertySymbols(request).find(({ description }) => description === "request");
    if (key === undefined) return undefined;
    const inner = (request as unknown as Record<symbol, DenoInnerRequest | undefined>)[key];
    const text = inner?.consumeTextBody?.();
    return typeof text === "string" ? text : undefined;
  };
}

function listenOnDeno(service: HttpService, options: ListenOptions): Listener {
  // It would print where it listens; the service reports that by itself.
  const onListen = () => {};
  const server = Deno.serve({ hostname: options.host, port: options.port, onListen }, service.fetch);
  return {
    port: server.addr.port,
    drain: () => server.shutdown(),
    // A request that hangs can not be cut off here; it must not keep the process alive.
    destroy: () => server.unref(),
  };
}
