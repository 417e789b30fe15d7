import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { type CallId, MethodCall, Notification } from "../../src/client/call.ts";
import { RemoteService } from "../../src/client/remote_service.ts";
import {
  CalledServiceError,
  CallTimeoutError,
  InvalidResponseError,
  MethodNotFoundError,
  TransportError,
  UnknownRemoteError,
} from "../../src/errors.ts";
import { answerWith, send, withServer } from "./test_server.ts";

/** A client that gets this answer to everything. */
function createService(answer: unknown, status = 200): RemoteService {
  const body = status === 204 ? null : typeof answer === "string" ? answer : JSON.stringify(answer);
  return new RemoteService("http://service.test/api", {
    fetch: () => Promise.resolve(new Response(body, { status })),
  });
}

function result(id: CallId | null, value: unknown) {
  return { jsonrpc: "2.0", result: value, id };
}

const INVALID_REQUEST = { jsonrpc: "2.0", error: { code: -32600, message: "Invalid Request" }, id: null };

Deno.test("callBatch() sends one request and sorts answers that come in any order", async () => {
  await withServer((request, response) => {
    const answers = request.body.filter((item: object) => "id" in item).map((
      item: { id: CallId; method: string },
    ) => result(item.id, item.method));
    send(response, answers.reverse());
  }, async (server) => {
    const [a, b, note] = [new MethodCall("a", [1]), new MethodCall("b", { x: 1 }), new Notification("note")];

    const answers = await new RemoteService(server.url).callBatch(a, note, b);

    assertEquals(server.requests.length, 1);
    assertEquals(server.requests[0]?.body.map((item: object) => Object.keys(item)), [
      ["jsonrpc", "method", "params", "id"],
      ["jsonrpc", "method"],
      ["jsonrpc", "method", "params", "id"],
    ]);
    assertEquals(answers.length, 2);
    assertEquals([...answers].map(({ value }) => value), ["a", "b"]);
    assertEquals(answers.getResponseForCall(b)?.value, "b");
    assertStrictEquals(answers.getResponseForCall(b)?.methodCall, b);
    assertStrictEquals(answers.getResponseForCall(new MethodCall("a")), undefined);
    assertEquals(answers.unmatchedErrors, []);
  });
});

Deno.test("callBatch() makes no request without items", async () => {
  await withServer(answerWith([]), async (server) => {
    const answers = await new RemoteService(server.url).callBatch();

    assertEquals(answers.length, 0);
    assertEquals([...answers], []);
    assertEquals(server.requests.length, 0);
  });
});

for (
  const [name, body, status] of [["204", "", 204], ["an empty 200", "", 200], [
    "an empty array",
    [],
    200,
  ]] as const
) {
  Deno.test(`callBatch() of notifications accepts ${name}`, async () => {
    const answers = await createService(body, status).callBatch(new Notification("a"), new Notification("b"));

    assertEquals(answers.length, 0);
  });
}

Deno.test("callBatch() keeps errors of single calls in their results", async () => {
  const service = createService([
    { jsonrpc: "2.0", error: { code: -32601, message: "Method not found" }, id: 1 },
    { jsonrpc: "2.0", result: null, error: null, id: 2 },
  ]);
  const [a, b] = [new MethodCall("a"), new MethodCall("b")];

  const answers = await service.callBatch(a, b);

  assertInstanceOf(answers.getResponseForCall(a)?.error, MethodNotFoundError);
  assertStrictEquals(answers.getResponseForCall(b)?.value, null);
});

Deno.test("callBatch() keeps the ids that calls were given, and gives others to the rest", async () => {
  await withServer(answerWith([]), async (server) => {
    const calls = [1, 0, "", "1"].map((id) => new MethodCall("f", [], id));

    await new RemoteService(server.url).callBatch(new MethodCall("a"), ...calls, new MethodCall("b"));

    assertEquals(server.requests[0]?.body.map((item: { id: CallId }) => item.id), [2, 1, 0, "", "1", 3]);
  });
});

Deno.test("callBatch() refuses what is neither a call nor a notification", async () => {
  await withServer(answerWith([]), async (server) => {
    const service = new RemoteService(server.url);

    for (const wrong of [undefined, null, "f", {}, [new MethodCall("f")], { method: "f" }]) {
      const items = [new MethodCall("f"), wrong as unknown as MethodCall];
      await assertRejects(() => service.callBatch(...items), TypeError, "item 1");
    }
    assertEquals(server.requests.length, 0);
  });
});

Deno.test("callBatch() refuses ids that are the same, and the same call twice", async () => {
  const service = createService([]);
  const call = new MethodCall("f");

  await assertRejects(
    () => service.callBatch(new MethodCall("a", [], 0), new MethodCall("b", [], 0)),
    TypeError,
    "ids",
  );
  await assertRejects(() => service.callBatch(call, call), TypeError, "twice");
});

Deno.test("callBatch() refuses arguments that JSON can not carry", async () => {
  await assertRejects(() => createService([]).callBatch(new MethodCall("f", [1n])), TypeError, "BigInt");
});

