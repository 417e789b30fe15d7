/** Dead letters at a real broker: how they are delivered once more, and deleted. */
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { openAmqpDeadLetters } from "../../../src/events/amqp/dead_letters.ts";
import { BrokerUnavailableError } from "../../../src/errors.ts";
import { FaultProxy } from "../../support/fault_proxy.ts";
import { drainQueue, withChannel } from "../../support/raw_amqp.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { bodiesOf, emitDead, giveUp, openOffice, publish, waitForDead } from "./dead_letter_fixture.ts";
import { brokerTest, type TestHandler } from "./transport_fixture.ts";

brokerTest(
  "DeadLetterOffice.redrive() delivers the chosen ones once more, as if for the first time",
  async (space) => {
    let isHealed = false;
    await using office = await openOffice(
      space,
      (event) => isHealed ? undefined : giveUp(event),
    );
    await emitDead(space, office, [1, 2, 3]);
    const [, second] = await office.letters.list({ limit: 3 });
    isHealed = true;

    const count = await office.letters.redrive([second!.id]);

    assertStrictEquals(count, 1);
    await waitUntil("it has come", () => office.service.received.length === 4);
    assertEquals([office.service.received[3]!.body, office.service.received[3]!.attempt], [2, 1]);
    assertEquals(bodiesOf(await office.letters.list({ limit: 3 })), ["1", "3"]);
  },
);

brokerTest("DeadLetterOffice.redrive() removes what was noted of the failure", async (space) => {
  await using office = await openOffice(space);
  await office.service.emit(1);
  await waitForDead(space, office, 1);
  await office.service.stop();

  await office.letters.redrive("all");

  const queue = office.service.topology.groupQueue("shop", space.event);
  const message = await withChannel(space.url, (channel) => channel.get(queue, { noAck: true }));
  assert(message !== false);
  const { headers, messageId, deliveryMode } = message.properties;
  assertEquals(Object.keys(headers!).filter((name) => name.startsWith("x-gs-")), ["x-gs-copy"]);
  assert(messageId !== undefined && headers!.cloudEvents_id === messageId);
  assertStrictEquals(deliveryMode, 2);
});

brokerTest("DeadLetterOffice.redrive() takes what is there now, not what comes back", async (space) => {
  await using office = await openOffice(space);
  await emitDead(space, office, [1, 2, 3]);

  const count = await office.letters.redrive("all");

  assertStrictEquals(count, 3);
  await waitUntil("all have come again", () => office.service.received.length === 6);
  await waitForDead(space, office, 3);
  assertEquals(office.service.received.map(({ body }) => body), [1, 2, 3, 1, 2, 3]);
});

brokerTest("DeadLetterOffice.redrive() leaves what has no queue", async (space) => {
  await using office = await openOffice(space);
  await emitDead(space, office, [1, 2]);
  await office.service.stop();
  const queue = office.service.topology.groupQueue("shop", space.event);
  await withChannel(space.url, (channel) => channel.deleteQueue(queue));

  const count = await office.letters.redrive("all");

  assertStrictEquals(count, 0);
  assertEquals(bodiesOf(await office.letters.list({ limit: 3 })), ["1", "2"]);
});

brokerTest("DeadLetterOffice.redrive() delivers a dead broadcast to one instance", async (space) => {
  let isHealed = false;
  const heal: TestHandler = (event) => isHealed ? undefined : giveUp(event);
  await using office = await openOffice(space, heal);
  const other = await space.start("shop");
  await other.handle(heal);
  await office.service.emit(1, { broadcast: true });
  await waitForDead(space, office, 2);
  isHealed = true;
  const [letter] = await office.letters.list({ limit: 1 });

  await office.letters.redrive([letter!.id]);

  const count = (): number => office.service.received.length + other.received.length;
  await waitUntil("it has come", () => count() === 3);
  assertStrictEquals(
    [...office.service.received, ...other.received].filter((event) => !event.broadcast).length,
    1,
  );
  await waitForDead(space, office, 1);
});

brokerTest("DeadLetterOffice.redrive() and drop() do nothing for ids that are not there", async (space) => {
  await using office = await openOffice(space);
  await emitDead(space, office, [1]);

  for (const ids of [[], ["0123456789abcdef"], ["__proto__", "", "all"]]) {
    assertEquals([await office.letters.redrive(ids), await office.letters.drop(ids)], [0, 0]);
  }

  assertStrictEquals((await office.letters.list({ limit: 3 })).length, 1);
});

