/** What tests of WebSockets have in common. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { answerUpgrades } from "../../src/runtime/node_upgrade.ts";
import { IS_DENO } from "../../src/runtime/process.ts";
import type { ExtraHandler } from "../../src/web/extra_handler.ts";
import type { WebContext } from "../../src/web/web_context.ts";
import type { WebSocketOptions } from "../../src/web/web_socket.ts";
import { listenFor, type Site } from "./site.ts";

/** Listens for WebSockets: on Node with a plain server, which shows that ordinary requests get through, too. */
export async function listenForSockets(site: Site): Promise<AsyncDisposable & { readonly port: number }> {
  if (IS_DENO) return await listenFor(site);
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => body += chunk);
    request.on("end", () => response.end(`ordinary ${request.method} ${request.headers["x-kept"]} ${body}`));
  });
  answerUpgrades(server, () => site.fetch);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A handler that echoes: texts with a word in front, bytes with one added to each. */
export function createEcho(options: WebSocketOptions = {}): ExtraHandler {
  return ["/echo", async (context: WebContext) => {
    const { socket, response } = await context.upgradeWebSocket(options);
    socket.addEventListener("open", () => socket.send("open"));
    socket.addEventListener("message", ({ data }) => {
      socket.send(typeof data === "string" ? `echo ${data}` : new Uint8Array(data).map((byte) => byte + 1));
    });
    return response;
  }];
}
