/** Bodies that a stranger can send over a real socket: a clean answer, and a service that lives. */
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { assertRpcText, codeOf, withEcho } from "../support/echo_service.ts";
import { exchange, type RawAnswer, RawConnection, toHead, toPost } from "../support/raw_connection.ts";

const JSON_TYPE = "Content-Type: application/json";

for (
  const [what, request, status, code] of [
    ["not UTF-8", toPost(Buffer.from([0xff, 0xfe, 0x00])), 200, -32700],
    ["a NUL byte", toPost("\0"), 200, -32700],
    ["an empty body", toPost(""), 200, -32700],
    ["an empty batch", toPost("[]"), 200, -32600],
    ["a batch over the limit", toPost(JSON.stringify(new Array(11).fill(1))), 200, -32600],
    ["a nested batch in a batch over the limit", toPost(`[${"[],".repeat(20)}[]]`), 200, -32600],
    ["100,000 nested arrays", toPost("[".repeat(100_000) + "]".repeat(100_000)), 200, undefined],
    ["100,000 nested objects", toPost('{"a":'.repeat(100_000) + "1" + "}".repeat(100_000)), 200, -32600],
    ["100,000 open arrays", toPost("[".repeat(100_000)), 200, -32700],
    ["GET", toHead("GET /api HTTP/1.1"), 405, 405],
    ["PUT", toHead("PUT /api HTTP/1.1", ["Content-Length: 0"]), 405, 405],
    ["DELETE", toHead("DELETE /api HTTP/1.1"), 405, 405],
    ["OPTIONS", toHead("OPTIONS /api HTTP/1.1"), 405, 405],
    ["no media type", toHead("POST /api HTTP/1.1", ["Content-Length: 0"]), 415, -32600],
    [
      "a wrong media type",
      toHead("POST /api HTTP/1.1", ["Content-Type: text/plain", "Content-Length: 0"]),
      415,
      -32600,
    ],
  ] as const
) {
  Deno.test(`the socket answers ${what} with ${status} and ${code}`, async () => {
    await withEcho(async (port) => {
      const answer = await exchange(port, request);

      assertEquals(answer?.status, status);
      assertEquals(codeOf(answer), code);
      assertRpcText(answer!.body);
      if (status === 405) assertEquals(answer?.headers.get("allow"), "POST");
    });
  });
}

