import { assert, assertEquals, assertFalse } from "@std/assert";
import { MemoryEventBroker, NonRetryableError } from "@gemstone/gemstone/events";
import { setImmediate } from "node:timers/promises";
import { createGate } from "../../support/gate.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { start, stop } from "./fixture.ts";

async function isIdle(broker: MemoryEventBroker): Promise<boolean> {
  let isResolved = false;
  void broker.idle().then(() => isResolved = true);
  for (let turn = 0; turn < 3; turn++) await setImmediate();
  return isResolved;
}

function refuse(): never {
  throw new NonRetryableError("no");
}

Deno.test("MemoryEventBroker.idle() resolves when nothing was ever done", async () => {
  assert(await isIdle(new MemoryEventBroker()));
});

Deno.test("MemoryEventBroker.idle() waits for events that have not been delivered", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker, { event: "a" });

  void instance.emit("a", 1);
  void instance.emit("a", 2, { broadcast: true });
  await Promise.all([broker.idle(), broker.idle()]);

  assertEquals(instance.received.length, 2);
  await stop(instance);
});

Deno.test("MemoryEventBroker.idle() waits for handlers that run", async () => {
  const broker = new MemoryEventBroker();
  const gate = createGate();
  const instance = await start(broker, { event: "a", handle: () => gate.promise });
  await instance.emit("a", 1);

  const before = await isIdle(broker);
  gate.resolve();

  assertFalse(before);
  await broker.idle();
  assertEquals(instance.transport.stats().handled, 1);
  await stop(instance);
});

Deno.test("MemoryEventBroker.idle() waits for events that rest before a retry", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker, {
    event: "a",
    retryDelaysMs: [30],
    maxAttempts: 2,
    handle: () => Promise.reject(),
  });

  await instance.emit("a", 1);
  await broker.idle();

  assertEquals(instance.received.length, 2);
  await stop(instance);
});

Deno.test("MemoryEventBroker.idle() waits for what handlers emit", async () => {
  const broker = new MemoryEventBroker();
  const last = await start(broker, { event: "c", service: "last" });
  const middle = await start(broker, {
    event: "b",
    service: "middle",
    handle: () => void Promise.resolve().then(() => last.emit("c", 1)),
  });
  const first = await start(broker, {
    event: "a",
    handle: async () => {
      await setImmediate();
      await middle.emit("b", 1);
    },
  });

  await first.emit("a", 1);
  await broker.idle();

  assertEquals(last.received.length, 1);
  await stop(first, middle, last);
});

Deno.test("MemoryEventBroker.idle() does not wait for a service without instances", async () => {
  const broker = new MemoryEventBroker();
  const gone = await start(broker, { event: "a", service: "gone" });
  const publisher = await start(broker);
  await stop(gone);

  await publisher.emit("a", 1);

  await broker.idle();
  assertEquals(gone.received, []);
  await stop(publisher);
});

Deno.test("MemoryEventBroker.idle() waits for an instance that stops", async () => {
  const broker = new MemoryEventBroker();
  const gate = createGate();
  const instance = await start(broker, { event: "a", handle: () => gate.promise });
  await instance.emit("a", 1, { broadcast: true });
  await waitUntil("it runs", () => instance.received.length === 1);

  const stopping = stop(instance);
  const before = await isIdle(broker);
  gate.resolve();
  await stopping;

  assertFalse(before);
  assert(await isIdle(broker));
});

Deno.test("MemoryEventBroker.idle() waits no longer for handlers that were given up", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker, { event: "a", handle: () => new Promise(() => {}) });
  await instance.emit("a", 1);
  await instance.emit("a", 2, { broadcast: true });
  await waitUntil("both run", () => instance.received.length === 2);
  const idle = broker.idle();

  await instance.transport.stop({ drainMs: 0 });

  await idle;
});

Deno.test("MemoryEventBroker.deadLetters() of any service is empty at first, whatever its name", async () => {
  const broker = new MemoryEventBroker();

  for (const service of ["a", "__proto__", "", "ünicode/…"]) {
    assertEquals(await broker.deadLetters(service).list({ limit: 10 }), []);
    assertEquals(await broker.deadLetters(service).redrive("all"), 0);
  }
});

Deno.test("MemoryEventBroker.deadLetters() tells where a redrive sends a letter, and when it failed", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker, { service: "a/ü", event: "paid", handle: refuse });

  await instance.emit("paid", 1);
  await instance.emit("paid", 2, { broadcast: true });
  await broker.idle();

  const letters = await broker.deadLetters("a/ü").list({ limit: 10 });
  assertEquals(letters.map(({ origin }) => origin), ["a%2F%C3%BC/paid", "a%2F%C3%BC/paid"]);
  for (const { firstFailure, lastFailure } of letters) assertEquals(firstFailure, lastFailure);
  await stop(instance);
});

Deno.test("MemoryEventBroker.deadLetters() keeps those whose queue is full in a redrive", async () => {
  const broker = new MemoryEventBroker();
  const first = await start(broker, { event: "a", maxQueueLength: 2, handle: refuse });
  for (let number = 0; number < 5; number++) {
    await first.emit("a", number);
    await broker.idle();
  }
  await stop(first);
  const office = broker.deadLetters("service");

  const count = await office.redrive("all");

  assertEquals(count, 2);
  assertEquals((await office.list({ limit: 10 })).map(({ body }) => body), ["2", "3", "4"]);
});

Deno.test("MemoryEventBroker.deadLetters() keeps the last 10000, and says when one has to go", async () => {
  const broker = new MemoryEventBroker();
  const instance = await start(broker, { event: "a", maxQueueLength: 20_000, handle: refuse });

  for (let number = 0; number <= 10_000; number++) await instance.emit("a", number);
  await broker.idle();

  const letters = await broker.deadLetters("service").list({ limit: 10_000 });
  assertEquals([letters.length, letters[0]!.body, letters.at(-1)!.body], [10_000, "1", "10000"]);
  const warnings = instance.logger.records.filter(({ level }) => level === "warn").map(({ message }) =>
    message
  );
  assertEquals(warnings, ["The oldest dead letter is gone: only the last 10000 are kept"]);
  await stop(instance);
});
