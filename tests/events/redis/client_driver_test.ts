import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { createClient } from "@redis/client";
import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";
import process from "node:process";
import { createServer as createTlsServer } from "node:tls";
import { connectRedisClient } from "../../../src/events/redis/client_driver.ts";
import { RedisConnectError } from "../../../src/events/redis/connect_error.ts";
import type { RedisConnection, RedisConnectOptions } from "../../../src/events/redis/driver.ts";
import { parseRedisUrl } from "../../../src/events/redis/url.ts";
import { CertificateAuthority } from "../../support/certificate.ts";
import { findFreePort } from "../../support/tcp_port.ts";
import { waitUntil, within } from "../../support/wait_until.ts";
import { privateRedisTest, redisTest } from "./redis_space.ts";

/** Connects, and remembers why the connection was lost. */
async function connect(
  url: string,
  options: Partial<RedisConnectOptions> = {},
): Promise<RedisConnection & { losses: Error[]; [Symbol.dispose](): void }> {
  const losses: Error[] = [];
  const connection = await connectRedisClient(parseRedisUrl(url), {
    timeoutMs: 2000,
    responseTimeoutMs: 10_000,
    tls: undefined,
    connectionName: "gemstone-test",
    signal: new AbortController().signal,
    ...options,
  }, { onClosed: (error) => losses.push(error) });
  return Object.assign(connection, { losses, [Symbol.dispose]: () => connection.close() });
}

