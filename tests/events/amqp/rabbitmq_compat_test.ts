/** The transport and the Python library gemstone, whose part is played by amqplib as it is. */
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { type Channel, connect } from "amqplib";
import { FaultProxy } from "../../support/fault_proxy.ts";
import { drainQueue } from "../../support/raw_amqp.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { brokerTest, type TestSpace } from "./transport_fixture.ts";

const COMPAT = { compat: "gemstone" } as const;

/** A service of the other side, declared as gemstone 0.10 does. */
class PythonService implements AsyncDisposable {
  /** The bodies that it has received. */
  readonly received: string[] = [];
  readonly #close: () => Promise<void>;

  private constructor(readonly channel: Channel, close: () => Promise<void>) {
    this.#close = close;
  }

  static async connect(url: string): Promise<PythonService> {
    const connection = await connect(url);
    const channel = await connection.createChannel();
    return new PythonService(channel, () => connection.close());
  }

  async listen(event: string): Promise<void> {
    const exchange = `gemstone.broadcast.${event}`;
    await this.channel.assertExchange(exchange, "fanout", { durable: false });
    const { queue } = await this.channel.assertQueue("", { exclusive: true, durable: false });
    await this.channel.bindQueue(queue, exchange, "");
    await this.#consume(queue);
  }

  async work(event: string): Promise<void> {
    const exchange = `gemstone.tasks.${event}`;
    await this.channel.assertExchange(exchange, "direct", { durable: false });
    await this.channel.assertQueue(event, { durable: false });
    await this.channel.bindQueue(event, exchange, "tasks");
    await this.#consume(event);
  }

  async #consume(queue: string): Promise<void> {
    await this.channel.consume(queue, (message) => {
      if (message === null) return;
      this.received.push(message.content.toString());
      this.channel.ack(message);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

brokerTest("RabbitMqEventTransport with compat is heard by Python services", async (space) => {
  await using python = await PythonService.connect(space.url);
  await python.listen(space.event);
  await python.work(space.event);
  const transport = await space.start("a", COMPAT);

  const broadcast = await transport.emit({ text: "ä" }, { broadcast: true });
  const task = await transport.emit([null]);

  assertEquals([broadcast.routed, task.routed], [true, true]);
  await waitUntil("both have come", () => python.received.length === 2);
  assertEquals(python.received.sort(), ["[null]", '{"text":"ä"}']);
});

brokerTest("RabbitMqEventTransport with compat hears Python services", async (space) => {
  await using python = await PythonService.connect(space.url);
  const transport = await space.start("a", COMPAT);
  await transport.handle();

  python.channel.publish(
    `gemstone.broadcast.${space.event}`,
    "",
    Buffer.from('{"a": 1, "b": [null, true, "\\u00e9"]}'),
  );
  python.channel.publish(`gemstone.tasks.${space.event}`, "tasks", Buffer.from('"a task"'));

  await transport.bodies(2);
  const got = transport.received.map(({ name, body, broadcast, id }) => ({ name, body, broadcast, id }));
  assertEquals(got.sort((a, b) => Number(b.broadcast) - Number(a.broadcast)), [
    { name: space.event, body: { a: 1, b: [null, true, "é"] }, broadcast: true, id: undefined },
    { name: space.event, body: "a task", broadcast: false, id: undefined },
  ]);
});

brokerTest("RabbitMqEventTransport with compat tells the names of several events apart", async (space) => {
  await using python = await PythonService.connect(space.url);
  const transport = await space.start("a", COMPAT);
  const names = [`${space.event}.1`, `${space.event}.2`];
  await transport.subscribe(names.map((name) => transport.subscription(name, () => {})));

  for (const name of names) python.channel.publish(`gemstone.broadcast.${name}`, "", Buffer.from('"x"'));

  await transport.bodies(2);
  assertEquals(transport.received.map(({ name }) => name).sort(), names);
});

brokerTest("RabbitMqEventTransport with compat shares tasks with Python services", async (space) => {
  await using python = await PythonService.connect(space.url);
  await python.work(space.event);
  const transport = await space.start("a", COMPAT);
  await transport.handle();

  await Promise.all(Array.from({ length: 40 }, (_, n) => transport.emit(n)));
  await waitUntil("all are handled", () => transport.received.length + python.received.length === 40);

  assert(transport.received.length > 0 && python.received.length > 0);
});

brokerTest("RabbitMqEventTransport with compat emits to nobody without harm", async (space) => {
  const transport = await space.start("a", COMPAT);

  const receipts = await Promise.all([
    transport.emit(1, { broadcast: true }),
    transport.emit(2, { broadcast: true }),
    transport.emit(3),
  ]);

  assertEquals(receipts.map(({ routed, attempts }) => ({ routed, attempts })), [
    { routed: false, attempts: 1 },
    { routed: false, attempts: 1 },
    { routed: false, attempts: 1 },
  ]);
});

brokerTest("RabbitMqEventTransport with compat tries again, and keeps dead letters", async (space) => {
  const transport = await space.start("a", COMPAT);
  await transport.handle(() => {
    throw new Error("a fault");
  }, { maxAttempts: 2 });

  await transport.emit("a task");
  await transport.emit("a broadcast", { broadcast: true });
  await waitUntil("both are dead", () => transport.transport.stats().dead === 2);

  assertEquals(transport.received.map(({ body, attempt }) => `${body} ${attempt}`).sort(), [
    "a broadcast 1",
    "a broadcast 2",
    "a task 1",
    "a task 2",
  ]);
  const letters = await drainQueue(space.url, transport.topology.names.deadLetterQueue("a"));
  assertEquals(letters.map(({ properties }) => properties.headers?.["x-gs-origin"]), [
    space.event,
    space.event,
  ]);
});

brokerTest(
  "RabbitMqEventTransport with compat declares the exchanges of what waits before it sends it",
  async (space) => {
    const { port } = new URL(space.url);
    await using proxy = await FaultProxy.start(Number(port || 5672));
    const transport = await space.start("a", COMPAT, `amqp://guest:guest@127.0.0.1:${proxy.port}`);
    await transport.emit(0, { broadcast: true });
    const names = Array.from({ length: 5 }, (_, n) => `${space.event}.${n}`);
    space.extraExchanges.push(...names.map((name) => `gemstone.broadcast.${name}`));

    proxy.resetAll();
    const receipts = await Promise.all(names.map((name) => transport.emit(1, { name, broadcast: true })));

    assertEquals(receipts.map(({ confirmed }) => confirmed), names.map(() => true));
    assertEquals(transport.statuses.filter(({ state }) => state === "down").length, 1);
  },
);

brokerTest(
  "RabbitMqEventTransport with compat uses an exchange that is declared in another way",
  async (space) => {
    await using python = await PythonService.connect(space.url);
    const exchange = `gemstone.broadcast.${space.event}`;
    await python.channel.assertExchange(exchange, "fanout", { durable: true });
    const transport = await space.start("a", COMPAT);

    const receipts = [await emitBroadcast(transport), await emitBroadcast(transport)];

    assertEquals(receipts, [true, true]);
    assertEquals(space.logged("warn"), [`Cannot declare exchange "${exchange}"`]);
  },
);

async function emitBroadcast(transport: Awaited<ReturnType<TestSpace["start"]>>): Promise<boolean> {
  return (await transport.emit(1, { broadcast: true })).confirmed;
}
