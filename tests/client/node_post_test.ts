/** What sends the calls on Node; on Deno the same holds for its `fetch`. */
import { assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { getEventListeners } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toCallOutcome } from "../../src/client/call_outcome.ts";
import { RemoteService } from "../../src/client/remote_service.ts";
import { CalledServiceError, TransportError } from "../../src/errors.ts";
import { findNodePost } from "../../src/runtime/node_post.ts";
import { CertificateAuthority } from "../support/certificate.ts";
import { withCliProgram } from "../support/cli.ts";
import { waitUntil } from "../support/wait_until.ts";
import { answerResult, withServer } from "./test_server.ts";

const IS_DENO = "Deno" in globalThis;

function urlOf(server: { address(): unknown }): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
}

Deno.test("calls one after the other share a connection", async () => {
  await withServer(answerResult(7), async (server) => {
    const service = new RemoteService(server.url);

    for (let call = 0; call < 20; call++) await service.callMethod("f", ["ä"]);

    assertEquals([server.connections, server.requests.length], [1, 20]);
  });
});

Deno.test(
  "an idle connection does not wait as long as its server would",
  { ignore: IS_DENO },
  async () => {
    const server = createHttpServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      request.resume().once("end", () => response.end('{"jsonrpc":"2.0","result":7,"id":1}'));
    });
    const closed = new Promise<number>((resolve) =>
      server.once("connection", (socket: Socket) => socket.once("close", () => resolve(performance.now())))
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await new RemoteService(urlOf(server)).callMethod("f");
      const answeredAt = performance.now();

      // Four seconds; more on a machine that has other things to do.
      assertLess(await closed - answeredAt, 30_000);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  },
);

Deno.test("a call may take longer than an idle connection lasts", { ignore: IS_DENO }, async () => {
  await withServer((request, response) => {
    setTimeout(() => answerResult(7)(request, response), request.body.params === undefined ? 0 : 4_500);
  }, async (server) => {
    const service = new RemoteService(server.url);
    await service.callMethod("f");

    assertEquals((await service.callMethod("f", ["slow"])).value, 7);
    assertEquals(server.connections, 1);
  });
});

Deno.test("calls do not go through the slow fetch of Node", { ignore: IS_DENO }, async () => {
  await withServer(answerResult(7), async ({ url, requests }) => {
    await new RemoteService(url).callMethod("f");
    await fetch(url, { method: "POST", body: "{}" }).then((response) => response.text());

    // What Node sends with each request of `fetch`.
    assertEquals(requests.map(({ headers }) => "sec-fetch-mode" in headers), [false, true]);
  });
});

Deno.test("who replaces the fetch of the runtime sees the calls", async () => {
  const original = globalThis.fetch;
  const service = new RemoteService("http://service.test/api");
  globalThis.fetch = () => Promise.resolve(Response.json({ jsonrpc: "2.0", result: "replaced", id: 1 }));
  try {
    assertEquals((await service.callMethod("f")).value, "replaced");
  } finally {
    globalThis.fetch = original;
  }
});

Deno.test("who sets a dispatcher for the fetch of Node sees the calls", { ignore: IS_DENO }, async () => {
  await fetch("data:,").then((response) => response.text()); // sets that of Node
  const all = globalThis as Record<symbol, unknown>;
  const key = Symbol.for("undici.globalDispatcher.1");
  const original = all[key];
  all[key] = new class ProxyAgent {
    dispatch(_options: unknown, handler: { onError(error: Error): void }): boolean {
      handler.onError(new Error("seen by the dispatcher"));
      return true;
    }
  }();
  try {
    const service = new RemoteService("http://127.0.0.1:65535/");
    await assertRejects(() => service.callMethod("f"), TransportError, "seen by the dispatcher");
  } finally {
    all[key] = original;
  }
});

for (const [name, value] of [["content-length", "1"], ["transfer-encoding", "chunked"]] as const) {
  Deno.test(`a header ${name} of the caller does not change where the body ends`, async () => {
    await withServer(answerResult(7), async ({ url, requests }) => {
      const service = new RemoteService(url, { headers: { [name]: value } });

      // Deno sends it as it should be, Node refuses some.
      await service.callMethod("f", ["whole"]).catch((error) => {
        assertStringIncludes(error.message, `invalid ${name} header`);
      });

      for (const { body } of requests) assertEquals(body.params, ["whole"]);
    });
  });
}

