import { assertEquals, assertRejects } from "@std/assert";
import {
  EmitAbortedError,
  EmitError,
  EmitTimeoutError,
  EventBufferFullError,
  TransportStoppedError,
} from "../../../src/errors.ts";
import { waitUntil } from "../../support/wait_until.ts";
import type { EmitReceipt } from "../../../src/events/event_transport.ts";
import { FakeConnection } from "./fake_connection.ts";
import { idsOf, OutboxBench } from "./outbox_bench.ts";

/** Lets all that is settled run on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function toOutcome(promise: Promise<EmitReceipt>): Promise<string> {
  return promise.then(
    ({ attempts }) => `sent ${attempts}`,
    (error: EmitError) => `${error.name} ${error.outcome}`,
  );
}

Deno.test("Outbox.emit() waits for a connection, and sends in order", async () => {
  using bench = new OutboxBench();
  const connection = new FakeConnection(() => 1);

  const emits = [bench.emit(), bench.emit(), bench.emit()];
  bench.outbox.attach(connection);
  const receipts = await Promise.all(emits);

  assertEquals(idsOf(connection), ["id-1", "id-2", "id-3"]);
  assertEquals(receipts.map(({ id, attempts }) => [id, attempts]), [["id-1", 1], ["id-2", 1], ["id-3", 1]]);
  assertEquals(bench.counters.confirmed, 3);
  assertEquals(bench.counters.pending, 0);
});

Deno.test("Outbox.detach() sends group events again, before what waits and with the same ids", async () => {
  using bench = new OutboxBench();
  const [first, second] = [new FakeConnection(), new FakeConnection(() => 1)];
  bench.outbox.attach(first);
  const emits = [bench.emit(), bench.emit()];

  bench.outbox.detach();
  emits.push(bench.emit());
  bench.outbox.attach(second);
  const receipts = await Promise.all(emits);
  first.sent[0]!.resolve(1);
  await settle();

  assertEquals(idsOf(second), ["id-1", "id-2", "id-3"]);
  assertEquals(receipts.map(({ attempts }) => attempts), [2, 2, 1]);
  assertEquals(bench.counters.resent, 2);
  assertEquals(bench.counters.confirmed, 3);
});

Deno.test("Outbox.detach() does not send a broadcast twice, and says that nobody knows", async () => {
  using bench = new OutboxBench();
  const [first, second] = [new FakeConnection(), new FakeConnection(() => 1)];
  bench.outbox.attach(first);
  const sent = bench.emit({ broadcast: true });

  bench.outbox.detach();
  const waiting = bench.emit({ broadcast: true });
  bench.outbox.attach(second);
  const error = await assertRejects(() => sent, EmitError, "not sent twice");
  await waiting;

  assertEquals(error.outcome, "unknown");
  assertEquals(second.sent.length, 1);
});

Deno.test("Outbox.emit() rejects when too many wait", async () => {
  using bench = new OutboxBench({ bufferEvents: 3 });
  const emits = [1, 2, 3, 4].map(() => toOutcome(bench.emit()));

  const refused = await emits[3];
  bench.outbox.attach(new FakeConnection(() => 1));

  assertEquals(refused, "EventBufferFullError not-sent");
  assertEquals(await Promise.all(emits.slice(0, 3)), ["sent 1", "sent 1", "sent 1"]);
  assertEquals(bench.counters.rejected, 1);
});

Deno.test("Outbox.emit() rejects when too many bytes wait, but takes one event of any size", async () => {
  using bench = new OutboxBench({ bufferBytes: 2 });
  const first = bench.emit();

  await assertRejects(() => bench.emit(), EventBufferFullError, "2 bytes");
  bench.outbox.attach(new FakeConnection(() => 1));

  assertEquals((await first).confirmed, true);
});

for (
  const { name, isSent, outcome } of [
    { name: "never sent", isSent: false, outcome: "not-sent" },
    { name: "sent", isSent: true, outcome: "unknown" },
  ]
) {
  Deno.test(`Outbox.emit() runs out of time with an event that was ${name}`, async () => {
    using bench = new OutboxBench();
    if (isSent) bench.outbox.attach(new FakeConnection());

    const error = await assertRejects(() => bench.emit({ timeoutMs: 20 }), EmitTimeoutError);

    assertEquals(error.outcome, outcome);
    assertEquals(error.timeoutMs, 20);
    assertEquals(bench.counters.pending, 0);
  });

  Deno.test(`Outbox.emit() heeds the signal of an event that was ${name}`, async () => {
    using bench = new OutboxBench();
    if (isSent) bench.outbox.attach(new FakeConnection());
    const controller = new AbortController();

    const emit = bench.emit({ signal: controller.signal });
    controller.abort(new Error("enough"));
    const error = await assertRejects(() => emit, EmitAbortedError);

    assertEquals(error.outcome, outcome);
    assertEquals((error.cause as Error).message, "enough");
  });

  Deno.test(`Outbox.stop() rejects an event that was ${name}`, async () => {
    using bench = new OutboxBench();
    if (isSent) bench.outbox.attach(new FakeConnection());
    const emit = toOutcome(bench.emit());

    const count = bench.outbox.stop();

    assertEquals(count, 1);
    assertEquals(await emit, `TransportStoppedError ${outcome}`);
    assertEquals(await toOutcome(bench.emit()), "TransportStoppedError not-sent");
  });
}

Deno.test("Outbox does not send again what was sent and has run out of time", async () => {
  using bench = new OutboxBench();
  bench.outbox.attach(new FakeConnection());
  await assertRejects(() => bench.emit({ timeoutMs: 10 }), EmitTimeoutError);

  bench.outbox.detach();
  const second = new FakeConnection(() => 1);
  bench.outbox.attach(second);

  assertEquals(second.sent.length, 0);
});

Deno.test("Outbox.emit() refuses a signal that had aborted", async () => {
  using bench = new OutboxBench();

  const error = await assertRejects(() => bench.emit({ signal: AbortSignal.abort() }), EmitAbortedError);

  assertEquals(error.outcome, "not-sent");
  assertEquals(bench.counters.emitted, 0);
});

Deno.test("Outbox.emit() resolves at once without confirm, and logs when the event is lost after all", async () => {
  using bench = new OutboxBench();

  const receipt = await bench.emit({ confirm: false });
  const pending = bench.counters.pending;
  bench.outbox.stop();
  await settle();

  assertEquals(receipt, { id: "id-1", confirmed: false, routed: undefined, attempts: 0 });
  assertEquals(pending, 1);
  assertEquals(bench.logger.records.map(({ level }) => level), ["error"]);
});

Deno.test("Outbox has no more than 1000 events on the wire", async () => {
  using bench = new OutboxBench({ bufferEvents: 5000, bufferBytes: 1e9 });
  const connection = new FakeConnection();
  bench.outbox.attach(connection);
  const emits = Array.from({ length: 1500 }, () => bench.emit());

  const before = connection.sent.length;
  for (const { resolve } of [...connection.sent]) resolve(1);
  await waitUntil("the others are sent", () => connection.sent.length === 1500);
  for (const { resolve } of connection.sent.slice(before)) resolve(1);
  await Promise.all(emits);

  assertEquals(before, 1000);
});

Deno.test("Outbox keeps nothing of events that were given up while it has no connection", async () => {
  using bench = new OutboxBench();
  const connection = new FakeConnection(() => 1);

  for (let i = 0; i < 5000; i++) {
    const controller = new AbortController();
    const emit = bench.emit({ signal: controller.signal });
    controller.abort();
    await assertRejects(() => emit, EmitAbortedError);
  }
  const kept = bench.emit();
  bench.outbox.attach(connection);
  await kept;

  assertEquals(idsOf(connection), ["id-5001"]);
});

Deno.test("Outbox.flush() waits for what is on its way, and not longer than it may", async () => {
  using bench = new OutboxBench();
  const connection = new FakeConnection();
  bench.outbox.attach(connection);
  const emit = bench.emit();

  await bench.outbox.flush(10);
  const pending = bench.counters.pending;
  const flush = bench.outbox.flush(60_000);
  connection.sent[0]!.resolve(0);
  await flush;

  assertEquals(pending, 1);
  assertEquals((await emit).routed, false);
});

Deno.test("Outbox.close() takes nothing more, and lets the others go on", async () => {
  using bench = new OutboxBench();
  const connection = new FakeConnection();
  bench.outbox.attach(connection);
  const emit = bench.emit();

  bench.outbox.close();
  await assertRejects(() => bench.emit(), TransportStoppedError);
  connection.sent[0]!.resolve(1);

  assertEquals((await emit).confirmed, true);
});
