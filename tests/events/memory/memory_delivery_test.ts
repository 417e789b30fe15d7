import { assert, assertEquals, assertRejects } from "@std/assert";
import { EventBufferFullError, MemoryEventBroker } from "@gemstone/gemstone/events";
import { setImmediate, setTimeout as pause } from "node:timers/promises";
import { measureHeap } from "../../support/collect_garbage.ts";
import { createGate, type Gate } from "../../support/gate.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { type Instance, start, stop } from "./fixture.ts";

Deno.test("MemoryEventTransport deals group events out in turn", async () => {
  const broker = new MemoryEventBroker();
  const instances = await Promise.all([1, 2, 3].map(() => start(broker, { event: "a" })));

  for (let number = 0; number < 9; number++) await instances[0]!.emit("a", number);
  await broker.idle();

  assertEquals(instances.map(({ received }) => received.map(({ body }) => body)), [
    [0, 3, 6],
    [1, 4, 7],
    [2, 5, 8],
  ]);
  await stop(...instances);
});

Deno.test("MemoryEventTransport goes on in turn when an instance has left", async () => {
  const broker = new MemoryEventBroker();
  const [first, second, third] = await Promise.all([1, 2, 3].map(() => start(broker, { event: "a" })));
  await first!.emit("a", 0);
  await broker.idle();

  await stop(first!);
  for (let number = 1; number < 5; number++) await second!.emit("a", number);
  await broker.idle();

  assertEquals(second!.received.map(({ body }) => body), [1, 3]);
  assertEquals(third!.received.map(({ body }) => body), [2, 4]);
  await stop(second!, third!);
});

Deno.test("MemoryEventTransport gives nothing to an instance that is busy", async () => {
  const broker = new MemoryEventBroker();
  const gate = createGate();
  const busy = await start(broker, { event: "a", concurrency: 1, handle: () => gate.promise });
  const free = await start(broker, { event: "a" });

  for (let number = 0; number < 10; number++) await busy.emit("a", number);
  await waitUntil("nine are handled", () => free.received.length === 9);

  assertEquals(busy.received.length, 1);
  gate.resolve();
  await stop(busy, free);
});

for (const broadcast of [false, true]) {
  const kind = broadcast ? "broadcast" : "group event";
  Deno.test(`MemoryEventTransport.emit() rejects a ${kind} when a queue is full, and no queue has got it`, async () => {
    const broker = new MemoryEventBroker();
    const gate = createGate();
    const handle = () => gate.promise;
    const slow = await start(broker, {
      event: "a",
      service: "slow",
      concurrency: 1,
      maxQueueLength: 2,
      handle,
    });
    const other = await start(broker, { event: "a", service: "other" });
    const emitted: number[] = [];

    // One runs and two wait.
    for (let number = 0; number < 3; number++) {
      await other.emit("a", number, { broadcast });
      emitted.push(number);
      await waitUntil("it runs", () => slow.received.length === 1);
    }
    const error = await assertRejects(() => other.emit("a", 3, { broadcast }), EventBufferFullError);
    gate.resolve();
    await broker.idle();

    assertEquals(error.message, 'Cannot emit event "a": queue "slow/a" holds 2 events already');
    assertEquals(error.outcome, "not-sent");
    assertEquals(slow.received.map(({ body }) => body), emitted);
    assertEquals(other.received.map(({ body }) => body), emitted);
    assertEquals(other.transport.stats().rejected, 1);
    await stop(slow, other);
  });
}

Deno.test("MemoryEventTransport delivers broadcasts and group events of a name in turn", async () => {
  const broker = new MemoryEventBroker();
  const gates: Gate[] = [];
  const instance = await start(broker, {
    event: "a",
    concurrency: 1,
    handle() {
      const gate = createGate();
      gates.push(gate);
      return gate.promise;
    },
  });
  for (let number = 0; number < 3; number++) await instance.emit("a", number);
  for (let number = 0; number < 3; number++) await instance.emit("a", number, { broadcast: true });

  for (let count = 0; count < 6; count++) {
    await waitUntil("one runs", () => gates.length === count + 1);
    gates[count]!.resolve();
  }
  await broker.idle();

  assertEquals(instance.received.map(({ broadcast }) => broadcast), [false, true, false, true, false, true]);
  await stop(instance);
});

Deno.test("MemoryEventTransport lets timers have their turn while handlers emit without end", async () => {
  const broker = new MemoryEventBroker();
  let isOver = false;
  const instance: Instance = await start(broker, {
    event: "a",
    handle({ body }) {
      if (!isOver) void instance.emit("a", (body as number) + 1);
    },
  });

  await instance.emit("a", 0);
  for (let count = 0; count < 20; count++) await pause(1);
  const handled = instance.received.length;
  isOver = true;
  await broker.idle();

  assert(handled > 20, `${handled} were handled`);
  await stop(instance);
});

Deno.test("MemoryEventTransport lets timers have their turn while a deep queue is worked off", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker, { event: "a", maxQueueLength: 100_000, handle: async () => {} });
  const emissions: Promise<unknown>[] = [];
  for (let number = 0; number < 50_000; number++) emissions.push(instance.emit("a", number));
  await Promise.all(emissions);

  let turns = 0;
  while (instance.received.length < 50_000) {
    await setImmediate();
    turns++;
  }

  assert(turns > 100, `${turns} turns`);
  await stop(instance);
});

Deno.test("MemoryEventTransport keeps nothing of a million names", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker, { event: "a" });
  const before = measureHeap();

  for (let number = 0; number < 1_000_000; number++) {
    const emission = instance.emit(`name_of_an_event_that_nobody_handles_${number}`, null, {
      broadcast: number % 2 > 0,
      id: "1",
    });
    if (number % 1000 === 0) await emission;
  }

  // The names alone would take more than 60 MB.
  const grownMiB = (measureHeap() - before) / 2 ** 20;
  assert(grownMiB < 10, `grown by ${grownMiB} MiB`);
  await stop(instance);
});

Deno.test("MemoryEventTransport.emit() keeps no state of the events that it took", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker, { event: "a", handle: () => {} });
  const text = "x".repeat(100);
  const emitMany = async (count: number) => {
    for (let number = 0; number < count; number++) {
      await instance.emit("a", text);
      instance.received.length = 0;
    }
    await broker.idle();
  };
  await emitMany(30_000);
  const before = measureHeap();

  await emitMany(100_000);

  const grownMiB = (measureHeap() - before) / 2 ** 20;
  assert(grownMiB < 10, `grown by ${grownMiB} MiB`);
  assertEquals(instance.transport.stats().handled, 130_000);
  await stop(instance);
});
