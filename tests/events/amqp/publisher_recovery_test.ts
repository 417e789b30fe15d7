import { assertEquals, assertStrictEquals } from "@std/assert";
import { createPublisher, peek } from "./scripted_channel.ts";

Deno.test("attach() sends again what was not confirmed, then what waits, all in order", async () => {
  using bench = createPublisher({ windowEvents: 3 });
  const first = bench.attach();
  const promises = ["1", "2", "3", "4", "5"].map((id) => bench.publish(id));
  first.confirm("2");

  first.close(() => bench.publisher.detach());
  const second = bench.attach();
  second.confirmAll();

  assertEquals(first.ids, ["1", "2", "3", "4"]);
  assertEquals(second.ids, ["1", "3", "4", "5"]);
  assertEquals(
    (await Promise.all(promises)).map((receipt) => (receipt as { attempts: number }).attempts),
    [2, 1, 2, 2, 1],
  );
  assertEquals([bench.counters.resent, bench.counters.confirmed], [3, 5]);
});

Deno.test("attach() keeps the window when it sends again", async () => {
  using bench = createPublisher({ windowEvents: 2 });
  const first = bench.attach();
  const promises = ["1", "2", "3"].map((id) => bench.publish(id));
  first.close(() => bench.publisher.detach());

  const second = bench.attach();

  assertEquals(second.ids, ["1", "2"]);
  second.confirmAll();
  await Promise.all(promises);
  assertStrictEquals(second.mostUnconfirmed, 2);
});

Deno.test("attach() sends what comes meanwhile behind what was sent before", async () => {
  using bench = createPublisher();
  const first = bench.attach();
  const promises = [bench.publish("1")];
  first.close(() => bench.publisher.detach());
  promises.push(bench.publish("2"));

  const second = bench.attach();
  promises.push(bench.publish("3"));

  assertEquals(second.ids, ["1", "2", "3"]);
  second.confirmAll();
  await Promise.all(promises);
});

Deno.test("attach() replaces a channel that nobody has detached", async () => {
  using bench = createPublisher();
  const first = bench.attach();
  const promise = bench.publish("1");

  const second = bench.attach();
  first.confirm("1");

  assertStrictEquals(await peek(promise), "open");
  second.confirm("1");
  assertEquals(await promise, { id: "1", confirmed: true, routed: true, attempts: 2 });
});

Deno.test("publish() keeps what a closed channel does not take", async () => {
  using bench = createPublisher();
  const first = bench.attach();
  const promises = [bench.publish("1")];
  first.error = new Error("Channel closed");

  promises.push(bench.publish("2"), bench.publish("3"));

  assertEquals(first.ids, ["1"]);
  first.close(() => bench.publisher.detach());
  const second = bench.attach();
  assertEquals(second.ids, ["1", "2", "3"]);
  second.confirmAll();
  assertEquals(
    (await Promise.all(promises)).map((receipt) => (receipt as { attempts: number }).attempts),
    [2, 1, 1],
  );
  assertStrictEquals(bench.counters.resent, 1);
});

Deno.test("detach() forgets that a message was returned on the lost channel", async () => {
  using bench = createPublisher();
  const first = bench.attach();
  const promise = bench.publish("1");
  bench.publisher.handleReturn(first.toReturned("1"));
  first.close(() => bench.publisher.detach());

  bench.attach().confirmAll();

  assertEquals(await promise, { id: "1", confirmed: true, routed: true, attempts: 2 });
});

Deno.test("publish() does not count a closed channel as refusals", async () => {
  using bench = createPublisher({ maxRefusals: 0 });
  const promise = bench.publish("1");

  for (let times = 0; times < 20; times++) {
    bench.attach().close(() => bench.publisher.detach());
    await peek(promise);
  }

  bench.attach().confirmAll();
  assertEquals(await promise, { id: "1", confirmed: true, routed: true, attempts: 21 });
});

Deno.test("publish() without confirm is sent again, too", async () => {
  using bench = createPublisher();
  const first = bench.attach();
  await bench.publish("1", { confirm: false });
  first.close(() => bench.publisher.detach());

  const second = bench.attach();

  assertEquals(second.ids, ["1"]);
  second.confirmAll();
  assertStrictEquals(bench.counters.confirmed, 1);
});
