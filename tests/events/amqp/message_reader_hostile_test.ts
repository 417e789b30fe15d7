/** Messages of people who do not mean well, or do not know better. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import type { AmqpMessage } from "../../../src/events/amqp/driver.ts";
import { UnreadableMessage } from "../../../src/events/amqp/message_reader.ts";
import { createMessage, type MessageParts } from "./fake_channel.ts";
import { BARE, BROADCAST, GROUP, read, refuse } from "./reader_fixture.ts";

for (
  const [name, reason, text, parts] of [
    ["not JSON", "malformed", "not JSON", { content: Buffer.from("hello") }],
    ["not UTF-8", "malformed", "not UTF-8", { content: Buffer.from([0x22, 0xff, 0x22]) }],
    ["no body", "malformed", "not JSON", { content: Buffer.alloc(0) }],
    ["64 MB", "too_large", "67108864 bytes", { content: Buffer.alloc(64 * 1024 * 1024) }],
    ["content type text/plain", "malformed", '"text/plain"', { properties: { contentType: "text/plain" } }],
    ["content type text/html", "malformed", '"text/html"', { properties: { contentType: "text/html" } }],
    ["a batch of CloudEvents", "malformed", "cloudevents-batch", {
      properties: { contentType: "application/cloudevents-batch+json" },
    }],
    ["a content type that is a table", "malformed", "a object", { properties: { contentType: {} } }],
    ["content encoding gzip", "malformed", '"gzip"', { properties: { contentEncoding: "gzip" } }],
    ["a content encoding that is a number", "malformed", "a number", { properties: { contentEncoding: 8 } }],
    ["a structured event that is none", "malformed", "specversion", {
      properties: { contentType: "application/cloudevents+json" },
    }],
    ["a structured event without type", "malformed", "type", {
      body: { specversion: "1.0", id: "1", source: "/s" },
      properties: { contentType: "application/cloudevents+json" },
    }],
    ["a structured event that is a list", "malformed", "not a JSON object", {
      body: [],
      properties: { contentType: "application/cloudevents+json" },
    }],
  ] as [string, string, string, MessageParts][]
) {
  Deno.test(`MessageReader refuses ${name}`, () => {
    const message = refuse(BROADCAST, parts);

    assertStrictEquals(message.reason, reason);
    assertStringIncludes((message.error as Error).message, text);
    assertStrictEquals(message.name, "order_paid");
  });
}

Deno.test("MessageReader takes attributes of wrong types for missing", () => {
  const wrong = [7, null, true, {}, [], Buffer.from("a"), "", "a".repeat(2000)];
  for (const value of wrong) {
    const headers = Object.fromEntries(
      ["id", "source", "type", "time", "specversion", "correlationid"].map((name) => [
        `cloudEvents_${name}`,
        value,
      ]),
    );
    const properties = { messageId: value, timestamp: "now", correlationId: value };

    const event = read(GROUP, { properties, headers: { ...headers, traceparent: value, baggage: {} } });

    assertEquals(event, BARE);
  }
});

for (const timestamp of [-1, NaN, Infinity, 2 ** 63, "12", { "!": "timestamp", value: 1 }]) {
  Deno.test(`MessageReader takes timestamp ${JSON.stringify(timestamp)} for missing`, () => {
    assertStrictEquals(read(GROUP, { properties: { timestamp } }).timeMs, undefined);
  });
}

for (const headers of [null, 7, "a", [], [["a", 1]]]) {
  Deno.test(`MessageReader copes with headers ${JSON.stringify(headers)}`, () => {
    assertEquals(read(GROUP, { properties: { headers } }), BARE);
  });
}

Deno.test("MessageReader copes with headers named like members of every object", () => {
  const headers = JSON.parse(
    '{"__proto__":{"x-gs-attempt":7},"constructor":1,"toString":2,"hasOwnProperty":3}',
  );

  assertEquals(read(GROUP, { headers }), BARE);
});

Deno.test("MessageReader.read() never throws, and keeps to the types", () => {
  const value = fc.oneof(
    { depthSize: "small" },
    fc.anything({ withBigInt: true, withNullPrototype: true }),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    fc.record({ "!": fc.string(), value: fc.anything() }),
  );
  const known = [
    "cloudEvents_id",
    "cloudEvents_type",
    "cloudEvents:source",
    "cloudEvents_time",
    "x-gs-attempt",
    "x-gs-event",
    "traceparent",
    "tracestate",
    "baggage",
    "__proto__",
  ];
  const headers = fc.oneof(fc.dictionary(fc.oneof(fc.constantFrom(...known), fc.string()), value), value);
  const contentType = fc.oneof(
    fc.constantFrom("application/json", "application/cloudevents+json", undefined),
    fc.string(),
    value,
  );
  const cloudEvent = fc.record({
    specversion: fc.constantFrom("1.0", "2.0", 1),
    id: fc.oneof(fc.string(), fc.jsonValue()),
    source: fc.oneof(fc.string(), fc.jsonValue()),
    type: fc.oneof(fc.string(), fc.jsonValue()),
    data: fc.jsonValue(),
  }, { requiredKeys: [] });
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.oneof(fc.jsonValue(), cloudEvent).map((body) => Buffer.from(JSON.stringify(body))),
  );
  const properties = fc.record({
    contentType,
    contentEncoding: fc.oneof(fc.constant(undefined), value),
    messageId: value,
    timestamp: fc.oneof(fc.double(), value),
    type: value,
    correlationId: value,
    headers,
  }, { requiredKeys: [] });
  fc.assert(
    fc.property(content, properties, fc.constantFrom(GROUP, BROADCAST), (content, properties, reader) => {
      const message = { ...createMessage({ content }), properties } as unknown as AmqpMessage;

      const event = reader.read(message);

      assert(typeof event.name === "string" && event.name.length <= 1024);
      if (event instanceof UnreadableMessage) {
        assertInstanceOf(event.error, Error);
        return;
      }
      assert(Number.isInteger(event.attempt) && event.attempt >= 1 && event.attempt <= 1000);
      assert(event.body !== undefined);
      for (const text of [event.id, event.source, event.correlationId]) {
        assert(text === undefined || typeof text === "string" && text !== "" && text.length <= 1024);
      }
      assert(event.timeMs === undefined || Number.isFinite(event.timeMs));
    }),
    { numRuns: 1000 },
  );
});
