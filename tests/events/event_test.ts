import { assertEquals, assertMatch, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  checkEventName,
  createEvent,
  type EventOptions,
  MAX_EVENT_NAME_BYTES,
  readCorrelationId,
} from "../../src/events/event.ts";

Deno.test("createEvent() fills in what is not said", () => {
  const before = Date.now();

  const event = createEvent("order_paid", { order: 7 });

  assertMatch(event.id, /^[0-9a-f-]{36}$/);
  assertEquals({ ...event, id: "", timeMs: 0 }, {
    id: "",
    name: "order_paid",
    source: "/gemstone",
    timeMs: 0,
    json: '{"order":7}',
    broadcast: true,
    trace: {},
    correlationId: undefined,
  });
  assertStrictEquals(event.timeMs >= before && event.timeMs <= Date.now(), true);
});

Deno.test("createEvent() takes what is said", () => {
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  const event = createEvent("a", 1, {
    broadcast: false,
    id: "7",
    source: "/shop/é",
    timeMs: 1.5,
    trace: { traceparent, tracestate: "not\nallowed" },
    correlationId: "request 9",
  });

  assertEquals(event, {
    id: "7",
    name: "a",
    source: "/shop/é",
    timeMs: 1,
    json: "1",
    broadcast: false,
    trace: { traceparent },
    correlationId: "request 9",
  });
});