Deno.test("callBatch() rejects with the error that the service answers in place of a batch", async () => {
  const service = createService(INVALID_REQUEST);
  const tooLong = createService({ ...INVALID_REQUEST, result: null }, 413);

  await assertRejects(() => service.callBatch(new MethodCall("f")), UnknownRemoteError, "Invalid Request");
  await assertRejects(() => tooLong.callBatch(new MethodCall("f")), UnknownRemoteError, "Invalid Request");
  await assertRejects(() => service.callBatch(new Notification("f")), UnknownRemoteError, "Invalid Request");
});

Deno.test("callBatch() keeps errors without a call apart", async () => {
  const [a, b] = [new MethodCall("a"), new MethodCall("b")];

  const answers = await createService([INVALID_REQUEST, result(1, "A")]).callBatch(a, b);

  assertEquals(answers.getResponseForCall(a)?.value, "A");
  assertInstanceOf(answers.getResponseForCall(b)?.error, InvalidResponseError);
  assertEquals(answers.unmatchedErrors.map((error) => error.message), [
    "Cannot call a batch of 2 at http://service.test/api: Invalid Request",
  ]);
});

for (
  const [name, body] of [
    ["an empty array", []],
    ["null", [null]],
    ["a nested batch", [[result(1, "A")]]],
    ["an answer with another id", [result(2, "A")]],
    ["an answer with the id as a string", [result("1", "A")]],
    ["an answer with the id true", [result(true as unknown as number, "A")]],
    ["an answer without id", [{ jsonrpc: "2.0", result: "A" }]],
    ["an answer with neither result nor error", [{ jsonrpc: "2.0", id: 1 }]],
    ["an answer of another version", [{ jsonrpc: "1.0", result: "A", id: 1 }]],
    ["an error that is a string", [{ jsonrpc: "2.0", error: "x", id: 1 }]],
    ["an error in __proto__", '[{"__proto__":{"jsonrpc":"2.0","result":1,"id":1}}]'],
  ] as const
) {
  Deno.test(`callBatch() gives InvalidResponseError to the call that got ${name}`, async () => {
    const call = new MethodCall("a");

    const answers = await createService(body).callBatch(call);

    const own = answers.getResponseForCall(call);
    assertStrictEquals(own?.value, undefined);
    assertInstanceOf(own?.error, InvalidResponseError);
    assertEquals(own?.id, 1);
  });
}

Deno.test("callBatch() takes the first of two answers with one id and tells of the second", async () => {
  const answers = await createService([result(1, "first"), result(1, "second")])
    .callBatch(new MethodCall("a"), new MethodCall("b"));

  assertEquals([...answers].map(({ value }) => value), ["first", undefined]);
  assertInstanceOf(answers.unmatchedErrors[0], InvalidResponseError);
});

Deno.test("callBatch() finds the call with the id 0 that Python gemstone leaves out", async () => {
  const legacy = { jsonrpc: "2.0", result: "A", error: null };
  const [zero, other] = [new MethodCall("a", [], 0), new MethodCall("b", [], 5)];

  const answers = await createService([legacy, { ...legacy, result: "B", id: 5 }]).callBatch(zero, other);

  assertEquals([...answers].map(({ value }) => value), ["A", "B"]);
});

Deno.test("callBatch() does not guess between the ids 0 and the empty string", async () => {
  const legacy = { jsonrpc: "2.0", result: "A", error: null };

  const answers = await createService([legacy]).callBatch(
    new MethodCall("a", [], 0),
    new MethodCall("b", [], ""),
  );

  assertEquals([...answers].map(({ error }) => error instanceof InvalidResponseError), [true, true]);
  assertEquals(answers.unmatchedErrors.length, 1);
});

for (
  const [name, body, status, errorClass] of [
    ["204", "", 204, InvalidResponseError],
    ["an HTML page", "<html>", 200, InvalidResponseError],
    ["truncated JSON", "[{", 200, InvalidResponseError],
    ["a string", '"x"', 200, InvalidResponseError],
    ["null", "null", 200, InvalidResponseError],
    ["a single result", '{"jsonrpc":"2.0","result":1,"id":1}', 200, InvalidResponseError],
    ["more answers than items", `[${Array(100).fill("1").join(",")}]`, 200, InvalidResponseError],
    ["status 500", "oops", 500, CalledServiceError],
    ["status 500 with a batch", "[]", 500, CalledServiceError],
  ] as const
) {
  Deno.test(`callBatch() rejects ${name}`, async () => {
    await assertRejects(() => createService(body, status).callBatch(new MethodCall("a")), errorClass);
  });
}

Deno.test("callBatch() rejects when no answer comes", async () => {
  const down = new RemoteService("http://service.test/", { fetch: () => Promise.reject(new Error("down")) });
  const slow = new RemoteService("http://service.test/", {
    fetch: () => new Promise(() => {}),
    timeoutMs: 5,
  });

  await assertRejects(() => down.callBatch(new MethodCall("a")), TransportError);
  await assertRejects(() => slow.callBatch(new MethodCall("a")), CallTimeoutError);
});
