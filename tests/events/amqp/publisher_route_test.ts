import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { UnroutableEventError } from "../../../src/errors.ts";
import { createPublisher } from "./scripted_channel.ts";

Deno.test("publish() says when no queue has taken the message", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const promises = ["1", "2"].map((id) => bench.publish(id));

  bench.publisher.handleReturn(channel.toReturned("1"));
  channel.confirmAll();

  assertEquals(await Promise.all(promises), [
    { id: "1", confirmed: true, routed: false, attempts: 1 },
    { id: "2", confirmed: true, routed: true, attempts: 1 },
  ]);
  assertStrictEquals(bench.counters.unrouted, 1);
});

Deno.test("publish() tells returned messages of the same id apart by their address", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const promises = ["a", "b"].map((name) => bench.publish("same", { name }));

  bench.publisher.handleReturn(channel.toReturned(1));
  channel.confirmAll();

  assertEquals(
    await Promise.all(promises.map(async (promise) => (await promise as { routed: boolean }).routed)),
    [
      true,
      false,
    ],
  );
});

Deno.test("publish() takes two returned messages of the same id and address for two", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const promises = [1, 2].map(() => bench.publish("same"));

  for (const which of [0, 1]) bench.publisher.handleReturn(channel.toReturned(which));
  channel.confirmAll();

  await Promise.all(promises);
  assertStrictEquals(bench.counters.unrouted, 2);
});

Deno.test("publish() warns once for each name of a group event that nobody handles", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  for (
    const [id, name, isGroup] of [["1", "a", true], ["2", "a", true], ["3", "b", true], [
      "4",
      "c",
      false,
    ]] as const
  ) {
    const promise = bench.publish(id, { name, isGroup });
    bench.publisher.handleReturn(channel.toReturned(id));
    channel.confirm(id);
    await promise;
  }

  assertEquals(
    bench.log,
    ["a", "b"].map((name) => `warn: No service has ever handled event "${name}": it goes to nobody`),
  );
  assertStrictEquals(bench.counters.unrouted, 3);
});

Deno.test("publish() warns of a hundred names and no more, as names may come from outside", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  for (let count = 0; count < 150; count++) {
    const promise = bench.publish(`${count}`, { name: `name_${count}` });
    bench.publisher.handleReturn(channel.toReturned(count));
    channel.confirm(count);
    await promise;
  }

  assertEquals([bench.log.length, bench.counters.unrouted], [100, 150]);
});

Deno.test("publish() rejects what no queue has taken when a route is required", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const promise = bench.publish("1", { requireRoute: true, name: "order_paid" });

  bench.publisher.handleReturn(channel.toReturned("1"));
  channel.confirm("1");

  const error = await promise.catch((error) => error);
  assertInstanceOf(error, UnroutableEventError);
  assertStrictEquals(error.outcome, "not-sent");
  assertStrictEquals(error.message, 'Cannot emit event "order_paid": no service handles it');
  assertEquals([bench.counters.pending, bench.counters.rejected], [0, 1]);
});

Deno.test("publish() says unknown of what no queue has taken at the second try", async () => {
  using bench = createPublisher();
  const first = bench.attach();
  const promise = bench.publish("1", { requireRoute: true });
  first.close(() => bench.publisher.detach());
  const second = bench.attach();

  bench.publisher.handleReturn(second.toReturned("1"));
  second.confirm("1");

  const error = await promise.catch((error) => error);
  assertInstanceOf(error, UnroutableEventError);
  assertStrictEquals(error.outcome, "unknown");
});

for (
  const [name, properties, fields] of [
    ["without an id", {}, {}],
    ["with an id that nobody sent", { messageId: "other" }, {}],
    ["with an id that is no text", { messageId: 1 }, {}],
    ["from another exchange", { messageId: "1" }, { exchange: "y" }],
    ["with another routing key", { messageId: "1" }, { routingKey: "f" }],
  ] as const
) {
  Deno.test(`handleReturn() ignores a message ${name}`, async () => {
    using bench = createPublisher();
    const channel = bench.attach();
    const promise = bench.publish("1", { requireRoute: true });
    const message = channel.toReturned("1");

    bench.publisher.handleReturn({ ...message, properties, fields: { ...message.fields, ...fields } });
    channel.confirm("1");

    assertEquals(await promise, { id: "1", confirmed: true, routed: true, attempts: 1 });
  });
}
