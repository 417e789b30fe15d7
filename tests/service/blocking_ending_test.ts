/** Threads whose code goes on although they were ended: Deno does not stop JavaScript, and nobody the system. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import process from "node:process";
import { RpcError } from "@gemstone/gemstone";
import { IS_DENO } from "../../src/runtime/process.ts";
import { pause, waitUntil } from "../support/wait_until.ts";
import { counted, createCounter, letGo, TASKS, TestExecutor } from "./blocking_fixture.ts";
import { Pipe } from "./blocking_pipe.ts";

/** The pipes of these tests are those of POSIX. */
const ignore = process.platform === "win32";

/** An executor of one worker whose two threads, which it has ended, wait for a pipe: it can start no other. */
interface HeldUp {
  readonly executor: TestExecutor;
  readonly pipe: Pipe;
}

function testHeldUp(
  name: string,
  fn: (heldUp: HeldUp) => Promise<void>,
  options: { readonly maxQueue?: number } = {},
): void {
  Deno.test({
    name,
    ignore,
    fn: async () => {
      await using executor = new TestExecutor({ maxWorkers: 1, ...options });
      await using pipe = await Pipe.create();
      await pipe.abandonRead(executor);
      await pipe.abandonRead(executor);
      await fn({ executor, pipe });
    },
  });
}

Deno.test("calls that are given up compute on twice as many threads as there may be workers at most", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });
  const counters = Array.from({ length: 4 }, () => executor.createCounter());
  const mayCount = IS_DENO ? 2 : 1;

  for (const counter of counters) {
    const abort = new AbortController();
    const call = executor.run(TASKS, "countUp", [counter], { signal: abort.signal });
    await waitUntil("it counts or waits", () => Atomics.load(counter, 0) > 0 || executor.stats.ending === 2);
    await pause(100);
    assert(await countRunning(counters) <= mayCount);
    abort.abort();
    await call.catch(() => {});
  }

  const begun = counters.filter((counter) => Atomics.load(counter, 0) > 0);
  assertEquals(begun.length, IS_DENO ? 2 : 4);
});

/** How many counters grow at the moment. */
async function countRunning(counters: readonly Int32Array[]): Promise<number> {
  const before = counters.map((counter) => Atomics.load(counter, 0));
  await pause(50);
  return counters.filter((counter, index) => Atomics.load(counter, 0) !== before[index]).length;
}

Deno.test("a worker that was ended counts until its thread is gone", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });

  const begun = await executor.abandonSpin();

  // Node ends JavaScript at once.
  if (IS_DENO) assertEquals(executor.stats, { workers: 0, running: 0, queued: 0, ending: 1, threads: 0 });
  assertEquals(await executor.task("add", 1, 2), 3);
  letGo(begun);
  await waitUntil("the thread is gone", () => executor.stats.ending === 0);
  assertEquals(executor.stats.workers, 1);
});

Deno.test("code that awaits a timer from time to time ends with its worker", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });
  const begun = createCounter();
  const abort = new AbortController();
  const pacing = executor.run(TASKS, "pace", [begun], { signal: abort.signal });
  await counted(begun, 3);

  abort.abort(new RangeError("enough"));

  await assertRejects(() => pacing, RangeError, "enough");
  await waitUntil("the thread is gone", () => executor.stats.ending === 0);
});

testHeldUp(
  "calls wait while twice as many threads run as there may be workers, and that is logged once",
  async ({ executor, pipe }) => {
    const waiting = [executor.task("add", 1, 2), executor.task("add", 3, 4)];
    await assertRejects(() => executor.task("add", 5, 6), RpcError, "Server busy");
    await waitUntil("it is logged", () => executor.memory.records.length === 2);
    await pause(100);

    assertEquals(executor.stats, { workers: 0, running: 0, queued: 2, ending: 2, threads: 0 });
    assertEquals(executor.memory.records.map(({ level, message }) => [level, message.slice(0, 64)]), [
      ["warn", "Blocking calls are refused, because too many wait"],
      ["warn", "Blocking calls wait, because the code of workers that were ended"],
    ]);
    assertEquals(executor.memory.records[1]?.properties, { queued: 2, ending: 2 });
    await pipe.letGo(1);
    assertEquals(await Promise.all(waiting), [3, 7]);
    assertEquals(executor.stats, { workers: 1, running: 0, queued: 0, ending: 1, threads: 0 });
    await pipe.letGo(1);
    await waitUntil("all are gone", () => executor.stats.ending === 0);
  },
  { maxQueue: 2 },
);

