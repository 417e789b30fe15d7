/** How calls wait for workers, and how long workers live. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RpcError } from "@gemstone/gemstone";
import { ManualClock } from "@gemstone/gemstone/testing";
import type { ExecutorOptions } from "../../src/service/executor.ts";
import { createMemoryLogger } from "../support/service.ts";
import { waitUntil } from "../support/wait_until.ts";
import { counted, createCounter, open, TASKS, TestExecutor } from "./blocking_fixture.ts";

Deno.test("two workers run two calls at the same time", async () => {
  await using executor = new TestExecutor({ maxWorkers: 2 });
  const count = createCounter();

  // Neither returns before both have begun.
  const met = await Promise.all([executor.task("meet", count, 2), executor.task("meet", count, 2)]);

  assertEquals(met, [2, 2]);
  assertEquals(executor.stats.workers, 2);
});

Deno.test("there are never more workers than allowed, and calls begin in their order", async () => {
  await using executor = new TestExecutor({ maxWorkers: 2 });
  const [begun, gate] = [createCounter(), createCounter()];
  const held = [executor.task("hold", begun, gate), executor.task("hold", begun, gate)];
  const order: unknown[] = [];

  const waiting = [1, 2, 3, 4].map((number) =>
    executor.task("echo", number).then((value) => order.push(value))
  );
  await counted(begun, 2);

  assertEquals(executor.stats, { workers: 2, running: 2, queued: 4, ending: 0, threads: 0 });
  open(gate);
  await Promise.all([...held, ...waiting]);
  assertEquals(order.toSorted(), [1, 2, 3, 4]);
  assertEquals(executor.stats, { workers: 2, running: 0, queued: 0, ending: 0, threads: 0 });
});

Deno.test("10,000 calls wait, and each gets its own answer", async () => {
  await using executor = new TestExecutor({ maxWorkers: 2, maxQueue: 10_000 });

  const calls = Array.from({ length: 10_000 }, (_, index) => executor.task("echo", index));
  const results = await Promise.all(calls);

  assert(results.every((result, index) => result === index));
});

Deno.test("a call for which there is no place is refused as busy, and the others are not disturbed", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1, maxQueue: 2 });
  const [begun, gate] = [createCounter(), createCounter()];
  const calls = [executor.task("hold", begun, gate), executor.task("add", 1, 2), executor.task("add", 3, 4)];
  await counted(begun, 1);

  for (let round = 0; round < 3; round++) {
    const error = await assertRejects(() => executor.task("add", 5, 6), RpcError, "Server busy");
    assertEquals([error.rpcCode, error.data], [-32004, { reason: "2 calls wait for 1 workers" }]);
  }

  // An overloaded service must not be busy with its log.
  assertEquals(executor.memory.records.map(({ level }) => level), ["warn"]);
  open(gate);
  assertEquals(await Promise.all(calls), ["held", 3, 7]);
  assertEquals(await executor.task("add", 5, 6), 11);
});

Deno.test("without a queue a call is taken when a worker is free", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1, maxQueue: 0 });

  assertEquals(await executor.task("add", 1, 2), 3);
  const [first, second] = await Promise.allSettled([executor.task("add", 1, 2), executor.task("add", 1, 2)]);

  assertEquals([first.status, second.status], ["fulfilled", "rejected"]);
});

Deno.test("an abort takes a call out of the queue", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });
  const [begun, gate] = [executor.createCounter(), createCounter()];
  const held = executor.task("hold", begun, gate);
  const abort = new AbortController();
  const waiting = executor.run(TASKS, "spin", [begun], { signal: abort.signal });
  await counted(begun, 1);

  abort.abort(new RangeError("not wanted"));

  await assertRejects(() => waiting, RangeError, "not wanted");
  assertEquals(executor.stats.queued, 0);
  open(gate);
  assertEquals(await held, "held");
  assertEquals(await executor.task("add", 1, 2), 3);
  assertEquals(Atomics.load(begun, 0), 1);
});

Deno.test("an abort before the call starts nothing", async () => {
  await using executor = new TestExecutor();

  const call = executor.run(TASKS, "add", [1, 2], { signal: AbortSignal.abort(new RangeError("too late")) });

  await assertRejects(() => call, RangeError, "too late");
  assertEquals(executor.stats.workers, 0);
});

Deno.test("an abort after the answer changes nothing", async () => {
  await using executor = new TestExecutor();
  const abort = new AbortController();

  assertEquals(await executor.run(TASKS, "add", [1, 2], { signal: abort.signal }), 3);
  abort.abort();

  assertEquals(executor.stats, { workers: 1, running: 0, queued: 0, ending: 0, threads: 0 });
});

Deno.test("many calls share a signal, which has one listener and then none", async () => {
  await using executor = new TestExecutor();
  const { signal } = new AbortController();
  let listeners = 0;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  Object.assign(signal, {
    addEventListener: (type: string, listener: () => void) => (listeners++, add(type, listener)),
    removeEventListener: (type: string, listener: () => void) => (listeners--, remove(type, listener)),
  });

  const calls = Array.from({ length: 20 }, () => executor.run(TASKS, "add", [1, 2], { signal }));
  const thread = executor.startThread(TASKS, "add", [1, 2], { signal });
  await waitUntil("the thread runs", () => executor.stats.threads === 1);
  const most = listeners;

  await Promise.all([...calls, thread.finished]);
  await executor.settled();
  assertEquals([most, listeners], [1, 0]);
});

Deno.test("a time limit ends a call that runs and one that waits", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });
  const begun = executor.createCounter();

  const running = executor.run(TASKS, "spin", [begun], { timeoutMs: 300 });
  // On a busy machine it may begin after all; but it leaves no thread that goes on.
  const waiting = executor.run(TASKS, "pace", [begun], { timeoutMs: 200 });
  const patient = executor.run(TASKS, "add", [1, 2], { timeoutMs: 60_000 });
  const outcomes = await Promise.allSettled([running, waiting]);

  for (const [index, [name, limitMs]] of ([["spin", 300], ["pace", 200]] as const).entries()) {
    const outcome = outcomes[index] as PromiseRejectedResult;
    assertEquals(outcome.reason.name, "TimeoutError");
    assertEquals(outcome.reason.message, `Cannot finish ${name} of ${TASKS} within ${limitMs} ms`);
  }
  assertEquals(await patient, 3);
});

Deno.test("idle workers end after a while, those that are needed stay", async () => {
  const clock = new ManualClock();
  await using executor = new TestExecutor({ maxWorkers: 2, idleMs: 1_000, clock });
  const count = createCounter();
  await Promise.all([executor.task("meet", count, 2), executor.task("meet", count, 2)]);

  for (let step = 0; step < 3; step++) {
    await clock.advance(400);
    assertEquals(await executor.task("add", 1, 2), 3);
  }

  assertEquals(executor.stats.workers, 1);
  await clock.advance(1_000);
  assertEquals(executor.stats.workers, 0);
  assertEquals(await executor.task("add", 1, 2), 3);
});

Deno.test("idle workers stay for ever when that is wanted", async () => {
  const clock = new ManualClock();
  await using executor = new TestExecutor({ idleMs: Infinity, clock });
  await executor.task("add", 1, 2);

  await clock.advance(1e9);

  assertEquals(executor.stats.workers, 1);
});

Deno.test("stop() lets all calls end, takes no more, and leaves no worker", async () => {
  const executor = new TestExecutor({ maxWorkers: 1 });
  const [begun, gate] = [createCounter(), createCounter()];
  const calls = [executor.task("hold", begun, gate), executor.task("add", 1, 2)];
  await counted(begun, 1);

  const stopped = executor.stop(60_000);
  await assertRejects(() => executor.task("add", 3, 4), RpcError, "Service stopped");
  open(gate);

  assertEquals(await Promise.all(calls), ["held", 3]);
  await Promise.all([stopped, executor.stop(0)]);
  assertEquals(executor.stats, { workers: 0, running: 0, queued: 0, ending: 0, threads: 0 });
});

Deno.test("stop() ends what takes too long, with Service stopped", async () => {
  const executor = new TestExecutor({ maxWorkers: 1 });
  const begun = executor.createCounter();
  const calls = [executor.task("spin", begun), executor.task("add", 1, 2)];
  const outcomes = Promise.allSettled(calls);
  await counted(begun, 1);

  await executor.stop(10);

  for (const outcome of await outcomes) {
    assertEquals((outcome as PromiseRejectedResult).reason.rpcCode, -32003);
  }
  assertEquals(executor.stats.workers, 0);
  await executor.settled();
});

Deno.test("stop() ends when the calls it waits for are aborted or die", async () => {
  const executor = new TestExecutor({ maxWorkers: 2 });
  const begun = executor.createCounter();
  const abort = new AbortController();
  const spinning = executor.run(TASKS, "spin", [begun], { signal: abort.signal });
  await counted(begun, 1);

  const stopped = executor.stop(Infinity);
  await assertRejects(() => executor.task("add", 1, 2), RpcError);
  abort.abort();

  await assertRejects(() => spinning, DOMException);
  await stopped;
  assertEquals(executor.stats.workers, 0);
  await executor.settled();
});

Deno.test("stop() without a call loads nothing, and a call after it is refused", async () => {
  const executor = new TestExecutor();

  await executor.stop(1_000);

  await assertRejects(() => executor.task("add", 1, 2), RpcError, "Service stopped");
});

Deno.test("stop() right after a call finishes that", async () => {
  const executor = new TestExecutor();

  const call = executor.task("add", 1, 2);
  await executor.stop(60_000);

  assertEquals(await call, 3);
});

const WRONG: readonly (readonly [what: string, options: Partial<ExecutorOptions>, text: string])[] = [
  ["no worker", { maxWorkers: 0 }, "Cannot use 0 as the maxWorkers of an executor: give a positive integer"],
  ["half a worker", { maxWorkers: 1.5 }, "Cannot use 1.5 as the maxWorkers"],
  ["a text of workers", { maxWorkers: "2" as unknown as number }, 'Cannot use "2" as the maxWorkers'],
  ["a negative queue", { maxQueue: -1 }, "Cannot use -1 as the maxQueue"],
  ["an endless queue", { maxQueue: Infinity }, "Cannot use Infinity as the maxQueue"],
  ["no time to rest", { idleMs: NaN }, "Cannot use NaN as the idleMs"],
  ["no heap", { maxHeapBytes: 0 }, "Cannot use 0 as the maxHeapBytes"],
];

for (const [what, options, text] of WRONG) {
  Deno.test(`an executor can not be made with ${what}`, () => {
    assertThrows(() => new TestExecutor({ logger: createMemoryLogger(), ...options }), RangeError, text);
  });
}

for (const timeoutMs of [0, -1, NaN, 2 ** 31, "5"]) {
  Deno.test(`run() refuses a time limit of ${JSON.stringify(timeoutMs)}`, async () => {
    await using executor = new TestExecutor();

    await assertRejects(
      () => executor.run(TASKS, "add", [1, 2], { timeoutMs: timeoutMs as number }),
      RangeError,
      "timeoutMs of blocking work",
    );
  });
}
