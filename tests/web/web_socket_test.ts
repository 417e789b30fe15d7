/** WebSockets through a handler, on both runtimes. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { IS_DENO } from "../../src/runtime/process.ts";
import type { ExtraHandler } from "../../src/web/extra_handler.ts";
import type { WebSocketOptions } from "../../src/web/web_socket.ts";
import { createGate } from "../support/gate.ts";
import { within } from "../support/wait_until.ts";
import { createSite, listenFor } from "./site.ts";
import { ACCEPT, WebSocketClient } from "./web_socket_client.ts";
import { createEcho, listenForSockets } from "./web_socket_site.ts";

const [TEXT, BINARY, CLOSE, PING, PONG] = [1, 2, 8, 9, 10];

Deno.test("WebContext.upgradeWebSocket() opens a WebSocket that echoes", async () => {
  await using server = await listenForSockets(await createSite({ extraHandlers: [createEcho()] }));

  const client = await within(10_000, "the handshake", WebSocketClient.open(server.port, "/echo?x=1"));
  assertMatch(client.head, /^http\/1\.1 101 /);
  assertStringIncludes(client.head, `sec-websocket-accept: ${ACCEPT.toLowerCase()}`);
  assertEquals((await client.read())?.payload.toString(), "open");
  client.send(TEXT!, "häy");
  assertEquals((await client.read())?.payload.toString(), "echo häy");
  client.send(BINARY!, new Uint8Array([1, 2]));
  assertEquals([...(await client.read())?.payload ?? []], [2, 3]);
  client.send(TEXT!, "frag", false);
  client.send(0, "ment");
  assertEquals((await client.read())?.payload.toString(), "echo fragment");
  client.send(TEXT!, "x".repeat(1_000));
  assertEquals((await client.read())?.payload.length, 1_005);
  client.send(PING!, "p");
  const pong = await client.read();
  assertEquals([pong?.opcode, pong?.payload.toString()], [PONG, "p"]);
  client.send(CLOSE!, new Uint8Array([3, 232]));
  assertEquals((await client.read())?.opcode, CLOSE);
  await client.close();
});

Deno.test("WebContext.upgradeWebSocket() tells when the client goes away", async () => {
  const closed = createGate<number>();
  const handler: ExtraHandler = ["/", async (context) => {
    const { socket, response } = await context.upgradeWebSocket();
    socket.addEventListener("close", ({ code }) => closed.resolve(code));
    return response;
  }];
  await using server = await listenForSockets(await createSite({ extraHandlers: [handler] }));

  const client = await WebSocketClient.open(server.port, "/");
  await client.close();

  // Deno says 0 where the standard has 1006.
  assert([0, 1006].includes(await within(10_000, "the close event", closed.promise)));
});

Deno.test("WebContext.upgradeWebSocket() closes each WebSocket when the service stops", async () => {
  const stopping = new AbortController();
  const site = await createSite({ stopping: stopping.signal, extraHandlers: [createEcho()] });
  await using server = await listenForSockets(site);
  const client = await WebSocketClient.open(server.port, "/echo");
  await client.read();

  stopping.abort();

  const frame = await within(10_000, "the close frame", client.read());
  assertEquals([frame?.opcode, frame?.payload.readUInt16BE(0)], [CLOSE, 1001]);
  client.send(CLOSE!, new Uint8Array([3, 233]));
  await client.close();
});

const REFUSALS: readonly [what: string, headers: Record<string, string>, status: number, text: string][] = [
  ["no handshake", { upgrade: "", connection: "close" }, 426, "This is the address of a WebSocket"],
  ["an old version", { "sec-websocket-version": "8" }, 426, "must be 13"],
  ["no version", { "sec-websocket-version": "" }, 426, "must be 13"],
  ["no key", { "sec-websocket-key": "" }, 400, "Sec-WebSocket-Key"],
  ["a wrong key", { "sec-websocket-key": "x" }, 400, "Sec-WebSocket-Key"],
  ["another origin", { origin: "https://evil.example" }, 403, "Pages of this origin"],
  ["no origin that is one", { origin: "null" }, 403, "Pages of this origin"],
];

for (const [what, headers, status, text] of REFUSALS) {
  Deno.test(`WebContext.upgradeWebSocket() refuses ${what}`, async () => {
    const site = await createSite({ extraHandlers: [createEcho()] });
    // Without the header it is an ordinary request, which only the listener of the service brings to the handler.
    await using server = headers["upgrade"] === "" ? await listenFor(site) : await listenForSockets(site);

    const client = await WebSocketClient.open(server.port, "/echo", {
      connection: "Upgrade, close",
      ...headers,
    });

    assertStringIncludes(client.head, `http/1.1 ${status} `);
    assertStringIncludes(await within(10_000, "the end", client.readRest()), text);
    assertEquals(site.logger.records, []);
  });
}

const ALLOWED: readonly [origin: (port: number) => string, origins: WebSocketOptions["origins"]][] = [
  [(port) => `http://127.0.0.1:${port}`, undefined],
  [(port) => `https://127.0.0.1:${port}`, undefined],
  [() => "https://app.example", ["https://app.example"]],
  [() => "https://any.example", "*"],
];

for (const [origin, origins] of ALLOWED) {
  Deno.test(`WebContext.upgradeWebSocket() lets ${origin(1)} with origins ${JSON.stringify(origins)}`, async () => {
    const handler = createEcho(origins === undefined ? {} : { origins });
    await using server = await listenForSockets(await createSite({ extraHandlers: [handler] }));

    const client = await WebSocketClient.open(server.port, "/echo", { origin: origin(server.port) });

    assertMatch(client.head, /^http\/1\.1 101 /);
    await client.close();
  });
}

Deno.test("WebContext.upgradeWebSocket() chooses a protocol that both speak", async () => {
  const site = await createSite({ extraHandlers: [createEcho({ protocols: ["v2", "v1"] })] });
  await using server = await listenForSockets(site);

  const both = await WebSocketClient.open(server.port, "/echo", { "sec-websocket-protocol": "v1, v2" });
  const none = await WebSocketClient.open(server.port, "/echo", { "sec-websocket-protocol": "v3" });

  assertStringIncludes(both.head, "sec-websocket-protocol: v2\r\n");
  assertEquals(none.head.includes("sec-websocket-protocol"), false);
  await both.close();
  await none.close();
});

Deno.test("WebContext.upgradeWebSocket() survives what is no frame", async () => {
  const site = await createSite({ extraHandlers: [createEcho()] });
  await using server = await listenForSockets(site);
  const client = await WebSocketClient.open(server.port, "/echo");
  await client.read();

  client.write(new Uint8Array(100).fill(255));
  await within(10_000, "the end", client.readRest());

  const other = await WebSocketClient.open(server.port, "/echo");
  assertEquals((await other.read())?.payload.toString(), "open");
  await other.close();
});

Deno.test("a request for a WebSocket is answered like any other where there is none", async () => {
  const fail = () => {
    throw new Error("no");
  };
  const site = await createSite({
    extraHandlers: [["/text", (context) => context.text("text")], ["/fail", fail]],
  });
  await using server = await listenForSockets(site);

  for (const [path, status] of [["/text", 200], ["/none", 404], ["/fail", 500]] as const) {
    const client = await WebSocketClient.open(server.port, path, { connection: "Upgrade, close" });
    assertStringIncludes(client.head, `http/1.1 ${status} `);
    await within(10_000, "the end", client.readRest());
  }
});

Deno.test({
  name: "WebContext.upgradeWebSocket() fails without a connection",
  // Deno makes a response for any request; it opens nothing.
  ignore: IS_DENO,
  async fn() {
    const site = await createSite({ extraHandlers: [createEcho()] });
    const headers = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-version": "13" };

    const response = await site.get("/echo", { ...headers, "sec-websocket-key": "MDEyMzQ1Njc4OWFiY2RlZg==" });

    assertEquals([response.status, await response.text()], [500, "Internal Server Error\n"]);
    assertStringIncludes(
      String(site.logger.records[0]?.properties?.["error"]),
      "did not come from a listening service",
    );
  },
});

Deno.test({
  name: "answerUpgrades() gives a request for another protocol back to the server, with its body",
  ignore: IS_DENO,
  async fn() {
    await using server = await listenForSockets(await createSite());
    const headers = {
      connection: "Upgrade, HTTP2-Settings, close",
      upgrade: "h2c",
      "http2-settings": "AAMAAABkAAQAoAAAAAIAAAAA",
      "x-kept": "yes",
      "content-length": "4",
      "sec-websocket-version": "",
      "sec-websocket-key": "",
    };

    const client = await WebSocketClient.open(
      server.port,
      "/api",
      { ...headers, "x-last": "1\r\n\r\nbody" },
      "POST",
    );

    assertStringIncludes(client.head, "http/1.1 200 ");
    assertStringIncludes(await within(10_000, "the end", client.readRest()), "ordinary POST yes body");
  },
});
