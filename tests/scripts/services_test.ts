import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { createServer } from "node:net";
import { answersAmqp } from "../../scripts/services/probe.ts";
import { SERVER_KINDS } from "../../scripts/services/server_kind.ts";
import { FakeAmqpServer } from "../support/fake_amqp_server.ts";
import { answersPing } from "../support/redis_server.ts";
import { findFreePort } from "../support/tcp_port.ts";

Deno.test("answersAmqp() says yes to a broker that lets guest in", async () => {
  await using server = await FakeAmqpServer.start();

  assertEquals(await answersAmqp(server.port), true);
});

Deno.test("answersAmqp() says no to a broker that refuses guest", async () => {
  await using server = await FakeAmqpServer.start({
    onMethod(connection, method) {
      // RabbitMQ sends Connection.Close, or ends the connection without it.
      if (method === "10.11") connection.end();
      return method === "10.11";
    },
  });

  assertEquals(await answersAmqp(server.port), false);
});

Deno.test("a port on which nobody listens has no server", async () => {
  const port = await findFreePort();

  for (const kind of SERVER_KINDS) assertEquals(await kind.answers(port), false, kind.name);
});

const STRANGERS: readonly [name: string, says: string][] = [
  ["an HTTP server", "HTTP/1.1 400 Bad Request\r\n\r\n"],
  ["a Redis with a password", "-NOAUTH Authentication required.\r\n"],
  ["a Redis that reads its data", "-LOADING Redis is loading the dataset in memory\r\n"],
  ["a broker of another version", "AMQP\x00\x01\x00\x00"],
  ["a server with frames of its own", "\x01\x00\x00\x00\x00\x00\x00\x00\x00"],
  ["a server with short methods", "\x01\x00\x00\x00\x00\x00\x01\x00\xce"],
  ["somebody who hangs up", ""],
];

for (const [name, says] of STRANGERS) {
  Deno.test(`${name} is no server for the tests`, async () => {
    const sockets = new Set<{ destroy(): void }>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.end(Buffer.from(says, "latin1"));
    });
    await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
    const { port } = server.address() as { port: number };
    try {
      assertEquals([await answersAmqp(port), await answersPing(port)], [false, false]);
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  });
}
