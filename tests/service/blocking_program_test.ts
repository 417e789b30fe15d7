/** Executors in processes of their own: how these end, and from where the library and the work may come. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runCommand } from "../support/run_command.ts";
import { toCommand } from "../support/worker_process.ts";
import { TASKS } from "./blocking_fixture.ts";

const IS_DENO = "Deno" in globalThis;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs Deno alone: without the import map, the lock and the cache of the repository. */
async function runDeno(flags: readonly string[], program: string, module: string, cache: string) {
  const command = [
    process.execPath,
    "run",
    "--no-prompt",
    "--no-config",
    "--no-lock",
    "--quiet",
    "--no-check",
  ];
  return await runCommand([...command, ...flags, program, module], { env: { DENO_DIR: cache } });
}

/** Serves the sources of the library, as JSR does. */
async function serveSources(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const text = await readFile(join(ROOT, request.url ?? "")).catch(() => undefined);
    response.writeHead(text === undefined ? 404 : 200, { "content-type": "application/typescript" }).end(
      text,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "gemstone-blocking-"));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeTask(folder: string): Promise<string> {
  const path = join(folder, "task.mjs");
  await writeFile(path, "export const add = (a, b) => a + b;\n");
  return pathToFileURL(path).href;
}

Deno.test("a process ends although workers without work are left", async () => {
  const { code, stdout, stderr } = await runCommand(toCommand("tests/service/blocking_program", [TASKS]));

  assertEquals([code, stdout, stderr], [0, "3\n", ""]);
});

for (const [mode, ms] of [["leave", 60_000], ["wait", 3_000]] as const) {
  Deno.test(`a process does not wait for threads that go on, but for calls that wait for them: ${mode}`, async () => {
    const startedAt = performance.now();

    const command = toCommand("tests/service/blocking_spinning_program", [String(ms), mode]);
    const { code, stdout, stderr } = await runCommand(command);

    assertEquals([code, stdout, stderr], [0, "over\n", ""]);
    assert(performance.now() - startedAt < 50_000);
  });
}

Deno.test({
  name: "a worker starts from a library that was loaded over HTTP",
  ignore: !IS_DENO,
  fn: () =>
    withFolder(async (folder) => {
      const server = await serveSources();
      try {
        const { port } = server.address() as AddressInfo;
        const host = `127.0.0.1:${port}`;
        const module = await writeTask(folder);
        const program = `http://${host}/tests/service/blocking_program.ts`;

        const allowed = await runDeno(
          [`--allow-import=${host}`, `--allow-read=${folder}`],
          program,
          module,
          folder,
        );
        const denied = await runDeno([`--allow-import=${host}`], program, module, folder);

        assertEquals([allowed.code, allowed.stdout], [0, "3\n"], allowed.stderr);
        assertStringIncludes(denied.stdout, "in a worker: Requires read access to");
        assertEquals(denied.code, 0);
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    }),
});

Deno.test({
  name: "a worker of a checkout may need to read its own program",
  ignore: !IS_DENO,
  fn: () =>
    withFolder(async (folder) => {
      const module = await writeTask(folder);
      const program = join(ROOT, "tests/service/blocking_program.ts");

      const allowed = await runDeno([`--allow-read=${folder},${ROOT}`], program, module, folder);
      const denied = await runDeno([`--allow-read=${folder}`], program, module, folder);

      assertEquals([allowed.code, allowed.stdout], [0, "3\n"], allowed.stderr);
      assertStringIncludes(denied.stdout, "WorkerEndedError: Cannot start a worker: Requires read access to");
      assertEquals(`${denied.stdout}${denied.stderr}`.includes("Blocking calls wait"), false);
    }),
});
