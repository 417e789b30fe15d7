/**
 * What a server needs of a service, and what a service gets of a server.
 *
 * @module
 */

/** What answers the requests. */
export interface HttpService {
  /** Answers any request. */
  fetch(request: Request): Response | Promise<Response>;
  /** Answers any request but those of the endpoint. */
  fetchOther(request: Request): Response | Promise<Response>;
  /** Answers a request that came too late. */
  refuseLate(): Response;
  /** Answers the JSON-RPC endpoint from the raw message, on a runtime that has one. */
  readonly endpoint: RawEndpoint;
  /** The endpoint, too, must be answered by `fetch`. */
  readonly isWebOnly: boolean;
  /** What is not for the endpoint may become a WebSocket. @default {false} */
  readonly takesUpgrades?: boolean;
}

/** The JSON-RPC endpoint without Web objects, which cost more on Node than the call itself. */
export interface RawEndpoint {
  /** The largest body that is read, in bytes. */
  readonly maxBodyBytes: number;
  /** How long a body may take to arrive, in milliseconds. */
  readonly bodyTimeoutMs: number;
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
   *
   * @param lingerMs How long idle connections stay open for requests that are on their way, in milliseconds; on a
   * runtime that can not refuse new connections meanwhile, requests that come are refused. 0 for not at all.
   */
  drain(lingerMs: number): Promise<void>;
  /** Ends what {@linkcode Listener.drain} still waits for. */
  destroy(): void;
}
