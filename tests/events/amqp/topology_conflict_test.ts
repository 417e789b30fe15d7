/** What RabbitMQ says of queues that are in the way. */
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { TopologyConflictError } from "../../../src/errors.ts";
import { parseInequivalence, toTopologyError } from "../../../src/events/amqp/topology_conflict.ts";

const AROUND = (text: string) =>
  `Operation failed: QueueDeclare; 406 (PRECONDITION-FAILED) with message "PRECONDITION_FAILED - ${text}"`;

for (
  const [title, text, argument, wanted, found] of [
    [
      "an argument that is missing",
      "inequivalent arg 'x-queue-type' for queue 'a' in vhost '/': received the value 'quorum' of type 'longstr' but current is none",
      "x-queue-type",
      "quorum",
      undefined,
    ],
    [
      "an argument that is there",
      "inequivalent arg 'x-message-ttl' for queue 'a' in vhost '/': received none but current is the value '5000' of type 'signedint'",
      "x-message-ttl",
      undefined,
      "5000",
    ],
    [
      "a flag",
      "inequivalent arg 'durable' for exchange 'a' in vhost '/': received 'true' but current is 'false'",
      "durable",
      "true",
      "false",
    ],
    [
      "names with quotes and the words of the text",
      "inequivalent arg 'type' for exchange 'x': received 'y' but current is 'z' in vhost 'a''b': received 'topic' but current is 'fanout'",
      "type",
      "topic",
      "fanout",
    ],
    [
      "a text that is cut off in a value",
      "inequivalent arg 'durable' for queue 'a' in vhost '/': received 'tr",
      "durable",
      undefined,
      undefined,
    ],
    [
      "a text that is cut off in the name",
      "inequivalent arg 'durable' for queue 'aaaa",
      "durable",
      undefined,
      undefined,
    ],
  ] as const
) {
  Deno.test(`parseInequivalence() reads ${title}`, () => {
    assertEquals(parseInequivalence(AROUND(text)), { argument, wanted, found });
    assertEquals(parseInequivalence(text), { argument, wanted, found });
  });
}

for (
  const text of [
    "",
    "PRECONDITION_FAILED",
    "inequivalent arg",
    "inequivalent arg 'x",
    AROUND("unknown delivery tag 5"),
  ]
) {
  Deno.test(`parseInequivalence() says that ${JSON.stringify(text.slice(0, 30))} is something else`, () => {
    assertEquals(parseInequivalence(text), undefined);
  });
}

Deno.test("parseInequivalence() reads what RabbitMQ writes for any names and values, and survives any text", () => {
  const word = fc.stringMatching(/^[a-z0-9 .:_-]{1,20}$/);
  fc.assert(fc.property(word, word, word, fc.string(), (argument, wanted, found, name) => {
    const text =
      `inequivalent arg '${argument}' for queue '${name}' in vhost '/': received '${wanted}' but current is '${found}'`;
    assertEquals(parseInequivalence(AROUND(text)), { argument, wanted, found });
  }));
  fc.assert(fc.property(fc.string(), fc.string(), (before, after) => {
    parseInequivalence(`${before}inequivalent arg '${after}`);
  }));
});

Deno.test("toTopologyError() names the object, the argument and both values", () => {
  const cause = Object.assign(
    new Error(
      AROUND("inequivalent arg 'durable' for queue 'a' in vhost '/': received 'true' but current is 'false'"),
    ),
    { code: 406 },
  );

  const error = toTopologyError(cause, 'queue "a"', false);

  assertInstanceOf(error, TopologyConflictError);
  assertEquals(
    error.message,
    'Cannot declare queue "a": its argument durable is false, and true is wanted; delete it, or use another namespace',
  );
  assertEquals([error.object, error.argument, error.wanted, error.found], [
    'queue "a"',
    "durable",
    "true",
    "false",
  ]);
  assertStrictEquals(error.cause, cause);
});

for (
  const [title, code, isCheck, text] of [
    ["a text of 406 that it does not know", 406, false, "invalid arg"],
    ["a queue that another connection has", 405, false, "another connection"],
    ["a queue that is missing when it is only looked for", 404, true, "create it"],
  ] as const
) {
  Deno.test(`toTopologyError() makes a conflict of ${title}`, () => {
    const error = toTopologyError(Object.assign(new Error("invalid arg"), { code }), 'queue "a"', isCheck);

    assertInstanceOf(error, TopologyConflictError);
    assert(error.message.includes('queue "a"') && error.message.includes(text), error.message);
  });
}

for (
  const error of [
    new Error("ECONNRESET"),
    Object.assign(new Error("x"), { code: 404 }),
    Object.assign(new Error("x"), { code: "406" }),
  ]
) {
  Deno.test(`toTopologyError() passes on an error with code ${JSON.stringify((error as { code?: unknown }).code)}`, () => {
    assertStrictEquals(toTopologyError(error, 'queue "a"', false), error);
  });
}
