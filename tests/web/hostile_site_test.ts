/** What callers and handlers can do to a service with web pages, and must not: it goes on in any case. */
import { assertEquals, assertMatch } from "@std/assert";
import { type Logger, MicroService } from "@gemstone/gemstone";
import type { ExtraHandler, WebContext } from "@gemstone/gemstone/web";
import { exchange, RawConnection, toHead } from "../support/raw_connection.ts";
import { createMemoryLogger, type MemoryLogger } from "../support/service.ts";
import { waitUntil, within } from "../support/wait_until.ts";
import { WebSocketClient } from "./web_socket_client.ts";

let generators = 0;

async function* endless(): AsyncGenerator<{ data: string }> {
  generators++;
  try {
    while (true) {
      yield { data: "x" };
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    generators--;
  }
}

class Site extends MicroService {
  override name = "site";
  override port = 0;
  override skipConfiguration = true;
  readonly memory: MemoryLogger = createMemoryLogger();
  override extraHandlers: ExtraHandler[] = [
    ["/ok", (context) => context.text("ok")],
    ["/items/:first(.):rest", (context) => context.text(`${context.params["rest"]}`)],
    ["/events", (context) => context.events(endless())],
    ["/failing", async (context: WebContext) => {
      await context.upgradeWebSocket();
      throw new Error("after the handshake");
    }],
  ];

  override getLogger(): Logger {
    return this.memory;
  }
}

async function withSite(test: (site: Site, port: number) => Promise<void>, settings: object = {}) {
  await using site = Object.assign(new Site(), settings);
  await site.start({ signal: new AbortController().signal });
  await test(site, Number(new URL(site.url).port));
  const after = await fetch(new URL("/ok", site.url), { headers: { connection: "close" } });
  assertEquals([after.status, await after.text()], [200, "ok"]);
}

Deno.test("a handler that fails after it has opened a WebSocket costs that one alone", async () => {
  await withSite(async (site, port) => {
    const client = await WebSocketClient.open(port, "/failing");

    const closing = await within(10_000, "the close frame", client.read());

    assertEquals([closing?.opcode, closing?.payload.readUInt16BE(0)], [8, 1011]);
    client.send(8, new Uint8Array([3, 243]));
    await client.close();
    assertEquals(site.memory.records.some(({ level }) => level === "error"), true);
  });
});

for (
  const [what, origins] of [
    ["throws", () => {
      throw new TypeError("no URL");
    }],
    ["is asynchronous", () => Promise.resolve(true)],
  ] as const
) {
  Deno.test(`a function of cors that ${what} allows nobody and ends nothing`, async () => {
    const cors = { origins, credentials: true };
    await withSite(async (site) => {
      for (const url of [site.url, new URL("/ok", site.url)]) {
        const headers = { origin: "https://evil.example", connection: "close" };
        const response = await fetch(url, { headers });

        assertEquals([response.status, response.headers.get("access-control-allow-origin")], [500, null]);
        await response.body?.cancel();
      }
      assertMatch(site.memory.records.map(({ message }) => message).join("\n"), /Cannot answer GET \/api/);
      site.cors = false;
      await site.stop();
      await site.start({ signal: new AbortController().signal });
    }, { cors });
  });
}

Deno.test("paths with two slashes are not those of a handler, and a part of a character is no fault", async () => {
  await withSite(async (_site, port) => {
    for (
      const [path, status] of [["//evil.example/ok", 404], ["//ok", 404], ["/items/%c3%a9", 200]] as const
    ) {
      const answer = await exchange(port, toHead(`GET ${path} HTTP/1.1`, ["Connection: close"]));

      assertEquals([path, answer?.status], [path, status]);
    }
  });
});

Deno.test("event streams that wait behind one another end when their connection is cut", async () => {
  await withSite(async (_site, port) => {
    const connection = await RawConnection.open(port);
    connection.write(toHead("GET /events HTTP/1.1").repeat(10));
    await waitUntil("one has begun", () => generators > 0);

    await connection.close();

    await waitUntil("all have ended", () => generators === 0);
  });
});
