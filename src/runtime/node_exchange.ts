/**
 * The Web view of a raw request on Node, made only for who asks.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RawExchange } from "./http_service.ts";

/** One request to the endpoint. */
export class NodeExchange implements RawExchange {
  /** Headers for the response, made by the first call that sets one. */
  responseHeaders: Headers | undefined;
  readonly #raw: IncomingMessage;
  readonly #response: ServerResponse;
  #request: Request | undefined;

  /**
   * @param raw The request.
   * @param response Its response.
   */
  constructor(raw: IncomingMessage, response: ServerResponse) {
    this.#raw = raw;
    this.#response = response;
  }

  /** The request without its body; its signal aborts when the caller goes away. */
  get request(): Request {
    this.#request ??= toRequest(this.#raw, this.#response);
    return this.#request;
  }
}

function toRequest(raw: IncomingMessage, response: ServerResponse): Request {
  const headers = new Headers();
  for (let index = 0; index < raw.rawHeaders.length; index += 2) {
    headers.append(raw.rawHeaders[index]!, raw.rawHeaders[index + 1]!);
  }
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort(new DOMException("The caller went away", "AbortError"));
  });
  const scheme = "encrypted" in raw.socket ? "https" : "http";
  const url = new URL(raw.url!, `${scheme}://${toAuthority(raw)}`);
  return new Request(url, { method: raw.method!, headers, signal: gone.signal });
}

function toAuthority({ headers, socket }: IncomingMessage): string {
  const origin = `http://${headers.host ?? ""}`;
  // The header comes from outside: what is more or less than a host is replaced by where the request arrived.
  if (URL.canParse(origin)) {
    const { host, href } = new URL(origin);
    if (href === `http://${host}/`) return host;
  }
  return `localhost:${socket.localPort}`;
}