for (
  const [name, body, json] of [
    ["null", null, "null"],
    ["nothing as null", undefined, "null"],
    ["zero", 0, "0"],
    ["false", false, "false"],
    ["an empty string", "", '""'],
    ["a lone surrogate as an escape", "\ud800", '"\\ud800"'],
    ["a member named __proto__", JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    ["what toJSON returns", { toJSON: () => [1] }, "[1]"],
    ["a date as text", new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ["NaN as null, as JSON does", [NaN], "[null]"],
  ] as const
) {
  Deno.test(`createEvent() writes ${name}`, () => {
    assertStrictEquals(createEvent("a", body).json, json);
  });
}

const circle: unknown[] = [];
circle.push(circle);

for (
  const [name, body, message] of [
    ["a function", () => 1, "a function"],
    ["a symbol", Symbol("s"), "a symbol"],
    ["a bigint", { n: 1n }, "BigInt"],
    ["a circle", circle, "circular"],
    ["a getter that throws", Object.defineProperty({}, "x", { enumerable: true, get: fail }), "no x"],
    ["a toJSON that returns nothing", { toJSON: () => undefined }, "a object"],
  ] as const
) {
  Deno.test(`createEvent() refuses ${name} as body`, () => {
    const error = assertThrows(() => createEvent("a", body), TypeError, message);

    assertMatch(error.message, /^Cannot emit event "a": JSON can not carry /);
  });
}

function fail(): never {
  throw new Error("no x");
}

for (
  const [name, options, ErrorClass, message] of [
    ["a broadcast that is text", { broadcast: "no" }, TypeError, "broadcast must be true or false, got no"],
    ["an id that is a number", { id: 7 }, TypeError, "id must be a string of 1 to 255 bytes"],
    ["an empty id", { id: "" }, TypeError, "id must be"],
    ["an id that is null", { id: null }, TypeError, "id must be"],
    ["an id of 256 bytes", { id: "é".repeat(128) }, TypeError, "id must be"],
    ["an id that is not Unicode", { id: "\udc00" }, TypeError, "id must be"],
    [
      "a correlation id of 1 MB",
      { correlationId: "x".repeat(1_000_000) },
      TypeError,
      "correlationId must be",
    ],
    ["an empty source", { source: "" }, TypeError, "source must be a string of 1 to 1024 bytes"],
    ["a source of 1025 bytes", { source: "s".repeat(1025) }, TypeError, "source must be"],
    ["a time that is no number", { timeMs: NaN }, RangeError, "timeMs must be 0 to 281474976710655, got NaN"],
    ["a time before 1970", { timeMs: -1 }, RangeError, "got -1"],
    ["a time that never comes", { timeMs: Infinity }, RangeError, "got Infinity"],
    ["a time that no UUID can hold", { timeMs: 2 ** 48 }, RangeError, "got 281474976710656"],
  ] as const
) {
  Deno.test(`createEvent() refuses ${name}`, () => {
    const hostile = options as unknown as EventOptions;

    const error = assertThrows(() => createEvent("a", 1, hostile), ErrorClass, message);

    assertMatch(error.message, /^Cannot emit event "a": /);
  });
}

for (
  const [name, options] of [
    ["an id of 255 bytes", { id: `${"é".repeat(127)}x` }],
    ["a source of 1024 bytes", { source: "é".repeat(512) }],
    ["the last time", { timeMs: 2 ** 48 - 1 }],
    ["a trace that is null", { trace: null }],
    ["a trace that is text", { trace: "00-0-0-0" }],
  ] as const
) {
  Deno.test(`createEvent() takes ${name}`, () => {
    const event = createEvent("a", 1, options as unknown as EventOptions);

    assertEquals(event.trace, {});
  });
}

for (
  const name of [
    "a",
    "order_paid",
    "order.paid",
    "bestellung-bezahlt",
    "é",
    "注文",
    "constructor",
    "__proto__",
  ]
) {
  Deno.test(`checkEventName() takes ${name}`, () => {
    checkEventName(name);
  });
}

Deno.test("checkEventName() takes as many bytes as the limit allows", () => {
  checkEventName("a".repeat(MAX_EVENT_NAME_BYTES));
  checkEventName("é".repeat(MAX_EVENT_NAME_BYTES / 2));
});

for (
  const [label, name, message] of [
    ["nothing", undefined, "Cannot use undefined as the name of an event"],
    ["null", null, "Cannot use object as"],
    ["a number", 7, "Cannot use number as"],
    ["an array", ["a"], "Cannot use object as"],
    ["the empty string", "", 'Cannot use "" as the name of an event: it must be text'],
    ["a space", "a b", 'Cannot use "a b" as'],
    ["a line feed at the end", "a\n", 'Cannot use "a\\n" as'],
    ["a NUL", "a\0", "without white space"],
    ["a control character of ISO 8859", "a\x85b", "without white space"],
    ["a line separator", "a\u2028b", "without white space"],
    ["a star", "orders.*", "without white space"],
    ["a hash", "orders.#", "without white space"],
    ["a slash", "orders/paid", "without white space"],
    ["half a character", "a\ud800", "without white space"],
    ["129 bytes of ASCII", "a".repeat(129), "it must be at most 128 bytes long"],
    ["130 bytes in 65 characters", "é".repeat(65), "it must be at most 128 bytes long"],
    ["1 MB", "x".repeat(1_000_000), `Cannot use "${"x".repeat(40)}…" as`],
  ] as const
) {
  Deno.test(`checkEventName() refuses ${label}`, () => {
    const error = assertThrows(() => checkEventName(name), TypeError, message);

    assertStrictEquals(error.message.length < 200, true);
  });
}

Deno.test("createEvent() refuses a name that is not allowed", async () => {
  // deno-lint-ignore require-await -- it throws at once
  await assertRejects(async () => createEvent("a b", 1), TypeError, 'Cannot use "a b"');
});

for (
  const [what, value] of [
    ["a number", 7],
    ["nothing", undefined],
    ["an empty text", ""],
    ["a text that is too long", "x".repeat(256)],
    ["a text that is no Unicode", "\ud800"],
  ] as const
) {
  Deno.test(`readCorrelationId() takes ${what} for none, because createEvent() would refuse it`, () => {
    assertEquals(readCorrelationId(value), undefined);
    assertEquals(readCorrelationId("c-1"), "c-1");
  });
}
