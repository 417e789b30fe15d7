/** The transport from its start to its stop, over a broker that is well. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TransportStoppedError } from "../../../src/errors.ts";
import { RabbitMqEventTransport } from "../../../src/events/amqp/rabbitmq_event_transport.ts";
import { createGate } from "../../support/gate.ts";
import { inspectQueue, withChannel } from "../../support/raw_amqp.ts";
import { pause, waitUntil } from "../../support/wait_until.ts";
import { brokerTest, startProxy } from "./transport_fixture.ts";

brokerTest(
  "RabbitMqEventTransport keeps group events for a service that has no instance now",
  async (space) => {
    const first = await space.start("a");
    await first.handle();
    await first.stop();
    const emitter = await space.start("b");

    assertEquals((await emitter.emit("x")).routed, true);

    const second = await space.start("a");
    await second.handle();
    assertEquals(await second.bodies(1), ["x"]);
  },
);

brokerTest(
  "RabbitMqEventTransport keeps broadcasts for an instance that is away with durableBroadcast",
  async (space) => {
    const options = { durableBroadcast: "instance-1" };
    const first = await space.start("a", options);
    await first.handle();
    await first.stop();
    const emitter = await space.start("b");

    await emitter.emit("x", { broadcast: true });

    const second = await space.start("a", options);
    await second.handle();
    assertEquals(await second.bodies(1), ["x"]);
  },
);

brokerTest("RabbitMqEventTransport.subscribe() refuses names that are too long together", async (space) => {
  const transport = await space.start("s".repeat(200));

  await assertRejects(
    () => transport.transport.subscribe([transport.subscription("e".repeat(100), () => {})]),
    RangeError,
  );
  await assertRejects(() => space.create("x").handle(), TypeError, "has not been started");
});

brokerTest(
  "RabbitMqEventTransport.subscribe() without handlers opens no connection, and a second one is refused",
  async (space) => {
    const transport = await space.start("a");

    await transport.subscribe([]);
    await transport.handle();

    await assertRejects(() => transport.handle(), TypeError, "done before");
    assertEquals(transport.transport.health(), { state: "up" });
  },
);

brokerTest("RabbitMqEventTransport may be started again after it was stopped", async (space) => {
  const transport = await space.start("a");
  await assertRejects(() => transport.start(), TypeError, "started before");
  await transport.handle();
  await transport.emit(1);
  await transport.bodies(1);
  await transport.stop();

  await transport.start();
  await transport.handle();
  await transport.emit(2);

  assertEquals(await transport.bodies(2), [1, 2]);
  assertEquals(transport.transport.stats().confirmed, 1);
});

brokerTest("RabbitMqEventTransport subscribes again when its queue is deleted", async (space) => {
  const transport = await space.start("a");
  await transport.handle();
  const queue = transport.topology.groupQueue("a", space.event);

  await withChannel(space.url, (channel) => channel.deleteQueue(queue));
  await waitUntil(
    "the queue is consumed again",
    async () => await inspectQueue(space.url, queue).then(({ consumers }) => consumers === 1, () => false),
  );
  await transport.emit("x");

  assertEquals(await transport.bodies(1), ["x"]);
  assertEquals(transport.transport.health(), { state: "up" });
});

brokerTest(
  "RabbitMqEventTransport declares an exchange again that was deleted, and sends again what was for it",
  async (space) => {
    const transport = await space.start("a");
    await transport.handle();

    await withChannel(space.url, (channel) => channel.deleteExchange(transport.topology.names.events));
    const receipts = await Promise.all(Array.from({ length: 20 }, (_, n) => transport.emit(n)));

    assert(receipts.every(({ confirmed, routed }) => confirmed && routed));
    assertEquals((await transport.bodies(20)).length, 20);
  },
);

brokerTest("RabbitMqEventTransport.emit() rejects before start and after stop", async (space) => {
  const transport = space.create("a");

  const before = await assertRejects(() => transport.emit(1), TransportStoppedError);
  await transport.start();
  await transport.emit(1);
  await transport.stop();
  const after = await assertRejects(() => transport.emit(1), TransportStoppedError);

  assertEquals([before.outcome, after.outcome], ["not-sent", "not-sent"]);
  assertEquals(transport.transport.health().state, "down");
});

brokerTest("RabbitMqEventTransport.stop() waits for handlers, whose events still go out", async (space) => {
  const transport = await space.start("a");
  const [begun, gate] = [createGate(), createGate()];
  const follow = `${space.event}.follow`;
  await transport.handle(async () => {
    begun.resolve();
    await gate.promise;
    await transport.emit("from the handler", { name: follow });
  });
  const observer = await space.start("b");
  await observer.subscribe([observer.subscription(follow, () => {})]);
  await transport.emit("x");
  await begun.promise;

  const stopped = transport.stop();
  gate.resolve();

  assertEquals(await stopped, { drained: true, unfinishedHandlers: 0, unsentEvents: 0 });
  assertEquals(await observer.bodies(1), ["from the handler"]);
  assertEquals(await inspectQueue(space.url, transport.topology.groupQueue("a", space.event)), {
    messages: 0,
    consumers: 0,
  });
});

brokerTest(
  "RabbitMqEventTransport.stop() gives up handlers that do not end, and their events come again",
  async (space) => {
    const first = await space.start("a");
    const begun = createGate();
    let reason: unknown;
    await first.handle((_event, signal) => {
      signal().addEventListener("abort", () => reason = signal().reason);
      begun.resolve();
      return new Promise(() => {});
    });
    await first.emit("x");
    await begun.promise;

    const report = await first.stop(50);

    assertEquals(report, { drained: false, unfinishedHandlers: 1, unsentEvents: 0 });
    assert(reason instanceof Error);
    const second = await space.start("a");
    await second.handle();
    assertEquals(await second.bodies(1), ["x"]);
  },
);

brokerTest(
  "RabbitMqEventTransport.stop() leaves time for what a handler that does not end has emitted",
  async (space) => {
    const { proxy, proxyUrl } = await startProxy(space);
    await using _proxy = proxy;
    const transport = await space.start("a", {}, proxyUrl);
    const name = `${space.event}.others`;
    const failures: Error[] = [];
    const gate = createGate();
    await transport.handle(async () => {
      while (failures.length === 0) {
        transport.emit(1, { name }).catch((error) => failures.push(error));
        await pause(5);
      }
      await gate.promise;
    });
    await transport.emit(1);
    await waitUntil("it runs", () => transport.received.length === 1);
    proxy.latencyMs = 20;

    const report = await transport.stop(1500);

    assertEquals(report, { drained: false, unfinishedHandlers: 1, unsentEvents: 0 });
    gate.resolve();
    assertEquals((failures[0] as TransportStoppedError).outcome, "not-sent");
  },
);

brokerTest("RabbitMqEventTransport.stop() puts back what has not begun", async (space) => {
  const first = await space.start("a");
  const [begun, gate] = [createGate(), createGate()];
  await first.handle(() => {
    begun.resolve();
    return gate.promise;
  }, { concurrency: 1, prefetch: 10 });
  for (let n = 0; n < 10; n++) await first.emit(n);
  await begun.promise;

  const stopped = first.stop();
  gate.resolve();

  assertEquals((await stopped).drained, true);
  assertEquals(first.received.length, 1);
  const { messages } = await inspectQueue(space.url, first.topology.groupQueue("a", space.event));
  assertEquals(messages, 9);
});

Deno.test("RabbitMqEventTransport() only checks its options", async () => {
  const transport = new RabbitMqEventTransport("amqp://nobody:secret@127.0.0.1:1");

  assertEquals(transport.capabilities.durable, true);
  assertEquals(new RabbitMqEventTransport("amqp://a", { compat: "gemstone" }).capabilities.durable, false);
  assertThrows(() => new RabbitMqEventTransport("http://a"), RangeError);
  assertEquals(transport.health().state, "down");
  assertEquals(await transport.stop({ drainMs: 0 }), {
    drained: true,
    unfinishedHandlers: 0,
    unsentEvents: 0,
  });
});
