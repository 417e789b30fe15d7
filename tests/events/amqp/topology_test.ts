/** Names and declarations, and what a real broker makes of them. */
import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { TopologyConflictError } from "../../../src/errors.ts";
import { AmqpNames, PYTHON_NAMES } from "../../../src/events/amqp/amqp_names.ts";
import { resolveRabbitMqOptions } from "../../../src/events/amqp/options.ts";
import { applyTopology, type Declaration, Topology } from "../../../src/events/amqp/topology.ts";
import { AMQP_URL } from "../../support/broker.ts";
import { drainQueue, withChannel } from "../../support/raw_amqp.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { connectTo, randomName } from "./driver_fixture.ts";

Deno.test("AmqpNames never gives two queues one name", () => {
  const names = new AmqpNames("ns");
  const part = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed());
  const event = part.filter((text) => !text.includes("/"));
  const parts = fc.tuple(part, event, part, event);

  fc.assert(fc.property(parts, ([serviceA, eventA, serviceB, eventB]) => {
    if (serviceA === serviceB && eventA === eventB) return;
    assertNotEquals(names.groupQueue(serviceA, eventA), names.groupQueue(serviceB, eventB));
  }));
  assertEquals(names.groupQueue("a b", "e"), "ns.q.a%20b/e");
  assertEquals(names.broadcastQueue("a", "1/2"), "ns.b.a/1%2F2");
  assertEquals(names.deadLetterQueue("a/b"), "ns.dlq.a%2Fb");
});

Deno.test("AmqpNames refuses names that AMQP can not carry", () => {
  const names = new AmqpNames("n".repeat(32));

  assertEquals(Buffer.byteLength(names.groupQueue("s".repeat(90), "e".repeat(128))), 255 - 1);
  assertThrows(() => names.groupQueue("s".repeat(92), "e".repeat(128)), RangeError, "256 bytes");
  assertThrows(() => names.groupQueue("ä".repeat(40), "e"), RangeError, "AMQP allows 255");
  assertThrows(() => names.deadLetterQueue("\ud800"), RangeError);
});

Deno.test("Topology.addressOf() publishes by the name of the event, or as the Python library does", () => {
  const own = new Topology(resolveRabbitMqOptions("amqp://a", { namespace: "ns" }));
  const python = new Topology(resolveRabbitMqOptions("amqp://a", { compat: "gemstone" }));

  assertEquals(own.addressOf("e", true), { exchange: "ns.broadcast", routingKey: "e" });
  assertEquals(own.addressOf("e", false), { exchange: "ns.events", routingKey: "e" });
  assertEquals(python.addressOf("e", true), { exchange: "gemstone.broadcast.e", routingKey: "" });
  assertEquals(python.addressOf("e", false), { exchange: "gemstone.tasks.e", routingKey: "tasks" });
  assertEquals([own.groupQueue("s", "e"), python.groupQueue("s", "e")], ["ns.q.s/e", "e"]);
  assertEquals(PYTHON_NAMES.tasks("e"), "gemstone.tasks.e");
});

/** A topology in a namespace of its own, and the end of all that is in it. */
class Space implements AsyncDisposable {
  readonly topology: Topology;
  readonly #url: string;

  constructor(url: string, delays: readonly number[] = [50]) {
    this.#url = url;
    const namespace = randomName("ns").slice(0, 32);
    this.topology = new Topology(resolveRabbitMqOptions(url, { namespace, retryDelaysMs: delays }));
  }

  get all(): Declaration[] {
    const { topology } = this;
    return [
      ...topology.forPublishing(),
      ...topology.forFailures("s"),
      ...topology.forGroup("s", { event: "e", ordered: false }),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await withChannel(this.#url, async (channel) => {
      for (const declaration of this.all) {
        if (declaration.kind === "queue") await channel.deleteQueue(declaration.name);
        if (declaration.kind === "exchange") await channel.deleteExchange(declaration.name);
      }
    });
  }
}

function brokerTest(name: string, fn: (url: string) => Promise<void>): void {
  Deno.test({ name, ignore: AMQP_URL === undefined, fn: () => fn(AMQP_URL!) });
}

brokerTest("applyTopology() may declare again and again", async (url) => {
  await using space = new Space(url, [50, 50, 60]);
  await using connected = await connectTo(url);

  for (let count = 0; count < 3; count++) await applyTopology(connected.connection, space.all, "declare");

  await applyTopology(connected.connection, space.all, "check");
});

brokerTest("applyTopology() declares nothing in the modes check and none but what is ours", async (url) => {
  await using space = new Space(url);
  await using connected = await connectTo(url);
  const ours: Declaration = {
    kind: "queue",
    name: randomName("ours"),
    options: { durable: false, exclusive: true },
    isOurs: true,
  };

  await applyTopology(connected.connection, [...space.all, ours], "none");
  const error = await assertRejects(
    () => applyTopology(connected.connection, space.all, "check"),
    TopologyConflictError,
    "Cannot find exchange",
  );

  assertEquals(error.object, `exchange "${space.topology.names.events}"`);
  await applyTopology(connected.connection, [ours], "check");
});

