import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { EventRejectedError } from "../../../src/errors.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { FakeConnection } from "./fake_connection.ts";
import { idsOf, OutboxBench } from "./outbox_bench.ts";

Deno.test("Outbox sends the whole script to a server that does not know it", async () => {
  using bench = new OutboxBench();
  const connection = new FakeConnection();
  bench.outbox.attach(connection);

  const emit = bench.emit();
  connection.sent[0]!.reject(new Error("NOSCRIPT No matching script. Please use EVAL."));
  await waitUntil("it is sent again", () => connection.sent.length === 2);
  connection.sent[1]!.resolve(1);
  const receipt = await emit;

  const [command, text, ...rest] = connection.sent[1]!.command;
  assertEquals(command, "EVAL");
  assert(String(text).includes("XADD"));
  assertEquals(rest, connection.sent[0]!.command.slice(2));
  assertEquals(receipt.attempts, 1);
});

for (const code of ["LOADING", "READONLY", "MASTERDOWN"]) {
  Deno.test(`Outbox asks for a new connection at ${code}, and sends all again in order`, async () => {
    using bench = new OutboxBench();
    const [first, second] = [new FakeConnection(), new FakeConnection(() => 1)];
    bench.outbox.attach(first);
    const emits = [bench.emit(), bench.emit(), bench.emit()];

    first.sent[0]!.reject(new Error(`${code} not now`));
    first.sent[1]!.reject(new Error(`${code} not now`));
    await waitUntil("it is told", () => bench.broken.length > 0);
    bench.outbox.attach(second);
    await Promise.all(emits);

    assertEquals(bench.broken.length, 1);
    assertEquals(idsOf(second), ["id-1", "id-2", "id-3"]);
  });
}

Deno.test("Outbox sends again what the queues could not take for the moment", async () => {
  using bench = new OutboxBench();
  const [first, second] = [
    new FakeConnection(() => ["failed", "ns:q:a/name", "READONLY not now"]),
    new FakeConnection(() => 1),
  ];
  bench.outbox.attach(first);
  const emit = bench.emit();

  await waitUntil("it is told", () => bench.broken.length > 0);
  bench.outbox.attach(second);

  assertEquals((await emit).confirmed, true);
});

for (const text of ["OOM command not allowed", "WRONGTYPE Operation", "NOPERM this user", "ERR whatever"]) {
  Deno.test(`Outbox rejects an event that Redis refuses: ${text}`, async () => {
    using bench = new OutboxBench();
    const connection = new FakeConnection();
    bench.outbox.attach(connection);
    const emits = [bench.emit(), bench.emit()];

    connection.sent[0]!.reject(new Error(text));
    connection.sent[1]!.resolve(1);
    const error = await assertRejects(() => emits[0]!, EventRejectedError, text);

    assertInstanceOf(error.cause, Error);
    assertEquals((await emits[1]!).confirmed, true);
    assertEquals(bench.broken, []);
  });
}

for (
  const { name, reply, text } of [
    { name: "is full", reply: ["full", "ns:q:a/name", 7], text: "ns:q:a/name holds 7 events" },
    { name: "fails", reply: ["failed", "ns:q:a/name", "WRONGTYPE x"], text: "for ns:q:a/name: WRONGTYPE x" },
    { name: "answers nonsense", reply: null, text: "undefined" },
  ]
) {
  Deno.test(`Outbox rejects an event for a queue that ${name}`, async () => {
    using bench = new OutboxBench();
    bench.outbox.attach(new FakeConnection(() => reply));

    await assertRejects(() => bench.emit(), EventRejectedError, text);

    assertEquals(bench.counters.rejected, 1);
  });
}
