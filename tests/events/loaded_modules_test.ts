/** A service that uses no broker loads nothing of the libraries for brokers. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandResult, runCommand } from "../support/run_command.ts";
import { toCommand } from "../support/worker_process.ts";

const HEAVY = ["amqplib", "amqplib/callback_api", "@redis/client"];
const MAP = join(dirname(fileURLToPath(import.meta.url)), "../../scripts/npm/import_map.json");

/** The module that stands for a library that must not be loaded. */
function toTrap(name: string): string {
  return `data:text/javascript,throw new Error("${name} was loaded");`;
}

/** Runs the program so that each of the libraries throws when it is loaded. */
async function runTrapped(args: readonly string[]): Promise<CommandResult> {
  const folder = await mkdtemp(join(tmpdir(), "gemstone-modules-"));
  try {
    const command = toCommand("tests/support/module_program", args);
    const [program = "", ...rest] = command;
    if (!("Deno" in globalThis)) {
      return await runCommand([program, "--import", await writeHooks(folder), ...rest]);
    }
    const map = await writeMap(folder);
    return await runCommand([
      program,
      ...rest.map((arg) => arg === rest[rest.indexOf("--import-map") + 1] ? map : arg),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** An import map of Deno in which they are traps. */
async function writeMap(folder: string): Promise<string> {
  const { imports } = JSON.parse(await readFile(MAP, "utf8")) as { imports: Record<string, string> };
  const base = new URL(`file://${MAP}`);
  const absolute = Object.entries(imports).map(([name, target]) => [
    name,
    HEAVY.includes(name) ? toTrap(name) : target.startsWith(".") ? new URL(target, base).href : target,
  ]);
  const path = join(folder, "map.json");
  await writeFile(path, JSON.stringify({ imports: Object.fromEntries(absolute) }));
  return path;
}

/** Hooks of Node's module loader in which they are traps. */
async function writeHooks(folder: string): Promise<string> {
  const hooks = join(folder, "hooks.mjs");
  const traps = Object.fromEntries(HEAVY.map((name) => [name, toTrap(name)]));
  await writeFile(
    hooks,
    `const traps = new Map(Object.entries(${JSON.stringify(traps)}));
    export const resolve = (name, context, next) => traps.has(name)
      ? { url: traps.get(name), format: "module", shortCircuit: true }
      : next(name, context);`,
  );
  const entry = join(folder, "register.mjs");
  await writeFile(
    entry,
    `import { register } from "node:module"; register(${JSON.stringify(`file://${hooks}`)});`,
  );
  return entry;
}

Deno.test("a service that uses no broker loads neither amqplib nor @redis/client", async () => {
  const { code, stdout, stderr } = await runTrapped([]);

  assertEquals([code, stdout.split("\n").at(-2)], [0, "done"], stderr);
});

for (const [transport, name] of [["rabbitmq", "amqplib"], ["redis", "@redis/client"]] as const) {
  Deno.test(`a service that uses ${transport} loads ${name}, so the test above can fail`, async () => {
    const { code, stdout, stderr } = await runTrapped([transport]);

    assert(code !== 0, "it started");
    assertStringIncludes(stdout + stderr, `"${name}" can not be loaded`);
  });
}
