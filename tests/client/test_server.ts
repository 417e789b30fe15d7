/** A loopback HTTP server that answers as a test says, and remembers what it was asked. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that arrived. */
export interface ReceivedRequest {
  readonly verb: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The decoded body; `undefined` when it is not JSON. */
  // deno-lint-ignore no-explicit-any -- a test reads the members that it sent
  readonly body: any;
  /** Resolves when the connection is closed before the answer was complete. */
  readonly cut: Promise<void>;
}

export type Answer = (request: ReceivedRequest, response: ServerResponse) => void;

/** The server while a test runs. */
export interface TestServer {
  readonly url: string;
  readonly requests: ReceivedRequest[];
  /** How many connections were accepted. */
  connections: number;
}

/** Runs a test with a server, and closes it. */
export async function withServer(answer: Answer, test: (server: TestServer) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    const cut = new Promise<void>((resolve) => {
      response.on("close", () => response.writableFinished || resolve());
    });
    request.on("error", () => {}); // a cut connection is what some tests are about
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const text = new TextDecoder().decode(concat(chunks));
      const { method: verb = "", url: path = "", headers } = request;
      const received = { verb, path, headers, text, body: tryParse(text), cut };
      state.requests.push(received);
      answer(received, response);
    });
  });
  const state: TestServer = { url: await listen(server), requests: [], connections: 0 };
  server.on("connection", () => state.connections++);
  try {
    await test(state);
  } finally {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

/** Answers every request with the same body. */
export function answerWith(body: unknown, status = 200): Answer {
  return (_request, response) => send(response, body, status);
}

/** Answers a call with its own id. */
export function answerResult(result: unknown): Answer {
  return (request, response) => send(response, { jsonrpc: "2.0", result, id: request.body.id });
}

/** Sends a JSON body, or a string as it is. */
export function send(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the test then looks at the text
  }
}
