import { assert, assertEquals, assertFalse, assertMatch, assertStrictEquals } from "@std/assert";
import { createGate, type Gate } from "../support/gate.ts";
import { pause } from "../support/wait_until.ts";
import {
  createEvent,
  createGatedHandle,
  createPool,
  end,
  microtasks,
  waitForIdle,
} from "./delivery_pool_fixture.ts";

const fault = new Error("a fault");

Deno.test("DeliveryPool ends handlers at their time limit, aborts their signal, and heeds nothing later", async () => {
  const gates: Gate[] = [];
  const signals: AbortSignal[] = [];
  const harness = createPool((_event, signal) => {
    signals.push(signal());
    const gate = createGate();
    gates.push(gate);
    return gate.promise;
  }, { timeoutMs: 10, localRetryDelaysMs: [0, 0] });

  harness.pool.push("a", createEvent("1"));
  harness.pool.push("b", createEvent("2"));
  await waitForIdle(harness);
  gates[0]!.resolve();
  gates[1]!.reject(fault);
  await microtasks();

  assertEquals(harness.settled, ["a retry", "b retry"]);
  assertEquals(signals.map(({ aborted }) => aborted), [true, true]);
  assertMatch(signals[0]!.reason.message, /^The handler of event "paid" has not ended within 10 ms$/);
  assertStrictEquals((harness.outcomes[0] as { error: unknown }).error, signals[0]!.reason);
  await end(harness);
});

Deno.test("DeliveryPool limits the time of all tries together", async () => {
  const harness = createPool(() => {
    throw fault;
  }, { timeoutMs: 40, localRetryDelaysMs: [15, 15, 15, 15, 15, 15], maxAttempts: 1 });

  harness.pool.push("a", createEvent());
  await end(harness);

  assertEquals(harness.settled, ["a dead"]);
  assertMatch(String((harness.outcomes[0] as { error: unknown }).error), /has not ended within 40 ms/);
});

Deno.test("DeliveryPool keeps the limit of each delivery with one timer, younger ones and waiting ones too", async () => {
  const begun = new Map<string, number>();
  const ended = new Map<string, number>();
  const harness = createPool(({ id }, signal) => {
    begun.set(id!, performance.now());
    return new Promise((_, reject) =>
      signal().addEventListener("abort", () => {
        ended.set(id!, performance.now());
        reject();
      })
    );
  }, { timeoutMs: 400, concurrency: 2 });

  harness.pool.push("a", createEvent("1"));
  await pause(20);
  for (const id of ["2", "3"]) harness.pool.push(id, createEvent(id));
  while (harness.settled.length < 3) await waitForIdle(harness);

  for (const [id, at] of ended) {
    const tookMs = at - begun.get(id)!;
    assert(tookMs >= 399 && tookMs < 700, `${id} took ${tookMs} ms`);
  }
  assertEquals(ended.size, 3);
  await end(harness);
});

Deno.test("DeliveryPool gives no signal that a finished handler could miss", async () => {
  let getSignal: (() => AbortSignal) | undefined;
  const harness = createPool((_event, signal) => {
    getSignal = signal;
    return new Promise(() => {});
  }, { timeoutMs: 5 });

  harness.pool.push("a", createEvent());
  await end(harness);
  const signal = getSignal!();

  assert(signal.aborted);
  assertMatch(signal.reason.message, /has not ended within 5 ms/);
  assertStrictEquals(getSignal!(), signal);
});

Deno.test("DeliveryPool.abandon() aborts what runs or pauses, and settles nothing of it", async () => {
  const gate = createGatedHandle();
  const signals: AbortSignal[] = [];
  const reason = new Error("the end");
  const harness = createPool((event, signal) => {
    signals.push(signal());
    if (event.id === "2") throw fault;
    return gate.handle(event, signal);
  }, { localRetryDelaysMs: [60_000] });
  for (const [token, id] of [["a", "1"], ["b", "2"], ["c", "1"]] as const) {
    harness.pool.push(token, createEvent(id));
  }
  const idle = harness.pool.idle();

  const abandoned = harness.pool.abandon(reason);
  await gate.resolve("1");
  await idle;

  assertEquals(abandoned, ["a", "b"]);
  assertEquals(harness.settled, []);
  assertEquals(signals.map((signal) => signal.reason), [reason, reason]);
  assertEquals(harness.pool.takeWaiting(), ["c"]);
  assertEquals(harness.counters.handled, 0);
  await end(harness);
});

Deno.test("DeliveryPool.abandon() in a handler that returns at once leaves that one unsettled", async () => {
  const harness = createPool(() => void harness.pool.abandon(new Error("the end")));

  harness.pool.push("a", createEvent("1"));

  assertEquals(harness.settled, []);
  await end(harness);
});

Deno.test("DeliveryPool makes no signal for a handler that does not ask, and one for one that does", async () => {
  const made: AbortController[] = [];
  const { AbortController: Original } = globalThis;
  globalThis.AbortController = class extends Original {
    constructor() {
      super();
      made.push(this);
    }
  };
  const harness = createPool((event, signal) => event.id === "asks" ? void (signal(), signal()) : undefined);

  try {
    harness.pool.push("a", createEvent("1"));
    harness.pool.push("b", createEvent("asks"));
  } finally {
    globalThis.AbortController = Original;
  }

  assertEquals(made.length, 1);
  assertFalse(made[0]!.signal.aborted);
  await end(harness);
});
