/** The driver against a real broker: what it passes on, and how connections and channels end. */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { type AmqpMessage, replyCodeOf } from "../../../src/events/amqp/driver.ts";
import { AMQP_URL } from "../../support/broker.ts";
import { createGate } from "../../support/gate.ts";
import { waitUntil } from "../../support/wait_until.ts";
import {
  ChannelWitness,
  connectTo,
  declareQueue,
  openChannel,
  publishTo,
  randomName,
} from "./driver_fixture.ts";

function brokerTest(name: string, fn: (url: string) => Promise<void>): void {
  Deno.test({ name, ignore: AMQP_URL === undefined, fn: () => fn(AMQP_URL!) });
}

brokerTest("connectAmqplib() says what the broker is", async (url) => {
  await using connected = await connectTo(url);

  assertMatch(connected.connection.product, /^\S+ \d/);
});

brokerTest("AmqpChannel.publish() carries properties, headers and body as they are", async (url) => {
  await using connected = await connectTo(url);
  const channel = await openChannel(connected.connection, true);
  const queue = await declareQueue(channel);
  const properties = {
    messageId: "an id",
    contentType: "application/json",
    contentEncoding: "utf-8",
    deliveryMode: 2,
    timestamp: 1_700_000_000,
    type: "a_type",
    appId: "an app",
    correlationId: "a correlation",
    headers: { text: "ä", number: 7, __proto__of: true },
  };
  const content = Buffer.from([0, 1, 0xce, 255]);

  await new Promise((resolve) => channel.publish("", queue, content, properties, resolve));

  const message = await channel.get(queue);
  assert(message !== undefined);
  assertEquals([...message.content], [...content]);
  for (const [name, value] of Object.entries(properties)) {
    assertEquals(message.properties[name as keyof typeof properties], value, name);
  }
  assertEquals(message.fields.routingKey, queue);
  channel.ack(message);
});

brokerTest("AmqpChannel.publish() returns what no queue takes before it confirms it", async (url) => {
  await using connected = await connectTo(url);
  const witness = new ChannelWitness();
  const channel = await connected.connection.createChannel(witness, true);

  const confirmation = await publishTo(channel, randomName("nowhere"), "x").then((error) => ({
    error,
    returned: witness.returned.length,
  }));

  assertEquals(confirmation, { error: null, returned: 1 });
});

brokerTest("AmqpChannel.publish() confirms with an error what the broker refuses", async (url) => {
  await using connected = await connectTo(url);
  const channel = await openChannel(connected.connection, true);
  const { queue } = await channel.assertQueue(randomName("full"), {
    durable: false,
    exclusive: true,
    arguments: { "x-max-length": 1, "x-overflow": "reject-publish" },
  });

  const outcomes = [
    await publishTo(channel, queue, "1"),
    await publishTo(channel, queue, "2"),
    await publishTo(channel, queue, "3"),
  ];

  assert(outcomes[0] === null);
  assert(outcomes[2] instanceof Error);
});

brokerTest("AmqpChannel.consume() delivers, cancel() ends it", async (url) => {
  await using connected = await connectTo(url);
  const channel = await openChannel(connected.connection, true);
  const queue = await declareQueue(channel);
  const texts: string[] = [];
  await channel.prefetch(10);

  const tag = await channel.consume(queue, (message) => {
    texts.push(String(message?.content));
    channel.ack(message!);
  });
  await publishTo(channel, queue, "1");
  await publishTo(channel, queue, "2");
  await waitUntil("two deliveries", () => texts.length === 2);
  await channel.cancel(tag);
  await publishTo(channel, queue, "3");

  assertEquals(texts, ["1", "2"]);
  assertEquals((await channel.checkQueue(queue)).messageCount, 1);
});

brokerTest("AmqpChannel.consume() delivers null when the queue is deleted", async (url) => {
  await using connected = await connectTo(url);
  const channel = await openChannel(connected.connection);
  const queue = await declareQueue(channel);
  const ended = createGate<AmqpMessage | null>();
  await channel.consume(queue, (message) => ended.resolve(message));

  await channel.deleteQueue(queue);

  assertEquals(await ended.promise, null);
  assertEquals(typeof (await channel.assertQueue("", { durable: false, exclusive: true })).queue, "string");
});

brokerTest("AmqpChannel.nack() and reject() put a message back, or drop it", async (url) => {
  await using connected = await connectTo(url);
  const channel = await openChannel(connected.connection, true);
  const queue = await declareQueue(channel);
  await publishTo(channel, queue, "x");

  channel.nack((await channel.get(queue))!);
  channel.reject((await channel.get(queue))!, true);
  const third = await channel.get(queue);
  channel.reject(third!, false);

  assertEquals(third?.fields.redelivered, true);
  assertEquals(await channel.get(queue), undefined);
});

