import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { assertRpcText, EchoService } from "../support/echo_service.ts";
import { call, post } from "../support/service.ts";

const CALL = '{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}';

for (
  const type of [
    "application/json",
    "APPLICATION/JSON",
    "application/json; charset=utf-8",
    "application/json;",
    " application/json ",
  ]
) {
  Deno.test(`fetch() accepts the media type ${JSON.stringify(type)}`, async () => {
    const response = await post(new EchoService(), CALL, { "content-type": type });

    assertEquals(await response.text(), '{"jsonrpc":"2.0","result":1,"id":1}');
    assertEquals(response.headers.get("content-type"), "application/json");
  });
}

for (
  const type of [
    "text/plain",
    "",
    "application/jsonp",
    "application/json, text/plain",
    ";application/json",
    "json",
  ]
) {
  Deno.test(`fetch() refuses the media type ${JSON.stringify(type)} with 415`, async () => {
    const response = await post(new EchoService(), CALL, { "content-type": type });

    assertEquals(response.status, 415);
    assertEquals(JSON.parse(await response.text()).error.code, -32600);
  });
}

for (
  const [path, status] of [["/api", 200], ["/api?x", 200], ["/api#x", 200], ["/api/", 404], ["/", 404], [
    "/API",
    404,
  ], ["/api/x", 404]] as const
) {
  Deno.test(`fetch() answers ${path} with ${status}`, async () => {
    const response = await post(new EchoService(), CALL, {}, path);
    await response.text();

    assertEquals(response.status, status);
  });
}

for (
  const [endpoint, path] of [["/", "/"], ["/a/b", "/a/b"], ["/ä", "/%C3%A4"], [
    "/v1/api",
    "/v1/api?x=1",
  ]] as const
) {
  Deno.test(`fetch() answers the endpoint ${endpoint} at ${path} only`, async () => {
    const service = new EchoService();
    service.endpoint = endpoint;

    const there = await post(service, CALL, {}, path);
    const elsewhere = await post(service, CALL, {}, "/api");

    assertEquals(await there.text(), '{"jsonrpc":"2.0","result":1,"id":1}');
    assertEquals(elsewhere.status, 404);
    await elsewhere.text();
  });
}

function stream(chunks: Iterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  }, { highWaterMark: 0 });
}

function postStream(body: ReadableStream<Uint8Array>, headers: Record<string, string> = {}): Request {
  const init = {
    method: "POST",
    body,
    duplex: "half",
    headers: { "content-type": "application/json", ...headers },
  };
  return new Request("http://localhost/api", init as RequestInit);
}

for (const headers of [{}, { "content-length": "10" }] as Record<string, string>[]) {
  Deno.test(`fetch() cuts off a stream over maxBodyBytes ${JSON.stringify(headers)}`, async () => {
    const service = new EchoService();
    service.maxBodyBytes = 1_000;
    let pulled = 0;
    function* endless(): Iterable<Uint8Array> {
      while (pulled < 1_000) {
        pulled++;
        yield new Uint8Array(100).fill(32);
      }
    }

    const response = await service.fetch(postStream(stream(endless()), headers));

    assertEquals(response.status, 413);
    assertEquals(JSON.parse(await response.text()).error.code, -32600);
    assert(pulled <= 12, `${pulled} chunks were read`);
  });
}

Deno.test("fetch() refuses a declared length over maxBodyBytes without reading", async () => {
  const service = new EchoService();
  service.maxBodyBytes = 1_000;
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({ pull: () => void pulled++ }, { highWaterMark: 0 });

  const response = await service.fetch(postStream(body, { "content-length": "1001" }));
  await response.text();

  assertEquals([response.status, pulled], [413, 0]);
});

Deno.test("fetch() puts characters together that two chunks share", async () => {
  const bytes = new TextEncoder().encode('\ufeff{"jsonrpc":"2.0","method":"echo","params":["ä€😀"],"id":1}');

  const response = await new EchoService().fetch(
    postStream(stream([...bytes].map((byte) => Uint8Array.of(byte)))),
  );

  assertEquals(JSON.parse(await response.text()).result, "ä€😀");
});

Deno.test("fetch() answers a body that breaks off with an error, not an exception", async () => {
  const broken = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error("reset")) });

  const response = await new EchoService().fetch(postStream(broken));

  assertRpcText(await response.text());
  assert(response.status === 200 || response.status === 400);
});

Deno.test("fetch() answers a request without a body with Parse error", async () => {
  const response = await post(new EchoService(), null);

  assertEquals(JSON.parse(await response.text()).error.code, -32700);
});

Deno.test("fetch() answers a notification with 204 and no body", async () => {
  const response = await post(new EchoService(), '{"jsonrpc":"2.0","method":"echo","params":[1]}');

  assertEquals(response.status, 204);
  assertEquals(await response.text(), "");
});

Deno.test("fetch() tells nothing of an exception", async () => {
  assertEquals((await call(new EchoService(), "fail")).error, { code: -32603, message: "Internal error" });
});

Deno.test("fetch() answers any bytes with JSON-RPC, 204 or a clean status", async () => {
  const service = new EchoService();
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc.record({
      jsonrpc: fc.constant("2.0"),
      method: fc.constantFrom("echo", "fail", "later"),
      params: fc.jsonValue(),
      id: fc.jsonValue(),
    })
      .map((value) => new TextEncoder().encode(JSON.stringify(value))),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (body) => {
      const response = await post(service, body as BodyInit);
      const text = await response.text();

      if (response.status === 204) assertEquals(text, "");
      else {
        assertEquals(response.status, 200);
        assertRpcText(text);
      }
    }),
    { numRuns: 200, seed: 5 },
  );
});
