import { assert, assertEquals } from "@std/assert";
import { collectBuffers } from "../../src/runtime/worker_transfer.ts";

const buffer = new ArrayBuffer(8);
const bytes = new Uint8Array(4);

const CASES: readonly (readonly [what: string, value: unknown, expected: readonly ArrayBuffer[]])[] = [
  ["nothing in a number", 5, []],
  ["nothing in null", null, []],
  ["a buffer", buffer, [buffer]],
  ["a view of a whole buffer", bytes, [bytes.buffer]],
  ["a DataView of a whole buffer", new DataView(buffer), [buffer]],
  ["no view of a part", new Uint8Array(buffer, 2, 4), []],
  ["no shared memory", new Uint8Array(new SharedArrayBuffer(4)), []],
  ["a buffer once", [buffer, buffer, new Uint8Array(buffer)], [buffer]],
  ["buffers in objects, maps and sets", { a: [{ buffer }], b: new Map([[1, new Set([bytes])]]) }, [
    buffer,
    bytes.buffer,
  ]],
  [
    "nothing of a class",
    new (class Holder {
      buffer = buffer;
    })(),
    [],
  ],
];

for (const [what, value, expected] of CASES) {
  Deno.test(`collectBuffers() finds ${what}`, () => {
    const found = collectBuffers(value);

    assertEquals(found.length, expected.length);
    assert(expected.every((one) => found.includes(one)));
  });
}

Deno.test("collectBuffers() ends in a circle", () => {
  const circle: { self?: unknown; buffer: ArrayBuffer } = { buffer };
  circle.self = circle;

  assertEquals(collectBuffers(circle), [buffer]);
});

Deno.test("collectBuffers() looks at the first 1000 values only", () => {
  const buffers = Array.from({ length: 5_000 }, () => new ArrayBuffer(1));

  assertEquals(collectBuffers(buffers).length, 999);
  assertEquals(collectBuffers({ list: Array.from({ length: 5_000 }, () => ({})), buffer }).length, 1);
});
