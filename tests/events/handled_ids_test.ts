import { assert, assertEquals, assertFalse, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import type { ReceivedEvent } from "../../src/events/event_transport.ts";
import { eventKey, HandledIds } from "../../src/events/handled_ids.ts";

function createEvent(source: string | undefined, id: string | undefined): ReceivedEvent {
  return {
    source,
    id,
    name: "a",
    body: null,
    timeMs: 0,
    broadcast: false,
    attempt: 1,
    trace: {},
    correlationId: undefined,
  };
}

for (
  const [name, source, id] of [
    ["no id", "/a", undefined],
    ["no source", undefined, "1"],
    ["neither", undefined, undefined],
    ["an id of a megabyte", "/a", "x".repeat(2 ** 20)],
    ["a source of a megabyte", "x".repeat(2 ** 20), "1"],
  ] as const
) {
  Deno.test(`eventKey() is undefined for an event with ${name}`, () => {
    assertEquals(eventKey(createEvent(source, id)), undefined);
  });
}

Deno.test("eventKey() is the same for the same source and id only", () => {
  const part = fc.string({ unit: fc.constantFrom(" ", "a", "1", "/"), maxLength: 5 });
  fc.assert(fc.property(part, part, part, part, (source, id, otherSource, otherId) => {
    const isSame = source === otherSource && id === otherId;

    assertEquals(eventKey(createEvent(source, id)) === eventKey(createEvent(otherSource, otherId)), isSame);
  }));
  assertNotEquals(eventKey(createEvent("/a", "b c")), eventKey(createEvent("c /a", "b")));
});

Deno.test("HandledIds.has() knows what was added, names of Object.prototype too", () => {
  const handled = new HandledIds(10);

  handled.add("__proto__");

  assert(handled.has("__proto__"));
  assertFalse(handled.has("constructor"));
});

for (const capacity of [1, 2, 3, 10, 1001]) {
  Deno.test(`HandledIds of capacity ${capacity} knows the last half and no more than all of it`, () => {
    const handled = new HandledIds(capacity);
    const keys = Array.from({ length: capacity * 5 }, (_, index) => `key ${index}`);

    for (const [index, key] of keys.entries()) {
      handled.add(key);

      const known = keys.filter((other) => handled.has(other));
      assert(known.length <= capacity, `${known.length} known`);
      assert(known.length >= Math.min(index + 1, Math.ceil(capacity / 2)), `${known.length} known`);
      assertEquals(known, keys.slice(index + 1 - known.length, index + 1));
    }
  });
}

Deno.test("HandledIds.add() of the same key again and again forgets no other key", () => {
  const handled = new HandledIds(10);
  handled.add("first");

  for (let count = 0; count < 1000; count++) handled.add("again");

  assert(handled.has("first"));
});
