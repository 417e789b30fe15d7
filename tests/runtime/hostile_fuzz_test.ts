/** Arbitrary bytes over a socket: an answer that is clean, or a closed connection. */
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { assertNothingLeaks, assertRpcText, EchoService } from "../support/echo_service.ts";
import { exchange, RawConnection, toPost } from "../support/raw_connection.ts";

const SETTINGS = { numRuns: 100, seed: 3 };

async function withPort(test: (port: number) => Promise<void>): Promise<void> {
  await using service = new EchoService();
  await service.start();
  await test(Number(new URL(service.url).port));
}

Deno.test("the endpoint answers arbitrary bodies over the socket", async () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json().map((text) => Buffer.from(text)),
    fc.record({
      jsonrpc: fc.constantFrom("2.0", "1.0"),
      method: fc.constantFrom("echo", "later", "fail", "token", "__proto__"),
      params: fc.jsonValue(),
      id: fc.jsonValue(),
    }, { requiredKeys: ["method"] }).map((value) => Buffer.from(JSON.stringify(value))),
  );
  await withPort(async (port) => {
    const connection = await RawConnection.open(port);
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        connection.write(toPost(bytes));
        const answer = await connection.read();

        assert(answer !== undefined, "the connection was closed");
        if (answer.status === 204) assertEquals(answer.body, "");
        else {
          assertEquals(answer.status, 200);
          assertRpcText(answer.body);
        }
      }),
      SETTINGS,
    );
    await connection.close();
  });
});

Deno.test("the socket survives arbitrary bytes in place of a request", async () => {
  const line = fc.constantFrom(
    "POST /api HTTP/1.1",
    "Host: x",
    "Content-Type: application/json",
    "Content-Length: 5",
    "Transfer-Encoding: chunked",
    "Connection: keep-alive, upgrade",
    "Expect: x",
    "",
    "5",
    "0",
    "{}",
    "\0",
    "é",
  );
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.array(line, { maxLength: 12 }).map((lines) => Buffer.from(lines.join("\r\n"))),
  );
  await withPort(async (port) => {
    await fc.assert(
      fc.asyncProperty(data, async (bytes) => {
        const connection = await RawConnection.open(port);
        await connection.flush(bytes);
        connection.end();
        const answer = await connection.read();
        await connection.close();

        if (answer === undefined) return;
        assert(answer.status < 500, `${answer.status} ${answer.body}`);
        assertNothingLeaks(answer.body);
      }),
      SETTINGS,
    );
    const alive = await exchange(port, toPost('{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}'));
    assertEquals(alive?.body, '{"jsonrpc":"2.0","result":1,"id":1}');
  });
});
