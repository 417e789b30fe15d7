/** What becomes of events that fail or are hostile, at a real broker. */
import { assert, assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { GetMessage, Options } from "amqplib";
import { FaultProxy } from "../../support/fault_proxy.ts";
import { drainQueue, inspectQueue, withChannel } from "../../support/raw_amqp.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { brokerTest, type TestHandler, type TestSpace, type TestTransport } from "./transport_fixture.ts";

const FAILS: TestHandler = () => {
  throw new Error("no stock");
};

/** Publishes to the queue of the events of the space. */
async function publish(
  { url, event }: TestSpace,
  service: TestTransport,
  content: Buffer,
  options: Options.Publish = {},
): Promise<void> {
  await withChannel(url, async (channel) => {
    const queue = service.topology.groupQueue("shop", event);
    channel.sendToQueue(queue, content, { persistent: true, ...options });
    await channel.checkQueue(queue);
  });
}

/** Waits for so many dead letters and takes them. */
async function takeDead({ url }: TestSpace, service: TestTransport, count: number): Promise<GetMessage[]> {
  const queue = service.topology.names.deadLetterQueue("shop");
  const isThere = async (): Promise<boolean> => (await inspectQueue(url, queue)).messages === count;
  await waitUntil(`${count} are dead`, isThere, 20_000);
  return await drainQueue(url, queue);
}

brokerTest(
  "RabbitMqEventTransport delivers a failing event as often as it says, then it is dead",
  async (space) => {
    const service = await space.start("shop");
    const times: number[] = [];
    await service.handle((event, signal) => {
      times.push(performance.now());
      return FAILS(event, signal);
    }, { maxAttempts: 4 });

    await service.emit({ order: 7 }, { id: "the id" });
    const [dead] = await takeDead(space, service, 1);

    assertEquals(service.received.map(({ attempt, id, body }) => [attempt, id, body]), [
      [1, "the id", { order: 7 }],
      [2, "the id", { order: 7 }],
      [3, "the id", { order: 7 }],
      [4, "the id", { order: 7 }],
    ]);
    const rests = times.slice(1).map((time, index) => time - times[index]!);
    assert(rests[0]! >= 50 && rests[1]! >= 100 && rests[2]! >= 100, String(rests));
    const { headers, messageId, contentType } = dead!.properties;
    assertEquals([messageId, contentType, headers!.cloudEvents_id], ["the id", "application/json", "the id"]);
    assertEquals([headers!["x-gs-reason"], headers!["x-gs-attempt"]], ["max_attempts", 4]);
    const { handled, retried, dead: deadCount } = service.transport.stats();
    assertEquals({ handled, retried, deadCount }, { handled: 0, retried: 3, deadCount: 1 });
  },
);

brokerTest(
  "RabbitMqEventTransport delivers a failing broadcast again to the same instance only",
  async (space) => {
    const [first, second] = [await space.start("shop"), await space.start("shop")];
    let calls = 0;
    await first.handle((event, signal) => calls++ === 0 ? FAILS(event, signal) : undefined);
    await second.handle();

    await first.emit(1, { broadcast: true });
    await waitUntil("it is handled", () => first.transport.stats().handled === 1);

    assertEquals(first.received.map(({ attempt, broadcast }) => [attempt, broadcast]), [[1, true], [
      2,
      true,
    ]]);
    assertEquals(await second.bodies(1), [1]);
  },
);

brokerTest("RabbitMqEventTransport keeps a hostile body as it came, as dead, and goes on", async (space) => {
  const service = await space.start("shop");
  await service.handle();
  const bodies = [
    ["malformed", Buffer.from("{"), {}],
    ["malformed", Buffer.from([0x22, 0xff, 0x22]), {}],
    ["malformed", Buffer.alloc(0), {}],
    ["malformed", Buffer.from("<a/>"), { contentType: "text/xml" }],
    ["malformed", Buffer.from("{}"), { contentEncoding: "gzip" }],
    ["malformed", Buffer.from("{}"), { contentType: "application/cloudevents+json" }],
    ["too_large", Buffer.alloc(64 * 1024 * 1024, "a"), {}],
  ] as const;

  for (const [, content, options] of bodies) await publish(space, service, content, options);
  await service.emit("after them");
  const dead = await takeDead(space, service, bodies.length);

  for (const [index, [reason, content]] of bodies.entries()) {
    assertStrictEquals(dead[index]!.properties.headers!["x-gs-reason"], reason);
    assert(content.equals(dead[index]!.content), `body ${index}`);
  }
  assertEquals(await service.bodies(1), ["after them"]);
});

for (
  const [name, headers] of [
    ["a table of 60 KB", { big: "a".repeat(60_000) }],
    [
      "a thousand headers",
      Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`header-${n}`, "a".repeat(40)])),
    ],
    ["deep tables", { deep: nest(100) }],
    ["a table that looks like a typed value", {
      odd: { "!": "object", value: { "!": "no type", value: 1 } },
    }],
    ["values of all types", {
      bytes: Buffer.from([1, 2]),
      double: 1.5,
      long: 2 ** 40,
      list: [1, "a", null, true, { a: 1 }],
      time: { "!": "timestamp", value: 1_700_000_000 },
      decimal: { "!": "decimal", value: { digits: 7, places: 1 } },
      none: null,
    }],
    ["our own headers", {
      "x-gs-attempt": "many",
      "x-gs-origin": "elsewhere",
      "x-gs-event": 7,
      "x-gs-copy": 1,
      "x-gs-first-failure": "x".repeat(5_000),
      "x-gs-error-stack": "y".repeat(5_000),
    }],
    ["headers named like members of every object", { constructor: 1, toString: "a", hasOwnProperty: true }],
  ] as [string, Record<string, unknown>][]
) {
  brokerTest(`RabbitMqEventTransport tries again and buries an event with ${name}`, async (space) => {
    const service = await space.start("shop");
    await service.handle(FAILS, { maxAttempts: 2 });

    await publish(space, service, Buffer.from("1"), { headers, messageId: "m" });
    const [dead] = await takeDead(space, service, 1);

    assertEquals(service.received.map(({ attempt }) => attempt), [1, 2]);
    assertStrictEquals(dead!.properties.messageId, "m");
    const copied = dead!.properties.headers!;
    assertStrictEquals(copied["x-gs-origin"], service.topology.groupQueue("shop", space.event));
    assertMatch(copied["x-gs-first-failure"], /^\d{4}-/);
  });
}

