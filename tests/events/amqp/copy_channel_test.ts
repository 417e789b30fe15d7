import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { CopyChannel, CopyReturnedError } from "../../../src/events/amqp/copy_channel.ts";
import { createFreshCopy } from "../../../src/events/amqp/message_copy.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { createMessage, type FakeChannel, FakeConnection } from "./fake_channel.ts";

const ROUTE = { exchange: "ns.dlx", routingKey: "ns.q.shop/order_paid" };
const COPY = createFreshCopy(createMessage());

interface Bench extends Disposable {
  readonly copies: CopyChannel;
  readonly channel: FakeChannel;
  readonly losses: Error[];
}

async function open(limitMs?: number): Promise<Bench> {
  const connection = new FakeConnection();
  const losses: Error[] = [];
  const copies = await CopyChannel.open(connection, {
    onLost: (error) => losses.push(error),
    ...(limitMs !== undefined && { limitMs }),
  });
  const channel = connection.confirmChannels[0]!;
  channel.onPublish = undefined;
  return { copies, channel, losses, [Symbol.dispose]: () => copies.detach() };
}

Deno.test("CopyChannel.publish() resolves when the copy is confirmed", async () => {
  using bench = await open();
  let isSafe = false;

  const copied = bench.copies.publish(ROUTE, COPY).then(() => isSafe = true);
  await Promise.resolve();
  assertStrictEquals(isSafe, false);
  bench.channel.published[0]!.settle();
  await copied;

  const { exchange, routingKey, options } = bench.channel.published[0]!;
  assertEquals({ exchange, routingKey }, ROUTE);
  assertStrictEquals(options.mandatory, true);
  assertStrictEquals(options.deliveryMode, 2);
});

Deno.test("CopyChannel.publish() rejects when no queue took the copy, although it was confirmed", async () => {
  using bench = await open();

  const copied = bench.copies.publish(ROUTE, COPY);
  bench.channel.published[0]!.giveBack();
  bench.channel.published[0]!.settle();

  await assertRejects(() => copied, CopyReturnedError, '"ns.dlx"');
});

