import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { EmitError, TransportStoppedError } from "../../../src/errors.ts";
import { createPublisher, peek } from "./scripted_channel.ts";

Deno.test("publish() resolves when the broker confirms", async () => {
  using bench = createPublisher();
  const channel = bench.attach();

  const promise = bench.publish("1");

  assertStrictEquals(await peek(promise), "open");
  channel.confirm("1");
  assertEquals(await promise, { id: "1", confirmed: true, routed: true, attempts: 1 });
});

Deno.test("publish() hands the message to the channel as it is", async () => {
  using bench = createPublisher();
  const channel = bench.attach();

  const promise = bench.publish("1", { name: "order_paid", bytes: 3 });

  const { exchange, routingKey, content, options } = channel.published[0]!;
  assertEquals([exchange, routingKey, content.length], ["x", "order_paid", 3]);
  assertEquals(options, { messageId: "1" });
  channel.confirmAll();
  await promise;
});

Deno.test("publish() settles the right one when confirmations come out of order", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const promises = ["1", "2", "3"].map((id) => bench.publish(id));

  channel.confirm("2");

  assertEquals(await Promise.all(promises.map(peek)), [
    "open",
    { id: "2", confirmed: true, routed: true, attempts: 1 },
    "open",
  ]);
  channel.confirmAll();
  await Promise.all(promises);
});

Deno.test("publish() copes with a channel that confirms at once", async () => {
  using bench = createPublisher({ windowEvents: 1 });
  const promises = Array.from({ length: 1000 }, (_, index) => bench.publish(`${index}`));
  const channel = bench.attach();
  channel.confirmsAtOnce = true;

  channel.confirmAll();

  await Promise.all(promises);
  assertEquals(channel.ids, promises.map((_, index) => `${index}`));
});

Deno.test("publish() counts what happens", async () => {
  using bench = createPublisher();
  const channel = bench.attach();

  const promises = ["1", "2"].map((id) => bench.publish(id));

  const { emitted, pending } = bench.counters;
  assertEquals({ emitted, pending }, { emitted: 2, pending: 2 });
  channel.confirmAll();
  await Promise.all(promises);
  const { confirmed, pending: left, rejected, resent, unrouted } = bench.counters;
  assertEquals({ confirmed, left, rejected, resent, unrouted }, {
    confirmed: 2,
    left: 0,
    rejected: 0,
    resent: 0,
    unrouted: 0,
  });
});

Deno.test("publish() rejects what AMQP can not carry, and goes on", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  channel.error = new RangeError("Encoded field table exceeds the buffer");

  const error = await bench.publish("1").catch((error) => error);

  assertInstanceOf(error, EmitError);
  assertEquals([error.outcome, error.cause], ["not-sent", channel.error]);
  channel.error = undefined;
  const promise = bench.publish("2");
  channel.confirm("2");
  await promise;
});

Deno.test("setBlocked() keeps what comes until the broker takes messages again", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  bench.publisher.setBlocked(true);
  const promises = ["1", "2"].map((id) => bench.publish(id));
  assertEquals(channel.ids, []);

  bench.publisher.setBlocked(false);

  assertEquals(channel.ids, ["1", "2"]);
  channel.confirmAll();
  await Promise.all(promises);
});

Deno.test("attach() takes a new channel for one that is not blocked", async () => {
  using bench = createPublisher();
  bench.attach();
  bench.publisher.setBlocked(true);
  const promise = bench.publish("1");

  bench.attach().confirmAll();

  await promise;
});

Deno.test("flush() resolves at once when nothing is on its way", async () => {
  using bench = createPublisher();

  await bench.publisher.flush(0);
});

Deno.test("flush() resolves when the last one has been confirmed", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const promises = ["1", "2"].map((id) => bench.publish(id));
  const flushes = [bench.publisher.flush(60_000), bench.publisher.flush(60_000)];

  channel.confirm("1");
  assertStrictEquals(await peek(flushes[0]!), "open");
  channel.confirm("2");

  await Promise.all([...flushes, ...promises]);
});

Deno.test("flush() resolves when its time is over", async () => {
  using bench = createPublisher();
  const promise = bench.publish("1");

  await bench.publisher.flush(1);

  assertStrictEquals(await peek(promise), "open");
  bench.attach().confirmAll();
  await promise;
});

Deno.test("stop() rejects what is on its way, by whether it was sent, and ends a flush", async () => {
  using bench = createPublisher({ windowEvents: 1, bufferEvents: 1, onFull: "wait" });
  bench.attach();
  const promises = ["sent", "buffered", "outside"].map((id) => bench.publish(id).catch((error) => error));
  const flush = bench.publisher.flush(60_000);

  const count = bench.publisher.stop();

  await flush;
  assertStrictEquals(count, 3);
  const errors = await Promise.all(promises) as TransportStoppedError[];
  for (const error of errors) assertInstanceOf(error, TransportStoppedError);
  assertEquals(errors.map(({ outcome }) => outcome), ["unknown", "not-sent", "not-sent"]);
  assertEquals([bench.counters.pending, bench.counters.rejected], [0, 3]);
});

Deno.test("stop() logs what nobody waits for", async () => {
  using bench = createPublisher();
  await bench.publish("1", { confirm: false });

  assertStrictEquals(bench.publisher.stop(), 1);

  assertEquals(bench.log, [
    'error: Lost an event: Cannot emit event "e": the transport has stopped before the broker confirmed it',
  ]);
});

Deno.test("publish() rejects after stop()", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  bench.publisher.stop();

  const error = await bench.publish("1").catch((error) => error);

  assertInstanceOf(error, TransportStoppedError);
  assertStrictEquals(error.outcome, "not-sent");
  assertEquals(channel.ids, []);
});

Deno.test("stop() may be called twice, and attach() changes nothing afterwards", () => {
  using bench = createPublisher();
  bench.publisher.stop();

  bench.attach();
  bench.publisher.setBlocked(false);

  assertStrictEquals(bench.publisher.stop(), 0);
});