function nest(depth: number): unknown {
  return depth === 0 ? 1 : { a: nest(depth - 1) };
}

brokerTest("RabbitMqEventTransport does not let a sender choose where copies go", async (space) => {
  const service = await space.start("shop");
  await service.handle(FAILS, { maxAttempts: 2 });
  const elsewhere = `${space.namespace}.elsewhere`;
  space.extraQueues.push(elsewhere);
  await withChannel(space.url, async (channel) => {
    await channel.assertQueue(elsewhere, { durable: true });
    for (const exchange of [service.topology.names.deadLetters, service.topology.names.requeue]) {
      await channel.bindQueue(elsewhere, exchange, elsewhere);
    }
  });
  // The default exchange delivers to both at once; what counts is what follows.
  await publish(space, service, Buffer.from("1"), { headers: { CC: [elsewhere] } });
  await waitUntil("it is there", async () => (await inspectQueue(space.url, elsewhere)).messages === 1);

  await takeDead(space, service, 1);

  assertStrictEquals((await inspectQueue(space.url, elsewhere)).messages, 1);
});

brokerTest(
  "RabbitMqEventTransport tries again what says that it has been through its queues",
  async (space) => {
    const service = await space.start("shop");
    await service.handle(FAILS, { maxAttempts: 2 });
    const queue = service.topology.groupQueue("shop", space.event);
    const death = { queue, reason: "delivery_limit", count: 1, exchange: "", "routing-keys": [queue] };

    await publish(space, service, Buffer.from("1"), {
      headers: { "x-death": [death], "x-first-death-queue": queue, "x-delivery-count": 900 },
    });
    await takeDead(space, service, 1);

    assertEquals(service.received.map(({ attempt }) => attempt), [1, 2]);
  },
);

brokerTest("RabbitMqEventTransport goes on with handlers that outlive the connection", async (space) => {
  await using proxy = await FaultProxy.start(Number(new URL(space.url).port || 5672));
  const service = await space.start("shop", {}, `amqp://127.0.0.1:${proxy.port}`);
  const release: (() => void)[] = [];
  const handle: TestHandler = () => new Promise<void>((resolve) => release.push(resolve));
  await service.handle(handle, { concurrency: 5, prefetch: 10 });
  const emitter = await space.start("till");
  await Promise.all(Array.from({ length: 8 }, (_, body) => emitter.emit(body)));
  await waitUntil("five run", () => release.length === 5);
  const queue = service.topology.groupQueue("shop", space.event);

  proxy.resetAll();
  await waitUntil("it consumes again", async () => {
    const { messages, consumers } = await inspectQueue(space.url, queue);
    return messages === 0 && consumers === 1;
  });
  for (let count = 0; count < 8; count++) {
    await waitUntil("the next one runs", () => release.length > count);
    release[count]!();
  }
  await waitUntil("all are handled", () => service.transport.stats().handled === 8);
  await service.stop();

  assertEquals(service.received.map(({ body }) => body as number).sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
  assertStrictEquals((await inspectQueue(space.url, queue)).messages, 0);
  assertEquals(service.statuses.filter(({ state }) => state === "down").length <= 2, true);
});
