import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { AmqpPublishOptions } from "../../../src/events/amqp/driver.ts";
import { createFailureCopy, createFreshCopy } from "../../../src/events/amqp/message_copy.ts";
import { createMessage } from "./fake_channel.ts";

const NOTE = {
  event: "order_paid",
  origin: "q",
  attempt: 2,
  error: new Error("no stock"),
  reason: undefined,
  nowMs: 0,
};

function copyOf(parts: Parameters<typeof createMessage>[0], note = NOTE): AmqpPublishOptions {
  return createFailureCopy(createMessage(parts), note).options;
}

Deno.test("createFailureCopy() keeps body, properties and headers as they came", () => {
  const content = Buffer.from([0, 0xff]);
  const properties = {
    messageId: "m",
    contentType: "text/plain",
    contentEncoding: "gzip",
    type: "t",
    appId: "a",
    correlationId: "c",
    timestamp: 7,
  };
  const headers = { cloudEvents_id: "i", other: { nested: [1, null, "a"] }, count: 3 };

  const copy = createFailureCopy(createMessage({ content, properties, headers }), NOTE);

  assertStrictEquals(copy.content, content);
  for (const [name, value] of Object.entries(properties)) {
    assertStrictEquals(copy.options[name as keyof AmqpPublishOptions], value, name);
  }
  for (const [name, value] of Object.entries(headers)) {
    assertStrictEquals(copy.options.headers![name], value, name);
  }
});

Deno.test("createFailureCopy() believes none of our headers but the time of the first failure", () => {
  const headers = {
    "x-gs-attempt": 900,
    "x-gs-origin": "another queue",
    "x-gs-reason": "forged",
    "x-gs-other": "forged",
    "x-gs-copy": 5,
    "x-gs-first-failure": "2026-01-02T03:04:05.678Z",
    "x-gs-last-failure": "2026-01-02T03:04:05.678Z",
  };

  const copied = copyOf({ headers }).headers!;

  assertStrictEquals(copied["x-gs-attempt"], 2);
  assertStrictEquals(copied["x-gs-origin"], "q");
  assertStrictEquals(copied["x-gs-reason"], undefined);
  assertStrictEquals(copied["x-gs-last-failure"], "1970-01-01T00:00:00.000Z");
  assertStrictEquals(copied["x-gs-first-failure"], "2026-01-02T03:04:05.678Z");
  assert(!("x-gs-other" in copied) && !("x-gs-copy" in copied));
});

for (const forged of ["yesterday", "2026-13-45T99:99:99.999Z", 7, {}, "a".repeat(100_000)]) {
  Deno.test(`createFailureCopy() replaces first failure ${JSON.stringify(forged).slice(0, 30)}`, () => {
    const copied = copyOf({ headers: { "x-gs-first-failure": forged } }).headers!;

    assertStrictEquals(copied["x-gs-first-failure"], "1970-01-01T00:00:00.000Z");
  });
}

for (
  const name of ["CC", "BCC", "x-death", "x-first-death-queue", "x-last-death-reason", "x-delivery-count"]
) {
  Deno.test(`createFailureCopy() drops ${name}, which would decide where the copy goes`, () => {
    assert(!(name in copyOf({ headers: { [name]: ["elsewhere"] } }).headers!));
  });
}

Deno.test("createFailureCopy() drops properties that AMQP can not carry any more", () => {
  const properties = {
    messageId: "\ufffd".repeat(255),
    contentType: 7,
    type: {},
    correlationId: null,
    timestamp: 2 ** 64,
    expiration: "1",
    headers: null,
  };

  const { headers, ...rest } = copyOf({ properties });

  assertEquals(
    Object.entries(rest).filter(([, value]) => value !== undefined),
    [["deliveryMode", 2], ["mandatory", true]],
  );
  assertStrictEquals(headers!["x-gs-event"], "order_paid");
});

Deno.test("createFreshCopy() keeps nothing of what we noted", () => {
  const message = createMessage({
    headers: { "x-gs-attempt": 5, "x-gs-error-stack": "s", "x-death": [], cloudEvents_id: "i" },
  });

  assertEquals(createFreshCopy(message).options.headers, { cloudEvents_id: "i" });
});

Deno.test("createFailureCopy() makes options of the headers that we know, for those that can not be written", () => {
  const headers = { huge: "a".repeat(70_000), cloudEvents_id: "i", cloudEvents_type: 7, "x-gs-attempt": 9 };

  const { "x-gs-error-stack": stack, ...reduced } = createFailureCopy(createMessage({ headers }), NOTE)
    .reduce().headers!;

  assert(typeof stack === "string");
  assertEquals(reduced, {
    cloudEvents_id: "i",
    "x-gs-attempt": 2,
    "x-gs-event": "order_paid",
    "x-gs-origin": "q",
    "x-gs-reason": undefined,
    "x-gs-first-failure": "1970-01-01T00:00:00.000Z",
    "x-gs-last-failure": "1970-01-01T00:00:00.000Z",
    "x-gs-error-name": "Error",
    "x-gs-error-message": "no stock",
  });
});
