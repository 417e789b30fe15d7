/** The ways to run a service in production: a binary, the threads of `deno serve`, and plain Node. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { exchange, toPost } from "../support/raw_connection.ts";
import { type CommandResult, runCommand } from "../support/run_command.ts";
import { SpawnedService } from "../support/spawn_service.ts";
import { findFreePort, isListening } from "../support/tcp_port.ts";
import { waitUntil } from "../support/wait_until.ts";

const IS_DENO = "Deno" in globalThis;
/** The repository; on Node the built package. */
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** As a user runs Deno, who has not our deno.json. */
const DENO_FLAGS = [
  "--no-config",
  "--no-check",
  "--quiet",
  `--import-map=${ROOT}scripts/npm/import_map.json`,
];
/** A program that hangs is killed after this time. */
const LONGEST_RUN_MS = 60_000;
/** The first compilation on a machine loads 40 MB. */
const LONGEST_COMPILATION_MS = 120_000;
/** Each connection goes to a thread of the system's choice. */
const MAX_CONNECTIONS = 500;

if (IS_DENO) {
  const refusal = await findRefusal();
  // deno-lint-ignore no-console -- what is left out is said loudly
  if (refusal !== undefined) console.error(`SKIPPED: a test of deno compile, which says:\n${refusal}`);

  Deno.test({
    name: `a binary of deno compile answers, and ends with 0 on SIGTERM${refusal ? " (no denort here)" : ""}`,
    ignore: refusal !== undefined,
    fn: () =>
      withFolder(async (folder) => {
        const binary = join(folder, "hello");
        const hello = join(ROOT, "examples/hello_world/main.ts");
        const { code, stderr } = await compile(["--allow-net=127.0.0.1:0", "-o", binary, hello]);

        assertEquals(code, 0, stderr);
        await withProgram([binary, "--port", "0"], checkHelloWorld);
      }),
  });

  Deno.test("a module whose default export is a service is served by the threads of deno serve", async () => {
    const port = await findFreePort();
    const flags = [...DENO_FLAGS, "--no-prompt", "--parallel", "--host=127.0.0.1", `--port=${port}`];
    const module = join(ROOT, "tests/deployment/served_service.ts");
    await withProgram([process.execPath, "serve", ...flags, module], async () => {
      await waitUntil("deno serve listens", () => isListening(port));
      const instances = new Set<unknown>();
      for (let count = 0; instances.size < 2 && count < MAX_CONNECTIONS; count++) {
        instances.add(await call(port, "tell_instance", []));
      }

      assertEquals(await call(port, "say_hello", ["world"]), "hello world");
      assertEquals(instances.size, 2);
    }, { DENO_JOBS: "2" });
  });
} else {
  Deno.test("plain Node runs a service of the built package, and ends with 0 on SIGTERM", () =>
    withFolder(async (folder) => {
      const main = join(folder, "main.mjs");
      await mkdir(join(folder, "node_modules/@gemstone"), { recursive: true });
      await symlink(ROOT, join(folder, "node_modules/@gemstone/gemstone"), "junction");
      await writeFile(
        main,
        `import { MicroService } from "@gemstone/gemstone";
        class HelloWorldService extends MicroService { name = "hello_world_service"; }
        const service = new HelloWorldService();
        service.expose("say_hello", (name) => \`hello \${name}\`);
        await service.start();\n`,
      );

      await withProgram([process.execPath, main, "--port", "0"], checkHelloWorld);
    }));
}

/** Says why nothing can be compiled here: denort, the program that code is put into, comes from dl.deno.land. */
async function findRefusal(): Promise<string | undefined> {
  return await withFolder(async (folder) => {
    const empty = join(folder, "empty.js");
    await writeFile(empty, "");
    const { code, stderr } = await compile(["-o", join(folder, "empty"), empty]);
    return code !== 0 && stderr.includes("denort") ? stderr.trim() : undefined;
  });
}

function compile(args: readonly string[]): Promise<CommandResult> {
  const command = [process.execPath, "compile", ...DENO_FLAGS, ...args];
  return runCommand(command, { limitMs: LONGEST_COMPILATION_MS });
}

async function checkHelloWorld(program: SpawnedService): Promise<void> {
  const answer = await call(await program.port(), "say_hello", { name: "world" });
  program.kill("SIGTERM");

  assertEquals(answer, "hello world");
  assertEquals(await program.ended, { code: 0, signal: null });
  assertStringIncludes(program.stderr, "Stopped");
}

/** Calls over a connection of its own. */
async function call(port: number, method: string, params: unknown): Promise<unknown> {
  const text = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await exchange(port, toPost(text, ["connection: close"]));
  return JSON.parse(answer?.body ?? "{}").result;
}

async function withProgram(
  [program = "", ...args]: readonly string[],
  test: (running: SpawnedService) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  const running = new SpawnedService(child);
  const limit = setTimeout(() => running.kill("SIGKILL"), LONGEST_RUN_MS);
  try {
    await test(running);
  } finally {
    clearTimeout(limit);
    running.kill("SIGKILL");
    await running.ended;
  }
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "gemstone-deployment-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
