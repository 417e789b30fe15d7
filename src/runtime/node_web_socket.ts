/**
 * WebSockets on Node, by the package `ws`.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ServerWebSocket, WebSocketUpgrade } from "./web_socket.ts";

/** A connection that its client wants to use for another protocol. */
export interface NodeUpgrade {
  /** The request. */
  readonly raw: IncomingMessage;
  /** Its connection. */
  readonly socket: Duplex;
  /** What came behind the request. */
  readonly head: Buffer;
  /** Called when the response has been returned. */
  open: (() => void) | undefined;
}

/** Where a request carries its {@linkcode NodeUpgrade}. */
export const NODE_UPGRADE: unique symbol = Symbol("upgrade");

/** A request that came with the wish for another protocol. */
export type UpgradeRequest = Request & { [NODE_UPGRADE]?: NodeUpgrade };

/** The members of a WebSocket of the package that are called here. */
interface WsSocket extends ServerWebSocket {
  binaryType: string;
  ping(): void;
  pause(): void;
  resume(): void;
  terminate(): void;
  emit(event: string): void;
  on(event: string, listener: () => void): void;
}

/** The members of the package that are called here. */
interface WsModule {
  readonly WebSocketServer: new (options: Record<string, unknown>) => {
    handleUpgrade(raw: IncomingMessage, socket: Duplex, head: Buffer, done: (socket: WsSocket) => void): void;
  };
}

/** The largest message, in bytes. */
const MAX_MESSAGE_BYTES = 67_108_864;
/** How long a client may be silent before it is asked for a sign of life, and to give one: that of Deno. */
const IDLE_MS = 30_000;

/**
 * Turns the connection of a request into a WebSocket.
 *
 * @param request The request.
 * @param protocol The protocol that was chosen; `undefined` for none.
 * @returns The WebSocket and the response.
 * @throws {TypeError} when the request did not come over a connection that can be turned.
 */
export async function upgradeOnNode(
  request: UpgradeRequest,
  protocol: string | undefined,
): Promise<WebSocketUpgrade> {
  const upgrade = request[NODE_UPGRADE];
  if (upgrade === undefined || upgrade.open !== undefined) {
    throw new TypeError(
      upgrade === undefined
        ? "Cannot open a WebSocket: the request did not come from a listening service, or is a copy"
        : "Cannot open a WebSocket: the request has one already",
    );
  }
  const { WebSocketServer } = await loadWs();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => protocol ?? false,
  });
  let socket: WsSocket | undefined;
  server.handleUpgrade(upgrade.raw, upgrade.socket, upgrade.head, (opened) => socket = opened);
  if (socket === undefined) throw new TypeError("Cannot open a WebSocket: the client has gone away");
  return { socket, response: prepare(socket, upgrade) };
}

/** On Node the socket is open at once: here it waits, like that of the standard, until somebody listens. */
function prepare(socket: WsSocket, upgrade: NodeUpgrade): Response {
  socket.binaryType = "arraybuffer";
  socket.pause();
  // Without a listener an error would end the process; `close` follows, and tells the same.
  socket.on("error", () => {});
  upgrade.open = () => {
    socket.emit("open");
    socket.resume();
    watch(socket);
  };
  const response = new Response(null);
  // Node makes no response of this status, but it is the one that has been sent.
  Object.defineProperty(response, "status", { value: 101 });
  return response;
}

/** Ends a connection whose other end is gone without having said so. */
function watch(socket: WsSocket): void {
  let isAlive = true;
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, IDLE_MS);
  timer.unref();
  for (const sign of ["pong", "message", "ping"]) socket.on(sign, () => isAlive = true);
  socket.on("close", () => clearInterval(timer));
}

async function loadWs(): Promise<WsModule> {
  try {
    // @ts-ignore -- the package brings no types, which the compiler of Node's package minds, and that of Deno not
    const ws: unknown = await import("ws");
    return ws as WsModule;
  } catch (cause) {
    throw new TypeError('Cannot open a WebSocket: the package "ws" can not be loaded; npm install ws', {
      cause,
    });
  }
}
