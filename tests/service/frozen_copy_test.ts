import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { JsonValue } from "@gemstone/gemstone";
import { copyFrozen } from "../../src/service/frozen_copy.ts";

function isFrozenInDepth(value: unknown): boolean {
  return typeof value !== "object" || value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isFrozenInDepth));
}

Deno.test("copyFrozen() gives the same value, frozen, and leaves the source alone", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    const value = JSON.parse(text) as JsonValue;

    const copy = copyFrozen(value);

    assertEquals(JSON.stringify(copy), JSON.stringify(JSON.parse(text)));
    assertEquals(JSON.stringify(value), JSON.stringify(JSON.parse(text)));
    assert(isFrozenInDepth(copy));
    assert(typeof value !== "object" || value === null || copy !== value);
  }));
});

for (
  const text of ['{"__proto__":{"a":1}}', '{"constructor":1,"toString":null}', '[{"__proto__":null}]', "{}"]
) {
  Deno.test(`copyFrozen() keeps the members of ${text} as they are`, () => {
    const copy = copyFrozen(JSON.parse(text) as JsonValue);

    assertEquals(JSON.stringify(copy), text);
    assertEquals(Object.getPrototypeOf(Array.isArray(copy) ? {} : copy), Object.prototype);
  });
}

Deno.test("copyFrozen() leaves what holds nothing as it is", () => {
  assertEquals([copyFrozen(undefined), copyFrozen(null), copyFrozen(0), copyFrozen("")], [
    undefined,
    null,
    0,
    "",
  ]);
});