testHeldUp(
  "a call that waits for a thread to end has its time limit and its signal",
  async ({ executor }) => {
    const abort = new AbortController();

    const late = executor.run(TASKS, "add", [1, 2], { timeoutMs: 50 });
    const unwanted = executor.run(TASKS, "add", [1, 2], { signal: abort.signal });
    abort.abort(new RangeError("not wanted"));

    await assertRejects(() => unwanted, RangeError, "not wanted");
    await assertRejects(() => late, DOMException, "within 50 ms");
    assertEquals(executor.stats.queued, 0);
  },
);

testHeldUp("stop() waits for calls that wait for a thread to end", async ({ executor, pipe }) => {
  const waiting = executor.task("add", 1, 2);

  let isStopped = false;
  const stopped = executor.stop(60_000).then(() => isStopped = true);
  await pause(100);
  assertEquals(isStopped, false);
  await pipe.letGo(2);

  assertEquals(await waiting, 3);
  await stopped;
  assertEquals(executor.stats, { workers: 0, running: 0, queued: 0, ending: 0, threads: 0 });
});

testHeldUp(
  "stop() refuses calls that wait in vain for a thread to end, and says that it goes on",
  async ({ executor }) => {
    const waiting = assertRejects(() => executor.task("add", 1, 2), RpcError, "Service stopped");

    await executor.stop(50);

    await waiting;
    const { level, message, properties } = executor.memory.records.at(-1) ?? {};
    assertEquals([level, properties], ["warn", { ending: 2 }]);
    assert(message?.startsWith("Workers were ended, but their code goes on"));
  },
);

Deno.test("stop() ends although the last call that waits is aborted", async () => {
  const executor = new TestExecutor({ maxWorkers: 1 });
  const abort = new AbortController();
  const spinning = [1, 2].map(() => executor.run(TASKS, "spin", [createCounter()], { signal: abort.signal }));
  const outcomes = Promise.allSettled(spinning);

  const begun = executor.createCounter();
  const held = executor.task("spin", begun);
  const stopped = executor.stop(Infinity);
  abort.abort();
  await outcomes;
  await counted(begun, 1);
  letGo(begun);

  await Promise.all([held, stopped]);
});

Deno.test({
  name: "terminate() of a thread that does not end gives up after a while, and says so",
  ignore,
  fn: async () => {
    await using executor = new TestExecutor({ maxWorkers: 1 });
    await using pipe = await Pipe.create();
    const begun = createCounter();
    const thread = executor.startThread(TASKS, "readByte", [begun, pipe.path]);
    await counted(begun, 1);

    await thread.terminate();

    assertEquals(executor.stats.threads, 1);
    assertEquals(executor.memory.records.map(({ level, message }) => [level, message]), [
      ["warn", `Thread "readByte of ${TASKS}" was ended, but its code goes on until the process ends`],
    ]);
    await pipe.letGo(1);
    await waitUntil("the thread is gone", () => executor.stats.threads === 0);
  },
});

Deno.test("every thread that is ended is gone soon, whatever it did", async () => {
  await using executor = new TestExecutor({ maxWorkers: 3 });

  for (let round = 0; round < 10; round++) {
    const abort = new AbortController();
    const tasks = [["echo", 1], ["addLater", 1, 2], ["recurse"], ["exit", 1], ["returnFunction"]] as const;
    const calls = tasks.map(([name, ...args]) => executor.run(TASKS, name, args, { signal: abort.signal }));
    const outcomes = Promise.allSettled(calls);
    await pause(15 * round);
    abort.abort();
    await outcomes;
  }

  await waitUntil("all are gone", () => executor.stats.ending === 0);
});
