/** Messages with which the broker closes the channel. */
import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { EventRejectedError } from "../../../src/errors.ts";
import { createPublisher, peek, type PublisherBench, type ScriptedChannel } from "./scripted_channel.ts";
import { brokerTest } from "./transport_fixture.ts";
import { withChannel } from "../../support/raw_amqp.ts";

function close(bench: PublisherBench, channel: ScriptedChannel, code: number | undefined): void {
  const reason = Object.assign(new Error(`closed with ${code}`), { code });
  channel.close(() => bench.publisher.detach(reason));
}

for (const code of [403, 404, 406]) {
  Deno.test(`detach() after ${code} has all that were on their way sent alone, and finds the guilty`, async () => {
    using bench = createPublisher({ windowEvents: 3 });
    const promises = ["1", "2", "3", "4"].map((id) => bench.publish(id));
    close(bench, bench.attach(), code);

    const second = bench.attach();
    assertEquals(second.ids, ["1"]);
    second.confirm("1");
    assertEquals(second.ids, ["1", "2"]);
    close(bench, second, code);
    const third = bench.attach();
    assertEquals(third.ids, ["3"]);
    third.confirm("3");
    third.confirmAll();

    const error = await promises[1]!.catch((error) => error);
    assertInstanceOf(error, EventRejectedError);
    assertEquals([error.outcome, error.code], ["unknown", "ERR_EVENT_REJECTED"]);
    assertMatch(error.message, new RegExp(`^Cannot emit event "e": .*closed with ${code}.*exchange "x"`));
    const { confirmed, rejected, pending } = bench.counters;
    assertEquals({ confirmed, rejected, pending }, { confirmed: 3, rejected: 1, pending: 0 });
  });
}

Deno.test("detach() opens the window again when the suspects are through", async () => {
  using bench = createPublisher({ windowEvents: 3 });
  const promises = ["1", "2", "3", "4", "5", "6"].map((id) => bench.publish(id));
  close(bench, bench.attach(), 404);

  const second = bench.attach();
  for (const id of ["1", "2", "3"]) second.confirm(id);

  assertEquals(second.ids, ["1", "2", "3", "4", "5", "6"]);
  assertEquals(second.unconfirmed.size, 3);
  second.confirmAll();
  await Promise.all(promises);
});

Deno.test("detach() takes no message for guilty that the broker has refused meanwhile", async () => {
  using bench = createPublisher();
  const promise = bench.publish("1");
  close(bench, bench.attach(), 404);
  const second = bench.attach();
  second.refuse("1");
  await peek(promise);
  close(bench, second, 404);

  const third = bench.attach();
  third.confirm("1");

  assertEquals(await promise, { id: "1", confirmed: true, routed: true, attempts: 3 });
});

for (const code of [undefined, 320, 501]) {
  Deno.test(`detach() rejects nothing after ${code}, however often`, async () => {
    using bench = createPublisher();
    const promise = bench.publish("1");
    for (let round = 0; round < 5; round++) close(bench, bench.attach(), code);

    bench.attach().confirmAll();

    assertEquals(await promise, { id: "1", confirmed: true, routed: true, attempts: 6 });
  });
}

Deno.test("detach() logs a guilty message that nobody waits for", async () => {
  using bench = createPublisher();
  await bench.publish("1", { confirm: false });
  const innocent = bench.publish("2");
  close(bench, bench.attach(), 404);
  close(bench, bench.attach(), 404);

  bench.attach().confirmAll();

  await innocent;
  assertEquals(bench.log.length, 1);
  assertMatch(bench.log[0]!, /^error: Lost an event: Cannot emit event "e": the broker closes the channel/);
});

Deno.test("detach() forgets suspects that were given up", async () => {
  using bench = createPublisher({ windowEvents: 3 });
  const controller = new AbortController();
  const given = bench.publish("1", { signal: controller.signal });
  close(bench, bench.attach(), 404);
  controller.abort();
  await given.catch(() => {});
  const others = ["2", "3"].map((id) => bench.publish(id));

  const second = bench.attach();

  assertEquals(second.ids, ["2", "3"]);
  second.confirmAll();
  await Promise.all(others);
});

brokerTest("RabbitMqEventTransport gives up an event for an exchange that is not there", async (space) => {
  const exchange = `${space.namespace}.broadcast`;
  await withChannel(space.url, (channel) => channel.assertExchange(exchange, "topic"));
  const transport = await space.start("a", { topology: "none" });
  await transport.emit(0, { broadcast: true });

  const lost = await transport.emit("poison", {}, { confirm: false });
  const error = transport.emit("poison").catch((error) => error);
  const receipts = await Promise.all([1, 2, 3].map((body) => transport.emit(body, { broadcast: true })));

  assertEquals(lost.confirmed, false);
  assertInstanceOf(await error, EventRejectedError);
  assertEquals(receipts.map(({ confirmed }) => confirmed), [true, true, true]);
  assertEquals(space.logged("error").length, 1);
  assertEquals(transport.transport.stats().pending, 0);
});
