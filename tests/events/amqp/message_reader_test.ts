import { assertEquals, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { MessageWriter } from "../../../src/events/amqp/message_writer.ts";
import { createEvent } from "../../../src/events/event.ts";
import type { MessageParts } from "./fake_channel.ts";
import { BARE, BROADCAST, GROUP, read } from "./reader_fixture.ts";

const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

for (const envelope of ["binary", "structured", "none"] as const) {
  Deno.test(`MessageReader reads what MessageWriter writes: ${envelope}`, () => {
    const event = createEvent("order_paid", { order: 7, note: "ä" }, {
      id: "an id",
      source: "/shop",
      timeMs: 1_700_000_000_000,
      trace: { traceparent: TRACEPARENT, tracestate: "a=1", baggage: "b=2" },
      correlationId: "c",
    });
    const { content, options } = new MessageWriter(envelope, "shop").write(event);

    assertEquals(read(GROUP, { content, properties: options }), {
      id: "an id",
      name: "order_paid",
      body: { order: 7, note: "ä" },
      source: envelope === "none" ? undefined : "/shop",
      timeMs: 1_700_000_000_000,
      broadcast: false,
      attempt: 1,
      trace: { traceparent: TRACEPARENT, tracestate: "a=1", baggage: "b=2" },
      correlationId: "c",
    });
  });
}

Deno.test("MessageReader reads bare JSON", () => {
  assertEquals(read(GROUP, { body: {} }), BARE);
});

Deno.test("MessageReader says of broadcasts that they are", () => {
  assertEquals(read(BROADCAST, { body: {} }), { ...BARE, broadcast: true });
});

Deno.test("MessageReader reads the properties of AMQP", () => {
  const properties = { messageId: "m", timestamp: 12, correlationId: "c" };

  assertEquals(read(GROUP, { properties }), { ...BARE, id: "m", timeMs: 12_000, correlationId: "c" });
});

Deno.test("MessageReader reads CloudEvents with the prefix of AMQP 1.0", () => {
  const headers = {
    "cloudEvents:id": "i",
    "cloudEvents:source": "/s",
    "cloudEvents:type": "t",
    "cloudEvents:time": "2026-01-02T03:04:05Z",
    "cloudEvents:correlationid": "c",
    "cloudEvents:traceparent": TRACEPARENT,
    "cloudEvents:tracestate": "a=1",
  };

  assertEquals(read(BROADCAST, { headers }), {
    ...BARE,
    id: "i",
    name: "t",
    source: "/s",
    timeMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    broadcast: true,
    correlationId: "c",
    trace: { traceparent: TRACEPARENT, tracestate: "a=1" },
  });
});

Deno.test("MessageReader reads a structured event whose trace stands in headers", () => {
  const body = { specversion: "1.0", id: "1", source: "/s", type: "t" };
  const properties = { contentType: "application/cloudevents+json; charset=utf-8" };

  const event = read(GROUP, { body, properties, headers: { traceparent: TRACEPARENT } });

  assertEquals(event, { ...BARE, id: "1", source: "/s", body: null, trace: { traceparent: TRACEPARENT } });
});

for (
  const [from, name, parts] of [
    ["the CloudEvents type", "ce", {
      headers: { cloudEvents_type: "ce", "x-gs-event": "x" },
      properties: { type: "amqp" },
    }],
    ["the type of AMQP", "amqp", { headers: { "x-gs-event": "x" }, properties: { type: "amqp" } }],
    ["our header", "x", { headers: { "x-gs-event": "x" } }],
    ["the routing key", "order_paid", {}],
    ["the exchange of the Python library", "e", {
      fields: { routingKey: "", exchange: "gemstone.broadcast.e" },
    }],
    ["what is left when types are wrong", "order_paid", {
      headers: { cloudEvents_type: 7, "x-gs-event": {} },
      properties: { type: ["a"] },
    }],
    ["what is left when types are empty or huge", "order_paid", {
      headers: { cloudEvents_type: "a".repeat(1025), "x-gs-event": "" },
      properties: { type: "" },
    }],
    ["the structured event", "inside", {
      body: { specversion: "1.0", id: "1", source: "/s", type: "inside" },
      properties: { contentType: "application/cloudevents+json", type: "outside" },
    }],
  ] as [string, string, MessageParts][]
) {
  Deno.test(`MessageReader takes the name of a broadcast from ${from}`, () => {
    assertStrictEquals(read(BROADCAST, parts).name, name);
  });

  Deno.test(`MessageReader keeps to the event of a group queue, not to ${from}`, () => {
    assertStrictEquals(read(GROUP, parts).name, "order_paid");
  });
}

for (
  const [name, value, attempt] of [
    ["the first", 1, 1],
    ["a later one", 5, 5],
    ["the last that can be", 1000, 1000],
    ["none", undefined, 1],
    ["zero", 0, 1],
    ["minus one", -1, 1],
    ["one more than can be", 1001, 1],
    ["a billion", 1e9, 1],
    ["NaN", NaN, 1],
    ["Infinity", Infinity, 1],
    ["a fraction", 2.5, 1],
    ["a text", "3", 1],
    ["null", null, 1],
    ["a table", { "!": "timestamp", value: 3 }, 1],
    ["a table with valueOf", { valueOf: () => 3 }, 1],
    ["an array", [3], 1],
    ["bytes", Buffer.from([3]), 1],
    ["true", true, 1],
  ] as const
) {
  Deno.test(`MessageReader reads the attempt: ${name}`, () => {
    assertStrictEquals(read(GROUP, { headers: { "x-gs-attempt": value } }).attempt, attempt);
  });
}

for (
  const contentType of ["application/json", "Application/JSON; charset=utf-8", "text/json", "a/b+json", ""]
) {
  Deno.test(`MessageReader takes content type "${contentType}"`, () => {
    assertEquals(read(GROUP, { body: [1], properties: { contentType } }).body, [1]);
  });
}

for (const contentEncoding of ["utf-8", "UTF8", "identity", ""]) {
  Deno.test(`MessageReader takes content encoding "${contentEncoding}"`, () => {
    assertEquals(read(GROUP, { body: [1], properties: { contentEncoding } }).body, [1]);
  });
}

Deno.test("MessageReader remembers no time of another message", () => {
  const first = read(GROUP, { headers: { cloudEvents_time: "2026-01-02T03:04:05Z" } });
  const second = read(GROUP, { headers: { cloudEvents_time: "never" } });
  const third = read(GROUP, {});

  assertEquals([first.timeMs, second.timeMs, third.timeMs], [
    Date.UTC(2026, 0, 2, 3, 4, 5),
    undefined,
    undefined,
  ]);
});
