import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { RemoteService } from "../../src/client/remote_service.ts";
import type { FetchFunction } from "../../src/client/remote_service_options.ts";
import { InvalidResponseError, RemoteServiceError, TransportError } from "../../src/errors.ts";
import { findFreePort } from "../support/tcp_port.ts";
import { type Answer, answerResult, withServer } from "./test_server.ts";

/** Runs a test with a TCP server that answers every connection with the same bytes, then closes it. */
async function withRawServer(bytes: string, test: (url: string) => Promise<void>): Promise<void> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // the client may be gone first
    socket.once("data", () => socket.end(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api`);
  } finally {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  }
}

Deno.test("callMethod() rejects when the connection is refused", async () => {
  let url = "";
  await withServer(answerResult(null), (server) => {
    url = server.url;
    return Promise.resolve();
  });

  const error = await assertRejects(
    () => new RemoteService(url).callMethod("f"),
    TransportError,
    `"f" at ${url}`,
  );

  assertInstanceOf(error.cause, Error);
});

Deno.test("callMethod() says why no address of a host takes the connection", async () => {
  const url = `http://localhost:${await findFreePort()}/api`;

  const error = await assertRejects(() => new RemoteService(url).callMethod("f"), TransportError);

  // Of localhost there may be two addresses, for which Node has one error without a text.
  assertMatch(error.message, /refused/i);
  assertEquals(error.outcome, "not-sent");
});

Deno.test("callMethod() says what is in an error without a text", async () => {
  const refusal = new AggregateError([new Error("refused by ::1"), new Error("refused by 127.0.0.1")]);
  for (const thrown of [refusal, new TypeError("fetch failed", { cause: refusal })]) {
    const service = new RemoteService("http://service.test/", { fetch: () => Promise.reject(thrown) });

    const error = await assertRejects(() => service.callMethod("f"), TransportError);

    assertStringIncludes(error.message, ": refused by ::1, refused by 127.0.0.1");
  }
});

for (
  const [name, bytes] of [
    ["cut before it begins", ""],
    ["cut in the headers", "HTTP/1.1 200 OK\r\ncontent-le"],
    ["cut in a body of declared length", 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"jsonrpc"'],
    ["cut in a chunked body", 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"jso\r\n'],
    ["that is not HTTP", "SSH-2.0-OpenSSH_9.2\r\n"],
  ] as const
) {
  Deno.test(`callMethod() rejects an answer ${name}`, async () => {
    await withRawServer(bytes, async (url) => {
      await assertRejects(() => new RemoteService(url).callMethod("f"), TransportError, "Cannot call");
    });
  });
}

for (
  const [name, answer] of [
    ["of declared length", (_request, response) => {
      response.writeHead(200, { "content-length": "5000" }).end("x".repeat(5_000));
    }],
    ["in chunks", (_request, response) => {
      response.writeHead(200);
      response.write("x".repeat(500));
      response.end("x".repeat(4_500));
    }],
    ["that never ends", (_request, response) => {
      const more = () => {
        while (!response.closed && response.write("x".repeat(500)));
        if (!response.closed) response.once("drain", more);
      };
      more();
    }],
    ["that is long unpacked", (_request, response) => {
      const packed = gzipSync("x".repeat(5_000));
      response.writeHead(200, { "content-encoding": "gzip", "content-length": String(packed.byteLength) })
        .end(packed);
    }],
  ] as readonly (readonly [string, Answer])[]
) {
  Deno.test(`callMethod() refuses an answer over maxResponseBytes ${name}`, async () => {
    await withServer(answer, async (server) => {
      const service = new RemoteService(server.url, {
        maxResponseBytes: 1_000,
        headers: { "accept-encoding": "gzip" },
      });

      await assertRejects(() => service.callMethod("f"), InvalidResponseError, "longer than 1000 bytes");
    });
  });
}

Deno.test("callMethod() does not believe a content-length beside chunks", async () => {
  const chunk = "x".repeat(5_000);
  const bytes =
    `HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n1388\r\n${chunk}\r\n0\r\n\r\n`;
  await withRawServer(bytes, async (url) => {
    const service = new RemoteService(url, { maxResponseBytes: 1_000 });

    const error = await assertRejects(() => service.callMethod("f"), RemoteServiceError);

    // Node refuses such an answer itself (RFC 9112, section 6.3); Deno takes the chunks.
    assertMatch(error.message, /longer than 1000 bytes|Parse Error/);
  });
});

Deno.test("callMethod() accepts an answer of exactly maxResponseBytes", async () => {
  const body = '{"jsonrpc":"2.0","result":"ä","id":1}';
  const maxResponseBytes = new TextEncoder().encode(body).byteLength;
  for (const headers of [{ "content-length": String(maxResponseBytes) }, {}] as Record<string, string>[]) {
    await withServer((_request, response) => response.writeHead(200, headers).end(body), async (server) => {
      const result = await new RemoteService(server.url, { maxResponseBytes }).callMethod("f");

      assertEquals(result.value, "ä");
    });
  }
});

Deno.test("callMethod() joins a character that was cut in two", async () => {
  const bytes = new TextEncoder().encode('{"jsonrpc":"2.0","result":"ä€","id":1}');
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const service = new RemoteService("http://service.test/", {
    fetch: () => Promise.resolve(new Response(body)),
  });

  const result = await service.callMethod("f");

  assertEquals(result.value, "ä€");
});

for (
  const [name, fetch] of [
    ["throws", () => {
      throw new TypeError("no network");
    }],
    ["rejects with no error", () => Promise.reject("odd")],
    ["gives no Response", () => Promise.resolve(undefined as unknown as Response)],
  ] as readonly (readonly [string, FetchFunction])[]
) {
  Deno.test(`callMethod() rejects with TransportError when fetch ${name}`, async () => {
    await assertRejects(
      () => new RemoteService("http://service.test/", { fetch }).callMethod("f"),
      TransportError,
    );
  });
}

Deno.test("callMethod() names the cause that the runtime hides in the error of fetch", async () => {
  const fetch = () => Promise.reject(new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") }));

  const error = await assertRejects(
    () => new RemoteService("http://service.test/", { fetch }).callMethod("f"),
    TransportError,
  );

  assertStringIncludes(error.message, "fetch failed: ECONNREFUSED");
  assert(error.cause instanceof TypeError);
});
