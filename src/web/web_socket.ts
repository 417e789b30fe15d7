/**
 * Opens WebSockets (RFC 6455) for who may have one.
 *
 * @module
 */
import { isThenable } from "../rpc/call.ts";
import { type ServerWebSocket, upgradeWebSocket, type WebSocketUpgrade } from "../runtime/web_socket.ts";
import { RefusedError } from "./refused.ts";

export type { ServerWebSocket, ServerWebSocketEvents, WebSocketUpgrade } from "../runtime/web_socket.ts";

/**
 * Who may open a WebSocket, and for what.
 *
 * @example
 * ```ts
 * import type { ExtraHandler, WebSocketOptions } from "@gemstone/gemstone/web";
 *
 * const options: WebSocketOptions = { origins: ["https://app.example"], protocols: ["chat.v2", "chat.v1"] };
 * const handler: ExtraHandler = ["/chat", async (context) => {
 *   const { socket, response } = await context.upgradeWebSocket(options);
 *   socket.addEventListener("open", () => socket.send(`we speak ${socket.protocol}`));
 *   return response;
 * }];
 * ```
 */
export interface WebSocketOptions {
  /** The protocols that the service speaks, the best first; one that the client offers is chosen. @default {none} */
  readonly protocols?: readonly string[];
  /**
   * The origins whose pages may open one, such as `"https://app.example"`, or `"*"` for all. Cookies go along
   * with a WebSocket from any page, and CORS does not hold for it. Clients that are no pages send no origin, and
   * are let in. @default {pages of this very host}
   */
  readonly origins?: "*" | readonly string[];
}

/** What the service has to do with a WebSocket. */
export interface WebSocketCare {
  /** Aborts when the service begins to stop. */
  readonly stopping: AbortSignal;
  /** Learns of a listener that fails. */
  readonly onError: (error: unknown) => void;
}

/**
 * Opens a WebSocket. It is closed with code 1001 when the service stops.
 *
 * @param request The request, as it came.
 * @param care When the service stops, and where it logs.
 * @param options Who may.
 * @returns The WebSocket and the response to return.
 * @throws {RefusedError} 426 or 400 when the request is no handshake, 403 when its origin may not.
 * @throws {TypeError} when the request did not come over a connection.
 */
export async function openWebSocket(
  request: Request,
  { stopping, onError }: WebSocketCare,
  { protocols = [], origins }: WebSocketOptions,
): Promise<WebSocketUpgrade> {
  checkHandshake(request);
  checkOrigin(request.headers, origins);
  // Nobody would close it any more.
  if (stopping.aborted) throw new RefusedError(503, "The service stops", { connection: "close" });
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  const upgrade = await upgradeWebSocket(request, protocols.find((name) => offered.includes(name)));
  const { socket } = upgrade;
  guardListeners(socket, onError);
  // 1001 is "going away"; scripts may not say so, but a service may.
  const close = () => socket.close(GOING_AWAY, "The service stops");
  stopping.addEventListener("abort", close, { once: true });
  socket.addEventListener("close", () => stopping.removeEventListener("abort", close));
  return upgrade;
}

/**
 * Keeps a listener that throws, or returns a promise that rejects, from ending the process, which runtimes do then.
 * The WebSocket is closed with code 1011, as a handler that fails is answered with 500.
 */
function guardListeners(socket: ServerWebSocket, onError: (error: unknown) => void): void {
  const guards = new Map<unknown, (event: unknown) => void>();
  const fail = (error: unknown) => {
    onError(error);
    if (socket.readyState === OPEN) socket.close(INTERNAL_ERROR);
  };
  const guard = (listener: unknown): unknown => {
    if (typeof listener !== "function") return listener;
    const guarded = guards.get(listener) ?? ((event) => {
      try {
        const result: unknown = listener.call(socket, event);
        if (isThenable(result)) Promise.resolve(result).catch(fail);
      } catch (error) {
        fail(error);
      }
    });
    guards.set(listener, guarded);
    return guarded;
  };
  // The runtime's own methods, also the one that is no member of the interface.
  const own = socket as unknown as Record<
    string,
    (type: string, listener: unknown, options?: unknown) => void
  >;
  for (const name of ["addEventListener", "removeEventListener"]) {
    const method = own[name]?.bind(socket);
    own[name] = (type, listener, options) => method?.(type, guard(listener), options);
  }
}

const OPEN = 1;
const GOING_AWAY = 1001;
/** RFC 6455, section 7.4.1. */
export const INTERNAL_ERROR = 1011;
/** RFC 9110, sections 7.8 and 15.5.22. Node keeps a connection, whatever was asked, unless `close` is in here. */
const UPGRADE = { upgrade: "websocket", connection: "Upgrade, close", "sec-websocket-version": "13" };

/** RFC 6455, section 4.2.1; the runtimes take more than that, or answer in words of their own. */
function checkHandshake({ method, headers }: Request): void {
  if (method !== "GET" || headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new RefusedError(426, "This is the address of a WebSocket", UPGRADE);
  }
  if (headers.get("sec-websocket-version") !== "13") {
    throw new RefusedError(426, "The version of a WebSocket must be 13", UPGRADE);
  }
  if (!/^[+/0-9A-Za-z]{22}==$/.test(headers.get("sec-websocket-key") ?? "")) {
    throw new RefusedError(400, "The Sec-WebSocket-Key is missing or none");
  }
}

function checkOrigin(headers: Headers, origins: WebSocketOptions["origins"]): void {
  const origin = headers.get("origin");
  if (origin === null || origins === "*") return;
  const isAllowed = origins === undefined
    ? URL.canParse(origin) && new URL(origin).host === headers.get("host")?.toLowerCase()
    : origins.includes(origin);
  if (!isAllowed) throw new RefusedError(403, "Pages of this origin may not open a WebSocket here");
}
