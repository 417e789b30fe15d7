import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { EventRejectedError } from "../../../src/errors.ts";
import { pause, waitUntil } from "../../support/wait_until.ts";
import { createPublisher, peek } from "./scripted_channel.ts";

Deno.test("publish() sends again what the broker refuses, and lets others pass meanwhile", async () => {
  using bench = createPublisher({ windowEvents: 1 });
  const channel = bench.attach();
  const startMs = performance.now();
  const promises = ["1", "2"].map((id) => bench.publish(id));

  channel.refuse("1");
  await peek(promises[0]!);

  assertEquals(channel.ids, ["1", "2"]);
  channel.confirm("2");
  await promises[1];
  await waitUntil("it is sent again", () => channel.published.length === 3);
  assertStrictEquals(performance.now() - startMs >= 99, true);
  channel.confirm(2);
  assertEquals(await promises[0], { id: "1", confirmed: true, routed: true, attempts: 2 });
  assertStrictEquals(bench.counters.resent, 1);
});

Deno.test("publish() sends a refused message before those that wait", async () => {
  using bench = createPublisher({ windowEvents: 1 });
  const channel = bench.attach();
  const promises = ["1", "2", "3"].map((id) => bench.publish(id));
  channel.refuse("1");
  await peek(promises[0]!);

  // The window is taken by the second one while the pause of the first one ends.
  await pause(150);
  channel.confirm("2");

  assertEquals(channel.ids, ["1", "2", "1"]);
  channel.confirmAll();
  await Promise.all(promises);
});

Deno.test("publish() gives each refused message its own pause", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const promises = ["1", "2"].map((id) => bench.publish(id));
  channel.refuse("1");
  await pause(60);
  const refusedMs = performance.now();
  channel.refuse("2");

  await waitUntil("both are sent again", () => channel.published.length === 4);

  assertEquals(channel.ids, ["1", "2", "1", "2"]);
  assertStrictEquals(performance.now() - refusedMs >= 99, true);
  channel.confirmAll();
  await Promise.all(promises);
});

Deno.test("publish() passes over a refused message that was given up when its pause had ended", async () => {
  using bench = createPublisher({ windowEvents: 2 });
  const channel = bench.attach();
  const controller = new AbortController();
  const given = bench.publish("1", { signal: controller.signal }).catch(() => {});
  const promises = ["2", "3", "4"].map((id) => bench.publish(id));
  for (const id of ["1", "2"]) channel.refuse(id);
  // The window is taken by the others while both pauses end.
  await pause(150);
  assertEquals(channel.ids, ["1", "2", "3", "4"]);

  controller.abort();
  channel.confirm("3");

  assertEquals(channel.ids, ["1", "2", "3", "4", "2"]);
  channel.confirmAll();
  await Promise.all([given, ...promises]);
});

Deno.test("publish() sends again what a later channel refuses", async () => {
  using bench = createPublisher();
  const first = bench.attach();
  const promise = bench.publish("1");
  first.close(() => bench.publisher.detach());
  const second = bench.attach();

  second.refuse("1");

  await waitUntil("it is sent again", () => second.published.length === 2);
  second.confirm(1);
  assertEquals(await promise, { id: "1", confirmed: true, routed: true, attempts: 3 });
});

Deno.test("publish() rejects what the broker refuses too often, with growing pauses", async () => {
  using bench = createPublisher({ maxRefusals: 2 });
  const channel = bench.attach();
  const times: number[] = [];
  const promise = bench.publish("1", { name: "order_paid" }).catch((error) => error);
  const other = bench.publish("2");

  for (let sent = 1; sent <= 3; sent++) {
    await waitUntil("it is sent", () => channel.ids.filter((id) => id === "1").length === sent);
    times.push(performance.now());
    channel.refuse("1");
  }

  const error = await promise;
  assertInstanceOf(error, EventRejectedError);
  assertStrictEquals(error.outcome, "unknown");
  assertStrictEquals(
    error.message,
    'Cannot emit event "order_paid": the broker has refused it 3 times; look for a full queue',
  );
  assertInstanceOf(error.cause, Error);
  // Timers may fire a fraction of a millisecond early.
  assertEquals([times[1]! - times[0]! >= 99, times[2]! - times[1]! >= 199], [true, true]);
  channel.confirm("2");
  assertEquals(await other, { id: "2", confirmed: true, routed: true, attempts: 1 });
});

Deno.test("publish() rejects at the first refusal when none is allowed", async () => {
  using bench = createPublisher({ maxRefusals: 0 });
  const channel = bench.attach();
  const promise = bench.publish("1").catch((error) => error);

  channel.refuse("1");

  assertInstanceOf(await promise, EventRejectedError);
  assertStrictEquals(channel.ids.length, 1);
});

Deno.test("publish() logs a refused event that nobody waits for", async () => {
  using bench = createPublisher({ maxRefusals: 0 });
  const channel = bench.attach();
  await bench.publish("1", { confirm: false });

  channel.refuse("1");

  await waitUntil("it is logged", () => bench.log.length > 0);
  assertStrictEquals(
    bench.log[0]!.startsWith('error: Lost an event: Cannot emit event "e": the broker has'),
    true,
  );
  assertEquals([bench.counters.pending, bench.counters.rejected], [0, 1]);
});

Deno.test("attach() does not wait for the pause of a refused message", async () => {
  using bench = createPublisher();
  const first = bench.attach();
  const promises = ["1", "2"].map((id) => bench.publish(id));
  first.refuse("1");
  await peek(promises[0]!);
  first.close(() => bench.publisher.detach());

  const second = bench.attach();

  assertEquals(second.ids, ["1", "2"]);
  second.confirmAll();
  await Promise.all(promises);
});
