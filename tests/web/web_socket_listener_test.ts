/** Listeners of WebSockets: one that fails costs its WebSocket, and never the process. */
import { assertEquals } from "@std/assert";
import type { ExtraHandler } from "../../src/web/extra_handler.ts";
import type { ServerWebSocket } from "../../src/web/web_socket.ts";
import { waitUntil, within } from "../support/wait_until.ts";
import { createSite } from "./site.ts";
import { WebSocketClient } from "./web_socket_client.ts";
import { createEcho, listenForSockets } from "./web_socket_site.ts";

const [TEXT, CLOSE] = [1, 8] as const;

const FAILING: readonly [what: string, listener: (data: unknown) => unknown][] = [
  ["throws", (data) => {
    throw new Error(`no ${data}`);
  }],
  ["rejects", (data) => Promise.reject(new Error(`no ${data}`))],
];

for (const [what, listener] of FAILING) {
  Deno.test(`WebContext.upgradeWebSocket() logs a listener that ${what}, and closes the WebSocket with 1011`, async () => {
    const handler: ExtraHandler = ["/fail", async (context) => {
      const { socket, response } = await context.upgradeWebSocket();
      // An async function, too, is a listener for who only looks at types.
      socket.addEventListener("message", ({ data }) => listener(data) as void);
      socket.addEventListener("close", () => {
        throw new Error("closed");
      });
      return response;
    }];
    const site = await createSite({ extraHandlers: [handler, createEcho()] });
    await using server = await listenForSockets(site);
    const client = await WebSocketClient.open(server.port, "/fail");

    client.send(TEXT, "x");
    const frame = await within(10_000, "the close frame", client.read());
    client.send(CLOSE, new Uint8Array([3, 243]));
    await waitUntil("the log", () => site.logger.records.length >= 2);
    await client.close();
    const other = await WebSocketClient.open(server.port, "/echo");

    assertEquals([frame?.opcode, frame?.payload.readUInt16BE(0)], [CLOSE, 1011]);
    const errors = site.logger.records.map((
      { message, properties },
    ) => [message, `${properties?.["error"]}`]);
    const message = "A listener of the WebSocket at /fail failed";
    assertEquals(errors, [[message, "Error: no x"], [message, "Error: closed"]]);
    assertEquals((await other.read())?.payload.toString(), "open");
    await other.close();
  });
}

Deno.test("WebContext.upgradeWebSocket() lets a listener be removed", async () => {
  const handler: ExtraHandler = ["/", async (context) => {
    const { socket, response } = await context.upgradeWebSocket();
    // More than the interface has, but both runtimes have it.
    const standard = socket as ServerWebSocket & {
      removeEventListener(type: string, listener: unknown): void;
    };
    const once = () => {
      socket.send("once");
      standard.removeEventListener("message", once);
    };
    socket.addEventListener("message", once);
    socket.addEventListener("message", once);
    socket.addEventListener("message", () => socket.send("each"));
    return response;
  }];
  await using server = await listenForSockets(await createSite({ extraHandlers: [handler] }));
  const client = await WebSocketClient.open(server.port, "/");

  client.send(TEXT, "1");
  client.send(TEXT, "2");

  const read = async () => (await within(10_000, "an answer", client.read()))?.payload.toString();
  assertEquals([await read(), await read(), await read()], ["once", "each", "each"]);
  await client.close();
});
