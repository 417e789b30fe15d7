/** WebSockets that are asked for while the service stops: each gets an answer, and none outlives the service. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Logger, MicroService } from "@gemstone/gemstone";
import type { ExtraHandler, WebContext } from "@gemstone/gemstone/web";
import { createGate, type Gate } from "../support/gate.ts";
import { RawConnection, toHead } from "../support/raw_connection.ts";
import { createMemoryLogger } from "../support/service.ts";
import { within } from "../support/wait_until.ts";
import { createSite, listenFor } from "./site.ts";
import { WebSocketClient } from "./web_socket_client.ts";

const CLOSE = 8;

/** Waits for the stop before it opens a WebSocket, or before it returns it. */
class Slow extends MicroService {
  override name = "slow";
  override port = 0;
  override skipConfiguration = true;
  override shutdownTimeoutMs = 20_000;
  readonly entered: Gate = createGate();
  override extraHandlers: ExtraHandler[] = [
    ["/before", async (context: WebContext) => {
      await this.#untilStop(context);
      return (await context.upgradeWebSocket()).response;
    }],
    ["/between", async (context: WebContext) => {
      const { response } = await context.upgradeWebSocket();
      await this.#untilStop(context);
      return response;
    }],
  ];

  override getLogger(): Logger {
    return createMemoryLogger();
  }

  #untilStop({ stopping }: WebContext): Promise<unknown> {
    this.entered.resolve();
    return new Promise((resolve) => stopping.addEventListener("abort", resolve));
  }
}

/** Asks for a WebSocket, and stops the service meanwhile. */
async function stopMeanwhile(
  path: string,
): Promise<{ readonly client: WebSocketClient; stopped: Promise<void> }> {
  const service = new Slow();
  await service.start();
  const opening = WebSocketClient.open(Number(new URL(service.url).port), path);
  await within(10_000, "the handler", service.entered.promise);

  const stopped = service.stop();

  return { client: await within(10_000, "the answer", opening), stopped };
}

Deno.test("upgradeWebSocket() answers 503 when the service has begun to stop", async () => {
  const { client, stopped } = await stopMeanwhile("/before");

  assertMatch(client.head, /^http\/1\.1 503 /);
  assertStringIncludes(await within(10_000, "the end", client.readRest()), "The service stops");
  await within(10_000, "the stop", stopped);
});

Deno.test("upgradeWebSocket() closes a WebSocket that opens when the service has begun to stop", async () => {
  const { client, stopped } = await stopMeanwhile("/between");

  assertMatch(client.head, /^http\/1\.1 101 /);
  const frame = await within(10_000, "the close frame", client.read());
  assertEquals([frame?.opcode, frame?.payload.readUInt16BE(0)], [CLOSE, 1001]);
  client.send(CLOSE, new Uint8Array([3, 233]));
  await within(10_000, "the stop", stopped);
  await client.close();
});

Deno.test("a handshake that arrives while the service stops is answered, and its connection ends", async () => {
  const stopping = new AbortController();
  const site = await createSite({
    stopping: stopping.signal,
    extraHandlers: [["/socket", async (context) => (await context.upgradeWebSocket()).response]],
  });
  const server = await listenFor(site);
  const connection = await RawConnection.open(server.port);
  connection.write(toHead("GET /none HTTP/1.1"));
  await connection.read();

  stopping.abort();
  const drained = server.drain(500);
  connection.write(toHead("GET /socket HTTP/1.1", [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
  ]));
  const answer = await within(10_000, "the answer", connection.read());
  await within(10_000, "the end", Promise.all([connection.closed, drained]));

  assertEquals(answer?.status, 503);
  assert(site.answers.untilIdle() === undefined);
});
