/** The web part as a service has it: by its settings, from `start()` to `stop()`. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Logger,
  MicroService,
  type RequestContext,
  ServiceConfigurationError,
} from "@gemstone/gemstone";
import type { ExtraHandler, WebContext } from "@gemstone/gemstone/web";
import { createMemoryLogger } from "../support/service.ts";
import { within } from "../support/wait_until.ts";
import { ask, createFolder } from "./site.ts";
import { WebSocketClient } from "./web_socket_client.ts";

async function* tick(): AsyncGenerator<{ data: string }> {
  yield { data: "tick" };
  await new Promise(() => {});
}

class Site extends MicroService {
  override name = "site";
  override port = 0;
  override skipConfiguration = true;
  override shutdownTimeoutMs = 20_000;
  override extraHandlers: ExtraHandler[] = [
    ["/name", (context) => context.text(context.microservice.name)],
    ["/who", async (context) => context.json(await context.authenticate())],
    ["/hang", () => new Promise<Response>(() => {})],
    ["/events", (context) => context.events(tick())],
    ["/socket", async (context: WebContext) => {
      const { socket, response } = await context.upgradeWebSocket();
      socket.addEventListener("open", () => socket.send("open"));
      return response;
    }],
  ];

  override getLogger(): Logger {
    return createMemoryLogger();
  }

  override authenticateRequest({ headers }: RequestContext): string | null {
    return headers.get("x-user");
  }
}

Deno.test("a service answers with its handlers, before start() too", async () => {
  const service = new Site();

  const name = await service.fetch(new Request("http://localhost/name"));
  const who = await service.fetch(new Request("http://localhost/who", { headers: { "x-user": "ann" } }));

  assertEquals([await name.text(), await who.json()], ["site", "ann"]);
});

Deno.test("a service does not start with a web setting that can not be used", async () => {
  for (
    const settings of [{ staticDirs: [["/s", "./none-such"]] }, { cors: { credentials: true } }, {
      extraHandlers: 7,
    }]
  ) {
    const service = new Site();
    Object.assign(service, settings);
    await assertRejects(() => service.start(), ServiceConfigurationError, "Cannot use");
  }
});

Deno.test("a service lets a handler take longer than callTimeoutMs", async () => {
  await using service = Object.assign(new Site(), { callTimeoutMs: 1 });
  service.extraHandlers = [["/slow", async (context) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return context.text(`aborted: ${context.signal.aborted}`);
  }]];
  await service.start();

  const response = await fetch(new URL("/slow", service.url));

  assertEquals([response.status, await response.text()], [200, "aborted: false"]);
});

Deno.test("a service ends event streams and WebSockets when it stops, and waits for neither", async () => {
  const service = new Site();
  await service.start();
  const port = Number(new URL(service.url).port);
  const events = await ask(port, "/events");
  const ended = (async () => {
    let text = "";
    for await (const chunk of events) text += chunk;
    return text;
  })();
  const client = await WebSocketClient.open(port, "/socket");
  assertEquals((await client.read())?.payload.toString(), "open");
  const beginMs = performance.now();

  const stopped = service.stop();
  const closing = await within(10_000, "the close frame", client.read());
  client.send(8, new Uint8Array([3, 233]));
  await within(10_000, "the stop", stopped);

  assertEquals([closing?.opcode, closing?.payload.readUInt16BE(0)], [8, 1001]);
  assert((await within(10_000, "the end of the stream", ended)).startsWith(": \n\n"));
  assert(performance.now() - beginMs < 15_000);
  await client.close();
});

Deno.test("a service lets pages of other origins use its endpoint with cors", async () => {
  await using folder = await createFolder({ "a.txt": "a" });
  await using service = Object.assign(new Site(), { cors: true, staticDirs: [["/static", folder.path]] });
  await service.start();
  const headers = { origin: "https://app.example", "access-control-request-method": "POST" };

  const preflight = await fetch(service.url, { method: "OPTIONS", headers });
  const call = await fetch(service.url, {
    method: "POST",
    headers: { ...headers, "content-type": "text/plain" },
  });
  const file = await fetch(new URL("/static/a.txt", service.url), { headers });

  assertEquals([preflight.status, call.status, file.status], [204, 415, 200]);
  for (const response of [preflight, call, file]) {
    assertEquals(response.headers.get("access-control-allow-origin"), "*");
    await response.body?.cancel();
  }
});

Deno.test("stop() answers 503 for a handler that outlasts shutdownTimeoutMs", async () => {
  const service = Object.assign(new Site(), { shutdownTimeoutMs: 50 });
  await service.start();
  const answer = ask(Number(new URL(service.url).port), "/hang");
  await fetch(new URL("/name", service.url)).then((response) => response.text());

  await within(10_000, "the stop", service.stop());

  const response = await within(10_000, "the answer", answer);
  assertEquals(response.statusCode, 503);
  response.resume();
});
