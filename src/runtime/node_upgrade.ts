/**
 * Requests on Node that ask for another protocol.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionTracker } from "./node_connections.ts";
import { NodeExchange } from "./node_exchange.ts";
import { NODE_UPGRADE, type NodeUpgrade, type UpgradeRequest } from "./node_web_socket.ts";

/** Answers requests. */
type Fetch = (request: Request) => Response | Promise<Response>;

/**
 * Lets a server answer requests for a WebSocket. Without it Node takes them for ordinary ones, and nothing can
 * be upgraded; with it Node hands over each request that asks for any other protocol, so those that ask for
 * something else than a WebSocket, as HTTP clients for HTTP/2, are given back as what they are besides.
 *
 * @param server The server.
 * @param choose Returns what answers a request, by its target.
 * @param connections Learns which connections owe an answer.
 */
export function answerUpgrades(
  server: Server,
  choose: (target: string) => Fetch,
  connections?: ConnectionTracker,
): void {
  server.on("upgrade", (raw: IncomingMessage, socket: Socket, head: Buffer) => {
    if (raw.headers.upgrade?.toLowerCase() !== "websocket") return giveBack(server, raw, socket, head);
    // The parser no longer listens; a reset would end the process.
    socket.on("error", () => socket.destroy());
    const response = new ServerResponse(raw);
    if (connections?.begin(socket, response) === false) return;
    answer(choose(raw.url ?? "/"), raw, response, socket, head).catch(() => socket.destroy())
      .finally(() => connections?.end(socket, response));
  });
}

async function answer(
  fetch: Fetch,
  raw: IncomingMessage,
  response: ServerResponse,
  socket: Socket,
  head: Buffer,
): Promise<void> {
  const { request } = new NodeExchange(raw, response);
  const upgrade: NodeUpgrade = { raw, socket, head, open: undefined };
  (request as UpgradeRequest)[NODE_UPGRADE] = upgrade;
  const answered = await fetch(request);
  if (answered.status === 101 && upgrade.open !== undefined) return upgrade.open();
  // The handshake has been answered, but the handler wants none of it.
  if (upgrade.open !== undefined) return void socket.destroy();
  response.assignSocket(socket);
  response.shouldKeepAlive = false;
  response.once("finish", () => socket.destroySoon());
  const { sendNodeResponse } = await import("srvx/node");
  await sendNodeResponse(response, answered);
}

/** Puts a request back in front of its connection, without the wish, and lets the server begin anew with it. */
function giveBack(server: Server, raw: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${raw.method} ${raw.url} HTTP/${raw.httpVersion}`];
  for (let index = 0; index < raw.rawHeaders.length; index += 2) {
    const [name = "", value = ""] = raw.rawHeaders.slice(index, index + 2);
    const kept = name.toLowerCase() === "connection" ? withoutWish(value) : value;
    if (!WISHES.has(name.toLowerCase()) && kept !== "") lines.push(`${name}: ${kept}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("connection", socket);
}

/** The headers that ask for another protocol (RFC 9110, section 7.8; RFC 7540, section 3.2). */
const WISHES: ReadonlySet<string> = new Set(["upgrade", "http2-settings"]);

function withoutWish(connection: string): string {
  return connection.split(",").map((part) => part.trim()).filter((part) => !WISHES.has(part.toLowerCase()))
    .join(", ");
}
