import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { createEventId } from "../../src/events/event_id.ts";

for (
  const [name, timeMs, start] of [
    ["the time of RFC 9562, appendix A.6", 0x017f22e279b0, "017f22e2-79b0-7"],
    ["the start of the epoch", 0, "00000000-0000-7"],
    ["a time whose lower half is small", 0x018000000001, "01800000-0001-7"],
    ["the last time", 2 ** 48 - 1, "ffffffff-ffff-7"],
    ["a fraction of a millisecond", 5.9, "00000000-0005-7"],
  ] as const
) {
  Deno.test(`createEventId() begins with ${name}`, () => {
    const id = createEventId(timeMs);

    assertStrictEquals(id.slice(0, 15), start);
    assertMatch(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
}

Deno.test("createEventId() sorts by time", () => {
  const times = [0, 1, 0xffff, 0x10000, 0x10001, 1_700_000_000_000, 1_700_000_000_001, 2 ** 48 - 1];

  const ids = times.map(createEventId);

  assertEquals(ids.toSorted(), ids);
});

Deno.test("createEventId() makes different ids at the same time", () => {
  const ids = new Set(Array.from({ length: 1000 }, () => createEventId(1)));

  assertStrictEquals(ids.size, 1000);
});