Deno.test("a header that is not ASCII arrives as one of HTTP does", async () => {
  await withServer(answerResult(7), async ({ url, requests }) => {
    await new RemoteService(url, { headers: { "x-name": "äb" } }).callMethod("f", ["ä€"]);

    // Node reads headers as Latin-1 (RFC 9110, section 5.5).
    assertEquals([requests[0]!.headers["x-name"], requests[0]!.body.params], ["äb", ["ä€"]]);
  });
});

Deno.test("connection: close is heeded", async () => {
  await withServer(answerResult(7), async (server) => {
    const service = new RemoteService(server.url, { headers: { connection: "close" } });

    for (let call = 0; call < 2; call++) assertEquals((await service.callMethod("f")).value, 7);
  });
});

Deno.test("an answer that switches protocols fails at once", { ignore: IS_DENO }, async () => {
  const server = createTcpServer((socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const service = new RemoteService(urlOf(server), { timeoutMs: Infinity });

  await assertRejects(() => service.callMethod("f"), TransportError, "another protocol");

  await new Promise((resolve) => server.close(resolve));
});

Deno.test("what an early answer did not wait for is not sent", { ignore: IS_DENO }, async () => {
  const server = createTcpServer((socket) => {
    socket.once("data", () => {
      socket.pause();
      socket.write("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
    });
    socket.on("error", () => {});
  });
  const closed = new Promise((resolve) =>
    server.once("connection", (socket) => socket.once("close", resolve))
  );
  let received = 0;
  server.on("connection", (socket) => {
    setTimeout(() => socket.on("data", (part: Uint8Array) => received += part.byteLength).resume(), 200);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  await assertRejects(
    () => new RemoteService(urlOf(server)).callMethod("f", ["x".repeat(20_000_000)]),
    CalledServiceError,
    "413",
  );

  await closed;
  assertLess(received, 15_000_000);
  await new Promise((resolve) => server.close(resolve));
});

Deno.test("a connection that is not made in time was not sent", { ignore: IS_DENO }, async () => {
  // It takes connections, and never begins with TLS.
  const server = createTcpServer((socket) => socket.on("error", () => {}).resume());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const send = findNodePost({ connectMs: 50 })!;
  const post = { headers: [], body: "", signal: new AbortController().signal, maxBytes: 10 };

  const error = await assertRejects(() => send(urlOf(server).replace("http:", "https:"), post), Error);

  assertStringIncludes(error.message, "no connection within 50 ms");
  assertEquals(toCallOutcome(error), "not-sent");
  await new Promise((resolve) => server.close(resolve));
});

Deno.test("requests leave no listener on the signal that they share", { ignore: IS_DENO }, async () => {
  await withServer(answerResult(7), async ({ url }) => {
    const { signal } = new AbortController();
    const send = findNodePost()!;
    for (let call = 0; call < 20; call++) {
      await send(url, { headers: [], body: '{"id":1}', signal, maxBytes: 1_000 });
    }

    await waitUntil("the last is closed", () => getEventListeners(signal, "abort").length === 0);
  });
});

Deno.test("a call over HTTPS trusts the authorities of the runtime, and no others", async () => {
  const authority = new CertificateAuthority();
  const server = createServer(authority.issue("localhost"), (request, response) => {
    request.resume().once("end", () => response.end('{"jsonrpc":"2.0","result":"secret","id":1}'));
  });
  const folder = await mkdtemp(join(tmpdir(), "gemstone-"));
  try {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://localhost:${(server.address() as AddressInfo).port}/api`;
    const file = join(folder, "authority.pem");
    await writeFile(file, authority.cert);
    await withCliProgram(["call_raw", url, "f"], async (program) => {
      assertEquals([(await program.ended).code, program.stdout], [0, '"secret"\n'], program.stderr);
    }, { env: { NODE_EXTRA_CA_CERTS: file, DENO_CERT: file } });
    await withCliProgram(["call_raw", url, "f"], async (program) => {
      assertEquals([(await program.ended).code, program.stdout], [3, ""]);
      assertStringIncludes(program.stderr.toLowerCase(), "certificate");
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  }
});
