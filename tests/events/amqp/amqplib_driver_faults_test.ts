/** The network or the broker goes away: owners are told, sockets are closed, nothing hangs. */
import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { FieldWriter, FRAME, toFrame } from "../../support/amqp_frames.ts";
import { AMQP_URL } from "../../support/broker.ts";
import { FakeAmqpServer } from "../../support/fake_amqp_server.ts";
import { FaultProxy } from "../../support/fault_proxy.ts";
import { waitUntil, within } from "../../support/wait_until.ts";
import {
  ChannelWitness,
  connectTo,
  declareQueue,
  openChannel,
  publishTo,
  TcpServer,
} from "./driver_fixture.ts";
import { START } from "./driver_fixture.ts";

for (
  const [name, fault, pattern] of [
    ["is reset", (server) => server.connections[0]!.reset(), /ECONNRESET/],
    ["is ended without a word", (server) => server.connections[0]!.end(), /Unexpected close/],
    ["is closed by the broker in order", (server) => {
      server.connections[0]!.send(
        0,
        10,
        50,
        new FieldWriter().int(2, 320).short("CONNECTION_FORCED").int(4, 0),
      );
    }, /320/],
    ["is closed by the broker for an error", (server) => {
      server.connections[0]!.send(0, 10, 50, new FieldWriter().int(2, 541).short("INTERNAL_ERROR").int(4, 0));
    }, /541/],
    ["is closed in the middle of a frame", (server) => {
      server.connections[0]!.write(Buffer.from([1, 0, 0, 0, 0, 0, 99, 1]));
      server.connections[0]!.end();
    }, /Unexpected close/],
    ["gets noise", (server) => server.connections[0]!.write(Buffer.alloc(64, 0xff)), /./],
    ["gets a frame of an unknown channel", (server) => server.connections[0]!.send(77, 60, 80), /./],
    ["gets a method that nobody asked for", (server) => server.connections[0]!.send(1, 50, 11), /./],
  ] as [string, (server: FakeAmqpServer) => void, RegExp][]
) {
  Deno.test(`AmqpConnection tells its owner, and closes its socket, when it ${name}`, async () => {
    await using server = await FakeAmqpServer.start();
    await using connected = await connectTo(`amqp://127.0.0.1:${server.port}`);
    const channelWitness = new ChannelWitness();
    const channel = await connected.connection.createChannel(channelWitness, true);
    const confirmation = publishTo(channel, "q", "x");
    await waitUntil("the message has arrived", () => server.publishes.length === 1);

    fault(server);
    await within(5_000, "the owner is told", connected.witness.closed);

    assert(await confirmation instanceof Error);
    assertEquals([connected.witness.closes.length, channelWitness.closes.length], [1, 1]);
    assertMatch(String(connected.witness.closes[0]?.message), pattern);
    await waitUntil("the socket is closed", () => server.connections.length === 0);
  });
}

Deno.test("AmqpConnection.createChannel() rejects when the connection is lost meanwhile", async () => {
  await using server = await FakeAmqpServer.start({
    onMethod: (connection, method) => {
      if (method !== "20.10") return false;
      connection.reset();
      return true;
    },
  });
  await using connected = await connectTo(`amqp://127.0.0.1:${server.port}`);
  const witness = new ChannelWitness();

  await assertRejects(() => connected.connection.createChannel(witness, true), Error);

  await connected.witness.closed;
  assertEquals(witness.closes, []);
});

Deno.test("AmqpConnection.createChannel() rejects when the broker closes the channel at once", async () => {
  await using server = await FakeAmqpServer.start({
    onMethod: (connection, method, { channel }) => {
      if (method !== "85.10") return false;
      connection.closeChannel(channel, 540, "NOT_IMPLEMENTED");
      return true;
    },
  });
  await using connected = await connectTo(`amqp://127.0.0.1:${server.port}`);
  const witness = new ChannelWitness();

  await assertRejects(() => connected.connection.createChannel(witness, true), Error, "540");

  assertEquals([witness.closes, connected.witness.closes], [[], []]);
});

