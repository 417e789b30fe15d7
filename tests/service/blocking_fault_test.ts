/** Workers that die: each takes its own call with it and nothing else. */
import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { GemstoneError, WorkerEndedError } from "@gemstone/gemstone";
import { waitUntil, within } from "../support/wait_until.ts";
import { counted, createCounter, letGo, open, TestExecutor } from "./blocking_fixture.ts";

const LIMIT_MS = 60_000;
const HEAP_BYTES = 48 * 2 ** 20;

const DEATHS: readonly (readonly [task: string, args: readonly unknown[], code: number, text: string])[] = [
  ["exit", [3], 3, "its worker ended itself with exit code 3"],
  ["exit", [0], 0, "its worker ended itself with exit code 0"],
  ["failLater", [], 1, "an error that nobody caught ended its worker: nobody catches this"],
  ["rejectLater", [], 1, "an error that nobody caught ended its worker: nobody catches this, either"],
  ["allocate", [], 1, "its worker ran out of memory"],
  ["allocateLater", [], 1, "its worker ran out of memory"],
];

for (const [task, args, exitCode, text] of DEATHS) {
  Deno.test(`a worker that dies by ${task}(${args}) fails its own call alone`, async () => {
    await using executor = new TestExecutor({ maxHeapBytes: HEAP_BYTES });
    const [begun, gate] = [createCounter(), createCounter()];
    const other = executor.task("hold", begun, gate);
    await counted(begun, 1);

    const dead = executor.task(task, ...args);
    const waiting = [executor.task("add", 1, 2), executor.task("add", 3, 4)];
    const error = await within(LIMIT_MS, "the call fails", assertRejects(() => dead, WorkerEndedError));

    assertInstanceOf(error, GemstoneError);
    assertEquals([error.code, error.exitCode], ["ERR_WORKER_ENDED", exitCode]);
    assertStringIncludes(error.message, `Cannot finish ${task} of file://`);
    assertStringIncludes(error.message, text);
    assertEquals(await Promise.all(waiting), [3, 7]);
    open(gate);
    assertEquals(await other, "held");
  });
}

Deno.test("an error that nobody caught is the cause", async () => {
  await using executor = new TestExecutor();

  const error = await assertRejects(() => executor.task("failLater"), WorkerEndedError);

  assertInstanceOf(error.cause, TypeError);
});

Deno.test("endless recursion fails the call, and the worker goes on", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });

  await assertRejects(() => executor.task("recurse"), RangeError, "call stack");

  assertEquals(await executor.task("add", 1, 2), 3);
  assertEquals(executor.stats.workers, 1);
});

Deno.test("a worker that is killed in the middle of a call is replaced, again and again", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });

  for (let round = 0; round < 5; round++) {
    const begun = executor.createCounter();
    const abort = new AbortController();
    const spinning = executor.run(
      new URL("./blocking_tasks.ts", import.meta.url),
      "spin",
      [begun],
      { signal: abort.signal },
    );
    await counted(begun, 1);
    abort.abort(new RangeError("enough"));
    await within(LIMIT_MS, "the call ends", assertRejects(() => spinning, RangeError, "enough"));
    letGo(begun);
  }

  assertEquals(await executor.task("add", 1, 2), 3);
});

Deno.test("a worker that dies without work is logged, and the next call gets another", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });

  // It dies a moment after it has answered.
  assertEquals(await executor.task("exitSoon"), "soon");
  await waitUntil("the worker has ended", () => executor.stats.workers === 0);

  assertEquals(executor.memory.records.map(({ level, message }) => [level, message]), [
    ["warn", "A worker without work has ended"],
  ]);
  assertEquals(await executor.task("add", 1, 2), 3);
});
