/** What becomes of events whose handling fails. */
import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { NonRetryableError } from "../../../src/errors.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { createConsumer, describeCopy, fails, type Handle, subscribe } from "./consumer_bench.ts";
import { type MessageParts, NAMES } from "./fake_channel.ts";

const QUEUE = NAMES.groupQueue("shop", "order_paid");
const DEAD = `ns.dlx ${QUEUE}`;

for (
  const [name, handle, error] of [
    ["throws", () => {
      throw new Error("no stock");
    }, "no stock"],
    ["rejects", () => Promise.reject(new Error("no stock")), "no stock"],
    ["throws undefined", () => {
      throw undefined;
    }, "undefined"],
    ["rejects with null", () => Promise.reject(null), "null"],
    ["throws an object whose message throws", () => {
      throw Object.defineProperty({}, "message", {
        get() {
          throw new Error("from the getter");
        },
      });
    }, "[object Object]"],
    ["throws an object whose toString throws", () => {
      throw {
        toString() {
          throw new Error("from toString");
        },
      };
    }, "A thrown object that has no text"],
    ["returns what throws when it is awaited", () => ({
      then() {
        throw new Error("from then");
      },
    }), "from then"],
    [
      "never settles",
      () => new Promise(() => {}),
      'The handler of event "order_paid" has not ended within 5 ms',
    ],
  ] as [string, Handle, string][]
) {
  Deno.test(`QueueConsumer has an event delivered again whose handler ${name}`, async () => {
    using bench = createConsumer([subscribe("order_paid", handle, { timeoutMs: 5 })]);
    const { channel, copyChannel } = await bench.connect();

    const tag = channel.deliver({ body: { order: 7 } });
    await waitUntil("it is acknowledged", () => channel.acked.length === 1);

    assertEquals(copyChannel.published.map(describeCopy), [
      { to: `ns.retry.10 ${QUEUE}`, attempt: 2, origin: QUEUE, reason: undefined, error },
    ]);
    assertEquals(copyChannel.published[0]!.content.toString(), '{"order":7}');
    assertEquals([channel.acked, channel.nacked], [[tag], []]);
    assertStrictEquals(bench.counters.retried, 1);
    assertMatch(bench.log.join(), /^warn: Event "order_paid" failed/);
  });
}

for (const [attempt, tier] of [[1, 10], [2, 20], [3, 30], [4, 30]]) {
  Deno.test(`QueueConsumer lets an event rest ${tier} ms after delivery ${attempt}`, async () => {
    using bench = createConsumer([subscribe("order_paid", fails)]);
    const { channel, copyChannel } = await bench.connect();

    channel.deliver({ headers: { "x-gs-attempt": attempt } });
    await bench.consumer.idle();

    assertStrictEquals(copyChannel.published[0]!.exchange, `ns.retry.${tier}`);
    assertStrictEquals(copyChannel.published[0]!.options.headers!["x-gs-attempt"], attempt! + 1);
  });
}

Deno.test("QueueConsumer lets broadcasts for a queue that ends with the connection rest elsewhere", async () => {
  using bench = createConsumer([subscribe("a", fails)], { broadcast: true, durable: false });
  const { channel, copyChannel } = await bench.connect("ns.b.shop/1");

  channel.deliver({ properties: { type: "a" } });
  await bench.consumer.idle();

  const [copy] = copyChannel.published;
  assertEquals([copy!.exchange, copy!.routingKey], ["ns.retry.transient.10", "ns.b.shop/1"]);
  assertStrictEquals(copy!.options.headers!["x-gs-event"], "a");
});

for (
  const [name, parts, handle, reason] of [
    ["the last attempt failed", { headers: { "x-gs-attempt": 5 } }, fails, "max_attempts"],
    ["the failure is final", {}, () => {
      throw new NonRetryableError("no stock");
    }, "non_retryable"],
    ["it is not JSON", { content: Buffer.from("no stock") }, () => {}, "malformed"],
    ["it is not UTF-8", { content: Buffer.from([0xff]) }, () => {}, "malformed"],
    ["it is no JSON type", { properties: { contentType: "text/plain" } }, () => {}, "malformed"],
    ["it is too large", { content: Buffer.alloc(64 * 1024 * 1024) }, () => {}, "too_large"],
  ] as [string, MessageParts, Handle, string][]
) {
  Deno.test(`QueueConsumer keeps an event as dead because ${name}`, async () => {
    using bench = createConsumer([subscribe("order_paid", handle)]);
    const { channel, copyChannel } = await bench.connect();

    channel.deliver(parts);
    await bench.consumer.idle();

    const [copy] = copyChannel.published;
    assertEquals(`${copy!.exchange} ${copy!.routingKey}`, DEAD);
    assertEquals(copy!.options.headers!["x-gs-reason"], reason);
    assertEquals(copy!.content, parts.content ?? Buffer.from("{}"));
    assertEquals([channel.acked, channel.nacked], [[1], []]);
    assertStrictEquals(bench.counters.dead, 1);
    assertMatch(bench.log.join(), /^error: Event "order_paid" is dead/);
  });
}