brokerTest(
  "AmqpChannel operations reject with the reply code, and the channel tells of its end once",
  async (url) => {
    await using connected = await connectTo(url);
    const witness = new ChannelWitness();
    const channel = await connected.connection.createChannel(witness, false);

    const error = await assertRejects(() => channel.checkQueue(randomName("missing")), Error);
    await witness.closed;

    assertEquals(replyCodeOf(error), 404);
    assertEquals(witness.closes.map(replyCodeOf), [404]);
    assertEquals(connected.witness.closes, []);
    await assertRejects(() => channel.checkQueue("x"), Error);
    assertThrows(() => channel.publish("", "x", Buffer.from("x"), {}), Error);
    await openChannel(connected.connection);
  },
);

brokerTest("AmqpConnection survives a publication to an exchange that is not there", async (url) => {
  await using connected = await connectTo(url);
  const witness = new ChannelWitness();
  const channel = await connected.connection.createChannel(witness, true);

  const error = await new Promise((resolve) =>
    channel.publish(randomName("missing"), "", Buffer.from("x"), {}, resolve)
  );
  await witness.closed;

  assert(error instanceof Error);
  assertEquals(witness.closes.map(replyCodeOf), [404]);
  assertEquals(connected.witness.closes, []);
});

for (
  const [name, misbehave] of [
    ["onMessage", async (channel, queue) => {
      await channel.consume(queue, () => {
        throw new Error("a fault");
      });
      channel.publish("", queue, Buffer.from("x"), {});
    }],
    ["onConfirm", (channel, queue) => {
      channel.publish("", queue, Buffer.from("x"), {}, (error) => {
        if (error === null) throw new Error("a fault");
      });
    }],
    ["onReturn", (channel) => {
      channel.publish("", randomName("nowhere"), Buffer.from("x"), { mandatory: true });
    }],
  ] as [string, (channel: Awaited<ReturnType<typeof openChannel>>, queue: string) => void | Promise<void>][]
) {
  brokerTest(`AmqpConnection ends, with its channels, when ${name} throws`, async (url) => {
    await using connected = await connectTo(url);
    const witness = new ChannelWitness();
    witness.onReturn = () => {
      throw new Error("a fault");
    };
    const channel = await connected.connection.createChannel(witness, true);

    await misbehave(channel, await declareQueue(channel));
    await connected.witness.closed;

    assertEquals(connected.witness.closes.map((error) => error?.message), ["a fault"]);
    assertEquals(witness.closes.map((error) => error?.message), ["a fault"]);
  });
}

brokerTest(
  "AmqpConnection.destroy() tells connection and channels once, delivers nothing more",
  async (url) => {
    await using connected = await connectTo(url);
    const { connection, witness } = connected;
    const channelWitness = new ChannelWitness();
    const channel = await connection.createChannel(channelWitness, true);
    const queue = await declareQueue(channel);
    let deliveries = 0;
    for (let count = 0; count < 100; count++) channel.publish("", queue, Buffer.from("x"), {});
    await publishTo(channel, queue, "x");

    await channel.consume(queue, () => {
      deliveries++;
      connection.destroy(new Error("a reason"));
    });
    await witness.closed;
    connection.destroy(new Error("another reason"));
    await connection.close(1_000);

    assertEquals(deliveries, 1);
    assertEquals(witness.closes.map((error) => error?.message), ["a reason"]);
    assertEquals(channelWitness.closes.map((error) => error?.message), ["a reason"]);
  },
);

brokerTest("AmqpConnection.destroy() fails the confirmations that are open", async (url) => {
  await using connected = await connectTo(url);
  const channel = await openChannel(connected.connection, true);
  const queue = await declareQueue(channel);

  const confirmation = publishTo(channel, queue, "x");
  connected.connection.destroy();

  assert(await confirmation instanceof Error);
});

brokerTest("AmqpConnection.close() lets acknowledgements through and tells nobody", async (url) => {
  await using other = await connectTo(url);
  const observer = await openChannel(other.connection, true);
  const { queue } = await observer.assertQueue(randomName("acks"), { durable: false });
  for (let count = 0; count < 200; count++) observer.publish("", queue, Buffer.from("x"), {});
  await publishTo(observer, queue, "x");
  const { connection, witness } = await connectTo(url);
  const channelWitness = new ChannelWitness();
  const channel = await connection.createChannel(channelWitness, false);
  const messages: AmqpMessage[] = [];
  await channel.consume(queue, (message) => void messages.push(message!));
  await waitUntil("all have been delivered", () => messages.length === 201);

  for (const message of messages) channel.ack(message);
  await connection.close(5_000);

  assertEquals(await observer.deleteQueue(queue), 0);
  assertEquals([witness.closes, channelWitness.closes], [[], []]);
});

brokerTest("AmqpConnection.close() may be called in any state", async (url) => {
  const { connection } = await connectTo(url);

  await Promise.all([connection.close(1_000), connection.close(1_000)]);
  connection.destroy();
  await connection.close(1_000);

  await assertRejects(() => openChannel(connection), Error);
});

brokerTest("AmqpChannel.close() resolves also when the connection ends meanwhile", async (url) => {
  await using connected = await connectTo(url);
  const witness = new ChannelWitness();
  const channel = await connected.connection.createChannel(witness, false);

  const closed = channel.close();
  connected.connection.destroy();
  await closed;
  await channel.close();

  assertEquals(witness.closes, []);
});
