/** How a consumer gets along with the loss of its connection, its queue and its service. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { createPools } from "../../../src/events/amqp/handler_pools.ts";
import { createCounters } from "../../../src/events/transport_state.ts";
import { createGate } from "../../support/gate.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { NAMES } from "./fake_channel.ts";
import { createConsumer, createRecorder, fails, type Handle, subscribe } from "./consumer_bench.ts";

const QUEUE = NAMES.groupQueue("shop", "order_paid");

Deno.test("QueueConsumer settles nothing of a connection that is gone", async () => {
  const gates = [createGate(), createGate()];
  let calls = 0;
  using bench = createConsumer([subscribe("order_paid", () => gates[calls++]!.promise)]);
  const old = await bench.connect();

  old.channel.deliver({ body: 1 });
  bench.consumer.detach();
  const now = await bench.connect();
  now.channel.deliver({ body: 2 });
  for (const gate of gates) gate.resolve();
  await bench.consumer.idle();

  assertEquals([old.channel.calls.slice(2), now.channel.acked], [[], [1]]);
});

Deno.test("QueueConsumer acknowledges the second delivery of an event whose handler outlived the first", async () => {
  const gate = createGate();
  let calls = 0;
  const handle = (): Promise<void> => {
    calls++;
    return gate.promise;
  };
  using bench = createConsumer([subscribe("order_paid", handle)]);
  const event = { properties: { messageId: "1" }, headers: { cloudEvents_source: "/s" } };
  const old = await bench.connect();

  old.channel.deliver(event);
  bench.consumer.detach();
  const now = await bench.connect();
  now.channel.deliver({ ...event, fields: { redelivered: true } });
  gate.resolve();
  await bench.consumer.idle();

  assertEquals([calls, old.channel.acked, now.channel.acked], [1, [], [1]]);
});

Deno.test("QueueConsumer begins nothing of a connection that is gone", async () => {
  const gate = createGate();
  const bodies: unknown[] = [];
  const handle: Handle = ({ body }) => {
    bodies.push(body);
    return gate.promise;
  };
  using bench = createConsumer([subscribe("order_paid", handle, { concurrency: 1 })]);
  const { channel } = await bench.connect();

  channel.deliver({ body: 1 });
  channel.deliver({ body: 2 });
  bench.consumer.detach();
  channel.deliver({ body: 3 });
  gate.resolve();
  await bench.consumer.idle();

  assertEquals(bodies, [1]);
});

Deno.test("QueueConsumer copes with a channel that closes before anybody is told", async () => {
  const gate = createGate();
  using bench = createConsumer([subscribe("order_paid", () => gate.promise)]);
  const { channel } = await bench.connect();

  channel.deliver();
  channel.isOpen = false;
  gate.resolve();
  await bench.consumer.idle();

  assertEquals(channel.acked, []);
  await bench.consumer.pause();
});

Deno.test("QueueConsumer tells its owner when the broker closes the channel, once", async () => {
  using bench = createConsumer([subscribe("order_paid", () => {})]);
  const { channel } = await bench.connect();

  channel.fail(new Error("PRECONDITION_FAILED"));
  channel.fail();

  assertEquals(bench.losses.map(({ message }) => message), ["PRECONDITION_FAILED"]);
  assertStrictEquals(bench.consumer.isConsuming, false);
});

Deno.test("QueueConsumer does not tell its owner of a channel that it has given up", async () => {
  using bench = createConsumer([subscribe("order_paid", () => {})]);
  const { channel } = await bench.connect();

  bench.consumer.detach();
  channel.fail();

  assertEquals(bench.losses, []);
});

Deno.test("QueueConsumer declares the queue anew when the broker has ended the consumer", async () => {
  const { bodies, handle } = createRecorder();
  using bench = createConsumer([subscribe("order_paid", handle)]);
  const { channel } = await bench.connect();

  channel.endConsumer();
  assertStrictEquals(bench.consumer.isConsuming, false);
  await waitUntil("it consumes again", () => bench.consumer.isConsuming);
  channel.deliver({ body: 1 });

  assertEquals(channel.calls.slice(2), ["consume again-1", "ack 1"]);
  assertEquals(bodies, [1]);
  assertEquals(bench.losses, []);
});

Deno.test("QueueConsumer tries again to declare the queue, with growing pauses", async () => {
  const times: number[] = [];
  using bench = createConsumer([subscribe("order_paid", () => {})], {
    redeclare: () => {
      times.push(performance.now());
      return times.length < 3 ? Promise.reject(new Error("not now")) : Promise.resolve("q");
    },
  });
  const { channel } = await bench.connect();

  channel.endConsumer();
  await waitUntil("it consumes again", () => bench.consumer.isConsuming);

  assert(times[2]! - times[1]! >= 395 && times[1]! - times[0]! >= 195);
  assertStrictEquals(bench.log.filter((line) => line.includes("Cannot consume")).length, 2);
});

Deno.test("QueueConsumer stops declaring the queue when the connection is gone", async () => {
  using bench = createConsumer([subscribe("order_paid", () => {})]);
  const { channel } = await bench.connect();

  channel.endConsumer();
  bench.consumer.detach();
  await bench.connect();

  assertEquals(bench.redeclared, []);
});

Deno.test("QueueConsumer.pause() puts back what has not begun, in its order, and waits for nothing else", async () => {
  const gate = createGate();
  using bench = createConsumer([subscribe("order_paid", () => gate.promise, { concurrency: 2 })]);
  const { channel } = await bench.connect();
  for (let count = 0; count < 5; count++) channel.deliver({ body: count });

  const paused = bench.consumer.pause();
  queueMicrotask(() => channel.deliver({ body: 5 }));
  await paused;

  assertEquals(channel.nacked, [3, 4, 5, 6]);
  assertStrictEquals(channel.calls.indexOf("cancel consumer-1"), channel.calls.indexOf("nack 3") - 1);
  assertStrictEquals(bench.consumer.busy, 2);
  gate.resolve();
  await bench.consumer.idle();
  assertEquals(channel.acked, [1, 2]);
});

Deno.test("QueueConsumer.pause() ends it for good", async () => {
  using bench = createConsumer([subscribe("order_paid", () => {})]);
  const { channel } = await bench.connect();

  await bench.consumer.pause();
  await bench.consumer.pause();
  const later = await bench.connect();

  assertStrictEquals(channel.consumers, 0);
  assertStrictEquals(later.channel, undefined);
  assertStrictEquals(bench.consumer.isConsuming, false);
});

for (const step of ["createChannel", "prefetch 32", `consume ${QUEUE}`]) {
  Deno.test(`QueueConsumer.pause() ends a consumer that is at ${step}`, async () => {
    using bench = createConsumer([subscribe("order_paid", () => {})]);
    let paused: Promise<void> | undefined;

    const { channel } = await bench.connect(QUEUE, (call) => {
      if (call === step) paused = bench.consumer.pause();
    });
    await paused;

    assertStrictEquals(channel.consumers, 0);
    assertStrictEquals(bench.consumer.isConsuming, false);
  });

  Deno.test(`QueueConsumer.detach() ends a consumer that is at ${step}`, async () => {
    const { bodies, handle } = createRecorder();
    using bench = createConsumer([subscribe("order_paid", handle)]);

    const { channel } = await bench.connect(QUEUE, (call) => call === step && bench.consumer.detach());
    if (channel.consumers > 0) channel.deliver({});

    assertEquals([bodies, channel.acked, channel.nacked], [[], [], []]);
    assertStrictEquals(bench.consumer.isConsuming, false);
  });
}

Deno.test("QueueConsumer.pause() of consumers that share handlers puts back what each has, and ends each", async () => {
  const gate = createGate();
  const counters = createCounters();
  const subscriptions = [subscribe("order_paid", () => gate.promise, { concurrency: 1 })];
  const pools = createPools(subscriptions, counters);
  using group = createConsumer(subscriptions, { pools, counters });
  using broadcasts = createConsumer(subscriptions, { pools, counters, broadcast: true, durable: false });
  const [first, second] = [await group.connect(), await broadcasts.connect("ns.b.shop/1")];
  for (const { channel } of [first, second, first, second]) channel.deliver();

  await Promise.all([group.consumer.pause(), broadcasts.consumer.pause()]);
  gate.resolve();
  await Promise.all([group.consumer.idle(), broadcasts.consumer.idle()]);

  assertEquals(first.channel.calls.slice(2), ["cancel consumer-1", "nack 2", "ack 1"]);
  assertEquals(second.channel.calls.slice(2), ["cancel consumer-1", "nack 1", "nack 2"]);
});

Deno.test("QueueConsumer.idle() waits for copies", async () => {
  using bench = createConsumer([subscribe("order_paid", fails)]);
  const { channel, copyChannel } = await bench.connect();
  copyChannel.onPublish = undefined;
  channel.deliver();
  await bench.consumer.pause();
  let isIdle = false;

  const idle = bench.consumer.idle().then(() => isIdle = true);
  await new Promise((resolve) => setTimeout(resolve));
  assertStrictEquals(isIdle, false);
  copyChannel.published[0]!.settle();
  await idle;

  assertEquals(channel.acked, [1]);
});

Deno.test("QueueConsumer.abandon() aborts handlers, settles nothing and says how many there were", async () => {
  const signals: AbortSignal[] = [];
  const gate = createGate();
  const handle: Handle = (_event, signal) => {
    signals.push(signal());
    return gate.promise;
  };
  using bench = createConsumer([subscribe("order_paid", handle, { concurrency: 2 })]);
  const { channel } = await bench.connect();
  for (let count = 0; count < 3; count++) channel.deliver({ body: count });

  const count = bench.consumer.abandon(new Error("drained"));
  gate.resolve();
  await bench.consumer.idle();

  assertStrictEquals(count, 2);
  assertEquals(signals.map(({ reason }) => reason.message), ["drained", "drained"]);
  assertEquals([channel.acked, channel.nacked], [[], []]);
});
