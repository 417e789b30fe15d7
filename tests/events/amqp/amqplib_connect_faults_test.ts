/** Connecting fails: within its limit, with a reason, and nothing stays. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { connectAmqplib, createAmqplibConnect } from "../../../src/events/amqp/amqplib_driver.ts";
import { AmqpConnectError } from "../../../src/events/amqp/driver.ts";
import { AMQP_URL } from "../../support/broker.ts";
import { FakeAmqpServer } from "../../support/fake_amqp_server.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { waitUntil, within } from "../../support/wait_until.ts";
import { CONNECT_OPTIONS, ConnectionWitness, connectTo, TcpServer } from "./driver_fixture.ts";
import { START } from "./driver_fixture.ts";

/** What a server may do to those who connect. */
const BAD_SERVERS: readonly [name: string, onSocket: (socket: Socket) => void][] = [
  ["says nothing", () => {}],
  ["resets", (socket) => void socket.resetAndDestroy()],
  ["ends", (socket) => void socket.end()],
  ["speaks HTTP", (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ["wants another version", (socket) => void socket.end(Buffer.from("AMQP\x00\x01\x00\x00"))],
  ["sends noise", (socket) => void socket.write(Buffer.alloc(4096, 0xff))],
  ["announces a frame of 4 GiB", (socket) => void socket.write(Buffer.from([1, 0, 0, 255, 255, 255, 255]))],
  ["falls silent after its first frame", (socket) => void socket.write(START)],
  ["ends in the middle of a frame", (socket) => void socket.end(START.subarray(0, 20))],
  ["resets after its first frame", (socket) => {
    socket.once("data", () => socket.write(START, () => socket.once("data", () => socket.resetAndDestroy())));
  }],
  ["sends its first frame byte by byte for ever", (socket) => {
    const timer = setInterval(() => socket.write(Buffer.alloc(1)), 20);
    socket.on("close", () => clearInterval(timer));
  }],
];

for (const scheme of ["amqp", "amqps"]) {
  for (const [name, onSocket] of BAD_SERVERS) {
    Deno.test(`connectAmqplib() rejects in time, ${scheme}, when the server ${name}`, async () => {
      await using server = await TcpServer.start((socket) => {
        socket.on("end", () => socket.end());
        onSocket(socket);
      });
      const url = server.url.replace("amqp:", `${scheme}:`).replace("//", "//user:secret@");
      const witness = new ConnectionWitness();

      const error = await within(
        5_000,
        "connecting fails",
        assertRejects(
          () => connectAmqplib(url, { ...CONNECT_OPTIONS, timeoutMs: 300 }, witness),
          AmqpConnectError,
        ),
      );

      assert(error.message !== "" && !error.message.includes("secret"), error.message);
      assertEquals(witness.closes, []);
      await waitUntil("the socket is closed", () => server.sockets.size === 0, 5_000);
    });
  }
}

Deno.test("connectAmqplib() rejects when nobody listens, and trying again may help", async () => {
  const port = await findFreePort();

  const error = await assertRejects(
    () => connectAmqplib(`amqp://127.0.0.1:${port}`, CONNECT_OPTIONS, new ConnectionWitness()),
    AmqpConnectError,
    "ECONNREFUSED",
  );

  assertEquals(error.isFinal, false);
});

Deno.test("connectAmqplib() gives up when its signal aborts", async () => {
  await using server = await TcpServer.start((socket) => void socket.on("end", () => socket.end()));
  const controller = new AbortController();
  const connecting = connectAmqplib(
    server.url,
    { ...CONNECT_OPTIONS, signal: controller.signal },
    new ConnectionWitness(),
  );
  await waitUntil("it has connected", () => server.sockets.size === 1);

  controller.abort();

  await assertRejects(() => connecting, AmqpConnectError, "given up");
  await waitUntil("the socket is closed", () => server.sockets.size === 0);
});

Deno.test("connectAmqplib() does not begin when its signal has aborted", async () => {
  await using server = await TcpServer.start(() => {});

  await assertRejects(
    () =>
      connectAmqplib(
        server.url,
        { ...CONNECT_OPTIONS, signal: AbortSignal.abort() },
        new ConnectionWitness(),
      ),
    AmqpConnectError,
    "given up",
  );

  assertEquals(server.sockets.size, 0);
});

Deno.test("connectAmqplib() says that amqplib has to be installed", async () => {
  const connect = createAmqplibConnect(() => Promise.reject(new Error("Cannot find package")));

  const error = await assertRejects(
    () => connect("amqp://127.0.0.1", CONNECT_OPTIONS, new ConnectionWitness()),
    AmqpConnectError,
    "npm install amqplib",
  );

  assertEquals(error.isFinal, true);
});

Deno.test("connectAmqplib() sends user and password as UTF-8, the heartbeat and the name of the connection", async () => {
  const methods = new Map<string, Buffer>();
  await using server = await FakeAmqpServer.start({
    onMethod: (_connection, method, frame) => {
      methods.set(method, frame.payload);
      return false;
    },
  });
  const url = `amqp://j%C3%BCrgen:p%C3%A4ss%2F@127.0.0.1:${server.port}/a%2Fb`;

  await using _connected = await connectTo(url, { heartbeatSeconds: 7, connectionName: "orders/1 publish" });

  const startOk = methods.get("10.11")!;
  assert(startOk.includes(Buffer.from("\0jürgen\0päss/")));
  assert(startOk.includes(Buffer.from("orders/1 publish")));
  assertEquals(methods.get("10.31")!.readUInt16BE(10), 7);
  assert(methods.get("10.40")!.includes(Buffer.from("a/b")));
});

Deno.test("connectAmqplib() lets the URL say the heartbeat", async () => {
  const methods = new Map<string, Buffer>();
  await using server = await FakeAmqpServer.start({
    onMethod: (_connection, method, frame) => {
      methods.set(method, frame.payload);
      return false;
    },
  });

  await using _connected = await connectTo(`amqp://127.0.0.1:${server.port}?heartbeat=3`);

  assertEquals(methods.get("10.31")!.readUInt16BE(10), 3);
});

Deno.test({
  name: "connectAmqplib() tells a wrong password from other failures",
  ignore: AMQP_URL === undefined,
  fn: async () => {
    const url = new URL(AMQP_URL!);
    url.password = "certainly-wrong";

    const error = await assertRejects(
      () => connectAmqplib(url.href, CONNECT_OPTIONS, new ConnectionWitness()),
      AmqpConnectError,
      "ACCESS_REFUSED",
    );

    assertEquals(error.isFinal, true);
    assert(!error.message.includes("certainly-wrong"));
  },
});

Deno.test({
  name: "connectAmqplib() tells that the virtual host may be wrong",
  ignore: AMQP_URL === undefined,
  fn: async () => {
    const url = new URL(AMQP_URL!);
    url.pathname = "/no-such-host";

    const error = await assertRejects(
      () => connectAmqplib(url.href, CONNECT_OPTIONS, new ConnectionWitness()),
      AmqpConnectError,
      "virtual host",
    );

    assertEquals(error.isFinal, false);
  },
});
