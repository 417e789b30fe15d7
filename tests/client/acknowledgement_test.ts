import { assertRejects, assertStrictEquals } from "@std/assert";
import { CalledServiceError, InvalidResponseError, UnknownRemoteError } from "../../src/errors.ts";
import { createService } from "./fixed_answer.ts";

for (
  const [name, body, status] of [
    ["204", null, 204],
    ["an empty 200", "", 200],
    ["an empty 202", "", 202],
    ["the acknowledgement of Python gemstone", '{"result":null,"error":null,"jsonrpc":"2.0"}', 200],
    ["the acknowledgement of Python gemstone 0.3", '{"result":"received","error":null,"jsonrpc":"2.0"}', 200],
  ] as const
) {
  Deno.test(`notify() accepts ${name}`, async () => {
    assertStrictEquals(await createService(body, status).notify("log"), undefined);
  });
}

for (
  const [name, body, status, errorClass] of [
    [
      "an error of the service",
      '{"jsonrpc":"2.0","error":{"code":-32600,"message":"m"},"id":null}',
      200,
      UnknownRemoteError,
    ],
    [
      "a JSON-RPC error with status 415",
      '{"jsonrpc":"2.0","error":{"code":-32600,"message":"m"},"id":null}',
      415,
      UnknownRemoteError,
    ],
    ["an HTML page", "<html>", 200, InvalidResponseError],
    ["an array", "[]", 200, InvalidResponseError],
    ["an object that is no answer", "{}", 200, InvalidResponseError],
    ["status 404", "not found", 404, CalledServiceError],
    ["status 502 without a body", "", 502, CalledServiceError],
  ] as const
) {
  Deno.test(`notify() rejects ${name}`, async () => {
    await assertRejects(() => createService(body, status).notify("log"), errorClass);
  });
}
