/**
 * The JSON-RPC endpoint on Node: reads the raw message and answers it in one write.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RawEndpoint, RawExchange, RawRefusal } from "./http_service.ts";
import { NodeExchange } from "./node_exchange.ts";

/** How long a refused sender may go on before its connection is cut, in milliseconds. */
const LINGER_MS = 1_000;

/**
 * Answers a request to the endpoint.
 *
 * @param endpoint What answers.
 * @param request The request; its target is the endpoint.
 * @param response Its response.
 * @param onAnswer Called when the answer begins, before its headers are sent.
 */
export function answerRaw(
  endpoint: RawEndpoint,
  request: IncomingMessage,
  response: ServerResponse,
  onAnswer: () => void,
): void {
  const { headers } = request;
  const length = headers["content-length"] ?? null;
  const refusal = endpoint.checkHead(request.method!, headers["content-type"] ?? null, length);
  if (refusal !== undefined) return refuse(endpoint, request, response, onAnswer, refusal);

  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= endpoint.maxBodyBytes) chunks.push(chunk);
    else refuse(endpoint, request.removeAllListeners(), response, onAnswer, endpoint.tooLarge);
  });
  request.on("end", () => {
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
    const exchange = new NodeExchange(request, response);
    const reply = endpoint.answerText(body.toString(), exchange);
    if (typeof reply !== "object") return send(response, reply, exchange, onAnswer);
    // Whatever Node refuses to send costs this connection, and never the process.
    reply.then((text) => send(response, text, exchange, onAnswer)).catch(() => response.destroy());
  });
}

function send(
  response: ServerResponse,
  text: string | undefined,
  exchange: RawExchange,
  onAnswer: () => void,
): void {
  onAnswer();
  const headers = exchange.responseHeaders === undefined ? [] : [...exchange.responseHeaders].flat();
  if (text === undefined) {
    response.writeHead(204, headers).end();
    return;
  }
  // A flat list costs Node less than an object or one call for each header.
  headers.push("content-type", "application/json", "content-length", `${Buffer.byteLength(text)}`);
  response.writeHead(200, headers).end(text);
}

/** Answers at once, and reads on for a moment: closing in the face of a sender costs it the answer. */
function refuse(
  endpoint: RawEndpoint,
  request: IncomingMessage,
  response: ServerResponse,
  onAnswer: () => void,
  refusal: RawRefusal,
): void {
  onAnswer();
  const body = endpoint.refuse(refusal);
  const isWhole = request.complete || !hasBody(request);
  const headers = { "content-type": "application/json", ...refusal.headers };
  response.shouldKeepAlive &&= isWhole;
  response.writeHead(refusal.status, { ...headers, "content-length": Buffer.byteLength(body) });
  if (isWhole) {
    response.end(request.method === "HEAD" ? undefined : body);
    return;
  }
  response.write(body);
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.once("end", () => response.end()).once("close", () => clearTimeout(timer)).resume();
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}