/** What work costs this process, in milliseconds of processor time. */
async function measureCpuMs(work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A server that does something to each connection. */
class StubServer {
  readonly sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(
    onConnection: (socket: Socket) => void,
    server: Server = createServer(),
  ): Promise<StubServer> {
    const stub = new StubServer(server);
    const accept = (socket: Socket): void => {
      stub.sockets.add(socket);
      socket.on("error", () => {}).on("close", () => stub.sockets.delete(socket));
      onConnection(socket);
      // Who does not read does not see the end.
      socket.resume();
    };
    server.on("secureConnection", accept).on("connection", "setSecureContext" in server ? () => {} : accept);
    await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
    return stub;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

redisTest(
  "connectRedisClient() sends commands, and answers with text or bytes",
  async ({ url, namespace }) => {
    using connection = await connect(url);
    const key = `${namespace}:key`;

    assertEquals(await connection.send(["SET", key, Buffer.from([0xff])]), "OK");
    assertEquals(await connection.sendForBytes(["GET", key]), Buffer.from([0xff]));
    assertEquals(await connection.send(["XADD", `${namespace}:s`, "1-1", "é", "1"]), "1-1");
    assertEquals(await connection.send(["XRANGE", `${namespace}:s`, "-", "+"]), [["1-1", ["é", "1"]]]);
    assertEquals(await connection.send(["GET", `${namespace}:none`]), null);
  },
);

redisTest("connectRedisClient() makes no class for each connection", async ({ url }) => {
  const CONNECTIONS = 10;
  (await connect(url)).close();

  const connecting = await measureCpuMs(async () => {
    for (let number = 0; number < CONNECTIONS; number++) {
      (await connect(url, { connectionName: `gemstone-test-${number}` })).close();
    }
  });
  const classes = await measureCpuMs(() => {
    for (let number = 0; number < CONNECTIONS; number++) createClient({ name: `gemstone-test-${number}` });
  });

  assert(connecting < classes / 2, `Connecting took ${connecting} ms, making classes ${classes} ms`);
});

redisTest("connectRedisClient() uses the database of the URL", async ({ url, namespace, raw }) => {
  using connection = await connect(new URL("/1", url).href);

  await connection.send(["SET", `${namespace}:key`, "1"]);
  const inFirst = await raw.text("EXISTS", `${namespace}:key`);
  await connection.send(["DEL", `${namespace}:key`]);

  assertEquals(inFirst, 0);
});

redisTest("RedisConnection.close() rejects what is pending, and tells nobody", async ({ url, namespace }) => {
  using connection = await connect(url);
  const pending = connection.send(["BLPOP", `${namespace}:list`, "0"]);

  connection.close();
  connection.close();
  await assertRejects(() => pending);
  await assertRejects(() => connection.send(["PING"]));

  assertEquals(connection.losses, []);
});

redisTest("RedisConnection tells once that the server has closed it", async ({ url, namespace, raw }) => {
  using connection = await connect(url);
  const id = String(await connection.send(["CLIENT", "ID"]));
  const pending = connection.send(["BLPOP", `${namespace}:list`, "0"]).catch((error) => error);

  await raw.text("CLIENT", "KILL", "ID", id);
  await waitUntil("it is told", () => connection.losses.length > 0);

  assert(await pending instanceof Error);
  assertEquals(connection.losses.length, 1);
});

const FINAL: readonly (readonly [name: string, change: (url: URL) => void, text: string])[] = [
  [
    "a password that is not wanted",
    (url) => url.password = "s3cr3t",
    "Redis refuses user, password or database",
  ],
  ["a user who is not there", (url) => {
    url.username = "nobody";
    url.password = "s3cr3t";
  }, "WRONGPASS"],
  ["a database that is not there", (url) => url.pathname = "/99999", "DB index is out of range"],
];

for (const [name, change, text] of FINAL) {
  redisTest(`connectRedisClient() says that nothing helps with ${name}`, async (space) => {
    const url = new URL(space.url);
    change(url);

    const error = await assertRejects(() => connect(url.href), RedisConnectError, text);

    assertEquals(error.isFinal, true);
    assertFalse(error.message.includes("s3cr3t"));
  });
}

privateRedisTest(
  "connectRedisClient() says that a password is wanted, and takes it",
  async ({ raw }, { url }) => {
    await raw.text("CONFIG", "SET", "requirepass", "s3cr3t");

    const none = await assertRejects(() => connect(url), RedisConnectError, "NOAUTH");
    const wrong = await assertRejects(
      () => connect(url.replace("//", "//:wrong@")),
      RedisConnectError,
      "WRONGPASS",
    );
    using connection = await connect(url.replace("//", "//:s3cr3t@"));

    assertEquals([none.isFinal, wrong.isFinal], [true, true]);
    assertEquals(await connection.send(["PING"]), "PONG");
  },
);

Deno.test("connectRedisClient() says that nobody is there", async () => {
  const url = `redis://127.0.0.1:${await findFreePort()}`;

  const error = await assertRejects(() => connect(url), RedisConnectError, "ECONNREFUSED");

  assertEquals(error.isFinal, false);
});

const MISBEHAVIOUR:
  readonly (readonly [name: string, onConnection: (socket: Socket) => void, text: RegExp])[] = [
    ["says nothing", () => {}, /No connection within 200 ms/],
    ["closes at once", (socket) => socket.end(), /closed|ECONNRESET|EPIPE/],
    ["resets at once", (socket) => socket.resetAndDestroy(), /closed|ECONNRESET/],
    ["is no Redis", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"), /RESP type/],
    [
      "loads its data",
      (socket) => socket.write("-LOADING Redis is loading the dataset in memory\r\n"),
      /LOADING/,
    ],
  ];

for (const [name, onConnection, text] of MISBEHAVIOUR) {
  Deno.test(`connectRedisClient() gives up a server that ${name}`, async () => {
    await using server = await StubServer.start(onConnection);

    const error = await assertRejects(() => connect(server.url, { timeoutMs: 200 }), RedisConnectError);
    await waitUntil("nothing is left", () => server.sockets.size === 0);

    assert(text.test(error.message), error.message);
    assertEquals(error.isFinal, false);
  });
}

Deno.test("connectRedisClient() heeds its signal", async () => {
  await using server = await StubServer.start(() => {});
  const controller = new AbortController();

  const connecting = connect(server.url, { signal: controller.signal, timeoutMs: 60_000 });
  controller.abort();
  await assertRejects(() => within(5000, "it gives up", connecting), RedisConnectError);

  await waitUntil("nothing is left", () => server.sockets.size === 0);
});

Deno.test("RedisConnection notices a server that does not answer any more", async () => {
  let isSilent = false;
  await using server = await StubServer.start((socket) => {
    socket.on("data", (bytes) => {
      if (isSilent) return;
      for (const _match of String(bytes).matchAll(/PING|SETNAME/g)) socket.write("+PONG\r\n");
    });
  });
  using connection = await connect(server.url, { responseTimeoutMs: 200 });

  isSilent = true;
  const started = performance.now();
  await waitUntil("it is told", () => connection.losses.length > 0, 5000);

  assertEquals(connection.losses[0]!.message, "No answer within 200 ms");
  assert(performance.now() - started < 2000);
});

for (const isTrusted of [true, false]) {
  const name = isTrusted ? "trusts its own authority" : "refuses an unknown authority";
  Deno.test(`connectRedisClient() over TLS ${name}`, async () => {
    const authority = new CertificateAuthority();
    const tlsServer = createTlsServer(authority.issue("localhost"));
    tlsServer.on("tlsClientError", () => {});
    await using server = await StubServer.start((socket) => {
      socket.on("data", (bytes) => {
        for (const _match of String(bytes).matchAll(/PING|SETNAME/g)) socket.write("+PONG\r\n");
      });
    }, tlsServer);
    const url = server.url.replace("redis:", "rediss:").replace("127.0.0.1", "localhost");
    const ca = isTrusted ? authority.cert : new CertificateAuthority("another").cert;

    const connecting = connect(url, { tls: { ca } });

    if (isTrusted) {
      using connection = await connecting;
      assertEquals(await connection.send(["PING"]), "PONG");
    } else {
      const error = await assertRejects(() => connecting, RedisConnectError, "TLS failed");
      assertEquals(error.isFinal, true);
    }
  });
}
