/** Workers after something that should not have happened. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { within } from "../support/wait_until.ts";
import { TASKS, TestExecutor } from "./blocking_fixture.ts";

const LIMIT_MS = 20_000;

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "gemstone-recovery-"));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

Deno.test("run() with an argument that has moved before fails, and the next call does not", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });
  const bytes = new Uint8Array(8);
  await executor.run(TASKS, "echo", [bytes], { transfer: [bytes.buffer] });

  const again = executor.run(TASKS, "echo", [bytes], { transfer: [bytes.buffer] });

  const error = await assertRejects(() => within(LIMIT_MS, "the failure", again), TypeError);
  assertMatch(error.message, /^Cannot send the arguments of echo /);
  assertEquals(await within(LIMIT_MS, "the next call", executor.task("add", 1, 2)), 3);
});

Deno.test("run() with a getter that throws what is no error fails, and the next calls do not", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });
  const thrower = (value: unknown) => ({
    get x() {
      throw value;
    },
  });

  for (const value of [null, undefined, "text", 7]) {
    const calls = [executor.task("echo", thrower(value)), executor.task("echo", thrower(value))];
    for (const call of calls) await assertRejects(() => within(LIMIT_MS, "the failure", call), TypeError);
  }

  assertEquals(await within(LIMIT_MS, "the next call", executor.task("add", 1, 2)), 3);
  assertEquals(executor.stats.running, 0);
});

Deno.test("run() works again when a module that could not be loaded can be", async () => {
  await withFolder(async (folder) => {
    await using executor = new TestExecutor({ maxWorkers: 1 });
    const module = pathToFileURL(join(folder, "flaky.mjs"));
    const flag = JSON.stringify(join(folder, "flag"));
    const source = `import { existsSync } from "node:fs";
      if (!existsSync(${flag})) throw new Error("database not reachable");
      export const hi = () => "hi";`;
    await writeFile(module, source);
    await assertRejects(() => executor.run(module, "hi"), Error, "database not reachable");

    await writeFile(join(folder, "flag"), "");

    assertEquals(await within(LIMIT_MS, "the next call", executor.run(module, "hi")), "hi");
  });
});

Deno.test("run() does not let a module start its service in the worker", async () => {
  await using executor = new TestExecutor({ maxWorkers: 1 });
  const module = new URL(TASKS.replace("blocking_tasks", "blocking_unguarded"));

  const error = await assertRejects(() => executor.run(module, "add", [1, 2]), Error);

  assertMatch(error.message, /Cannot start service "unguarded" in a worker thread.*import\.meta\.main/);
});
