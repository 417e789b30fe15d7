/** Answers that are packed, and how they are read on Node; on Deno its `fetch` does it. */
import { assertEquals, assertRejects } from "@std/assert";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import * as zlib from "node:zlib";
import { RemoteService } from "../../src/client/remote_service.ts";
import { TransportError } from "../../src/errors.ts";
import { readNodeBody } from "../../src/runtime/node_body.ts";
import { waitUntil } from "../support/wait_until.ts";
import { withServer } from "./test_server.ts";

const IS_DENO = "Deno" in globalThis;
const { brotliCompressSync, gzipSync } = zlib;

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

for (const [name, status] of [["204", 204], ["an empty 200", 200]] as const) {
  // The `fetch` of Deno finds no end in the latter.
  const ignore = IS_DENO && status === 200;
  Deno.test(
    `a notification that is answered with ${name} that calls itself packed was taken`,
    { ignore },
    async () => {
      await withServer((_request, response) => {
        response.writeHead(status, { "content-encoding": "gzip" }).end();
      }, async ({ url }) => {
        assertEquals(await new RemoteService(url).notify("f"), undefined);
      });
    },
  );
}

for (
  const [name, encoding, packed] of [
    ["gzip", "gzip", gzipSync('{"jsonrpc":"2.0","result":7,"id":1}')],
    ["br", "br", brotliCompressSync('{"jsonrpc":"2.0","result":7,"id":1}')],
    ["broken gzip", "gzip", new Uint8Array(1_000)],
  ] as const
) {
  Deno.test(`nothing is read behind an answer that is ${name}`, { ignore: IS_DENO }, async () => {
    let isClosed = false;
    await withServer((_request, response) => {
      response.writeHead(200, { "content-encoding": encoding });
      response.write(packed);
      const timer = setInterval(() => response.write(new Uint8Array(10_000)), 5);
      response.once("close", () => {
        clearInterval(timer);
        isClosed = true;
      });
    }, async ({ url }) => {
      await new RemoteService(url).callMethod("f").catch(() => {});

      await waitUntil("the connection is closed", () => isClosed);
    });
  });
}

Deno.test("a body that no text can hold rejects", async () => {
  // Nothing that a decoder takes, in the place of more than it can take.
  const response = Object.assign(Readable.from([7]), { headers: {} });
  const read = () => readNodeBody(response as unknown as IncomingMessage, Infinity, () => zlib);

  await assertRejects(read, TypeError);
  assertEquals(response.destroyed, true);
});
