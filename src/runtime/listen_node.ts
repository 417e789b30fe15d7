/**
 * Serves HTTP on Node. The endpoint is answered from the raw message; all else gets Web objects.
 *
 * @module
 */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpService, Listener, ListenOptions } from "./listen.ts";
import { toListenError } from "./listen_error.ts";
import { ConnectionTracker } from "./node_connections.ts";
import { answerRaw } from "./node_endpoint.ts";

/**
 * Begins to listen on Node.
 *
 * @param service Answers the requests.
 * @param options Where to listen.
 * @returns The socket, which accepts requests.
 * @throws {ListenError} when the address can not be listened on.
 */
export async function listenOnNode(service: HttpService, options: ListenOptions): Promise<Listener> {
  const { endpoint } = service;
  const connections = new ConnectionTracker();
  const answerWeb = createWebListener(service);
  const server = createServer((request, response) => {
    if (!connections.begin(request, response)) return;
    if (endpoint?.matches(request.url!)) {
      answerRaw(endpoint, request, response, connections);
    } else {
      response.once("close", () => connections.end(response));
      answerWeb(request, response);
    }
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

function createWebListener(service: HttpService): RequestListener {
  let loading: Promise<RequestListener> | undefined;
  return (request, response) => {
    loading ??= import("srvx/node").then(({ toNodeHandler }) =>
      toNodeHandler((request) => service.fetch(request)) as RequestListener
    );
    loading.then((listener) => listener(request, response));
  };
}

function bind(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(toListenError(cause, options)));
    try {
      server.listen(options.port, options.host, () => {
        server.removeAllListeners("error");
        resolve();
      });
    } catch (cause) {
      reject(toListenError(cause, options));
    }
  });
}
