import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { createEvent } from "../../src/events/event.ts";
import { isJsonType, readCloudEvent, readTime, writeCloudEvent } from "../../src/events/cloud_event.ts";

const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const LEAST = { specversion: "1.0", id: "7", source: "/s", type: "a" };

Deno.test("writeCloudEvent() writes the least", () => {
  const event = createEvent("order_paid", { order: 7 }, { id: "7", source: "/shop", timeMs: 1.5 });

  assertStrictEquals(
    writeCloudEvent(event),
    '{"specversion":"1.0","id":"7","source":"/shop","type":"order_paid","time":"1970-01-01T00:00:00.001Z",' +
      '"datacontenttype":"application/json","data":{"order":7}}',
  );
});

Deno.test("writeCloudEvent() writes everything", () => {
  const trace = { traceparent: TRACEPARENT, tracestate: 'a="1"', baggage: "b=2" };
  const event = createEvent('"a"', null, {
    id: 'i"d',
    source: "s\\",
    timeMs: 0,
    trace,
    correlationId: "\u2028",
  });

  assertEquals(JSON.parse(writeCloudEvent(event)), {
    specversion: "1.0",
    id: 'i"d',
    source: "s\\",
    type: '"a"',
    time: "1970-01-01T00:00:00.000Z",
    correlationid: "\u2028",
    traceparent: TRACEPARENT,
    tracestate: 'a="1"',
    baggage: "b=2",
    datacontenttype: "application/json",
    data: null,
  });
});

Deno.test("writeCloudEvent() does not write the body again", () => {
  const event = { ...createEvent("a", 1), json: '{ "as" : "it is" }' };

  assertStrictEquals(writeCloudEvent(event).endsWith(`"data":{ "as" : "it is" }}`), true);
});

Deno.test("readCloudEvent() reads what writeCloudEvent() writes", () => {
  const text = fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" });
  const time = fc.integer({ min: 0, max: 253_402_300_799_999 });
  fc.assert(fc.property(fc.jsonValue(), text, text, time, (body, id, source, timeMs) => {
    const event = createEvent("order_paid", body, { id, source, timeMs, correlationId: id });

    const read = readCloudEvent(JSON.parse(writeCloudEvent(event)));

    assertEquals(JSON.stringify(read.body), event.json);
    assertEquals({ ...read, body: 0 }, {
      id,
      source,
      name: "order_paid",
      timeMs,
      trace: {},
      correlationId: id,
      body: 0,
    });
  }));
});

for (
  const [name, data] of [
    ["null", null],
    ["false", false],
    ["zero", 0],
    ["text", "text"],
    ["an array", [1]],
    ["a member named __proto__", JSON.parse('{"__proto__":1}')],
  ] as const
) {
  Deno.test(`readCloudEvent() takes ${name} as data`, () => {
    assertEquals(readCloudEvent({ ...LEAST, data }).body, data);
  });
}

Deno.test("readCloudEvent() takes no data as null", () => {
  assertStrictEquals(readCloudEvent(LEAST).body, null);
});

for (
  const [name, datacontenttype] of [
    ["no type", undefined],
    ["application/json", "application/json"],
    ["a type with a parameter", "Application/JSON; charset=utf-8"],
    ["a type that ends in +json", "application/vnd.shop+json"],
  ] as const
) {
  Deno.test(`readCloudEvent() decodes data_base64 of ${name}`, () => {
    const data_base64 = Buffer.from('{"é":[1]}').toString("base64");

    const { body } = readCloudEvent({
      ...LEAST,
      data_base64,
      ...(datacontenttype !== undefined && { datacontenttype }),
    });

    assertEquals(body, { é: [1] });
  });
}

for (
  const [name, value, message] of [
    ["nothing", undefined, "it is not a JSON object"],
    ["null", null, "it is not a JSON object"],
    ["a number", 7, "it is not a JSON object"],
    ["text", "{}", "it is not a JSON object"],
    ["an array, which is a batch", [LEAST], "it is not a JSON object"],
    ["an empty object", {}, 'specversion must be "1.0"'],
    ["an older version", { ...LEAST, specversion: "0.3" }, 'specversion must be "1.0"'],
    ["a version that is a number", { ...LEAST, specversion: 1 }, 'specversion must be "1.0"'],
    ["no type", without("type"), "type must be a string of 1 to 1024 characters"],
    ["a type that is a number", { ...LEAST, type: 7 }, "type must be a string"],
    ["an empty type", { ...LEAST, type: "" }, "type must be a string"],
    ["a type of 1 MB", { ...LEAST, type: "t".repeat(1_000_000) }, "type must be a string"],
    ["no id", without("id"), "id must be a string"],
    ["an id that is an object", { ...LEAST, id: { toString: () => "7" } }, "id must be a string"],
    ["an id that is null", { ...LEAST, id: null }, "id must be a string"],
    ["an id of 1025 characters", { ...LEAST, id: "i".repeat(1025) }, "id must be a string"],
    ["no source", without("source"), "source must be a string"],
    ["a source that is an array", { ...LEAST, source: ["/s"] }, "source must be a string"],
    ["members of __proto__ only", JSON.parse(`{"__proto__":${JSON.stringify(LEAST)}}`), "specversion"],
    ["data twice", { ...LEAST, data: 1, data_base64: "MQ==" }, "it has both data and data_base64"],
    ["data_base64 that is a number", { ...LEAST, data_base64: 1 }, "data_base64 is not base64"],
    ["data_base64 that is null", { ...LEAST, data_base64: null }, "data_base64 is not base64"],
    ["data_base64 with other characters", { ...LEAST, data_base64: "MQ!=" }, "data_base64 is not base64"],
    ["data_base64 without its end", { ...LEAST, data_base64: "MQ" }, "data_base64 is not base64"],
    ["data_base64 that is empty", { ...LEAST, data_base64: "" }, "its data is not JSON"],
    ["data_base64 that is not UTF-8", { ...LEAST, data_base64: "Iv8i" }, "its data is not JSON"],
    ["data_base64 that is not JSON", { ...LEAST, data_base64: "ezF9" }, "its data is not JSON"],
    [
      "data_base64 of an image",
      { ...LEAST, data_base64: "MQ==", datacontenttype: "image/png" },
      "its data is not JSON",
    ],
    [
      "a datacontenttype that is a number",
      { ...LEAST, data_base64: "MQ==", datacontenttype: 7 },
      "its data is not JSON",
    ],
  ] as const
) {
  Deno.test(`readCloudEvent() refuses ${name}`, () => {
    assertThrows(() => readCloudEvent(value), TypeError, `Cannot read CloudEvent: ${message}`);
  });
}

