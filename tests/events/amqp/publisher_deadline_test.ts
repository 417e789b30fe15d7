import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { EmitAbortedError, EmitTimeoutError } from "../../../src/errors.ts";
import { pause } from "../../support/wait_until.ts";
import { createPublisher, peek } from "./scripted_channel.ts";

Deno.test("publish() rejects what could not be sent in time", async () => {
  using bench = createPublisher();
  const startMs = performance.now();

  const error = await bench.publish("1", { timeoutMs: 30, name: "order_paid" }).catch((error) => error);

  assertStrictEquals(performance.now() - startMs >= 29, true);
  assertInstanceOf(error, EmitTimeoutError);
  assertEquals([error.outcome, error.timeoutMs], ["not-sent", 30]);
  assertStrictEquals(
    error.message,
    'Cannot emit event "order_paid": it could not be sent within 30 ms, because the broker is away or slow',
  );
  assertEquals(bench.attach().ids, []);
  assertEquals([bench.counters.pending, bench.counters.rejected], [0, 1]);
});

Deno.test("publish() rejects what was not confirmed in time, and does not send it again", async () => {
  using bench = createPublisher();
  const first = bench.attach();

  const error = await bench.publish("1", { timeoutMs: 20 }).catch((error) => error);

  assertInstanceOf(error, EmitTimeoutError);
  assertStrictEquals(error.outcome, "unknown");
  assertStrictEquals(
    error.message,
    'Cannot emit event "e": the broker has not confirmed it within 20 ms; it may be delivered all the same',
  );
  first.close(() => bench.publisher.detach());
  assertEquals(bench.attach().ids, []);
});

Deno.test("publish() says unknown of what was sent on a channel that is gone", async () => {
  using bench = createPublisher();
  const first = bench.attach();
  const promise = bench.publish("1", { timeoutMs: 20 }).catch((error) => error);
  first.close(() => bench.publisher.detach());

  const error = await promise;

  assertInstanceOf(error, EmitTimeoutError);
  assertStrictEquals(error.outcome, "unknown");
  assertEquals(bench.attach().ids, []);
});

Deno.test("publish() keeps the place of a message that ran out of time until the broker confirms it", async () => {
  using bench = createPublisher({ windowEvents: 1 });
  const channel = bench.attach();
  await bench.publish("1", { timeoutMs: 10 }).catch(() => {});
  const promise = bench.publish("2");
  assertEquals(channel.ids, ["1"]);

  channel.confirm("1");

  assertEquals(channel.ids, ["1", "2"]);
  channel.confirm("2");
  assertEquals(await promise, { id: "2", confirmed: true, routed: true, attempts: 1 });
  assertEquals([bench.counters.confirmed, bench.counters.rejected], [1, 1]);
});

Deno.test("publish() frees the place of a message that ran out of time when the broker refuses it", async () => {
  using bench = createPublisher({ windowEvents: 1 });
  const channel = bench.attach();
  await bench.publish("1", { timeoutMs: 10 }).catch(() => {});
  const promise = bench.publish("2");

  channel.refuse("1");

  await peek(promise);
  assertEquals(channel.ids, ["1", "2"]);
  channel.confirm("2");
  await promise;
});

Deno.test("publish() ends a refused message when its time is over during the pause", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const promise = bench.publish("1", { timeoutMs: 40 }).catch((error) => error);

  channel.refuse("1");

  assertInstanceOf(await promise, EmitTimeoutError);
  await pause(120);
  assertEquals(channel.ids, ["1"]);
});

Deno.test("publish() keeps time limits of different lengths", async () => {
  using bench = createPublisher();
  const ended: number[] = [];
  const limits = [450, 150, Infinity, 300, 150];

  const promises = limits.map((timeoutMs, index) =>
    bench.publish(`${index}`, { timeoutMs }).catch(() => ended.push(index))
  );

  await Promise.all(promises.filter((_, index) => limits[index] !== Infinity));
  assertEquals(ended, [1, 4, 3, 0]);
  assertStrictEquals(bench.counters.pending, 1);
});

for (const timeoutMs of [NaN, -1, 0]) {
  Deno.test(`publish() takes a time limit of ${timeoutMs} as over`, async () => {
    using bench = createPublisher();

    assertInstanceOf(await bench.publish("1", { timeoutMs }).catch((error) => error), EmitTimeoutError);
  });
}

