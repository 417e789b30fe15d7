/**
 * Turns HTTP connections into WebSockets, on the runtime that this runs on.
 *
 * @module
 */
import { IS_DENO } from "./process.ts";

/**
 * What happens on a WebSocket, by the name of the event.
 *
 * @example A listener that is written once for many sockets
 * ```ts
 * import type { ServerWebSocket, ServerWebSocketEvents } from "@gemstone/gemstone/web";
 *
 * type Message = ServerWebSocketEvents["message"];
 *
 * function answer(socket: ServerWebSocket, { data }: Message): void {
 *   socket.send(typeof data === "string" ? data.toUpperCase() : data);
 * }
 *
 * const listen = (socket: ServerWebSocket) =>
 *   socket.addEventListener("message", (message) => answer(socket, message));
 * ```
 */
export interface ServerWebSocketEvents {
  /** It can be written to. */
  readonly open: unknown;
  /** A message came: a text, or bytes. */
  readonly message: { readonly data: string | ArrayBuffer };
  /** It is closed, with the code and the reason of RFC 6455, section 7.1.5; 1006, or 0 on Deno, without any. */
  readonly close: { readonly code: number; readonly reason: string; readonly wasClean: boolean };
  /** It broke; `close` follows. */
  readonly error: unknown;
}

/**
 * The end of a WebSocket in a service: the part of the standard's `WebSocket` that is the same on all runtimes.
 *
 * @example A chat: each message goes to everybody who is there
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import type { ExtraHandler, ServerWebSocket } from "@gemstone/gemstone/web";
 *
 * class Chat extends MicroService {
 *   override name = "chat";
 *   readonly #people = new Set<ServerWebSocket>();
 *
 *   override extraHandlers: ExtraHandler[] = [
 *     ["/chat", async (context) => {
 *       const { socket, response } = await context.upgradeWebSocket();
 *       socket.addEventListener("open", () => this.#people.add(socket));
 *       socket.addEventListener("close", () => this.#people.delete(socket));
 *       socket.addEventListener("message", ({ data }) => {
 *         for (const person of this.#people) person.send(data);
 *       });
 *       return response;
 *     }],
 *   ];
 * }
 * ```
 */
export interface ServerWebSocket {
  /** 0 before it is open, 1 while it is open, 2 while it closes, 3 when it is closed. */
  readonly readyState: number;
  /** The protocol that was agreed on; empty for none. */
  readonly protocol: string;
  /** What has been sent and is not yet on its way, in bytes. Who sends much waits while it is large. */
  readonly bufferedAmount: number;
  /**
   * Sends a message.
   *
   * @param data A text, or bytes.
   * @throws {Error} before it is open.
   */
  send(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): void;
  /**
   * Closes it.
   *
   * @param code 1000, or 3000 to 4999. @default {1000}
   * @param reason At most 123 bytes.
   */
  close(code?: number, reason?: string): void;
  /**
   * Listens.
   *
   * @param type The name of the event.
   * @param listener Called with each.
   */
  addEventListener<Type extends keyof ServerWebSocketEvents>(
    type: Type,
    listener: (event: ServerWebSocketEvents[Type]) => void,
  ): void;
}

/**
 * A WebSocket, and the response that a handler must return for it to open.
 *
 * @example Say hello when it is open
 * ```ts
 * import type { WebContext, WebSocketUpgrade } from "@gemstone/gemstone/web";
 *
 * async function greet(context: WebContext): Promise<Response> {
 *   const { socket, response }: WebSocketUpgrade = await context.upgradeWebSocket();
 *   socket.addEventListener("open", () => socket.send("hello"));
 *   return response; // as it is: the socket belongs to this response
 * }
 * ```
 */
export interface WebSocketUpgrade {
  /** The WebSocket; it opens when the response has been returned. */
  readonly socket: ServerWebSocket;
  /** The response. It must be returned as it is. */
  readonly response: Response;
}

/**
 * Turns the connection of a request into a WebSocket.
 *
 * @param request The request. It must be the one that came from the server, and a valid handshake (RFC 6455,
 * section 4.2.1).
 * @param protocol The protocol that was chosen among those that the client offers; `undefined` for none.
 * @returns The WebSocket and the response. Binary messages come as `ArrayBuffer`.
 * @throws {TypeError} when the request did not come over a connection that can be turned. On Deno it fails only
 * where it is no handshake; without a connection the WebSocket never opens.
 */
export async function upgradeWebSocket(
  request: Request,
  protocol: string | undefined,
): Promise<WebSocketUpgrade> {
  if (!IS_DENO) {
    const { upgradeOnNode } = await import("./node_web_socket.ts");
    return await upgradeOnNode(request, protocol);
  }
  const { socket, response } = Deno.upgradeWebSocket(request, protocol === undefined ? {} : { protocol });
  socket.binaryType = "arraybuffer";
  return { socket, response };
}
