import { assertEquals, assertStrictEquals } from "@std/assert";
import { createGate, type Gate } from "../../support/gate.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { createConsumer, createRecorder, fails, type Handle, subscribe } from "./consumer_bench.ts";
import { type MessageParts, NAMES } from "./fake_channel.ts";

const QUEUE = NAMES.groupQueue("shop", "order_paid");

Deno.test("QueueConsumer asks for what its subscription prefetches", async () => {
  using bench = createConsumer([subscribe("order_paid", () => {}, { prefetch: 7 })]);

  const { channel } = await bench.connect();

  assertEquals(channel.calls, ["prefetch 7", `consume ${QUEUE}`]);
  assertStrictEquals(bench.consumer.isConsuming, true);
});

Deno.test("QueueConsumer asks for what all its subscriptions prefetch together, up to 2000", async () => {
  const subscriptions = ["a", "b", "c"].map((event) => subscribe(event, () => {}, { prefetch: 900 }));
  using bench = createConsumer(subscriptions, { broadcast: true, durable: false });

  const { channel } = await bench.connect("ns.b.shop/1");

  assertEquals(channel.prefetches, [2000]);
});

Deno.test("QueueConsumer acknowledges within the delivery when the handler returns at once", async () => {
  const { bodies, handle } = createRecorder();
  using bench = createConsumer([subscribe("order_paid", handle)]);
  const { channel } = await bench.connect();

  const tag = channel.deliver({ body: { order: 7 } });

  assertEquals(channel.acked, [tag]);
  assertEquals(bodies, [{ order: 7 }]);
  assertStrictEquals(bench.counters.handled, 1);
});

Deno.test("QueueConsumer acknowledges when the handler's promise resolves, not before", async () => {
  const gate = createGate();
  using bench = createConsumer([subscribe("order_paid", () => gate.promise)]);
  const { channel } = await bench.connect();

  const tag = channel.deliver();
  assertEquals(channel.acked, []);
  gate.resolve();
  await bench.consumer.idle();

  assertEquals(channel.acked, [tag]);
});

Deno.test("QueueConsumer gives each broadcast to the handler of its event", async () => {
  const [first, second] = [createRecorder(), createRecorder()];
  const subscriptions = [subscribe("a", first.handle), subscribe("b", second.handle)];
  using bench = createConsumer(subscriptions, { broadcast: true, durable: false });
  const { channel } = await bench.connect("ns.b.shop/1");

  channel.deliver({ body: 1, properties: { type: "a" } });
  channel.deliver({ body: 2, fields: { routingKey: "b" } });
  channel.deliver({ body: 3, headers: { "x-gs-event": "a" }, fields: { routingKey: "ns.b.shop/1" } });

  assertEquals([first.bodies, second.bodies], [[1, 3], [2]]);
  assertEquals(channel.acked, [1, 2, 3]);
});

function deliverSuspects(
  deliver: (parts: MessageParts) => number,
  count: number,
  times = 3,
): void {
  for (let body = 0; body < count; body++) {
    deliver({ body, fields: { redelivered: true }, headers: { "x-delivery-count": times } });
  }
}

Deno.test("QueueConsumer handles one at a time what may have ended the process before", async () => {
  const gates: Gate[] = [];
  const handle: Handle = () => {
    const gate = createGate();
    gates.push(gate);
    return gate.promise;
  };
  using bench = createConsumer([subscribe("order_paid", handle)]);
  const { channel } = await bench.connect();

  deliverSuspects((parts) => channel.deliver(parts), 5);
  for (let count = 1; count <= 5; count++) {
    await waitUntil("the next one begins", () => gates.length === count);
    assertStrictEquals(bench.counters.running, 1);
    gates[count - 1]!.resolve();
    await bench.consumer.idle();
  }

  assertEquals([...channel.acked].sort(), [1, 2, 3, 4, 5]);
});

Deno.test("QueueConsumer goes on after a suspect that fails or that nobody handles", async () => {
  using bench = createConsumer([subscribe("order_paid", fails)]);
  const { channel, copyChannel } = await bench.connect();

  deliverSuspects((parts) => channel.deliver(parts), 3);
  await waitUntil("all are done", () => channel.acked.length === 3);

  assertStrictEquals(copyChannel.published.length, 3);
});

Deno.test("QueueConsumer goes on after a suspect broadcast that nobody handles", async () => {
  using bench = createConsumer([subscribe("a", () => {})], { broadcast: true });
  const { channel } = await bench.connect("ns.b.shop/1");

  deliverSuspects((parts) => channel.deliver({ ...parts, properties: { type: "b" } }), 3);
  await waitUntil("all are done", () => channel.acked.length === 3);
});

for (
  const [name, parts] of [
    ["is delivered for the first time", { headers: { "x-delivery-count": 9 } }],
    ["came back twice", { fields: { redelivered: true }, headers: { "x-delivery-count": 2 } }],
    ["has a count that is none", { fields: { redelivered: true }, headers: { "x-delivery-count": "9" } }],
  ] as [string, MessageParts][]
) {
  Deno.test(`QueueConsumer handles at once what ${name}`, async () => {
    using bench = createConsumer([subscribe("order_paid", () => {})]);
    const { channel } = await bench.connect();

    channel.deliver(parts);

    assertEquals(channel.acked, [1]);
  });
}

Deno.test("QueueConsumer.pause() puts suspects back that have not begun", async () => {
  const gate = createGate();
  using bench = createConsumer([subscribe("order_paid", () => gate.promise)]);
  const { channel } = await bench.connect();

  deliverSuspects((parts) => channel.deliver(parts), 3);
  await waitUntil("one runs", () => bench.counters.running === 1);
  await bench.consumer.pause();
  gate.resolve();
  await bench.consumer.idle();

  assertStrictEquals(channel.acked.length, 1);
  assertStrictEquals(channel.nacked.length, 2);
});
