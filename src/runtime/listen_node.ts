/**
 * Serves HTTP on Node. The endpoint is answered from the raw message; all else gets Web objects.
 *
 * @module
 */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpService, Listener, ListenOptions } from "./http_service.ts";
import { ConnectionTracker } from "./node_connections.ts";
import { answerRaw } from "./node_endpoint.ts";

/** How often Node looks for requests that take too long, in milliseconds. */
const CHECK_INTERVAL_MS = 5_000;

/**
 * Begins to listen on Node.
 *
 * @param service Answers the requests.
 * @param options Where to listen.
 * @returns The socket, which accepts requests.
 * @throws {Error} when the address can not be listened on, as Node says it.
 */
export async function listenOnNode(service: HttpService, options: ListenOptions): Promise<Listener> {
  const { endpoint, isWebOnly } = service;
  const connections = new ConnectionTracker();
  const answerEndpoint = createWebListener((request) => service.fetch(request));
  // A `Request` has a normalised URL: what is not the endpoint as it was sent must not become it.
  const answerOther = createWebListener((request) => service.fetchOther(request));
  // Node itself answers 408 when a request takes longer to arrive.
  const limits = { requestTimeout: endpoint.bodyTimeoutMs, connectionsCheckingInterval: CHECK_INTERVAL_MS };
  const server = createServer(limits, (request, response) => {
    // A request loses its socket when that closes.
    const { socket } = request;
    if (!connections.begin(socket, response)) return;
    const isEndpoint = endpoint.matches(request.url!);
    if (isEndpoint && !isWebOnly) {
      return answerRaw(endpoint, request, response, () => connections.end(socket, response));
    }
    response.once("close", () => connections.end(socket, response));
    (isEndpoint ? answerEndpoint : answerOther)(request, response);
  });
  server.on("connection", (socket) => connections.add(socket));
  await bind(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    drain() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.drain();
      return closed;
    },
    destroy: () => server.closeAllConnections(),
  };
}

function createWebListener(fetch: HttpService["fetch"]): RequestListener {
  let loading: Promise<RequestListener> | undefined;
  return (request, response) => {
    loading ??= import("srvx/node").then(({ toNodeHandler }) => toNodeHandler(fetch) as RequestListener);
    loading.then((listener) => listener(request, response));
  };
}

function bind(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