brokerTest("DeadLetterOffice.drop() deletes the chosen ones, then all", async (space) => {
  await using office = await openOffice(space);
  await emitDead(space, office, [1, 2, 3]);
  const [first, , third] = await office.letters.list({ limit: 3 });

  assertStrictEquals(await office.letters.drop([third!.id, first!.id]), 2);
  assertEquals(bodiesOf(await office.letters.list({ limit: 3 })), ["2"]);
  assertStrictEquals(await office.letters.drop("all"), 1);
  assertEquals(await office.letters.list({ limit: 3 }), []);
});

brokerTest(
  "DeadLetterOffice.drop() deletes as many of two that are alike as are asked for",
  async (space) => {
    await using office = await openOffice(space);
    for (const _ of [1, 2, 3]) await publish(space, office.queue, Buffer.from("1"));
    const [first, second, third] = await office.letters.list({ limit: 3 });
    assertEquals([first!.id, second!.id], [third!.id, third!.id]);

    assertStrictEquals(await office.letters.drop([first!.id]), 1);
    assertStrictEquals(await office.letters.drop([first!.id, first!.id]), 2);
  },
);

brokerTest("DeadLetterOffice does one thing after the other", async (space) => {
  await using office = await openOffice(space);
  await emitDead(space, office, [1, 2, 3]);

  const results = await Promise.all([
    office.letters.list({ limit: 10 }),
    office.letters.list({ limit: 10 }),
    office.letters.drop("all"),
    office.letters.list({ limit: 10 }),
  ]);

  assertEquals(results.map((result) => typeof result === "number" ? result : result.length), [3, 3, 3, 0]);
});

brokerTest(
  "DeadLetterOffice.redrive() of what the broker has given up is not taken for a circle",
  async (space) => {
    let calls = 0;
    await using office = await openOffice(space, () => {
      if (calls++ === 0) throw new Error("no stock");
    });
    await office.service.stop();
    const origin = office.service.topology.groupQueue("shop", space.event);
    await publish(space, origin, Buffer.from("1"));
    await withChannel(space.url, async (channel) => {
      for (let count = 0; count <= 20; count++) {
        const message = await channel.get(origin);
        if (message !== false) channel.reject(message, true);
      }
    });
    await waitForDead(space, office, 1);

    assertStrictEquals(await office.letters.redrive("all"), 1);
    await office.service.start();
    await office.service.handle(() => {
      if (calls++ === 0) throw new Error("no stock");
    });

    // Once, then through a retry queue, whose dead-lettering looks for circles.
    await waitUntil("it was tried twice", () => calls === 2);
    await waitUntil("it was handled", () => office.service.transport.stats().handled === 1);
    assertEquals(await office.letters.list({ limit: 1 }), []);
  },
);

brokerTest("DeadLetterOffice.redrive() loses nothing when the connection is lost", async (space) => {
  await using office = await openOffice(space);
  await office.service.stop();
  const origin = office.service.topology.groupQueue("shop", space.event);
  const bodies = Array.from({ length: 300 }, (_, body) => String(body));
  await withChannel(space.url, async (channel) => {
    const headers = { "x-gs-origin": origin };
    for (const body of bodies) channel.sendToQueue(office.queue, Buffer.from(body), { headers });
    await channel.checkQueue(office.queue);
  });
  await waitForDead(space, office, bodies.length);
  await using proxy = await FaultProxy.start(Number(new URL(space.url).port || 5672));
  const { namespace } = space;
  const letters = await openAmqpDeadLetters(`amqp://127.0.0.1:${proxy.port}`, "shop", { namespace });

  proxy.resetAtByte(40_000);
  await assertRejects(() => letters.redrive("all"), BrokerUnavailableError);
  await letters.close();

  const redriven = await drainQueue(space.url, origin);
  const left = await drainQueue(space.url, office.queue);
  assert(redriven.length > 0 && left.length > 0);
  const found = new Set([...redriven, ...left].map(({ content }) => content.toString()));
  assertEquals([...found].sort(), [...bodies].sort());
});

brokerTest("DeadLetterOffice.drop() puts back all that it passes", async (space) => {
  await using office = await openOffice(space);
  const count = 3_000;
  await withChannel(space.url, async (channel) => {
    for (let body = 0; body < count; body++) channel.sendToQueue(office.queue, Buffer.from(String(body)));
    await channel.checkQueue(office.queue);
  });
  await waitForDead(space, office, count);
  const [letter] = await office.letters.list({ limit: 1 });

  assertStrictEquals(await office.letters.drop([letter!.id, "0000000000000000"]), 1);
  await waitForDead(space, office, count - 1);
});
