import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { ReusedHeaders } from "../../../src/events/amqp/reused_headers.ts";

Deno.test("ReusedHeaders.fill() uses the same table again", () => {
  const headers = new ReusedHeaders();

  const [first, second] = [headers.fill({ a: 1 }), headers.fill({ b: 2 })];

  assertStrictEquals(first, second);
});

Deno.test("ReusedHeaders.fill() leaves nothing of earlier messages", () => {
  const headers = new ReusedHeaders();
  headers.fill({ a: 1, b: 2 });

  const table = headers.fill({ b: 3 });

  assertEquals(listOf(table), { b: 3 });
});

Deno.test("ReusedHeaders.fill() takes a new table when more and more names come", () => {
  const headers = new ReusedHeaders();
  const first = headers.fill({ a: 1 });

  for (let count = 0; count < 1000; count++) headers.fill({ [`name_${count}`]: count });

  const table = headers.fill({ b: 2 });
  assertNotStrictEquals(table, first);
  assertStrictEquals(Object.keys(table).length <= 32, true);
  assertEquals(listOf(table), { b: 2 });
});

Deno.test("ReusedHeaders.fill() passes a large table on as it is", () => {
  const large = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`name_${index}`, index]));

  assertStrictEquals(new ReusedHeaders().fill(large), large);
});

Deno.test("ReusedHeaders.fill() always holds what the library would find in the headers themselves", () => {
  const name = fc.oneof(fc.constantFrom("a", "b", "__proto__", "constructor", "toString"), fc.string());
  const tables = fc.array(
    fc.array(fc.tuple(name, fc.oneof(fc.integer(), fc.constant(undefined), fc.constant(null)))),
  );
  fc.assert(fc.property(tables, (messages) => {
    const headers = new ReusedHeaders();
    for (const entries of messages) {
      // Defines members, so that `__proto__` is a name like any other.
      const given = Object.fromEntries(entries);

      assertEquals(listOf(headers.fill(given)), listOf(given));
    }
  }));
});

/** What amqplib encodes: all names of the prototype that it makes of the table, without those of no value. */
function listOf(table: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const made = Object.create(table) as Record<string, unknown>;
  const found: [string, unknown][] = [];
  for (const name in made) {
    const own = Object.getOwnPropertyDescriptor(table, name)?.value;
    if (own !== undefined) found.push([name, own]);
  }
  return Object.fromEntries(found);
}
