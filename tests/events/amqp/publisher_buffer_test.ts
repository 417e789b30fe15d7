import { assertEquals, assertInstanceOf, assertLess, assertStrictEquals } from "@std/assert";
import { EventBufferFullError } from "../../../src/errors.ts";
import { createPublisher, peek } from "./scripted_channel.ts";

Deno.test("publish() sends no more than the window has messages", async () => {
  using bench = createPublisher({ windowEvents: 2 });
  const channel = bench.attach();
  const promises = ["1", "2", "3", "4"].map((id) => bench.publish(id));

  assertEquals(channel.ids, ["1", "2"]);

  channel.confirm("2");
  assertEquals(channel.ids, ["1", "2", "3"]);
  channel.confirmAll();
  await Promise.all(promises);
  assertEquals([channel.ids, channel.mostUnconfirmed], [["1", "2", "3", "4"], 2]);
});

Deno.test("publish() sends no more than the window has bytes", async () => {
  using bench = createPublisher({ windowBytes: 10 });
  const channel = bench.attach();
  const promises = [4, 6, 1, 4].map((bytes, index) => bench.publish(`${index}`, { bytes }));

  assertEquals(channel.ids, ["0", "1"]);

  channel.confirm("0");
  assertEquals(channel.ids, ["0", "1", "2"]);
  channel.confirmAll();
  await Promise.all(promises);
});

Deno.test("publish() sends a message that is larger than the window alone", async () => {
  using bench = createPublisher({ windowBytes: 10 });
  const channel = bench.attach();
  const promises = [1, 11, 1].map((bytes, index) => bench.publish(`${index}`, { bytes }));

  assertEquals(channel.ids, ["0"]);
  channel.confirm("0");
  assertEquals(channel.ids, ["0", "1"]);
  channel.confirm("1");
  assertEquals(channel.ids, ["0", "1", "2"]);
  channel.confirmAll();
  await Promise.all(promises);
});

Deno.test("publish() keeps what comes before the first channel, in order", async () => {
  using bench = createPublisher();
  const promises = ["1", "2", "3"].map((id) => bench.publish(id));

  const channel = bench.attach();

  assertEquals(channel.ids, ["1", "2", "3"]);
  channel.confirmAll();
  await Promise.all(promises);
});

for (
  const [name, limits] of [
    ["messages", { bufferEvents: 3 }],
    ["bytes", { bufferBytes: 32 }],
  ] as const
) {
  Deno.test(`publish() rejects at once when the buffer is full of ${name}`, async () => {
    using bench = createPublisher(limits);
    const kept = ["1", "2", "3"].map((id) => bench.publish(id, { bytes: 10 }));

    const startMs = performance.now();
    const error = await bench.publish("4", { bytes: 10, name: "order_paid" }).catch((error) => error);

    assertLess(performance.now() - startMs, 50);
    assertInstanceOf(error, EventBufferFullError);
    assertStrictEquals(error.outcome, "not-sent");
    assertStrictEquals(error.message.startsWith('Cannot emit event "order_paid": the buffer of '), true);
    assertEquals([bench.counters.emitted, bench.counters.rejected], [3, 1]);
    const channel = bench.attach();
    assertEquals(channel.ids, ["1", "2", "3"]);
    channel.confirmAll();
    await Promise.all(kept);
  });
}

Deno.test("publish() takes exactly as many as the buffer holds", async () => {
  using bench = createPublisher({ bufferEvents: 10_000 });

  const promises = Array.from({ length: 20_000 }, (_, index) => bench.publish(`${index}`));

  const channel = bench.attach();
  channel.confirmsAtOnce = true;
  channel.confirmAll();
  const results = await Promise.allSettled(promises);
  assertEquals(results.map(({ status }) => status), [
    ...Array(10_000).fill("fulfilled"),
    ...Array(10_000).fill("rejected"),
  ]);
  assertEquals(channel.ids, Array.from({ length: 10_000 }, (_, index) => `${index}`));
});

Deno.test("publish() has room for one message that is larger than the buffer", async () => {
  using bench = createPublisher({ bufferBytes: 10 });

  const promise = bench.publish("1", { bytes: 11 });

  bench.attach().confirmAll();
  assertEquals(await promise, { id: "1", confirmed: true, routed: true, attempts: 1 });
});

Deno.test("publish() waits in order when the buffer is full and onFull is wait", async () => {
  using bench = createPublisher({ bufferEvents: 1, windowEvents: 1, onFull: "wait" });
  const ids = Array.from({ length: 50 }, (_, index) => `${index}`);
  const promises = ids.map((id) => bench.publish(id));

  const channel = bench.attach();
  channel.confirmAll();

  await Promise.all(promises);
  assertEquals([channel.ids, channel.mostUnconfirmed], [ids, 1]);
});

Deno.test("publish() fills the window also when the buffer is smaller", async () => {
  using bench = createPublisher({ bufferEvents: 1, windowEvents: 3, onFull: "wait" });
  const promises = ["1", "2", "3", "4"].map((id) => bench.publish(id));

  const channel = bench.attach();

  assertEquals(channel.ids, ["1", "2", "3"]);
  channel.confirmAll();
  await Promise.all(promises);
});

Deno.test("publish() lets a small message not overtake one that waits for a place", async () => {
  using bench = createPublisher({ bufferBytes: 10, onFull: "wait" });
  const promises = [9, 5, 1].map((bytes, index) => bench.publish(`${index}`, { bytes }));

  const channel = bench.attach();
  channel.confirmAll();

  await Promise.all(promises);
  assertEquals(channel.ids, ["0", "1", "2"]);
});

Deno.test("publish() without confirm resolves when the message is buffered", async () => {
  using bench = createPublisher();

  const receipt = await bench.publish("1", { confirm: false });

  assertEquals(receipt, { id: "1", confirmed: false, routed: undefined, attempts: 0 });
  assertStrictEquals(bench.counters.pending, 1);
  bench.attach().confirmAll();
  assertEquals([bench.counters.pending, bench.counters.confirmed], [0, 1]);
});

Deno.test("publish() without confirm waits for a place when onFull is wait", async () => {
  using bench = createPublisher({ bufferEvents: 1, windowEvents: 1, onFull: "wait" });
  const promises = ["1", "2", "3"].map((id) => bench.publish(id, { confirm: false }));
  assertEquals(await Promise.all(promises.map(peek)), [
    { id: "1", confirmed: false, routed: undefined, attempts: 0 },
    "open",
    "open",
  ]);

  const channel = bench.attach();

  assertEquals(await peek(promises[1]!), { id: "2", confirmed: false, routed: undefined, attempts: 0 });
  assertStrictEquals(await peek(promises[2]!), "open");
  channel.confirmAll();
  await Promise.all(promises);
  assertStrictEquals(bench.counters.confirmed, 3);
});
