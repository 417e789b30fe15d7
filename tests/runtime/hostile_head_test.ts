/** Heads and broken framing over a real socket: a clean answer or a closed connection, and a service that lives. */
import { assert, assertEquals } from "@std/assert";
import { assertNothingLeaks, EchoService, withEcho } from "../support/echo_service.ts";
import { exchange, RawConnection, toHead, toPost } from "../support/raw_connection.ts";

const JSON_TYPE = "Content-Type: application/json";

for (
  const [what, request] of [
    [
      "a bad chunk size",
      toHead("POST /api HTTP/1.1", [JSON_TYPE, "Transfer-Encoding: chunked"]) + "zz\r\n{}\r\n0\r\n\r\n",
    ],
    [
      "a chunk that is longer than it says",
      toHead("POST /api HTTP/1.1", [JSON_TYPE, "Transfer-Encoding: chunked"]) + "1\r\n{}{}\r\n0\r\n\r\n",
    ],
    [
      "two different Content-Length",
      toHead("POST /api HTTP/1.1", [JSON_TYPE, "Content-Length: 2", "Content-Length: 3"]) + "{} ",
    ],
    ["a negative Content-Length", toHead("POST /api HTTP/1.1", [JSON_TYPE, "Content-Length: -1"])],
    ["a Content-Length that is no number", toHead("POST /api HTTP/1.1", [JSON_TYPE, "Content-Length: abc"])],
    ["one huge header", toHead("GET /api HTTP/1.1", [`X: ${"a".repeat(1_000_000)}`])],
    ["20,000 headers", toHead("GET /api HTTP/1.1", new Array(20_000).fill("X: a"))],
    [
      "1 MB of media type parameters",
      toHead("POST /api HTTP/1.1", [`${JSON_TYPE}; a=${"b".repeat(1_000_000)}`, "Content-Length: 0"]),
    ],
    ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
    ["a request line without version", "GET /api\r\n\r\n"],
    ["HTTP/9.9", toHead("GET /api HTTP/9.9")],
    ["a header without name", toHead("GET /api HTTP/1.1", [": x"])],
    ["a NUL in a header", toHead("GET /api HTTP/1.1", ["X: a\0b"])],
    ["an unknown verb", toHead("BREW /api HTTP/1.1")],
    ["CONNECT", toHead("CONNECT localhost:80 HTTP/1.1")],
    ["an asterisk", toHead("OPTIONS * HTTP/1.1")],
    ["an Upgrade", toHead("GET /api HTTP/1.1", ["Connection: Upgrade", "Upgrade: websocket"])],
    ["a slash alone as host", "GET / HTTP/1.1\r\nHost: /\r\n\r\n"],
    ["no host", "GET /x HTTP/1.1\r\n\r\n"],
  ] as const
) {
  Deno.test(`the socket survives ${what}`, async () => {
    await withEcho(async (port) => {
      const connection = await RawConnection.open(port);
      connection.write(request);
      connection.end();

      const answer = await connection.read();
      await connection.close();

      if (answer === undefined) return;
      assert(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.body}`);
      assertNothingLeaks(answer.body);
    });
  });
}

for (
  const target of [
    "//api",
    "/api/",
    "/api/../api",
    "/x/../api",
    "/./api",
    "/api%2f",
    "/%61pi",
    "/API",
    "/apix",
    "/api;x",
    "/",
    "//",
    "///",
    "/\\api",
    "http://localhost//api",
  ]
) {
  Deno.test(`the socket answers the target ${target} with 404`, async () => {
    await withEcho(async (port) => {
      const answer = await exchange(
        port,
        toPost('{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}', [], target),
      );

      assertEquals(answer?.status, 404);
    });
  });
}

for (const target of ["/api?x=1", "/api?", "http://localhost/api", "http://other.example:81/api?x"]) {
  Deno.test(`the socket answers the target ${target} as the endpoint`, async () => {
    await withEcho(async (port) => {
      for (const method of ["echo", "token"]) {
        const params = method === "echo" ? [1] : [];
        const body = JSON.stringify({ jsonrpc: "2.0", method, params, id: 1 });

        const answer = await exchange(port, toPost(body, [], target));

        assertEquals(JSON.parse(answer!.body).result, method === "echo" ? 1 : "/api");
      }
    });
  });
}

for (const host of ["a:b@c", "x/y?z#", "[::bad", "", "..", "a b", "localhost:99999"]) {
  Deno.test(`a method can read its request when the Host header is ${JSON.stringify(host)}`, async () => {
    await withEcho(async (port) => {
      const body = '{"jsonrpc":"2.0","method":"token","id":1}';
      const head = [
        "POST /api HTTP/1.1",
        `Host: ${host}`,
        JSON_TYPE,
        "X-Api-Token: t",
        `Content-Length: ${body.length}`,
      ];

      const answer = await exchange(port, `${head.join("\r\n")}\r\n\r\n${body}`);

      if (answer?.status === 400 || answer?.status === 404) return;
      assertEquals(answer?.body, '{"jsonrpc":"2.0","result":"t","id":1}');
    });
  });
}

for (
  const [host, target] of [
    ["x/api?", "/other"],
    ["x/api?", "/other/api"],
    ["x/api#", "/other/api"],
  ] as const
) {
  Deno.test(`the Host header ${host} does not make ${target} the endpoint`, async () => {
    await withEcho(async (port) => {
      const body = '{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}';
      const head = [
        `POST ${target} HTTP/1.1`,
        `Host: ${host}`,
        JSON_TYPE,
        `Content-Length: ${body.length}`,
      ];

      const answer = await exchange(port, `${head.join("\r\n")}\r\n\r\n${body}`);

      assert([400, 404].includes(answer!.status), `${answer!.status} ${answer!.body}`);
    });
  });
}

Deno.test("the Host header does not make a part of the endpoint's path the whole", async () => {
  await using service = new EchoService();
  service.endpoint = "/v1/api";
  await service.start();
  const body = '{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}';
  const head = ["POST /api HTTP/1.1", "Host: x/v1", JSON_TYPE, `Content-Length: ${body.length}`];

  const answer = await exchange(Number(new URL(service.url).port), `${head.join("\r\n")}\r\n\r\n${body}`);

  assert([400, 404].includes(answer!.status), `${answer!.status} ${answer!.body}`);
});

for (const host of ["x:99999", "a b", "["]) {
  Deno.test(`the access log copes with the Host header ${host}`, async () => {
    await withEcho(
      async (port) => {
        const body = '{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}';
        const head = ["POST /api HTTP/1.1", `Host: ${host}`, JSON_TYPE, `Content-Length: ${body.length}`];

        const answer = await exchange(port, `${head.join("\r\n")}\r\n\r\n${body}`);

        assert([200, 400].includes(answer!.status), `${answer!.status} ${answer!.body}`);
      },
      (service) => service.useAccessLog = true,
    );
  });
}

for (
  const [what, target, useAccessLog] of [
    ["the endpoint", "/api", false],
    ["the endpoint with access log", "/api", true],
    ["another path", "/other", false],
  ] as const
) {
  Deno.test(`a connection that is cut inside a body for ${what} does not end the process`, async () => {
    await withEcho(
      async (port) => {
        const post = toPost('{"jsonrpc":"2.0","method":"later","params":[1],"id":1}', [], target);
        for (const cut of [post.length - 5, post.length]) {
          const connection = await RawConnection.open(port);
          await connection.flush(post.subarray(0, cut));
          await connection.close();
        }
      },
      (service) => service.useAccessLog = useAccessLog,
    );
  });
}

Deno.test("the socket answers HEAD with 405 and no body", async () => {
  await withEcho(async (port) => {
    const connection = await RawConnection.open(port);
    connection.write(toHead("HEAD /api HTTP/1.1", ["Connection: close"]));
    await connection.closed;

    assert(connection.unread > 0);
    assertEquals(await connection.read(), undefined);
    await connection.close();
  });
});

Deno.test("the socket answers Expect: 100-continue", async () => {
  await withEcho(async (port) => {
    const connection = await RawConnection.open(port);
    const post = toPost('{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}', ["Expect: 100-continue"]);
    const bodyStart = post.indexOf("\r\n\r\n") + 4;
    connection.write(post.subarray(0, bodyStart));

    const goOn = await connection.read();
    connection.write(post.subarray(bodyStart));
    const answer = await connection.read();
    await connection.close();

    assertEquals(goOn?.status, 100);
    assertEquals(answer?.body, '{"jsonrpc":"2.0","result":1,"id":1}');
  });
});

Deno.test("the socket survives connections that are cut at every part of a request", async () => {
  await withEcho(async (port) => {
    const post = toPost('{"jsonrpc":"2.0","method":"later","params":[1],"id":1}');

    for (let length = 0; length <= post.length; length += 7) {
      const connection = await RawConnection.open(port);
      await connection.flush(post.subarray(0, length));
      await connection.close();
    }
  });
});
