import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { EventTooLargeError } from "../../../src/errors.ts";
import { checkEventSize, MessageWriter } from "../../../src/events/amqp/message_writer.ts";
import { writeCloudEvent } from "../../../src/events/cloud_event.ts";
import { createEvent } from "../../../src/events/event.ts";

const trace = {
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  tracestate: "a=1",
  baggage: "b=2",
};
const FULL = createEvent("order_paid", { é: 1 }, {
  id: "id-7",
  source: "/gemstone/shop/1",
  timeMs: 1999,
  trace,
  correlationId: "request-9",
});
const NATIVE = {
  messageId: "id-7",
  deliveryMode: 2,
  timestamp: 1,
  type: "order_paid",
  appId: "shop",
  correlationId: "request-9",
  mandatory: true,
};

Deno.test("MessageWriter.write() puts the attributes into headers in binary mode", () => {
  const { content, options } = new MessageWriter("binary", "shop").write(FULL);

  assertStrictEquals(content.toString(), '{"é":1}');
  assertEquals(options, {
    ...NATIVE,
    contentType: "application/json",
    headers: {
      cloudEvents_specversion: "1.0",
      cloudEvents_id: "id-7",
      cloudEvents_source: "/gemstone/shop/1",
      cloudEvents_type: "order_paid",
      cloudEvents_time: "1970-01-01T00:00:01.999Z",
      ...trace,
    },
  });
});

Deno.test("MessageWriter.write() puts the attributes into the body in structured mode", () => {
  const { content, options } = new MessageWriter("structured", "shop").write(FULL);

  assertStrictEquals(content.toString(), writeCloudEvent(FULL));
  assertEquals(options, { ...NATIVE, contentType: "application/cloudevents+json", headers: trace });
});

Deno.test("MessageWriter.write() leaves the body bare without an envelope", () => {
  const { content, options } = new MessageWriter("none", "shop").write(FULL);

  assertStrictEquals(content.toString(), '{"é":1}');
  assertEquals(options, { ...NATIVE, contentType: "application/json", headers: trace });
});

for (const envelope of ["binary", "structured", "none"] as const) {
  Deno.test(`MessageWriter.write() makes a Buffer, which the library demands (${envelope})`, () => {
    assertStrictEquals(Buffer.isBuffer(new MessageWriter(envelope, "shop").write(FULL).content), true);
  });
}

Deno.test("MessageWriter.write() writes the time of each event", () => {
  const writer = new MessageWriter("binary", "shop");
  const times = [5, 5, 6, 5];

  const texts = times.map((timeMs) =>
    writer.write(createEvent("a", 1, { timeMs })).options.headers?.cloudEvents_time
  );

  assertEquals(texts, times.map((timeMs) => new Date(timeMs).toISOString()));
});

for (
  const [name, service, appId] of [
    ["255 bytes", "é".repeat(127) + "x", "é".repeat(127) + "x"],
    ["256 bytes", "é".repeat(128), undefined],
  ] as const
) {
  Deno.test(`MessageWriter.write() copes with a service whose name has ${name}`, () => {
    assertStrictEquals(new MessageWriter("binary", service).write(FULL).options.appId, appId);
  });
}

Deno.test("checkEventSize() takes as many bytes as the limit allows", () => {
  checkEventSize("a", Buffer.from("éé"), 4);
});

Deno.test("checkEventSize() refuses one byte more", () => {
  const error = assertThrows(() => checkEventSize("a", Buffer.from("ééx"), 4), EventTooLargeError);

  assertStrictEquals(error.outcome, "not-sent");
  assertStrictEquals(
    error.message,
    'Cannot emit event "a": it has 5 bytes, and the limit (maxEventBytes) is 4',
  );
});