for (
  const [what, params] of [
    ["arrays", "[".repeat(100_000) + "]".repeat(100_000)],
    ["objects", '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000)],
  ] as const
) {
  for (const method of ["echo", "later"]) {
    Deno.test(`the socket answers 100,000 nested ${what} through ${method}`, async () => {
      await withEcho(async (port) => {
        const body = `{"jsonrpc":"2.0","method":"${method}","params":[${params}],"id":3}`;

        const answer = await exchange(port, toPost(body));

        assertEquals(answer?.status, 200);
        assertEquals(JSON.parse(answer!.body).id, 3);
      });
    });
  }
}

for (const id of ["[]", "{}", "true", "false", "1e999", "[1]", '{"a":1}']) {
  Deno.test(`the socket answers the id ${id} as Invalid Request with id null`, async () => {
    await withEcho(async (port) => {
      const answer = await exchange(
        port,
        toPost(`{"jsonrpc":"2.0","method":"echo","params":[1],"id":${id}}`),
      );

      assertEquals(codeOf(answer), -32600);
      assertEquals(JSON.parse(answer!.body).id, null);
    });
  });
}

for (
  const method of [
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "rpc.x",
    "",
    "fetch",
    "stop",
    "x".repeat(1_000_000),
  ]
) {
  Deno.test(`the socket has no method ${JSON.stringify(method.slice(0, 20))}`, async () => {
    await withEcho(async (port) => {
      const answer = await exchange(port, toPost(JSON.stringify({ jsonrpc: "2.0", method, id: 1 })));

      assertEquals(codeOf(answer), -32601);
      assert(answer!.body.length < 1000);
    });
  });
}

Deno.test("the socket takes params named __proto__ and constructor without harm", async () => {
  await withEcho(async (port) => {
    const value = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const named = await exchange(port, toPost(`{"jsonrpc":"2.0","method":"echo","params":${value},"id":1}`));
    const nested = await exchange(
      port,
      toPost(`{"jsonrpc":"2.0","method":"echo","params":[${value}],"id":1}`),
    );

    assertEquals(codeOf(named), -32602);
    assertEquals(nested?.body, `{"jsonrpc":"2.0","result":${value},"id":1}`);
    assertEquals(({} as Record<string, unknown>)["polluted"], undefined);
  });
});

for (
  const [what, body, result] of [
    ["a byte order mark", '\ufeff{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}', "1"],
    ["duplicate keys", '{"jsonrpc":"2.0","method":"x","method":"echo","params":[2],"id":1}', "2"],
    ["a lone surrogate", '{"jsonrpc":"2.0","method":"echo","params":["\\ud800"],"id":1}', '"\\ud800"'],
    ["an escaped NUL", '{"jsonrpc":"2.0","method":"echo","params":["\\u0000"],"id":1}', '"\\u0000"'],
    ["white space around", ' \r\n\t{"jsonrpc":"2.0","method":"echo","params":[3],"id":1} \n', "3"],
  ] as const
) {
  Deno.test(`the socket understands ${what}`, async () => {
    await withEcho(async (port) => {
      const answer = await exchange(port, toPost(body));

      assertEquals(answer?.body, `{"jsonrpc":"2.0","result":${result},"id":1}`);
    });
  });
}

Deno.test("the socket refuses a declared body over maxBodyBytes before it is sent", async () => {
  await withEcho(async (port) => {
    const answer = await exchange(
      port,
      toHead("POST /api HTTP/1.1", [JSON_TYPE, "Content-Length: 3000001"]) + "[",
    );

    assertEquals(answer?.status, 413);
    assertEquals(codeOf(answer), -32600);
    assertEquals(answer?.headers.get("connection"), "close");
  });
});

Deno.test("the socket answers a declared body over maxBodyBytes that is sent in full with 413", async () => {
  await withEcho(async (port) => {
    const answer = await exchange(port, toPost(Buffer.alloc(3_000_001, " ")));

    assertEquals(answer?.status, 413);
  });
});

Deno.test("the socket takes a body of exactly maxBodyBytes", async () => {
  await withEcho(async (port) => {
    const call = '{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}';

    const answer = await exchange(port, toPost(call + " ".repeat(3_000_000 - call.length)));

    assertEquals(answer?.body, '{"jsonrpc":"2.0","result":1,"id":1}');
  });
});

for (const declared of [[], ["Content-Length: 5"]]) {
  const name = declared.length === 0 ? "" : " that also declares a short length";
  for (
    const [how, target, useAccessLog] of [
      ["", "/api", false],
      [" (with access log)", "/api", true],
      [" for another path", "/other", false],
    ] as const
  ) {
    Deno.test(`the socket cuts off an endless chunked body${name}${how}`, async () => {
      await withEcho(
        async (port) => {
          const connection = await RawConnection.open(port);
          const head = [`POST ${target} HTTP/1.1`, "Host: localhost", JSON_TYPE, ...declared];
          connection.write(`${head.join("\r\n")}\r\nTransfer-Encoding: chunked\r\n\r\n`);
          const chunk = Buffer.from(`8000\r\n${" ".repeat(0x8000)}\r\n`);
          let sent = 0;
          let answer: RawAnswer | undefined;
          let isOver = false;
          const answered = connection.read().then((read) => {
            answer = read;
            isOver = true;
          });
          while (sent < 30_000_000 && !isOver) {
            await connection.flush(chunk);
            sent += chunk.length;
            await new Promise((resolve) => setTimeout(resolve, 0));
          }
          await connection.close();
          await answered;

          if (answer !== undefined) assert([400, 404, 413].includes(answer.status), `${answer.status}`);
          assert(sent < 30_000_000, "the body was read on and on");
        },
        (service) => service.useAccessLog = useAccessLog,
      );
    });
  }
}
