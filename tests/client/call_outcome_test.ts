import { assertEquals, assertRejects } from "@std/assert";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { RemoteService, type RemoteServiceOptions, TransportError } from "@gemstone/gemstone/client";
import { toCallOutcome } from "../../src/client/call_outcome.ts";

/** Runs a test with a TCP server, and closes it. */
async function withTcp(
  onConnection: (socket: Socket) => void,
  test: (port: number) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // the client may be gone first
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await test((server.address() as AddressInfo).port);
  } finally {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  }
}

async function getClosedPort(): Promise<number> {
  let closed = 0;
  await withTcp(() => {}, (port) => {
    closed = port;
    return Promise.resolve();
  });
  return closed;
}

async function outcomeOf(url: string, options: RemoteServiceOptions = {}): Promise<string> {
  const error = await assertRejects(() => new RemoteService(url, options).callMethod("f"), TransportError);
  return error.outcome;
}

for (
  const [name, toUrl] of [
    ["no port", (port) => `http://127.0.0.1:${port}/api`],
    ["no port of any address of a name", (port) => `http://localhost:${port}/api`],
    ["no port of IPv6", (port) => `http://[::1]:${port}/api`],
    ["no host", () => "http://255.255.255.255/api"],
    ["no name", () => "http://nothing.invalid/api"],
  ] as readonly (readonly [string, (port: number) => string])[]
) {
  Deno.test(`TransportError says that a call to ${name} was not sent`, async () => {
    assertEquals(await outcomeOf(toUrl(await getClosedPort())), "not-sent");
  });
}

Deno.test("TransportError says that a call to a port that fetch blocks was not sent", async () => {
  assertEquals(await outcomeOf("http://127.0.0.1:6000/api", { fetch: globalThis.fetch }), "not-sent");
});

for (
  const [name, onConnection] of [
    ["is reset after the request", (socket) => socket.once("data", () => socket.resetAndDestroy())],
    ["is closed after the request", (socket) => socket.once("data", () => socket.end())],
    [
      "is closed in the answer",
      (socket) =>
        socket.once("data", () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"jsonrpc"')),
    ],
    [
      "is closed in the head of the answer",
      (socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nconten")),
    ],
    ["speaks no HTTP", (socket) => socket.once("data", () => socket.end("SSH-2.0-OpenSSH_9.2\r\n"))],
  ] as readonly (readonly [string, (socket: Socket) => void])[]
) {
  Deno.test(`TransportError does not know about a call whose connection ${name}`, async () => {
    await withTcp(onConnection, async (port) => {
      // What the caller chose must not pass for what the runtime says.
      assertEquals(await outcomeOf(`http://127.0.0.1:${port}/client%20error%20(Connect)`), "unknown");
    });
  });
}

Deno.test("TransportError says that a call was not sent when it could not be authenticated", async () => {
  const service = new RemoteService("http://service.test/", {
    auth: () => Promise.reject(new Error("no token")),
  });

  const error = await assertRejects(() => service.callMethod("f"), TransportError, "no token");

  assertEquals(error.outcome, "not-sent");
});

const circle = new Error("circle");
circle.cause = circle;

for (
  const [name, error, outcome] of [
    ["a connection that took too long", { cause: { code: "UND_ERR_CONNECT_TIMEOUT" } }, "not-sent"],
    [
      "all addresses of a host",
      { cause: { errors: [{ syscall: "connect" }, { syscall: "connect" }] } },
      "not-sent",
    ],
    [
      "one address of two",
      { cause: { code: "ECONNREFUSED", errors: [{ syscall: "connect" }, {}] } },
      "unknown",
    ],
    ["a lost way to the host", { cause: { code: "EHOSTUNREACH", syscall: "read" } }, "unknown"],
    ["no way to the host", { cause: { code: "EHOSTUNREACH", syscall: "connect" } }, "not-sent"],
    ["a time limit of the connection", { cause: { code: "ETIMEDOUT", syscall: "read" } }, "unknown"],
    ["a circle", circle, "unknown"],
    ["text", "client error (Connect)", "unknown"],
    ["null", null, "unknown"],
    ["nothing", undefined, "unknown"],
    ["no addresses", { errors: [] }, "unknown"],
    ["a message that is no text", { message: 5, cause: null }, "unknown"],
  ] as const
) {
  Deno.test(`toCallOutcome() takes ${name} for "${outcome}"`, () => {
    assertEquals(toCallOutcome(error), outcome);
  });
}