Deno.test("publish() takes the time limit of the transport when it is given none", async () => {
  using bench = createPublisher({ timeoutMs: 20 });

  const error = await bench.publish("1").catch((error) => error);

  assertInstanceOf(error, EmitTimeoutError);
  assertStrictEquals(error.timeoutMs, 20);
});

Deno.test("publish() ends the wait for a place, and then others get places", async () => {
  using bench = createPublisher({ bufferEvents: 1, onFull: "wait" });
  const kept = bench.publish("1", { timeoutMs: 20 }).catch((error) => error);
  const waiting = bench.publish("2", { timeoutMs: 10 }).catch((error) => error);
  const last = bench.publish("3", { confirm: false, timeoutMs: 60_000 });

  const errors = [await kept, await waiting] as EmitTimeoutError[];

  assertEquals(errors.map(({ outcome }) => outcome), ["not-sent", "not-sent"]);
  assertEquals(await last, { id: "3", confirmed: false, routed: undefined, attempts: 0 });
  const channel = bench.attach();
  assertEquals(channel.ids, ["3"]);
  channel.confirmAll();
});

Deno.test("publish() without confirm has no time limit once it is buffered", async () => {
  using bench = createPublisher();
  await bench.publish("1", { confirm: false, timeoutMs: 10 });

  await pause(50);

  const channel = bench.attach();
  assertEquals(channel.ids, ["1"]);
  channel.confirmAll();
});

Deno.test("publish() rejects at once when its signal had aborted before", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const reason = new Error("enough");

  const error = await bench.publish("1", { signal: AbortSignal.abort(reason) }).catch((error) => error);

  assertInstanceOf(error, EmitAbortedError);
  assertEquals([error.outcome, error.cause], ["not-sent", reason]);
  assertEquals(channel.ids, []);
});

Deno.test("publish() rejects when its signal aborts before it is sent", async () => {
  using bench = createPublisher();
  const controller = new AbortController();
  const promise = bench.publish("1", { signal: controller.signal }).catch((error) => error);

  controller.abort(new Error("enough"));

  const error = await promise;
  assertInstanceOf(error, EmitAbortedError);
  assertStrictEquals(error.outcome, "not-sent");
  assertEquals(bench.attach().ids, []);
});

Deno.test("publish() never sends what was given up while the window was full", async () => {
  using bench = createPublisher({ windowEvents: 1 });
  const channel = bench.attach();
  const controller = new AbortController();
  const promises = [bench.publish("1")];
  const given = bench.publish("2", { signal: controller.signal }).catch(() => {});
  promises.push(bench.publish("3"));

  controller.abort();
  channel.confirmAll();

  assertEquals(channel.ids, ["1", "3"]);
  await Promise.all([given, ...promises]);
});

Deno.test("publish() rejects when its signal aborts before it is confirmed", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const controller = new AbortController();
  const promise = bench.publish("1", { signal: controller.signal }).catch((error) => error);

  controller.abort();

  const error = await promise;
  assertInstanceOf(error, EmitAbortedError);
  assertStrictEquals(error.outcome, "unknown");
  channel.confirm("1");
  assertStrictEquals(bench.counters.confirmed, 0);
});

Deno.test("publish() leaves no listener on a signal", async () => {
  using bench = createPublisher();
  const channel = bench.attach();
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, given);
  };
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, given);
  };
  const promises = ["1", "2"].map((id) => bench.publish(id, { signal, timeoutMs: 20 }).catch(() => {}));
  assertStrictEquals(listeners, 2);

  channel.confirm("1");

  await Promise.all(promises);
  assertStrictEquals(listeners, 0);
});

Deno.test("publish() without confirm listens to its signal only while it waits for a place", async () => {
  using bench = createPublisher({ bufferEvents: 1, onFull: "wait" });
  const controller = new AbortController();
  const { signal } = controller;
  await bench.publish("1", { confirm: false, signal });
  const waiting = bench.publish("2", { confirm: false, signal }).catch((error) => error);

  controller.abort();

  assertInstanceOf(await waiting, EmitAbortedError);
  const channel = bench.attach();
  assertEquals(channel.ids, ["1"]);
  channel.confirmAll();
});
