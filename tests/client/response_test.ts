import { assert, assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { RemoteService } from "../../src/client/remote_service.ts";
import { CalledServiceError, InvalidResponseError } from "../../src/errors.ts";
import { answerWith, withServer } from "./test_server.ts";
import { call, createService } from "./fixed_answer.ts";

for (
  const [name, id, body, value] of [
    ["a strict result", 1, '{"jsonrpc":"2.0","result":"x","id":1}', "x"],
    ["a null result", 1, '{"jsonrpc":"2.0","result":null,"id":1}', null],
    ["a false result", 1, '{"jsonrpc":"2.0","result":false,"id":1}', false],
    ["a legacy result", 1, '{"result":"x","error":null,"jsonrpc":"2.0","id":1}', "x"],
    ["a legacy null result", 1, '{"result":null,"error":null,"jsonrpc":"2.0","id":1}', null],
    ["a legacy answer without the id 0", 0, '{"result":5,"error":null,"jsonrpc":"2.0"}', 5],
    ['a legacy answer without the id ""', "", '{"result":5,"error":null,"jsonrpc":"2.0"}', 5],
    ["unknown members", 1, '{"jsonrpc":"2.0","result":5,"id":1,"extra":{}}', 5],
    ["a byte order mark", 1, '\uFEFF{"jsonrpc":"2.0","result":5,"id":1}', 5],
    [
      "a number too large",
      1,
      '{"jsonrpc":"2.0","result":123456789012345678901234567890,"id":1}',
      1.2345678901234568e29,
    ],
    ["the id as another number form", 100, '{"jsonrpc":"2.0","result":5,"id":1e2}', 5],
  ] as const
) {
  Deno.test(`callMethod() accepts ${name}`, async () => {
    const result = await call(createService(body), id);

    assertStrictEquals(result.error, undefined);
    assertStrictEquals(result.value, value);
  });
}

const INVALID: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["an HTML page", "<!doctype html><p>hello"],
  ["truncated JSON", '{"jsonrpc":"2.0","result":"x"'],
  ["two documents", '{"jsonrpc":"2.0","result":1,"id":1}{}'],
  ["a string", '"hello"'],
  ["null", "null"],
  ["a number", "5"],
  ["an empty array", "[]"],
  ["a batch", '[{"jsonrpc":"2.0","result":1,"id":1}]'],
  ["an empty object", "{}"],
  ["no version", '{"result":1,"id":1}'],
  ["the wrong version", '{"jsonrpc":"1.0","result":1,"error":null,"id":1}'],
  ["the version as a number", '{"jsonrpc":2.0,"result":1,"id":1}'],
  ["neither result nor error", '{"jsonrpc":"2.0","id":1}'],
  ["an error of null alone", '{"jsonrpc":"2.0","error":null,"id":1}'],
  ["both result and error", '{"jsonrpc":"2.0","result":1,"error":{"code":1,"message":"m"},"id":1}'],
  [
    "result false beside an error",
    '{"jsonrpc":"2.0","result":false,"error":{"code":1,"message":"m"},"id":1}',
  ],
  ["another id", '{"jsonrpc":"2.0","result":1,"id":2}'],
  ["the id as a string", '{"jsonrpc":"2.0","result":1,"id":"1"}'],
  ["the id in an array", '{"jsonrpc":"2.0","result":1,"id":[1]}'],
  ["the id true", '{"jsonrpc":"2.0","result":1,"id":true}'],
  ["the id null with a result", '{"jsonrpc":"2.0","result":1,"id":null}'],
  ["no id with a strict result", '{"jsonrpc":"2.0","result":1}'],
  ["a strict error without id", '{"jsonrpc":"2.0","error":{"code":1,"message":"m"}}'],
  ["an error that is a string", '{"jsonrpc":"2.0","error":"boom","id":1}'],
  ["an error that is an array", '{"jsonrpc":"2.0","error":[],"id":1}'],
  ["an error that is false", '{"jsonrpc":"2.0","error":false,"id":1}'],
  ["an error code that is a string", '{"jsonrpc":"2.0","error":{"code":"-32601","message":"m"},"id":1}'],
  ["an error code that is a fraction", '{"jsonrpc":"2.0","error":{"code":1.5,"message":"m"},"id":1}'],
  ["an error code beyond numbers", '{"jsonrpc":"2.0","error":{"code":1e999,"message":"m"},"id":1}'],
  ["an error without code", '{"jsonrpc":"2.0","error":{"message":"m"},"id":1}'],
  ["members of __proto__", '{"__proto__":{"jsonrpc":"2.0","result":1,"id":1}}'],
  ["result inside __proto__", '{"jsonrpc":"2.0","id":1,"__proto__":{"result":1}}'],
  ["deep nesting", "[".repeat(100_000) + "]".repeat(100_000)],
  ["deep nesting cut short", '{"a":'.repeat(100_000)],
];

