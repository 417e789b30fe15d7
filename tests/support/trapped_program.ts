/** Runs a program in which modules that it should not load throw. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type CommandResult, runCommand } from "./run_command.ts";
import { toCommand } from "./worker_process.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const MAP = join(ROOT, "scripts/npm/import_map.json");

/** What to run, and what must not be loaded. */
export interface TrappedProgram {
  /** The path in the repository, without its extension. */
  readonly program: string;
  readonly args: readonly string[];
  /** Names of packages, and paths of modules such as `src/service/plugin_host`. */
  readonly traps: readonly string[];
}

/** Runs the program so that each of the modules throws `"<name>" was loaded`. */
export async function runTrapped({ program, args, traps }: TrappedProgram): Promise<CommandResult> {
  const folder = await mkdtemp(join(tmpdir(), "gemstone-modules-"));
  try {
    const [runtime = "", ...rest] = toCommand(program, args);
    if (!("Deno" in globalThis)) {
      return await runCommand([runtime, "--import", await writeHooks(folder, traps), ...rest]);
    }
    const map = await writeMap(folder, traps);
    return await runCommand([runtime, ...rest.map((arg) => arg === MAP ? map : arg)]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The module that stands for one that must not be loaded. */
function toTrap(name: string): string {
  return `data:text/javascript,throw new Error('"${name}" was loaded');`;
}

/** An import map of Deno in which they are traps. */
async function writeMap(folder: string, traps: readonly string[]): Promise<string> {
  const { imports } = JSON.parse(await readFile(MAP, "utf8")) as { imports: Record<string, string> };
  const base = pathToFileURL(MAP);
  const absolute = Object.entries(imports).map(([name, target]) => [
    name,
    target.startsWith(".") ? new URL(target, base).href : target,
  ]);
  const trapped = traps.map((name) => [
    name.startsWith("src/") ? pathToFileURL(join(ROOT, `${name}.ts`)).href : name,
    toTrap(name),
  ]);
  const path = join(folder, "map.json");
  await writeFile(path, JSON.stringify({ imports: Object.fromEntries([...absolute, ...trapped]) }));
  return path;
}

/** Hooks of Node's module loader in which they are traps. */
async function writeHooks(folder: string, traps: readonly string[]): Promise<string> {
  const hooks = join(folder, "hooks.mjs");
  await writeFile(
    hooks,
    `const traps = new Map(${JSON.stringify(traps.map((name) => [name, toTrap(name)]))});
    const toResult = (url) => ({ url, format: "module", shortCircuit: true });
    export async function resolve(name, context, next) {
      if (traps.has(name)) return toResult(traps.get(name));
      const found = await next(name, context);
      for (const [path, trap] of traps) if (found.url.endsWith("/" + path + ".js")) return toResult(trap);
      return found;
    }`,
  );
  const entry = join(folder, "register.mjs");
  await writeFile(
    entry,
    `import { register } from "node:module"; register(${JSON.stringify(pathToFileURL(hooks).href)});`,
  );
  return entry;
}
