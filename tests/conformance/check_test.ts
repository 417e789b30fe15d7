import { assert, assertEquals } from "@std/assert";
import type { Expectation } from "./case.ts";
import { checkResponse } from "./check.ts";
import type { CaseResponse } from "./exchange.ts";

const RESULT = { jsonrpc: "2.0", result: [1, { a: null }], id: 0 };
const FAILURE = {
  jsonrpc: "2.0",
  error: { code: -32602, message: "Invalid params", data: { reason: "x" } },
  id: 1,
};
const { data: _data, ...PLAIN_ERROR } = FAILURE.error;
const PLAIN_FAILURE = { ...FAILURE, error: PLAIN_ERROR };

type Row = readonly [what: string, expected: Expectation, body: unknown];

const ACCEPTED: readonly Row[] = [
  ["the same object", { json: RESULT }, RESULT],
  ["members in another order", { json: { id: 0, result: RESULT.result, jsonrpc: "2.0" } }, RESULT],
  ["any value where any will do", { json: { ...RESULT, result: { $any: true } } }, RESULT],
  ["a value of the type", { json: { ...RESULT, result: { $type: "array" } } }, RESULT],
  ["error data that is not named", { json: PLAIN_FAILURE }, FAILURE],
  ["error data that is not named, in a batch", { json: [PLAIN_FAILURE] }, [FAILURE]],
  ["an array in another order", { json_unordered: [PLAIN_FAILURE, RESULT] }, [RESULT, FAILURE]],
  ["more members than the subset", { json_subset: { result: [1, {}] } }, RESULT],
  ["a result in another order", { result_unordered: [{ a: null }, 1] }, RESULT],
  ["the error code", { error_code: -32602 }, FAILURE],
  ["one of the error codes", { error_code_any: [-32600, -32602] }, FAILURE],
  ["the id", { id: 0 }, RESULT],
  ["the id null", { id: null }, { ...RESULT, id: null }],
];

const REFUSED: readonly Row[] = [
  ["another value", { json: { ...RESULT, id: 1 } }, RESULT],
  ["null for 0", { json: RESULT }, { ...RESULT, id: null }],
  ["false for null", { json: { ...RESULT, id: null } }, { ...RESULT, id: false }],
  ["a missing member", { json: RESULT }, { jsonrpc: "2.0", id: 0 }],
  ["one member too many", { json: RESULT }, { ...RESULT, error: null }],
  ["a shorter array", { json: RESULT }, { ...RESULT, result: [1] }],
  ["a missing member where any value will do", { json_subset: { foo: { $any: true } } }, RESULT],
  ["a value of another type", { json: { ...RESULT, result: { $type: "object" } } }, RESULT],
  ["other error data", { json: { ...FAILURE, error: { ...FAILURE.error, data: {} } } }, FAILURE],
  ["missing error data", { json: FAILURE }, PLAIN_FAILURE],
  ["error data where there may be none", { json: PLAIN_FAILURE, no_error_data: true }, FAILURE],
  ["an object for an array", { json_unordered: [RESULT] }, RESULT],
  ["the same element twice", { json_unordered: [RESULT, FAILURE] }, [RESULT, RESULT]],
  ["one element too many", { json_unordered: [RESULT] }, [RESULT, RESULT]],
  ["a result that is no array", { result_unordered: [] }, { ...RESULT, result: {} }],
  ["another error code", { error_code: -32600 }, FAILURE],
  ["a result beside the error", { error_code: -32602 }, { ...FAILURE, result: null }],
  ["an array around the error", { error_code: -32602 }, [FAILURE]],
  ["a missing id", { id: null }, { jsonrpc: "2.0", result: 1 }],
];

function respond(response: Partial<CaseResponse>): CaseResponse {
  return { status: 200, headers: { allow: "GET, POST" }, text: "", ms: 5, ...response };
}

for (const [what, expected, body] of ACCEPTED) {
  Deno.test(`checkResponse() accepts ${what}`, () => {
    assertEquals(checkResponse(expected, respond({ text: JSON.stringify(body) })), []);
  });
}

for (const [what, expected, body] of REFUSED) {
  Deno.test(`checkResponse() refuses ${what}`, () => {
    assertEquals(checkResponse(expected, respond({ text: JSON.stringify(body) })).length, 1);
  });
}

Deno.test("checkResponse() refuses a body that is not JSON", () => {
  const [fault] = checkResponse({ id: 1 }, respond({ text: "<html>" }));

  assertEquals(fault, 'body "<html>" is not JSON');
});

for (
  const [what, good, bad] of [
    ["status", { status: 200 }, { status: 204 }],
    ["one of several statuses", { status_any: [200, 404] }, { status_any: [403, 404] }],
    ["header", { headers: { Allow: "GET, POST" } }, { headers: { Allow: "POST" } }],
    ["start of a header", { headers: { allow: { $prefix: "GET" } } }, {
      headers: { allow: { $prefix: "POST" } },
    }],
    ["part of a header", { headers: { allow: { $includes: "POST" } } }, {
      headers: { allow: { $includes: "PUT" } },
    }],
    ["missing header", {}, { headers: { "x-absent": { $includes: "x" } } }],
    ["text", { body_text: "top secret" }, { body_text: "top" }],
    ["excluded text", { body_excludes: "public" }, { body_excludes: "secret" }],
    ["empty body", {}, { empty: true }],
    ["time", { max_ms: 5 }, { max_ms: 4 }],
  ] as readonly (readonly [string, Expectation, Expectation])[]
) {
  Deno.test(`checkResponse() checks the ${what}`, () => {
    const response = respond({ text: "top secret" });

    assertEquals(checkResponse(good, response), []);
    assert(checkResponse(bad, response).length === 1);
  });
}
