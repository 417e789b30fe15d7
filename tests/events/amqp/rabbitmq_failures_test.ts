/** What the transport does with events that can not be handled. */
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { NonRetryableError } from "../../../src/errors.ts";
import { drainQueue, withChannel } from "../../support/raw_amqp.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { brokerTest } from "./transport_fixture.ts";

brokerTest(
  "RabbitMqEventTransport delivers a failed event again after its delay, to the same queue",
  async (space) => {
    const transport = await space.start("a");
    const times: number[] = [];
    await transport.handle(() => {
      times.push(performance.now());
      if (times.length < 3) throw new Error("not yet");
    });

    await transport.emit("x", { id: "event-1" });
    await transport.bodies(3);

    assertEquals(transport.received.map(({ attempt, id, name }) => ({ attempt, id, name })), [
      { attempt: 1, id: "event-1", name: space.event },
      { attempt: 2, id: "event-1", name: space.event },
      { attempt: 3, id: "event-1", name: space.event },
    ]);
    assert(times[1]! - times[0]! >= 45 && times[2]! - times[1]! >= 95, String(times));
    assertEquals(transport.transport.stats().retried, 2);
  },
);

brokerTest("RabbitMqEventTransport delivers a failed broadcast again to its instance only", async (space) => {
  const [a1, a2] = [await space.start("a"), await space.start("a")];
  await a1.handle(({ attempt }) => {
    if (attempt === 1) throw new Error("not yet");
  });
  await a2.handle();

  await a1.emit("x", { broadcast: true });

  await a1.bodies(2);
  assertEquals(a1.received.map(({ attempt, broadcast }) => ({ attempt, broadcast })), [
    { attempt: 1, broadcast: true },
    { attempt: 2, broadcast: true },
  ]);
  await a2.bodies(1);
});

for (
  const [name, error, reason, attempts] of [
    ["fails too often", new Error("a fault"), "max_attempts", 2],
    ["can never succeed", new NonRetryableError("a fault"), "non_retryable", 1],
  ] as const
) {
  brokerTest(`RabbitMqEventTransport keeps an event that ${name} as a dead letter`, async (space) => {
    const transport = await space.start("a");
    await transport.handle(() => {
      throw error;
    }, { maxAttempts: 2 });

    await transport.emit({ order: 7 });
    await waitUntil("it is dead", () => transport.transport.stats().dead === 1);

    const [letter] = await drainQueue(space.url, transport.topology.names.deadLetterQueue("a"));
    const headers = letter?.properties.headers ?? {};
    assertEquals(transport.received.length, attempts);
    assertEquals(letter?.content.toString(), '{"order":7}');
    assertEquals(headers["x-gs-reason"], reason);
    assertEquals(headers["x-gs-error-message"], "a fault");
    assertEquals(headers["x-gs-origin"], transport.topology.groupQueue("a", space.event));
  });
}

brokerTest("RabbitMqEventTransport keeps what is no event as a dead letter, and goes on", async (space) => {
  const transport = await space.start("a");
  await transport.handle();
  const { events } = transport.topology.names;

  await withChannel(space.url, async (channel) => {
    for (const body of ["{", "", "\xff"]) channel.publish(events, space.event, Buffer.from(body, "latin1"));
    channel.publish(events, space.event, Buffer.from("{}"), { contentType: "text/xml" });
    channel.publish(events, space.event, Buffer.alloc(2 * 1024 * 1024, "1"));
    channel.publish(events, space.event, Buffer.from('"good"'), { headers: { "x-gs-attempt": "many" } });
    await channel.checkExchange(events);
  });

  assertEquals(await transport.bodies(1), ["good"]);
  await waitUntil("all others are dead", () => transport.transport.stats().dead === 5);
  const letters = await drainQueue(space.url, transport.topology.names.deadLetterQueue("a"));
  const reasons = letters.map(({ properties }) => properties.headers?.["x-gs-reason"]).sort();
  assertEquals(reasons, ["malformed", "malformed", "malformed", "malformed", "too_large"]);
});

brokerTest("RabbitMqEventTransport declares a retry queue again that was deleted", async (space) => {
  const transport = await space.start("a");
  await transport.handle(({ attempt }) => {
    if (attempt === 1) throw new Error("no stock");
  });
  const queue = transport.topology.names.retry(50);
  await withChannel(space.url, (channel) => channel.deleteQueue(queue));

  await transport.emit(1);

  assertEquals(await transport.bodies(2), [1, 1]);
});

brokerTest(
  "RabbitMqEventTransport declares the queue of dead letters again that was deleted",
  async (space) => {
    const transport = await space.start("a");
    await transport.handle(() => {
      throw new NonRetryableError("never");
    });
    const queue = transport.topology.names.deadLetterQueue("a");
    await withChannel(space.url, (channel) => channel.deleteQueue(queue));

    await transport.emit(1);

    await waitUntil("it is dead", () => transport.transport.stats().dead === 1, 10_000);
    assertEquals((await drainQueue(space.url, queue)).length, 1);
  },
);