for (
  const [title, spoil, argument, wanted, found] of [
    [
      "a queue with another argument",
      (channel, { topology }) =>
        channel.assertQueue(topology.names.deadLetterQueue("s"), {
          arguments: { "x-queue-type": "quorum", "x-delivery-limit": 5 },
        }),
      "x-delivery-limit",
      "2147483647",
      "5",
    ],
    [
      "an exchange of another type",
      (channel, { topology }) => channel.assertExchange(topology.names.events, "fanout", { durable: true }),
      "type",
      "topic",
      "fanout",
    ],
    [
      "an exchange that is not durable",
      (channel, { topology }) =>
        channel.assertExchange(topology.names.broadcast, "topic", { durable: false }),
      "durable",
      "true",
      "false",
    ],
  ] as [
    string,
    (channel: Parameters<Parameters<typeof withChannel>[1]>[0], space: Space) => Promise<unknown>,
    string,
    string | undefined,
    string | undefined,
  ][]
) {
  brokerTest(`applyTopology() tells what differs: ${title}`, async (url) => {
    await using space = new Space(url);
    await using connected = await connectTo(url);
    await withChannel(url, (channel) => spoil(channel, space));

    const error = await assertRejects(
      () => applyTopology(connected.connection, space.all, "declare"),
      TopologyConflictError,
    );

    assertEquals([error.argument, error.wanted, error.found], [argument, wanted, found]);
    assertEquals(connected.witness.closes, []);
    await applyTopology(connected.connection, [], "declare");
  });
}

brokerTest("applyTopology() tells of a queue that another connection has for itself", async (url) => {
  await using owner = await connectTo(url);
  await using other = await connectTo(url);
  const declarations: Declaration[] = [
    { kind: "queue", name: randomName("ours"), options: { durable: false, exclusive: true } },
  ];
  await applyTopology(owner.connection, declarations, "declare");

  await assertRejects(
    () => applyTopology(other.connection, declarations, "declare"),
    TopologyConflictError,
    "another connection",
  );
});

brokerTest("Topology brings an event back to its queue after its rest", async (url) => {
  await using space = new Space(url);
  await using connected = await connectTo(url);
  await applyTopology(connected.connection, space.all, "declare");
  const { names } = space.topology;
  const queue = names.groupQueue("s", "e");

  await withChannel(url, async (channel) => {
    channel.publish(names.retry(50), queue, Buffer.from("x"), { deliveryMode: 2 });
    await waitUntil("it is back", async () => (await channel.checkQueue(queue)).messageCount === 1);
  });
});

brokerTest("Topology keeps what comes back for a queue that is gone, and lets others pass", async (url) => {
  await using space = new Space(url);
  await using connected = await connectTo(url);
  await applyTopology(connected.connection, space.all, "declare");
  const { names } = space.topology;
  const [queue, gone] = [names.groupQueue("s", "e"), names.groupQueue("s", "gone")];
  await applyTopology(
    connected.connection,
    space.topology.forGroup("s", { event: "gone", ordered: false }),
    "declare",
  );

  await withChannel(url, async (channel) => {
    await channel.deleteQueue(gone);
    for (const target of [gone, names.broadcastQueue("s", "gone")]) {
      const tier = target === gone ? names.retry(50) : names.transientRetry(50);
      for (let count = 0; count < 100; count++) {
        channel.publish(tier, target, Buffer.from("x"), { deliveryMode: 2 });
      }
    }
    for (const tier of [names.retry(50), names.transientRetry(50)]) {
      channel.publish(tier, queue, Buffer.from("x"), { deliveryMode: 2 });
    }
    await waitUntil("both are back", async () => (await channel.checkQueue(queue)).messageCount === 2);
  });

  await waitUntil(
    "the others are dead letters",
    async () =>
      await withChannel(
        url,
        async (channel) => (await channel.checkQueue(names.deadLetterQueue("s"))).messageCount === 100,
      ),
  );
  const [letter] = await drainQueue(url, names.deadLetterQueue("s"));
  assertEquals(letter?.fields.routingKey, gone);
});

brokerTest("Topology dead-letters to the service only that the queue belongs to", async (url) => {
  await using space = new Space(url);
  await using connected = await connectTo(url);
  const { topology } = space;
  await applyTopology(connected.connection, [
    ...space.all,
    ...topology.forFailures("s.e"),
    ...topology.forGroup("s.e", { event: "e", ordered: false }),
  ], "declare");

  await withChannel(url, async (channel) => {
    const queue = topology.names.groupQueue("s.e", "e");
    channel.sendToQueue(queue, Buffer.from("x"));
    await waitUntil("it is there", async () => (await channel.checkQueue(queue)).messageCount === 1);
    const message = await channel.get(queue);
    channel.reject(message || (undefined as never), false);
    const letters = topology.names.deadLetterQueue("s.e");
    await waitUntil("it is dead", async () => (await channel.checkQueue(letters)).messageCount === 1);
    assertEquals((await channel.checkQueue(topology.names.deadLetterQueue("s"))).messageCount, 0);
    for (const name of [queue, letters]) await channel.deleteQueue(name);
  });
});

brokerTest("Topology keeps a dead letter however often it is looked at", async (url) => {
  await using space = new Space(url);
  await using connected = await connectTo(url);
  await applyTopology(connected.connection, space.all, "declare");

  await withChannel(url, async (channel) => {
    const letters = space.topology.names.deadLetterQueue("s");
    channel.sendToQueue(letters, Buffer.from("x"));
    await waitUntil("it is there", async () => (await channel.checkQueue(letters)).messageCount === 1);
    for (let count = 0; count < 30; count++) {
      const message = await channel.get(letters);
      if (message) channel.reject(message, true);
    }
    await waitUntil("it is still there", async () => (await channel.checkQueue(letters)).messageCount === 1);
  });
});