Deno.test("QueueConsumer keeps a broadcast as dead for the group queue of its event", async () => {
  const subscriptions = [subscribe("a", () => {}), subscribe("b", fails, { maxAttempts: 1 })];
  using bench = createConsumer(subscriptions, { broadcast: true, durable: false });
  const { channel, copyChannel } = await bench.connect("ns.b.shop/1");

  channel.deliver({ properties: { type: "b" } });
  await bench.consumer.idle();

  assertEquals(copyChannel.published.map(describeCopy), [
    {
      to: "ns.dlx ns.q.shop/b",
      attempt: 1,
      origin: "ns.q.shop/b",
      reason: "max_attempts",
      error: "no stock",
    },
  ]);
});

for (
  const [name, type, origin] of [
    ["that nobody handles", "unheard_of", "ns.q.shop/unheard_of"],
    ["that no event can have", "* #", "ns.b.shop/1"],
    ["like a member of every object", "__proto__", "ns.q.shop/__proto__"],
    ["that no queue can have", "ä".repeat(500), "ns.b.shop/1"],
  ] as const
) {
  Deno.test(`QueueConsumer keeps a broadcast as dead with a name ${name}`, async () => {
    using bench = createConsumer([subscribe("a", () => {})], { broadcast: true, durable: false });
    const { channel, copyChannel } = await bench.connect("ns.b.shop/1");

    channel.deliver({ properties: { type } });
    await bench.consumer.idle();

    const [copy] = copyChannel.published;
    const { headers } = copy!.options;
    assertEquals([copy!.exchange, copy!.routingKey], ["ns.dlx", "ns.q.shop/a"]);
    assertEquals([headers!["x-gs-reason"], headers!["x-gs-origin"]], ["unknown_event", origin]);
    assertEquals(channel.acked, [1]);
  });
}

Deno.test("QueueConsumer puts a dead event into the queue itself when no binding leads there", async () => {
  using bench = createConsumer([subscribe("order_paid", fails, { maxAttempts: 1 })]);
  const { channel, copyChannel } = await bench.connect();
  copyChannel.onPublish = (copy) => {
    if (copy.exchange !== "") copy.giveBack();
    copy.settle();
  };

  channel.deliver();
  await bench.consumer.idle();

  const routes = copyChannel.published.map(({ exchange, routingKey }) => [exchange, routingKey]);
  assertEquals(routes, [["ns.dlx", QUEUE], ["", "ns.dlq.shop"]]);
  assertEquals(channel.acked, [1]);
});

Deno.test("QueueConsumer acknowledges a failed event only when its copy is safe", async () => {
  using bench = createConsumer([subscribe("order_paid", fails)]);
  const { channel, copyChannel } = await bench.connect();
  copyChannel.onPublish = undefined;

  channel.deliver();
  await waitUntil("the copy is sent", () => copyChannel.published.length === 1);
  assertEquals(channel.acked, []);
  assertStrictEquals(bench.consumer.busy, 1);
  copyChannel.published[0]!.settle();
  await bench.consumer.idle();

  assertEquals(channel.acked, [1]);
});

for (const how of ["returned", "refused"]) {
  Deno.test(`QueueConsumer copies a failed event again when the copy was ${how}`, async () => {
    using bench = createConsumer([subscribe("order_paid", fails)]);
    const { channel, copyChannel } = await bench.connect();
    let left = 2;
    copyChannel.onPublish = (copy) => {
      if (left-- <= 0) return copy.settle();
      if (how === "returned") copy.giveBack();
      copy.settle(how === "refused" ? new Error("message nacked") : undefined);
    };

    channel.deliver();
    await bench.consumer.idle();

    assertStrictEquals(copyChannel.published.length, 3);
    assertEquals(channel.acked, [1]);
    assertStrictEquals(bench.counters.retried, 1);
  });
}

Deno.test("QueueConsumer gives a copy up with the connection, and acknowledges nothing", async () => {
  using bench = createConsumer([subscribe("order_paid", fails)]);
  const { channel, copyChannel } = await bench.connect();
  copyChannel.onPublish = (copy) => copy.settle(new Error("message nacked"));

  channel.deliver();
  await waitUntil("a copy was refused", () => copyChannel.published.length > 0);
  bench.consumer.detach();
  await bench.consumer.idle();

  assertEquals([channel.acked, channel.nacked], [[], []]);
  assertStrictEquals(bench.counters.retried, 0);
});

Deno.test("QueueConsumer survives a logger that throws", async () => {
  const logger = (): never => {
    throw new Error("from the logger");
  };
  using bench = createConsumer([subscribe("order_paid", fails)], { logger });
  const { channel } = await bench.connect();

  channel.deliver();
  await bench.consumer.idle();

  assertEquals(channel.acked, [1]);
  assertStrictEquals(bench.consumer.busy, 0);
});