Deno.test("AmqpConnection tells that the broker blocks it, and that it does not any more", async () => {
  await using server = await FakeAmqpServer.start();
  await using connected = await connectTo(`amqp://127.0.0.1:${server.port}`);

  server.connections[0]!.send(0, 10, 60, new FieldWriter().short("low on memory"));
  server.connections[0]!.send(0, 10, 61);
  await waitUntil("both are told", () => connected.witness.blocks.length === 2);

  assertEquals(connected.witness.blocks, ["low on memory", undefined]);
});

Deno.test("AmqpConnection.close() ends a blocked connection, too", async () => {
  await using server = await FakeAmqpServer.start({ onMethod: (_connection, method) => method === "20.40" });
  const { connection, witness } = await connectTo(`amqp://127.0.0.1:${server.port}`);
  await openChannel(connection);
  server.connections[0]!.send(0, 10, 60, new FieldWriter().short("low on memory"));
  await waitUntil("it is blocked", () => witness.blocks.length === 1);

  await within(1_000, "it closes", connection.close(10_000));

  await waitUntil("the socket is closed", () => server.connections.length === 0);
});

Deno.test("AmqpConnection.close() returns within its limit when the broker does not answer, and closes the socket", async () => {
  await using server = await FakeAmqpServer.start({
    onMethod: (_connection, method) => method === "10.50" || method === "20.40",
  });
  const { connection, witness } = await connectTo(`amqp://127.0.0.1:${server.port}`);
  await openChannel(connection);

  await within(2_000, "it closes", connection.close(100));

  await waitUntil("the socket is closed", () => server.connections.length === 0);
  assertEquals(witness.closes, []);
});

Deno.test("AmqpConnection closes its socket after a heartbeat timeout", async () => {
  await using server = await TcpServer.start(shakeHands);
  await using connected = await connectTo(server.url, { heartbeatSeconds: 1 });

  await within(6_000, "the loss is noticed", connected.witness.closed);

  assertEquals(connected.witness.closes.map((error) => error?.message), ["Heartbeat timeout"]);
  await waitUntil("the socket is closed", () => {
    // One that is only half-closed would take this.
    for (const socket of server.sockets) socket.write(Buffer.alloc(1));
    return server.sockets.size === 0;
  });
});

/** Answers until the connection is open, and then nothing more. */
function shakeHands(socket: Socket): void {
  const answers = [
    START,
    toFrame(FRAME.method, 0, new FieldWriter().int(2, 10).int(2, 30).int(2, 0).int(4, 0).int(2, 60).bytes),
    toFrame(FRAME.method, 0, new FieldWriter().int(2, 10).int(2, 41).short("").bytes),
  ];
  socket.on("data", () => {
    const answer = answers.shift();
    if (answer !== undefined) socket.write(answer);
  });
}

Deno.test({
  name: "AmqpConnection survives resets at random moments of opening, declaring and consuming",
  ignore: AMQP_URL === undefined,
  fn: async () => {
    await using proxy = await FaultProxy.start(Number(new URL(AMQP_URL!).port || 5672));
    const url = `amqp://guest:guest@127.0.0.1:${proxy.port}`;
    let failures = 0;

    for (let round = 0; round < 50; round++) {
      const limit = proxy.bytesDown + round * 25;
      const watch = setInterval(() => proxy.bytesDown >= limit && proxy.resetAll(), 0);
      try {
        await using connected = await connectTo(url);
        const channel = await openChannel(connected.connection, true);
        const queue = await declareQueue(channel);
        await channel.prefetch(1);
        await channel.consume(queue, () => {});
        await publishTo(channel, queue, "x");
      } catch (error) {
        assertInstanceOf(error, Error);
        failures++;
      } finally {
        clearInterval(watch);
      }
    }

    assert(failures > 10, `only ${failures} of 50 failed`);
  },
});
