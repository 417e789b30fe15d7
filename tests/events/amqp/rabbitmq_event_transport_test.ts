/** The transport against a real broker, end to end. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { EmitError, UnroutableEventError } from "../../../src/errors.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { brokerTest } from "./transport_fixture.ts";

brokerTest("RabbitMqEventTransport carries all of an event", async (space) => {
  const transport = await space.start("a");
  await transport.handle();
  const trace = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", tracestate: "a=b" };

  const receipt = await transport.emit({ text: "ä", list: [1, null] }, {
    id: "event-1",
    source: "/gemstone/a/1",
    timeMs: 1_700_000_000_123,
    correlationId: "request-1",
    trace,
  });

  assertEquals(receipt, { id: "event-1", confirmed: true, routed: true, attempts: 1 });
  await transport.bodies(1);
  assertEquals(transport.received[0], {
    id: "event-1",
    name: space.event,
    body: { text: "ä", list: [1, null] },
    source: "/gemstone/a/1",
    timeMs: 1_700_000_000_123,
    broadcast: false,
    attempt: 1,
    trace,
    correlationId: "request-1",
  });
});

for (const envelope of ["structured", "none"] as const) {
  brokerTest(`RabbitMqEventTransport carries events with envelope "${envelope}"`, async (space) => {
    const transport = await space.start("a", { envelope });
    await transport.handle();

    await transport.emit({ a: 1 }, { id: "event-1" });
    await transport.emit({ a: 2 }, { id: "event-2", broadcast: true });

    await transport.bodies(2);
    const sorted = [...transport.received].sort((a, b) => String(a.id).localeCompare(String(b.id)));
    assertEquals(sorted.map(({ id, body, broadcast }) => ({ id, body, broadcast })), [
      { id: "event-1", body: { a: 1 }, broadcast: false },
      { id: "event-2", body: { a: 2 }, broadcast: true },
    ]);
  });
}

brokerTest("RabbitMqEventTransport gives a group event to one instance of each service", async (space) => {
  const [a1, a2, b] = [await space.start("a"), await space.start("a"), await space.start("b")];
  for (const transport of [a1, a2, b]) await transport.handle();

  await Promise.all(Array.from({ length: 40 }, (_, n) => a1.emit(n)));
  await waitUntil(
    "all are handled",
    () => a1.received.length + a2.received.length + b.received.length === 80,
  );

  const numbers = (...transports: typeof a1[]): unknown[] =>
    transports.flatMap(({ received }) => received.map(({ body }) => body)).sort((x, y) =>
      Number(x) - Number(y)
    );
  const all = Array.from({ length: 40 }, (_, n) => n);
  assertEquals(numbers(a1, a2), all);
  assertEquals(numbers(b), all);
  assert(a1.received.length > 0 && a2.received.length > 0);
});

brokerTest("RabbitMqEventTransport gives a broadcast to every instance", async (space) => {
  const [a1, a2, b] = [await space.start("a"), await space.start("a"), await space.start("b")];
  for (const transport of [a1, a2, b]) await transport.handle();

  await a1.emit("x", { broadcast: true });

  for (
    const { received, bodies } of [a1, a2, b].map((t) => ({ received: t.received, bodies: t.bodies(1) }))
  ) {
    assertEquals(await bodies, ["x"]);
    assertEquals(received[0]?.broadcast, true);
  }
});

brokerTest("RabbitMqEventTransport keeps services apart whose names differ by a dot", async (space) => {
  const [a, ab] = [await space.start("a"), await space.start("a.b")];
  const other = `b.${space.event}`;
  await a.subscribe([a.subscription(other, () => {})]);
  await ab.handle();

  await a.emit("for a", { name: other });
  await a.emit("for a.b");

  assertEquals([await a.bodies(1), await ab.bodies(1)], [["for a"], ["for a.b"]]);
});

brokerTest(
  "RabbitMqEventTransport tells of events that nobody handles, and logs each name once",
  async (space) => {
    const transport = await space.start("a");

    const receipts = [await transport.emit(1), await transport.emit(2)];
    await assertRejects(() => transport.emit(3, {}, { requireRoute: true }), UnroutableEventError);

    assertEquals(receipts.map(({ confirmed, routed }) => ({ confirmed, routed })), [
      { confirmed: true, routed: false },
      { confirmed: true, routed: false },
    ]);
    assertEquals(space.logged("warn").filter((message) => message.includes(space.event)).length, 1);
    assertEquals(transport.transport.stats().unrouted, 3);
  },
);

brokerTest("RabbitMqEventTransport handles in order and in one instance with ordered", async (space) => {
  const [a1, a2] = [await space.start("a"), await space.start("a")];
  const log: unknown[] = [];
  const handler = async ({ body }: { body: unknown }): Promise<void> => {
    log.push(`begin ${body}`);
    await Promise.resolve();
    log.push(`end ${body}`);
  };
  await a1.handle(handler, { ordered: true });
  await a2.handle(handler, { ordered: true });
  space.extraQueues.push(a1.topology.groupQueue("a", space.event));

  for (let n = 0; n < 20; n++) void a1.emit(n);
  await waitUntil("all are handled", () => log.length === 40);

  assertEquals(log, Array.from({ length: 20 }, (_, n) => [`begin ${n}`, `end ${n}`]).flat());
  assert(a1.received.length === 0 || a2.received.length === 0);
});

brokerTest(
  "RabbitMqEventTransport refuses an event that is too large, and sends nothing of it",
  async (space) => {
    const transport = await space.start("a", { maxEventBytes: 100 });

    const error = await assertRejects(() => transport.emit("x".repeat(100)), EmitError, "102 bytes");

    assertEquals([error.code, error.outcome], ["ERR_EVENT_TOO_LARGE", "not-sent"]);
    assertEquals(transport.transport.stats().rejected, 1);
  },
);