function without(attribute: keyof typeof LEAST): Record<string, unknown> {
  return Object.fromEntries(Object.entries(LEAST).filter(([name]) => name !== attribute));
}

Deno.test("readCloudEvent() reads what is optional", () => {
  const optional = { time: "2018-04-05T17:31:00Z", correlationid: "c", traceparent: TRACEPARENT };

  const { timeMs, correlationId, trace } = readCloudEvent({ ...LEAST, ...optional });

  assertStrictEquals(timeMs, Date.UTC(2018, 3, 5, 17, 31));
  assertStrictEquals(correlationId, "c");
  assertEquals(trace, { traceparent: TRACEPARENT });
});

for (
  const [name, optional] of [
    ["of wrong types", { time: 0, correlationid: 7, traceparent: {}, tracestate: [], baggage: null }],
    ["that say nothing", { time: "", correlationid: "", traceparent: "", tracestate: "", baggage: "" }],
    ["of great length", { time: "9".repeat(100_000), correlationid: "c".repeat(100_000) }],
  ] as const
) {
  Deno.test(`readCloudEvent() ignores optional attributes ${name}`, () => {
    const { timeMs, correlationId, trace } = readCloudEvent({ ...LEAST, ...optional });

    assertEquals({ timeMs, correlationId, trace }, {
      timeMs: undefined,
      correlationId: undefined,
      trace: {},
    });
  });
}

Deno.test("readCloudEvent() either reads or throws a TypeError, whatever it gets", () => {
  const value = fc.anything({ withNullPrototype: true });
  const attributes = fc.record(
    {
      specversion: fc.oneof(fc.constant("1.0"), value),
      id: fc.oneof(fc.string(), value),
      source: fc.oneof(fc.string(), value),
      type: fc.oneof(fc.string(), value),
      time: value,
      data: fc.jsonValue(),
      data_base64: fc.oneof(fc.base64String(), value),
      datacontenttype: value,
    },
    { requiredKeys: [] },
  );
  fc.assert(fc.property(fc.oneof(value, attributes), (given) => {
    try {
      const event = readCloudEvent(given);
      assertStrictEquals(typeof event.id, "string");
    } catch (error) {
      assertStrictEquals((error as Error).name, "TypeError");
      assertStrictEquals((error as Error).message.startsWith("Cannot read CloudEvent: "), true);
    }
  }));
});

for (
  const [time, timeMs] of [
    ["1970-01-01T00:00:00Z", 0],
    ["1970-01-01t00:00:00.5z", 500],
    ["1970-01-01 00:00:00.123456789Z", 123],
    ["1970-01-01T01:00:00+01:00", 0],
    ["1969-12-31T23:59:59-00:30", 30 * 60_000 - 1000],
    ["1970-01-01", undefined],
    ["1970-01-01T00:00:00", undefined],
    ["1970-13-01T00:00:00Z", undefined],
    ["Thu, 01 Jan 1970 00:00:00 GMT", undefined],
    ["0", undefined],
    ["", undefined],
  ] as const
) {
  Deno.test(`readTime() takes ${JSON.stringify(time)} as ${timeMs}`, () => {
    assertStrictEquals(readTime(time), timeMs);
  });
}

for (
  const [mediaType, isJson] of [
    ["application/json", true],
    ["APPLICATION/JSON", true],
    ["application/json;charset=utf-8", true],
    ["text/json", true],
    ["application/cloudevents+json", true],
    ["application/cloudevents+json; charset=utf-8", true],
    ["application/jsonp", false],
    ["text/plain; x=application/json", false],
    ["application/xml", false],
    ["", false],
    [";", false],
  ] as const
) {
  Deno.test(`isJsonType() says ${isJson} of ${JSON.stringify(mediaType)}`, () => {
    assertStrictEquals(isJsonType(mediaType), isJson);
  });
}
