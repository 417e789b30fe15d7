import { assert, assertEquals, assertRejects } from "@std/assert";
import { EventBufferFullError, MemoryEventBroker } from "@gemstone/gemstone/events";
import { setTimeout as pause } from "node:timers/promises";
import { createGate } from "../../support/gate.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { start, stop } from "./fixture.ts";

Deno.test("MemoryEventTransport counts events that rest before a retry for the length of the queue", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker, {
    event: "a",
    handle: () => Promise.reject(new Error("a fault")),
    maxQueueLength: 3,
    retryDelaysMs: [60_000],
  });
  for (let number = 0; number < 3; number++) await instance.emit("a", number);
  await waitUntil("all rest", () => instance.transport.stats().retried === 3);

  await assertRejects(() => instance.emit("a", 3), EventBufferFullError);

  await stop(instance);
});

Deno.test("MemoryEventTransport keeps each rest, the last one for all further deliveries", async () => {
  const broker = new MemoryEventBroker();
  const times: number[] = [];
  const instance = await start(broker, {
    event: "a",
    retryDelaysMs: [20, 60],
    maxAttempts: 4,
    handle() {
      times.push(performance.now());
      throw new Error("a fault");
    },
  });

  await instance.emit("a", 1);
  await broker.idle();

  const rests = times.slice(1).map((time, index) => time - times[index]!);
  assertEquals(rests.length, 3);
  for (const [index, least] of [20, 60, 60].entries()) {
    assert(
      rests[index]! >= least - 1 && rests[index]! < least + 1000,
      `rest ${index} took ${rests[index]} ms`,
    );
  }
  assertEquals(instance.received.map(({ attempt }) => attempt), [1, 2, 3, 4]);
  await stop(instance);
});

Deno.test("MemoryEventTransport keeps rests that overlap apart", async () => {
  const broker = new MemoryEventBroker();
  const rests = new Map<unknown, number[]>();
  const instance = await start(broker, {
    event: "a",
    retryDelaysMs: [30],
    maxAttempts: 2,
    handle({ body }) {
      rests.set(body, [...rests.get(body) ?? [], performance.now()]);
      throw new Error("a fault");
    },
  });

  for (let number = 0; number < 5; number++) {
    await instance.emit("a", number);
    await pause(7);
  }
  await broker.idle();

  assertEquals(rests.size, 5);
  for (const [first, second] of rests.values()) {
    assert(second! - first! >= 29, `rested ${second! - first!} ms`);
  }
  await stop(instance);
});

Deno.test("MemoryEventTransport.stop() ends all rests: group events go back, broadcasts are gone", async () => {
  const broker = new MemoryEventBroker();
  const options = { event: "a", retryDelaysMs: [60_000], handle: () => Promise.reject(new Error("a fault")) };
  const instance = await start(broker, options);
  await instance.emit("a", "group");
  await instance.emit("a", "broadcast", { broadcast: true });
  await waitUntil("both rest", () => instance.transport.stats().retried === 2);

  await stop(instance);
  const next = await start(broker, { event: "a" });
  await broker.idle();

  assertEquals(next.received.map(({ body, attempt }) => [body, attempt]), [["group", 2]]);
  await stop(next);
});

Deno.test("MemoryEventTransport.stop() gives what fails meanwhile to another instance at once", async () => {
  const broker = new MemoryEventBroker();
  const gate = createGate();
  const instance = await start(broker, { event: "a", retryDelaysMs: [60_000], handle: () => gate.promise });
  await instance.emit("a", 1);
  await waitUntil("it runs", () => instance.received.length === 1);
  const next = await start(broker, { event: "a" });

  const stopping = stop(instance);
  gate.reject(new Error("a fault"));
  await stopping;
  await broker.idle();

  assertEquals(next.received.map(({ body, attempt }) => [body, attempt]), [[1, 2]]);
  await stop(next);
});

Deno.test("MemoryEventTransport.stop() puts what it gives up before what waits", async () => {
  const broker = new MemoryEventBroker();
  const first = await start(broker, { event: "a", concurrency: 2, handle: () => new Promise(() => {}) });
  for (let number = 0; number < 4; number++) await first.emit("a", number);
  await waitUntil("two run", () => first.received.length === 2);

  const report = await first.transport.stop({ drainMs: 0 });
  const second = await start(broker, { event: "a", ordered: true });
  await broker.idle();

  assertEquals(report, { drained: false, unfinishedHandlers: 2, unsentEvents: 0 });
  assertEquals(second.received.map(({ body, attempt }) => [body, attempt]), [[0, 1], [1, 1], [2, 1], [3, 1]]);
  await stop(second);
});

for (const drainMs of [Infinity, 1e12, NaN, -1]) {
  Deno.test(`MemoryEventTransport.stop() takes drainMs: ${drainMs}`, async () => {
    const broker = new MemoryEventBroker();
    const gate = createGate();
    const instance = await start(broker, { event: "a", handle: () => gate.promise });
    await instance.emit("a", 1);
    await waitUntil("it runs", () => instance.received.length === 1);

    const stopping = instance.transport.stop({ drainMs });
    await pause(20);
    gate.resolve();
    const report = await stopping;

    assertEquals(report.drained, drainMs > 0);
  });
}

Deno.test("MemoryEventTransport logs what fails and what is dead, once each", async () => {
  const broker = new MemoryEventBroker();
  const fault = new Error("a fault");
  const instance = await start(broker, { event: "a", maxAttempts: 2, handle: () => Promise.reject(fault) });

  await instance.emit("a", 1, { id: "7" });
  await broker.idle();

  assertEquals(instance.logger.records.map(({ level, message }) => [level, message]), [
    ["warn", 'Event "a" failed and will be delivered again in 5 ms'],
    ["error", 'Event "a" is dead: max_attempts'],
  ]);
  assertEquals(instance.logger.records.map(({ properties }) => properties), [
    { id: "7", attempt: 1, error: fault },
    { id: "7", attempt: 2, error: fault },
  ]);
  await stop(instance);
});

Deno.test("MemoryEventTransport.stop() says which failed broadcast is gone with it", async () => {
  const broker = new MemoryEventBroker();
  const gate = createGate();
  const instance = await start(broker, { event: "a", handle: () => gate.promise });
  await instance.emit("a", 1, { broadcast: true });
  await waitUntil("it runs", () => instance.received.length === 1);

  const stopping = stop(instance);
  gate.reject(new Error("a fault"));
  await stopping;

  assertEquals(instance.logger.records.map(({ message }) => message), [
    'Event "a" failed and is gone with this instance',
  ]);
});
