import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import type { ReceivedEvent } from "../../../src/events/event_transport.ts";
import {
  readBroadcast,
  readEntry,
  readHeader,
  UnreadableEntry,
} from "../../../src/events/redis/entry_reader.ts";
import { readLetter } from "../../../src/events/redis/letter_reader.ts";

const anyField = fc.oneof(
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
  fc.json().map((json) => Buffer.from(json)),
  fc.constantFrom("event", "body", "attempt", "first_failure", "__proto__", '{"specversion":"1.0"}').map((
    text,
  ) => Buffer.from(text)),
);

Deno.test("readEntry() never throws, and makes an event or says why not", () => {
  fc.assert(fc.property(fc.array(anyField), fc.nat(), (fields, maxEventBytes) => {
    const { attempt } = readHeader(fields);
    const event = readEntry("name", fields, attempt, maxEventBytes);

    assert(Number.isInteger(attempt) && attempt >= 1 && attempt <= 1000);
    if (event instanceof UnreadableEntry) assert(event.error instanceof Error);
    else assertEquals([event.name, event.broadcast, event.attempt], ["name", false, attempt]);
  }));
});

Deno.test("readBroadcast() takes every JSON as it is", () => {
  fc.assert(fc.property(fc.json(), (json) => {
    const event = readBroadcast("name", Buffer.from(json), 1_000_000) as ReceivedEvent;

    assertEquals(JSON.stringify(event.body), JSON.stringify(JSON.parse(json)));
  }));
});

Deno.test("readLetter() never throws, whatever stands in Redis", () => {
  const anyName = fc.constantFrom("entry.event", "entry.body", "attempts", "origin", "x").map((text) =>
    Buffer.from(text)
  );
  fc.assert(fc.property(fc.array(fc.oneof(anyName, anyField)), (fields) => {
    const letter = readLetter("1-1", fields);

    assertEquals(letter.id, "1-1");
    assertEquals(typeof letter.body, "string");
    assert(Number.isSafeInteger(letter.attempts));
  }));
});

Deno.test("readLetter() shows the fields of an entry without event", () => {
  const fields = ["reason", "malformed", "entry.a", "1", "entry.b", "2"].map((text) => Buffer.from(text));

  assertEquals(readLetter("1-1", fields).body, "a: 1\nb: 2");
});
