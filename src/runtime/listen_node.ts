/**
 * Serves HTTP on Node. The endpoint is answered from the raw message; all else gets Web objects.
 *
 * @module
 */
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, Server as NetServer } from "node:net";
import { setImmediate } from "node:timers";
import type { HttpService, Listener, ListenOptions } from "./http_service.ts";
import { ConnectionTracker } from "./node_connections.ts";
import { answerRaw } from "./node_endpoint.ts";

/** How often Node looks for requests that take too long, in milliseconds. */
const CHECK_INTERVAL_MS = 5_000;
/**
 * How long a connection without requests stays open. With the 5 s of Node a client that is late by a second sends on
 * one that has just been closed, and loses a call that may not be repeated; proxies keep theirs for a minute.
 */
const KEEP_ALIVE_MS = 75_000;

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
  const limits = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: endpoint.bodyTimeoutMs,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
  };
  const server = createServer(limits, (request, response) => {
    // A request loses its socket when that closes.
    const { socket } = request;
    if (!connections.begin(socket, response)) return;
    const isEndpoint = endpoint.matches(request.url!);
    if (isEndpoint && !isWebOnly) {
      return answerRaw(endpoint, request, response, () => connections.end(socket, response));
    }
    connections.tell(socket, response);
    response.once("close", () => connections.end(socket, response));
    (isEndpoint ? answerEndpoint : answerOther)(request, response);
  });
  server.on("connection", (socket) => connections.add(socket));
  if (service.takesUpgrades) {
    const { answerUpgrades } = await import("./node_upgrade.ts");
    answerUpgrades(
      server,
      (target) => endpoint.matches(target) ? service.fetch : service.fetchOther,
      connections,
    );
  }
  await bind(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    drain: (lingerMs) => drain(server, connections, lingerMs),
    destroy: () => server.closeAllConnections(),
  };
}

async function drain(server: Server, connections: ConnectionTracker, lingerMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.once("close", resolve));
  connections.drain();
  // `http.Server.close()` would end idle connections, while a request may be on its way in one of them.
  NetServer.prototype.close.call(server);
  if (lingerMs > 0) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([closed, new Promise<void>((resolve) => timer = setTimeout(resolve, lingerMs))]);
    clearTimeout(timer);
  }
  // What has arrived is read before the second turn, even when a timer is late, or this turn has looked already.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  server.close();
  connections.endIdle();
  await closed;
}

function createWebListener(fetch: HttpService["fetch"]): RequestListener {
  let loading: Promise<RequestListener> | undefined;
  return (request, response) => {
    loading ??= import("srvx/node").then(({ toNodeHandler }) => toNodeHandler(fetch) as RequestListener);
    // Whatever fails costs this connection, and never the process.
    loading.then((listener) => listener(request, response)).catch(() => response.destroy());
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
