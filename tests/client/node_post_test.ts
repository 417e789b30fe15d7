/** What sends the calls on Node; on Deno the same holds for its `fetch`. */
import { assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { RemoteService } from "../../src/client/remote_service.ts";
import { TransportError } from "../../src/errors.ts";
import { CertificateAuthority } from "../support/certificate.ts";
import { withCliProgram } from "../support/cli.ts";
import { answerResult, withServer } from "./test_server.ts";

const IS_DENO = "Deno" in globalThis;

for (
  const [encoding, pack] of [
    ["gzip", gzipSync],
    ["GZIP", gzipSync],
    ["br", brotliCompressSync],
    ["identity", (text: string) => text],
  ] as const
) {
  Deno.test(`callMethod() unpacks an answer of content-encoding ${encoding}`, async () => {
    const text = JSON.stringify({ jsonrpc: "2.0", result: "ä".repeat(100_000), id: 1 });
    await withServer((_request, response) => {
      response.writeHead(200, { "content-encoding": encoding }).end(pack(text));
    }, async ({ url }) => {
      const service = new RemoteService(url, { headers: { "accept-encoding": encoding } });

      const { value } = await service.callMethod<string>("f");

      assertEquals(value, "ä".repeat(100_000));
    });
  });
}

Deno.test("callMethod() rejects a packed answer that is cut or broken", async () => {
  const packed = gzipSync(JSON.stringify({ jsonrpc: "2.0", result: "x".repeat(1_000), id: 1 }));
  for (const body of [packed.subarray(0, 20), "nothing that was packed"]) {
    await withServer((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(body);
    }, async ({ url }) => {
      const service = new RemoteService(url, { headers: { "accept-encoding": "gzip" } });

      await assertRejects(() => service.callMethod("f"), TransportError, "Cannot call");
    });
  }
});

Deno.test("calls one after the other share a connection", async () => {
  await withServer(answerResult(7), async (server) => {
    const service = new RemoteService(server.url);

    for (let call = 0; call < 20; call++) await service.callMethod("f", ["ä"]);

    assertEquals([server.connections, server.requests.length], [1, 20]);
  });
});

Deno.test(
  "an idle connection is closed before a server on Node would close it",
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
      await new RemoteService(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`).callMethod("f");
      const answeredAt = performance.now();

      assertLess(await closed - answeredAt, 5_000);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  },
);

Deno.test("a call may take longer than an idle connection lasts", { ignore: IS_DENO }, async () => {
  await withServer((request, response) => {
    setTimeout(() => answerResult(7)(request, response), 4_500);
  }, async ({ url }) => {
    assertEquals((await new RemoteService(url).callMethod("f")).value, 7);
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

for (const [name, value] of [["content-length", "1"], ["transfer-encoding", "chunked"]] as const) {
  Deno.test(`a header ${name} of the caller does not change where the body ends`, async () => {
    await withServer(answerResult(7), async ({ url, requests }) => {
      const service = new RemoteService(url, { headers: { [name]: value } });

      // Deno sends it as it should be, Node refuses it.
      await service.callMethod("f", ["whole"]).catch((error) => {
        assertStringIncludes(error.message, `invalid ${name} header`);
      });

      for (const { body } of requests) assertEquals(body.params, ["whole"]);
    });
  });
}

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