for (const [name, body] of INVALID) {
  Deno.test(`callMethod() refuses an answer with ${name}`, async () => {
    const error = await assertRejects(() => call(createService(body)), InvalidResponseError);

    assertStringIncludes(error.message, 'Cannot call "f" at http://service.test/api: ');
    assert(error.message.length < 1_000, `${error.message.length} characters`);
  });
}

Deno.test("callMethod() refuses a call answered with 204", async () => {
  await assertRejects(() => call(createService(null, 204)), InvalidResponseError, "not JSON");
});

Deno.test("callMethod() keeps __proto__ members of a result as data", async () => {
  const body = '{"jsonrpc":"2.0","result":{"__proto__":{"polluted":true},"constructor":1},"id":1}';

  const { value } = await call(createService(body));

  assertEquals(Object.keys(value as object), ["__proto__", "constructor"]);
  assertStrictEquals(({} as { polluted?: boolean }).polluted, undefined);
});

Deno.test("callMethod() survives a deeply nested result", async () => {
  const body = `{"jsonrpc":"2.0","id":1,"result":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;

  const { value } = await call(createService(body));

  assert(Array.isArray(value));
});

Deno.test("callMethod() puts no control character of an answer into the error text", async () => {
  const error = await assertRejects(() => call(createService("\u001b[31m\r\nroot: x")), InvalidResponseError);

  assertEquals([...error.message].filter((character) => character < " "), []);
});

for (const status of [400, 404, 405, 413, 415, 500, 503]) {
  Deno.test(`callMethod() takes the JSON-RPC error out of an answer with status ${status}`, async () => {
    const body = `{"jsonrpc":"2.0","error":{"code":405,"message":"m"},"id":null}`;

    const result = await call(createService(body, status));

    assertEquals(result.error?.rpcCode, 405);
  });

  Deno.test(`callMethod() rejects status ${status} without a JSON-RPC error`, async () => {
    const bodies = [
      "<h1>x</h1>".repeat(1_000),
      "",
      "{}",
      "null",
      '{"error":"x"}',
      '{"jsonrpc":"2.0","result":1,"id":1}',
    ];
    for (const body of bodies) {
      const error = await assertRejects(
        () => call(createService(body, status)),
        CalledServiceError,
        `status ${status}`,
      );

      assertEquals(error.status, status);
      assert(error.message.length < 400, `${error.message.length} characters`);
    }
  });
}

Deno.test("callMethod() does not follow a redirect", async () => {
  await withServer(
    (_request, response) => response.writeHead(307, { location: "/other" }).end("moved"),
    async (server) => {
      const service = new RemoteService(server.url, { auth: { type: "header", token: "s3cret" } });

      const error = await assertRejects(
        () => service.callMethod("f"),
        CalledServiceError,
        "redirects are not followed",
      );

      assertEquals(error.status, 307);
      assertEquals(server.requests.map((request) => request.path), ["/api"]);
    },
  );
});

Deno.test("callMethod() reads an answer that is not UTF-8 with replacement characters", async () => {
  const bytes = new Uint8Array([
    ...new TextEncoder().encode('{"jsonrpc":"2.0","id":1,"result":"'),
    0xff,
    0x22,
    0x7d,
  ]);
  const service = new RemoteService("http://service.test/", {
    fetch: () => Promise.resolve(new Response(bytes)),
  });

  const result = await call(service);

  assertEquals(result.value, "\ufffd");
});

Deno.test("callMethod() accepts an answer of 10 MB", async () => {
  const text = "x".repeat(10_000_000);
  await withServer(answerWith({ jsonrpc: "2.0", result: text, id: 1 }), async (server) => {
    const result = await call(new RemoteService(server.url));

    assertStrictEquals(result.value === text, true);
  });
});
