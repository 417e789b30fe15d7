import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { ReceivedEvent } from "../../../src/events/event_transport.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { redisTest } from "./redis_space.ts";

const NOT_UTF8 = Buffer.from([0x22, 0xc3, 0x28, 0x22]);

const HOSTILE: readonly (readonly [name: string, fields: readonly (string | Buffer)[], reason: string])[] = [
  ["no event", ["foo", "bar"], "malformed"],
  ["not JSON", ["event", "{"], "malformed"],
  ["nothing", ["event", ""], "malformed"],
  ["not UTF-8", ["event", NOT_UTF8], "malformed"],
  ["a CloudEvent of another version", ["event", '{"specversion":"2.0"}'], "malformed"],
  ["a CloudEvent without id", ["event", '{"specversion":"1.0","source":"/s","type":"t"}'], "malformed"],
  ["a CloudEvent with an endless id", [
    "event",
    JSON.stringify({ specversion: "1.0", id: "x".repeat(1025), source: "/s", type: "t" }),
  ], "malformed"],
  ["too large", ["event", JSON.stringify("x".repeat(100_000))], "too_large"],
  ["too large and bare", ["body", JSON.stringify("x".repeat(2000))], "too_large"],
  ["of thousands of fields", Array.from({ length: 20_000 }, (_, i) => `f${i}`), "malformed"],
  ["of an empty name of a field", ["", "x"], "malformed"],
];

for (const [name, fields, reason] of HOSTILE) {
  redisTest(`RedisEventTransport dead-letters an entry that is ${name}, and goes on`, async (space) => {
    const bodies: unknown[] = [];
    const transport = await space.handle("billing", ({ body }) => bodies.push(body), { maxEventBytes: 1000 });

    await space.raw.text("XADD", space.queue("billing"), "*", ...fields);
    await transport.emit("next");
    await waitUntil("the next one is handled", () => bodies.length === 1);
    await waitUntil("the first one is dead", () => transport.transport.stats().dead === 1);
    const letters = await space.deadLetters("billing");

    assertEquals(letters.map((letter) => letter.reason), [reason]);
    assertEquals(letters[0]!.event, space.event);
    assertEquals(letters[0]!.isText, fields[1] !== NOT_UTF8);
    assertEquals(bodies, ["next"]);
    assertEquals(await space.raw.text("XLEN", space.queue("billing")), 0);
  });
}

const UNDERSTOOD: readonly (readonly [
  name: string,
  fields: readonly string[],
  part: Partial<ReceivedEvent>,
])[] = [
  ["bare JSON", ["event", '{"a":1}'], { body: { a: 1 }, id: undefined, attempt: 1 }],
  ["bare null", ["event", "null"], { body: null }],
  ["a bare body", ["body", '{"specversion":"1.0"}'], { body: { specversion: "1.0" } }],
  ["a byte order mark", ["event", "\ufeff1"], { body: 1 }],
  ["another type", [
    "event",
    '{"specversion":"1.0","id":"i","source":"/s","type":"other","data":{"__proto__":1}}',
  ], { id: "i", source: "/s", timeMs: undefined }],
  ["an attempt", ["event", "1", "attempt", "3"], { attempt: 3 }],
  ["a zero attempt", ["event", "1", "attempt", "0"], { attempt: 1 }],
  ["a negative attempt", ["event", "1", "attempt", "-5"], { attempt: 1 }],
  ["an endless attempt", ["event", "1", "attempt", "9".repeat(400)], { attempt: 1 }],
  ["an attempt that is no number", ["event", "1", "attempt", "__proto__"], { attempt: 1 }],
  ["a forged time", ["event", "1", "first_failure", "x".repeat(10_000)], { attempt: 1 }],
  ["fields that nobody knows", ["x", "y", "event", "1", "__proto__", "z"], { body: 1 }],
];

for (const [name, fields, part] of UNDERSTOOD) {
  redisTest(`RedisEventTransport understands an entry with ${name}`, async (space) => {
    const received: ReceivedEvent[] = [];
    await space.handle("billing", (event) => received.push(event));

    await space.raw.text("XADD", space.queue("billing"), "*", ...fields);
    await waitUntil("it is handled", () => received.length === 1);

    assertEquals(received[0]!.name, space.event);
    assertEquals(received[0]!.broadcast, false);
    for (const [key, value] of Object.entries(part)) {
      assertEquals(received[0]![key as keyof ReceivedEvent], value, key);
    }
  });
}

redisTest("RedisEventTransport keeps what it does not know of an entry over a retry", async (space) => {
  const attempts: number[] = [];
  const transport = await space.handle(
    "billing",
    ({ attempt }) => {
      attempts.push(attempt);
      throw new Error("no");
    },
    { retryDelaysMs: [10] },
    { maxAttempts: 2 },
  );

  await space.raw.text("XADD", space.queue("billing"), "*", "mine", NOT_UTF8, "event", "7");
  await waitUntil("it is dead", () => transport.transport.stats().dead === 1);
  const [[, fields]] = await space.raw.ask("XRANGE", `${space.namespace}:dead:billing`, "-", "+") as [
    [Buffer, Buffer[]],
  ];

  const at = fields.findIndex((field) => field.toString() === "entry.mine");
  assertEquals(attempts, [1, 2]);
  assert(at >= 0);
  assertEquals(fields[at + 1], NOT_UTF8);
});

redisTest("RedisEventTransport survives rubbish among the retries", async (space) => {
  const bodies: unknown[] = [];
  const transport = await space.handle("billing", ({ body, attempt }) => {
    if (attempt === 1) throw new Error("not yet");
    bodies.push(body);
  }, { retryDelaysMs: [20] });
  const retries = `${space.namespace}:retry:billing/${space.event}`;

  for (const rubbish of ["", "rubbish", NOT_UTF8, "\x91\x01", "\xdf\xff\xff\xff\xff"]) {
    await space.raw.text("ZADD", retries, "-inf", rubbish);
  }
  await transport.emit("x");
  await waitUntil("the retry comes", () => bodies.length === 1);
  const letters = await space.deadLetters("billing");

  assertEquals(letters.length, 5);
  assert(letters.every(({ reason }) => reason === "malformed"));
  assertEquals(await space.raw.text("ZCARD", retries), 0);
});

redisTest("RedisEventTransport takes a body of 8 MB, and dead-letters one of 64 MB", async (space) => {
  const sizes: number[] = [];
  const transport = await space.handle("billing", ({ body }) => sizes.push(String(body).length), {
    maxEventBytes: 16 * 1024 * 1024,
  });

  await transport.emit("x".repeat(8_000_000));
  await space.raw.text("XADD", space.queue("billing"), "*", "event", Buffer.alloc(64 * 1024 * 1024, "1"));
  await waitUntil("the large one is dead", () => transport.transport.stats().dead === 1);
  await transport.emit("small");
  await waitUntil("the others are handled", () => sizes.length === 2);

  assertEquals(sizes, [8_000_000, 5]);
});
