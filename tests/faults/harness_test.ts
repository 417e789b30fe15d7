/** The harness itself: what it does to connections and servers, without the transport. */
import { assert, assertEquals } from "@std/assert";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { FaultProxy } from "../support/fault_proxy.ts";
import { testPrivateRedis } from "../support/redis_server.ts";
import { isListening } from "../support/tcp_port.ts";
import { pause, waitUntil } from "../support/wait_until.ts";

interface Pair {
  readonly proxy: FaultProxy;
  readonly client: Socket;
  readonly server: Socket;
  readonly heard: { client: string; server: string };
}

/** Runs a test with a connection through a proxy. */
async function withPair(test: (pair: Pair) => Promise<void>): Promise<void> {
  const listener = createServer().listen({ host: "127.0.0.1", port: 0 });
  await once(listener, "listening");
  const accepted = once(listener, "connection");
  const proxy = await FaultProxy.start((listener.address() as { port: number }).port);
  const client = connect({ host: "127.0.0.1", port: proxy.port });
  const [server] = await accepted as [Socket];
  const heard = { client: "", server: "" };
  client.on("data", (chunk) => heard.client += chunk);
  server.on("data", (chunk) => heard.server += chunk);
  const ends = [client, server].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
  for (const socket of [client, server]) socket.on("error", () => {});
  try {
    await test({ proxy, client, server, heard });
  } finally {
    await proxy[Symbol.asyncDispose]();
    client.destroy();
    server.destroy();
    await Promise.all(ends);
    await new Promise((resolve) => listener.close(resolve));
  }
}

Deno.test("FaultProxy passes both directions, drops one, and stalls it until it passes again", () => {
  return withPair(async ({ proxy, client, server, heard }) => {
    client.write("a");
    server.write("b");
    await waitUntil("both pass", () => heard.server === "a" && heard.client === "b");

    proxy.up = "drop";
    client.write("dropped");
    server.write("c");
    await waitUntil("the other direction passes", () => heard.client === "bc" && proxy.bytesUp === 8);
    proxy.up = "stall";
    client.write("kept");
    await pause(50);
    const stalled = heard.server;
    proxy.up = "pass";
    await waitUntil("what was stalled passes", () => heard.server === "akept");

    assertEquals(stalled, "a");
  });
});

Deno.test("FaultProxy keeps bytes back for the latency", () => {
  return withPair(async ({ proxy, client, heard }) => {
    proxy.latencyMs = 100;
    const started = performance.now();
    client.write("late");
    await waitUntil("it passes", () => heard.server === "late");

    assert(performance.now() - started >= 95);
  });
});

for (const how of ["resetAll", "endAll"] as const) {
  Deno.test(`FaultProxy.${how}() ends both sides, with ${how === "resetAll" ? "an" : "no"} error`, () => {
    return withPair(async ({ proxy, client, server }) => {
      const errors: unknown[] = [];
      client.on("error", (error: NodeJS.ErrnoException) => errors.push(error.code));
      const closed = Promise.all([client, server].map((socket) => once(socket, "close").catch(() => {})));
      server.on("end", () => server.end());

      proxy[how]();
      await closed;

      assertEquals(errors, how === "resetAll" ? ["ECONNRESET"] : []);
      assertEquals(proxy.connections, 0);
    });
  });
}

Deno.test("FaultProxy refuses, and listens on the same port again", () => {
  return withPair(async ({ proxy, client, heard }) => {
    proxy.refuse();
    const refused = !await isListening(proxy.port);
    client.write("those that there are go on");
    await waitUntil("it passes", () => heard.server.length > 0);
    await proxy.listen();

    assert(refused && await isListening(proxy.port));
  });
});

testPrivateRedis("PrivateRedis keeps what was written when it is killed", async (redis) => {
  await ask(redis.port, "SET a b", "+OK");

  await redis.kill();
  const isAway = !await isListening(redis.port);
  await redis.start();

  await ask(redis.port, "GET a", "b");
  assert(isAway);
});

/** Sends one command and waits until the answer is there. */
async function ask(port: number, command: string, answer: string): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port });
  let heard = "";
  socket.setEncoding("utf8").on("data", (text: string) => heard += text);
  socket.write(`${command}\r\n`);
  await waitUntil(`${command} answers ${answer}`, () => heard.includes(answer));
  const closed = once(socket, "close");
  socket.destroy();
  await closed;
}
