import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { runInNewContext } from "node:vm";
import {
  type CallId,
  type CallParams,
  encodeRequest,
  isPlainObject,
  MethodCall,
  Notification,
} from "../../src/client/call.ts";

for (const id of [NaN, Infinity, null, true, {}, [], 1n, Symbol("x")]) {
  Deno.test(`MethodCall() refuses the id ${typeof id} ${String(id)}`, () => {
    assertThrows(() => new MethodCall("f", [], id as CallId), TypeError, "the id must be");
  });
}

for (const id of [0, "", -0, 2 ** 53, "a\u0000b"]) {
  Deno.test(`MethodCall() keeps the id ${JSON.stringify(id)}`, () => {
    assertStrictEquals(new MethodCall("f", [], id).id, id);
  });
}

for (const method of ["", null, undefined, 1, {}, ["f"]]) {
  Deno.test(`MethodCall() and Notification() refuse the name ${JSON.stringify(method)}`, () => {
    assertThrows(() => new MethodCall(method as string), TypeError, "its name must be a string");
    assertThrows(() => new Notification(method as string), TypeError, "its name must be a string");
  });
}

for (const params of [null, "x", 1, true, new Set(), () => 1, Symbol("x")]) {
  Deno.test(`MethodCall() and Notification() refuse params of ${Object.prototype.toString.call(params)}`, () => {
    assertThrows(() => new MethodCall("f", params as unknown as CallParams), TypeError, "params must be");
    assertThrows(() => new Notification("f", params as unknown as CallParams), TypeError, "params must be");
  });
}

for (
  const [name, value, expected] of [
    ["a literal", {}, true],
    ["an object without prototype", Object.create(null), true],
    ["an object of another realm", runInNewContext("({ a: 1 })"), true],
    ["an object with a __proto__ member", JSON.parse('{"__proto__":1}'), true],
    ["an array", [], false],
    ["a Date", new Date(), false],
    ["an error", new Error("x"), false],
    ["a MethodCall", new MethodCall("f"), false],
    ["null", null, false],
    ["a function", () => 1, false],
  ] as const
) {
  Deno.test(`isPlainObject() answers ${expected} for ${name}`, () => {
    assertEquals(isPlainObject(value), expected);
  });
}

Deno.test("encodeRequest() writes only the members that there are", () => {
  const call = encodeRequest(new MethodCall("f"), 0, undefined);
  const notification = encodeRequest(new Notification("f", { a: 1 }), undefined, {
    name: "auth_token",
    value: "t",
  });

  assertEquals(call, '{"jsonrpc":"2.0","method":"f","id":0}');
  assertEquals(notification, '{"jsonrpc":"2.0","method":"f","params":{"a":1},"auth_token":"t"}');
});

Deno.test("encodeRequest() keeps a member of the arguments that is called __proto__", () => {
  const params = JSON.parse('{"__proto__":{"admin":true}}');

  assertEquals(
    encodeRequest(new MethodCall("f", params), 1, undefined).includes('"__proto__":{"admin":true}'),
    true,
  );
});
