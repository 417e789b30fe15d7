import { assert, assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { readJsonBody, UnreadableEventError } from "../../src/events/json_body.ts";

for (
  const [name, content, expected] of [
    ["an object", '{"a":[1,null,"ä"]}', { a: [1, null, "ä"] }],
    ["null", "null", null],
    ["a text", '"a"', "a"],
    ["white space around it", " \n1\t", 1],
    ["a byte order mark", "\ufeff[]", []],
    ["the replacement character itself", '"\ufffd"', "\ufffd"],
    ["it after a byte order mark", '\ufeff"\ufffd"', "\ufffd"],
    ["characters outside of the basic plane", '"😀"', "😀"],
  ] as const
) {
  Deno.test(`readJsonBody() reads ${name}`, () => {
    assertEquals(readJsonBody(Buffer.from(content), 100), expected as unknown);
  });
}

Deno.test("readJsonBody() reads __proto__ as a member", () => {
  const body = readJsonBody(Buffer.from('{"__proto__":{"admin":true}}'), 100) as Record<string, unknown>;

  assertEquals(Object.keys(body), ["__proto__"]);
  assertStrictEquals(body.admin, undefined);
});

Deno.test("readJsonBody() reads deep nesting or says that it can not", () => {
  const content = Buffer.from("[".repeat(200_000) + "]".repeat(200_000));

  try {
    assert(Array.isArray(readJsonBody(content, 1_000_000)));
  } catch (error) {
    assertInstanceOf(error, UnreadableEventError);
  }
});

for (
  const [name, content, text] of [
    ["nothing", Buffer.alloc(0), "is not JSON"],
    ["text that is not JSON", Buffer.from("hello"), "is not JSON"],
    ["JSON that is cut off", Buffer.from('{"a":'), "is not JSON"],
    ["two values", Buffer.from("1 2"), "is not JSON"],
    ["a zero byte", Buffer.from([0]), "is not JSON"],
    ["two byte order marks", Buffer.from("\ufeff\ufeff1"), "is not JSON"],
    ["a byte that UTF-8 does not have", Buffer.from([0x22, 0xff, 0x22]), "is not UTF-8"],
    ["a character that is cut off", Buffer.from([0x22, 0xc3, 0x22]), "is not UTF-8"],
    ["a surrogate", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), "is not UTF-8"],
    ["an overlong form", Buffer.from([0x22, 0xc0, 0xaf, 0x22]), "is not UTF-8"],
    ["UTF-16", Buffer.from('\ufeff{"a":1}', "utf16le"), "is not UTF-8"],
    ["Latin-1", Buffer.from('"ä"', "latin1"), "is not UTF-8"],
  ] as const
) {
  Deno.test(`readJsonBody() refuses ${name}`, () => {
    const error = assertThrows(() => readJsonBody(content, 100), UnreadableEventError, text);

    assertStrictEquals(error.reason, "malformed");
  });
}

Deno.test("readJsonBody() refuses what is too large, without decoding it", () => {
  const error = assertThrows(
    () => readJsonBody(Buffer.alloc(64 * 1024 * 1024, 0xff), 1024 * 1024),
    UnreadableEventError,
    "67108864 bytes",
  );

  assertStrictEquals(error.reason, "too_large");
});

Deno.test("readJsonBody() takes as many bytes as the limit allows", () => {
  assertStrictEquals(readJsonBody(Buffer.from('"ä"'), 4), "ä");
  assertThrows(() => readJsonBody(Buffer.from('"ä"'), 3), UnreadableEventError, "4 bytes");
});

Deno.test("readJsonBody() reads what JSON.stringify writes", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = JSON.stringify(value);

    assertStrictEquals(JSON.stringify(readJsonBody(Buffer.from(text), text.length * 4)), text);
  }));
});

Deno.test("readJsonBody() decodes any bytes as a strict decoder does", () => {
  const strict = new TextDecoder("utf-8", { fatal: true });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.string({ unit: fc.constantFrom("a", "ä", "€", "😀", "\ufffd", "\ufeff"), maxLength: 6 })
      .map((text) => Buffer.from(text)),
  );
  fc.assert(fc.property(bytes, (inner) => {
    const content = Buffer.concat([Buffer.from('"'), inner, Buffer.from('"')]);
    let expected: unknown = UnreadableEventError;
    try {
      expected = JSON.parse(strict.decode(content));
    } catch {
      // Then it has to be refused.
    }
    let actual: unknown;
    try {
      actual = readJsonBody(content, 100);
    } catch (error) {
      actual = (error as Error).constructor;
    }

    assertStrictEquals(actual, expected);
  }));
});
