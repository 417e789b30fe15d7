import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  createEvent,
  createGatedHandle,
  createPool,
  end,
  type Handle,
  microtasks,
} from "./delivery_pool_fixture.ts";

const fault = new Error("a fault");

Deno.test("DeliveryPool begins as many as allowed, and the others in the order in which they came", async () => {
  const gate = createGatedHandle();
  const harness = createPool(gate.handle, { concurrency: 2 });

  for (const id of ["1", "2", "3", "4", "5"]) harness.pool.push(id, createEvent(id));
  const begunAtOnce = [...gate.begun];
  await gate.resolve("2");
  await gate.reject("1");
  const begunLater = [...gate.begun];

  assertEquals(begunAtOnce, ["1", "2"]);
  assertEquals(begunLater, ["1", "2", "3", "4"]);
  assertEquals(harness.pool.size, 3);
  assertEquals(harness.settled, ["2 done", "1 retry"]);
  for (const id of ["3", "4", "5"]) await gate.resolve(id);
  await end(harness);
  assertEquals(gate.begun, ["1", "2", "3", "4", "5"]);
});

Deno.test("DeliveryPool keeps the slot of a delivery that pauses between tries", async () => {
  const begun: string[] = [];
  const harness = createPool(({ id }) => {
    begun.push(id!);
    if (begun.length === 1) throw fault;
  }, { concurrency: 1, localRetryDelaysMs: [1] });

  harness.pool.push("a", createEvent("1"));
  harness.pool.push("b", createEvent("2"));
  const running = harness.pool.running;
  await end(harness);

  assertEquals(running, 1);
  assertEquals(begun, ["1", "1", "2"]);
});

Deno.test("DeliveryPool works off a deep backlog of handlers that return at once", async () => {
  const gate = createGatedHandle();
  const harness = createPool((event, signal) => event.id === "0" ? gate.handle(event, signal) : undefined, {
    concurrency: 1,
  });
  harness.pool.push("0", createEvent("0"));
  for (let count = 1; count <= 50_000; count++) harness.pool.push(`${count}`, createEvent(`${count}`));

  await gate.resolve("0");

  assertEquals(harness.counters.handled, 50_001);
  assertEquals(harness.settled.at(-1), "50000 done");
  await end(harness);
});

for (
  const [name, handle] of [
    ["return at once", () => {}],
    ["throw", () => {
      throw fault;
    }],
  ] as [string, Handle][]
) {
  Deno.test(`DeliveryPool does not recurse when settling brings the next delivery to handlers that ${name}`, async () => {
    let pushed = 0;
    const harness = createPool(handle, {}, (_token, pool) => {
      if (++pushed < 50_000) pool.push(`${pushed}`, createEvent(`${pushed}`));
    });

    harness.pool.push("0", createEvent("0"));

    assertEquals(harness.settled.length, 50_000);
    await end(harness);
  });
}

Deno.test("DeliveryPool begins what a handler brings after that handler has returned", async () => {
  const log: string[] = [];
  const harness = createPool(({ id }) => {
    log.push(`begin ${id}`);
    if (id === "1") harness.pool.push("b", createEvent("2"));
    log.push(`end ${id}`);
  });

  harness.pool.push("a", createEvent("1"));

  assertEquals(log, ["begin 1", "end 1", "begin 2", "end 2"]);
  await end(harness);
});

Deno.test("DeliveryPool handles an event once, however often it comes", async () => {
  let calls = 0;
  const harness = createPool(() => void calls++);

  for (const token of ["a", "b", "c"]) harness.pool.push(token, createEvent("1"));

  assertEquals(calls, 1);
  assertEquals(harness.settled, ["a done", "b done", "c done"]);
  assertEquals([harness.counters.handled, harness.counters.duplicates], [1, 2]);
  await end(harness);
});

Deno.test("DeliveryPool does not take events without id or source for copies", async () => {
  let calls = 0;
  const harness = createPool(() => void calls++);

  for (const token of ["a", "b"]) {
    harness.pool.push(token, createEvent());
    harness.pool.push(token, { ...createEvent("1"), source: undefined });
  }

  assertEquals(calls, 4);
  await end(harness);
});

Deno.test("DeliveryPool lets a copy wait while the handler of the same event runs", async () => {
  const gate = createGatedHandle();
  const harness = createPool(gate.handle);

  for (const token of ["a", "b", "c"]) harness.pool.push(token, createEvent("1"));
  const size = harness.pool.size;
  await gate.resolve("1");

  assertEquals(gate.begun, ["1"]);
  assertEquals(size, 3);
  assertEquals(harness.settled, ["a done", "b done", "c done"]);
  assertEquals(harness.counters.duplicates, 2);
  assertEquals(harness.pool.size, 0);
  await end(harness);
});

Deno.test("DeliveryPool begins a waiting copy when the handler of the same event has failed", async () => {
  const gate = createGatedHandle();
  const harness = createPool(gate.handle, { concurrency: 2 });
  for (const [token, id] of [["a", "1"], ["b", "1"], ["c", "2"], ["d", "3"]] as const) {
    harness.pool.push(token, createEvent(id));
  }

  await gate.reject("1");

  assertEquals(gate.begun, ["1", "2", "1"]);
  assertEquals(harness.settled, ["a retry"]);
  for (const id of ["1", "2", "3"]) await gate.resolve(id);
  assertEquals(harness.settled, ["a retry", "b done", "c done", "d done"]);
  await end(harness);
});

Deno.test("DeliveryPool.takeWaiting() returns copies and what has not begun, and forgets them", async () => {
  const gate = createGatedHandle();
  const harness = createPool(gate.handle, { concurrency: 2 });
  for (const [token, id] of [["a", "1"], ["b", "1"], ["c", "2"], ["d", "3"], ["e", "4"]] as const) {
    harness.pool.push(token, createEvent(id));
  }

  const waiting = harness.pool.takeWaiting();
  await gate.resolve("1");
  await gate.resolve("2");

  assertEquals(waiting, ["b", "d", "e"]);
  assertEquals(harness.settled, ["a done", "c done"]);
  assertEquals(harness.pool.takeWaiting(), []);
  assertEquals(harness.pool.size, 0);
  await end(harness);
});

Deno.test("DeliveryPool.idle() resolves when no handler runs, and what ran is settled by then", async () => {
  const gate = createGatedHandle();
  const harness = createPool(gate.handle);
  await harness.pool.idle();
  harness.pool.push("a", createEvent("1"));
  let settledWhenIdle: string[] | undefined;
  const idle = [0, 1].map(() => harness.pool.idle().then(() => settledWhenIdle = [...harness.settled]));

  await microtasks();
  const before = settledWhenIdle;
  await gate.resolve("1");
  await Promise.all(idle);

  assertEquals(before, undefined);
  assertEquals(settledWhenIdle, ["a done"]);
  await end(harness);
});

Deno.test("DeliveryPool goes on after settling has thrown", async () => {
  let calls = 0;
  const harness = createPool(() => {}, {}, () => {
    if (calls++ === 0) throw fault;
  });
  let thrown: unknown;

  try {
    harness.pool.push("a", createEvent("1"));
  } catch (error) {
    thrown = error;
  }
  harness.pool.push("b", createEvent("2"));

  assertStrictEquals(thrown, fault);
  assertEquals(harness.settled, ["a done", "b done"]);
  await end(harness);
});
