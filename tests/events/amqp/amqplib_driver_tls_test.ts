/** TLS to the broker: a server that ends TLS stands in front of it. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { connect as connectTcp, type Socket } from "node:net";
import { createServer, type Server } from "node:tls";
import { connectAmqplib } from "../../../src/events/amqp/amqplib_driver.ts";
import { AmqpConnectError } from "../../../src/events/amqp/driver.ts";
import { AMQP_URL } from "../../support/broker.ts";
import { CertificateAuthority } from "../../support/certificate.ts";
import {
  CONNECT_OPTIONS,
  ConnectionWitness,
  connectTo,
  declareQueue,
  openChannel,
  publishTo,
} from "./driver_fixture.ts";

/** Ends TLS and passes the rest on to the broker. */
class TlsFront implements AsyncDisposable {
  /** Who has signed its certificate. */
  readonly authority: CertificateAuthority = new CertificateAuthority();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(target: URL, host: string) {
    this.#server = createServer(this.authority.issue(host), (client) => {
      const upstream = connectTcp({ host: target.hostname, port: Number(target.port || 5672) });
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => {
          client.destroy();
          upstream.destroy();
        });
      }
      client.pipe(upstream);
      upstream.pipe(client);
    });
    this.#server.on("tlsClientError", () => {});
  }

  static async start(url: string, host: string): Promise<TlsFront> {
    const front = new TlsFront(new URL(url), host);
    await new Promise<void>((resolve) => front.#server.listen({ host: "127.0.0.1", port: 0 }, resolve));
    return front;
  }

  /** Its URL. */
  get url(): string {
    return `amqps://guest:guest@127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function brokerTest(name: string, fn: (url: string) => Promise<void>): void {
  Deno.test({ name, ignore: AMQP_URL === undefined, fn: () => fn(AMQP_URL!) });
}

brokerTest("connectAmqplib() trusts an authority that it is given", async (url) => {
  await using front = await TlsFront.start(url, "broker.test");
  await using connected = await connectTo(front.url, {
    tls: { ca: front.authority.cert, servername: "broker.test" },
  });
  const channel = await openChannel(connected.connection, true);
  const queue = await declareQueue(channel);

  await publishTo(channel, queue, "x".repeat(300_000));

  assertEquals((await channel.get(queue))?.content.length, 300_000);
});

for (
  const [title, tls] of [
    ["an authority that it does not know", undefined],
    ["another authority", { ca: new CertificateAuthority("another").cert, servername: "broker.test" }],
    ["another host name", { servername: "other.test" }],
  ] as const
) {
  brokerTest(`connectAmqplib() refuses ${title}, and trying again does not help`, async (url) => {
    await using front = await TlsFront.start(url, "broker.test");
    const options = title.includes("host") ? { ...tls, ca: front.authority.cert } : tls;

    const error = await assertRejects(
      () => connectAmqplib(front.url, { ...CONNECT_OPTIONS, tls: options }, new ConnectionWitness()),
      AmqpConnectError,
    );

    assertMatch(error.message, /^TLS failed: ./);
    assertEquals(error.isFinal, true);
  });
}
