import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  AccessDeniedError,
  InternalError,
  InvalidParamsError,
  MethodNotFoundError,
  RemoteCallError,
  UnknownRemoteError,
} from "../../src/errors.ts";
import { MethodCall } from "../../src/client/call.ts";
import { call, createService } from "./fixed_answer.ts";

for (
  const [code, errorClass] of [
    [-32601, MethodNotFoundError],
    [-32602, InvalidParamsError],
    [-32001, AccessDeniedError],
    [-32603, InternalError],
    [-32700, UnknownRemoteError],
    [-32002, UnknownRemoteError],
    [4001, UnknownRemoteError],
    [0, UnknownRemoteError],
  ] as const
) {
  Deno.test(`callMethod() makes ${errorClass.name} of code ${code}, strict or legacy`, async () => {
    const error = `{"code":${code},"message":"m","data":[1]}`;

    const strict = await call(createService(`{"jsonrpc":"2.0","error":${error},"id":1}`));
    const legacy = await call(createService(`{"jsonrpc":"2.0","result":null,"error":${error},"id":1}`));

    for (const result of [strict, legacy]) {
      assertInstanceOf(result.error, errorClass);
      assertInstanceOf(result.error, RemoteCallError);
      const { rpcCode, rpcMessage, data, message } = result.error;
      assertEquals([rpcCode, rpcMessage, data], [code, "m", [1]]);
      assertEquals(message, 'Cannot call "f" at http://service.test/api: m');
    }
  });
}

for (
  const [name, body] of [
    [
      "the id null, as the service could not read the call",
      '{"jsonrpc":"2.0","error":{"code":-32700,"message":"m"},"id":null}',
    ],
    [
      "no id, as Python gemstone does when it crashes",
      '{"jsonrpc":"2.0","result":null,"error":{"code":-32603,"message":"m"}}',
    ],
    ["no message", '{"jsonrpc":"2.0","error":{"code":5},"id":1}'],
    ["a message that is an object", '{"jsonrpc":"2.0","error":{"code":5,"message":{"__proto__":1}},"id":1}'],
  ] as const
) {
  Deno.test(`callMethod() accepts an error with ${name}`, async () => {
    const result = await call(createService(body));

    assertInstanceOf(result.error, RemoteCallError);
    assertEquals(typeof result.error.rpcMessage, "string");
  });
}

for (
  const [name, data, text] of [
    ["a reason", { reason: "Missing parameter: b" }, "m (Missing parameter: b)"],
    ["a reason of 200 characters", { reason: "x".repeat(200) }, `m (${"x".repeat(200)})`],
    ["no data", undefined, "m"],
    ["data of null", null, "m"],
    ["data that is a string", "Missing", "m"],
    ["an empty reason", { reason: "" }, "m"],
    ["a long reason", { reason: "x".repeat(201) }, "m"],
    ["a reason of two lines", { reason: "x\ny" }, "m"],
    ["a reason with a control character", { reason: "\u001b[31m" }, "m"],
    ["a reason that is no string", { reason: { toString: "x" } }, "m"],
    ["a reason in __proto__", JSON.parse('{"__proto__": {"reason": "x"}}'), "m"],
  ] as const
) {
  Deno.test(`callMethod() says which call failed and why with ${name}`, async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", error: { code: -32602, message: "m", data }, id: 1 });

    const { error } = await call(createService(body));

    assertEquals(error?.message, `Cannot call "f" at http://service.test/api: ${text}`);
    assertEquals([error?.rpcMessage, error?.data], ["m", data]);
  });
}

Deno.test("callBatch() says which call of the batch failed", async () => {
  const error = { code: -32601, message: "m" };
  const body = JSON.stringify([{ jsonrpc: "2.0", error, id: 7 }, { jsonrpc: "2.0", error, id: null }]);
  const divide = new MethodCall("divde", [6, 3], 7);

  const answers = await createService(body).callBatch(divide, new MethodCall("other"));

  const own = answers.getResponseForCall(divide)?.error;
  const [other] = answers.unmatchedErrors;
  assertEquals(own?.message, 'Cannot call "divde" at http://service.test/api: m');
  assertEquals(other?.message, "Cannot call a batch of 2 at http://service.test/api: m");
});

Deno.test("MethodNotFoundError has its message for rpcMessage when it is made without", () => {
  const { message, rpcMessage } = new MethodNotFoundError("m");

  assertEquals([message, rpcMessage], ["m", "m"]);
});
