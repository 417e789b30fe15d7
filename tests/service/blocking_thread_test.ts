/** Threads of their own for long work. */
import { assertEquals, assertRejects } from "@std/assert";
import { RpcError, WorkerEndedError } from "@gemstone/gemstone";
import { waitUntil } from "../support/wait_until.ts";
import { counted, letGo, TASKS, TestExecutor } from "./blocking_fixture.ts";

Deno.test("startThread() runs a function on a thread that ends with it", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });

  const thread = executor.startThread(TASKS, "add", [1, 2]);

  assertEquals(await thread.finished, 3);
  await waitUntil("the thread has ended", () => executor.stats.threads === 0);
  await thread.terminate();
  assertEquals(executor.memory.records, []);
});

Deno.test("startThread() takes no worker away", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1, maxQueue: 0 });
  const begun = executor.createCounter();
  executor.startThread(TASKS, "spin", [begun]);
  executor.startThread(TASKS, "spin", [begun]);
  await counted(begun, 2);

  assertEquals(await executor.task("add", 1, 2), 3);
  assertEquals(executor.stats, { workers: 1, running: 0, queued: 0, ending: 0, threads: 2 });
});

Deno.test("terminate() ends a thread whatever it does", async () => {
  await using executor = new TestExecutor();
  const begun = executor.createCounter();
  const thread = executor.startThread(TASKS, "spin", [begun]);
  await counted(begun, 1);

  const terminated = Promise.all([thread.terminate(), thread.terminate()]);
  letGo(begun);
  await terminated;

  await assertRejects(() => thread.finished, WorkerEndedError, "its thread was terminated");
  assertEquals(executor.stats.threads, 0);
  assertEquals(executor.memory.records, []);
});

Deno.test("a signal ends a thread", async () => {
  await using executor = new TestExecutor();
  const begun = executor.createCounter();
  const abort = new AbortController();
  const thread = executor.startThread(TASKS, "spin", [begun], { signal: abort.signal });
  await counted(begun, 1);

  abort.abort(new RangeError("enough"));

  await assertRejects(() => thread.finished, RangeError, "enough");
  await executor.settled();
});

Deno.test("a failure of a thread that nobody heeds is logged", async () => {
  await using executor = new TestExecutor();

  for (const task of ["recurse", "exit", "missing"]) executor.startThread(TASKS, task, [1]);
  await waitUntil("all have failed", () => executor.memory.records.length === 3);

  assertEquals(executor.memory.records.map(({ level, message }) => [level, message]).toSorted(), [
    ["error", `Thread "exit of ${TASKS}" failed`],
    ["error", `Thread "missing of ${TASKS}" failed`],
    ["error", `Thread "recurse of ${TASKS}" failed`],
  ]);
});

Deno.test("a thread that can not be started is logged", async () => {
  await using executor = new TestExecutor();

  const thread = executor.startThread(TASKS, "echo", [() => {}]);
  await assertRejects(() => thread.finished, DOMException);
  await thread.terminate();

  assertEquals(executor.memory.records.map(({ message }) => message), [`Thread "echo of ${TASKS}" failed`]);
  assertEquals(executor.stats.threads, 0);
});

const MISUSES: readonly (readonly [what: string, module: string, task: string, text: string])[] = [
  ["a relative module", "tasks.ts", "x", "give the absolute URL of a module"],
  ["an empty name", TASKS, "", "the name of the export must be a text"],
];

for (const [what, module, task, text] of MISUSES) {
  Deno.test(`startThread() refuses ${what}`, async () => {
    await using executor = new TestExecutor();

    await assertRejects(() => executor.startThread(module, task).finished, TypeError, text);

    assertEquals(executor.stats.threads, 0);
    assertEquals(executor.memory.records.length, 1);
  });
}

Deno.test("a thread and who started it talk over a port", async () => {
  await using executor = new TestExecutor();
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => port1.onmessage = ({ data }) => resolve(data));

  const thread = executor.startThread(TASKS, "answerOverPort", [port2], { transfer: [port2] });
  port1.postMessage("hello");

  assertEquals(await answer, "heard hello");
  assertEquals(await thread.finished, "over");
  port1.close();
});

Deno.test("stop() ends threads without waiting for them", async () => {
  const executor = new TestExecutor();
  const begun = executor.createCounter();
  const thread = executor.startThread(TASKS, "spin", [begun]);
  await counted(begun, 1);

  const stopped = executor.stop(60_000);
  await assertRejects(() => thread.finished, WorkerEndedError, "its thread was terminated");
  letGo(begun);
  await stopped;

  assertEquals(executor.stats.threads, 0);
  assertEquals(executor.memory.records, []);
  await assertRejects(() => executor.startThread(TASKS, "add", [1, 2]).finished, RpcError, "Service stopped");
});