Deno.test("CopyChannel.publish() knows which of several copies of one message was returned", async () => {
  using bench = await open();

  const copied = [1, 2, 3].map(() => bench.copies.publish(ROUTE, COPY));
  bench.channel.published[1]!.giveBack();
  for (const index of [2, 0, 1]) bench.channel.published[index]!.settle();

  const results = await Promise.allSettled(copied);
  assertEquals(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
});

Deno.test("CopyChannel ignores what it did not publish coming back", async () => {
  using bench = await open();
  const copied = bench.copies.publish(ROUTE, COPY);

  for (const id of [undefined, null, "1", {}, 99]) {
    const { content, exchange, routingKey } = bench.channel.published[0]!;
    bench.channel.publish(exchange, routingKey, content, { headers: { "x-gs-copy": id } });
    bench.channel.published.at(-1)!.giveBack();
  }
  bench.channel.published[0]!.settle();

  await copied;
});

Deno.test("CopyChannel.publish() rejects when the broker refuses the copy", async () => {
  using bench = await open();

  const copied = bench.copies.publish(ROUTE, COPY);
  bench.channel.published[0]!.settle(new Error("message nacked"));

  await assertRejects(() => copied, Error, "message nacked");
});

Deno.test("CopyChannel.publish() rejects when the channel is lost, and its owner is told once", async () => {
  using bench = await open();

  const copied = bench.copies.publish(ROUTE, COPY);
  bench.channel.fail(new Error("NOT_FOUND"));

  // Not with what the library says of each message of a channel that closes.
  await assertRejects(() => copied, Error, "NOT_FOUND");
  await assertRejects(() => bench.copies.publish(ROUTE, COPY), Error, "is closed");
  assertEquals(bench.losses.map(({ message }) => message), ["NOT_FOUND"]);
});

Deno.test("CopyChannel.publish() rejects after the time limit, and a late confirmation changes nothing", async () => {
  using bench = await open(5);

  const copied = bench.copies.publish(ROUTE, COPY);

  await assertRejects(() => copied, Error, "within 5 ms");
  bench.channel.published[0]!.settle();
});

Deno.test("CopyChannel.publish() waits beyond the time limit while the broker blocks us", async () => {
  using bench = await open(5);
  bench.copies.setBlocked(true);
  let outcome = "open";

  const copied = bench.copies.publish(ROUTE, COPY).then(() => outcome = "stored", () => outcome = "rejected");
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertStrictEquals(outcome, "open");
  bench.copies.setBlocked(false);
  await copied;

  assertStrictEquals(outcome, "rejected");
});

Deno.test("CopyChannel has at most 100 copies on their way, in the order in which they came", async () => {
  using bench = await open();

  const copied = Array.from({ length: 250 }, () => bench.copies.publish(ROUTE, COPY));
  assertStrictEquals(bench.channel.published.length, 100);
  for (let index = 0; index < 250; index++) {
    assert(bench.channel.published.length <= 100 + index);
    bench.channel.published[index]!.settle();
  }

  await Promise.all(copied);
  const ids = bench.channel.published.map(({ options }) => options.headers!["x-gs-copy"] as number);
  assertEquals(ids, [...ids].sort((a, b) => a - b));
});

Deno.test("CopyChannel has at most 16 MiB on their way, but a larger copy alone", async () => {
  using bench = await open();
  const large = createFreshCopy(createMessage({ content: Buffer.alloc(20 * 1024 * 1024) }));

  const copied = [large, COPY, COPY].map((copy) => bench.copies.publish(ROUTE, copy));
  assertStrictEquals(bench.channel.published.length, 1);
  bench.channel.published[0]!.settle();
  assertStrictEquals(bench.channel.published.length, 3);
  bench.channel.published[1]!.settle();
  bench.channel.published[2]!.settle();

  await Promise.all(copied);
});

Deno.test("CopyChannel sends no more to a silent broker when copies run out of time", async () => {
  using bench = await open(5);
  const publishMany = (): Promise<unknown> =>
    Promise.allSettled(Array.from({ length: 150 }, () => bench.copies.publish(ROUTE, COPY)));

  await publishMany();
  await publishMany();

  assertStrictEquals(bench.channel.published.length, 100);
});

Deno.test("CopyChannel.detach() rejects what is on its way and what waits, and tells nobody", async () => {
  using bench = await open();
  const copied = Array.from({ length: 150 }, () => bench.copies.publish(ROUTE, COPY));

  bench.copies.detach();
  bench.channel.fail();

  const results = await Promise.allSettled(copied);
  assert(results.every(({ status }) => status === "rejected"));
  assertEquals(bench.losses, []);
});

Deno.test("CopyChannel.publish() drops foreign headers that can not be written again", async () => {
  using bench = await open();
  bench.channel.onPublish = (copy) => copy.settle();
  bench.channel.checkOptions = ({ headers }) => {
    if (headers !== undefined && "huge" in headers) throw new RangeError("Encoded field table exceeds …");
  };
  const message = createMessage({
    headers: { huge: "a".repeat(70_000), cloudEvents_id: "i", "cloudEvents:type": "t", traceparent: "p" },
  });

  await bench.copies.publish(ROUTE, createFreshCopy(message));

  assertEquals(bench.channel.published[0]!.options.headers, {
    cloudEvents_id: "i",
    "cloudEvents:type": "t",
    traceparent: "p",
    "x-gs-copy": 1,
  });
});

Deno.test("CopyChannel.publish() rejects when nothing can be written, and the next copy goes", async () => {
  using bench = await open();
  bench.channel.checkOptions = () => {
    throw new TypeError("never");
  };
  await assertRejects(() => bench.copies.publish(ROUTE, COPY), TypeError, "never");
  bench.channel.checkOptions = () => {};

  const copied = bench.copies.publish(ROUTE, COPY);
  await waitUntil("it was sent", () => bench.channel.published.length === 1);
  bench.channel.published[0]!.settle();

  await copied;
});
