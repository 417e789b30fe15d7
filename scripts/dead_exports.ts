/**
 * Finds code that nobody needs: files that no entry of deno.json leads to, and exports that no other file of
 * `src/` imports. That a test imports something is no use of it. A step of `deno task ok` runs it.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { findDead } from "./dead_exports/find_dead.ts";
import type { ModuleFacts } from "./dead_exports/module_facts.ts";
import { readModule } from "./dead_exports/read_module.ts";
import { listFiles } from "./files.ts";
import { say } from "./tasks/say.ts";

/** Exports that nobody imports for a reason, as `<path>#<name>`. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  [
    "src/events/amqp/amqplib_driver.ts#createAmqplibConnect",
    "a test passes a load that fails: no installation without the driver can be made in one process",
  ],
  [
    "src/events/amqp/topology_conflict.ts#parseInequivalence",
    "a table of what brokers say is tested without the error that is made of it",
  ],
]);

/**
 * Checks a repository.
 *
 * @param root Its folder.
 * @param exceptions Exports that are allowed, with the reason.
 * @returns What is wrong, a line each.
 */
export async function checkDeadExports(
  root: string,
  exceptions: ReadonlyMap<string, string> = EXCEPTIONS,
): Promise<string[]> {
  const config = JSON.parse(await readFile(join(root, "deno.json"), "utf8")) as {
    exports: Record<string, string>;
  };
  const entries = Object.values(config.exports).map((target) => target.slice(2));
  const sources = (await listFiles(root, "src")).filter((path) => path.endsWith(".ts"));
  const modules = new Map<string, ModuleFacts>();
  for (const path of new Set([...entries, ...sources])) {
    modules.set(path, readModule(path, await readFile(join(root, path), "utf8")));
  }
  const { files, names } = findDead(modules, entries, exceptions.keys());
  return [
    ...files.map((path) => `${path}: no entry of deno.json leads to this file`),
    ...names.map(({ path, name, line }) =>
      `${path}:${line}: exports ${name}, which no other file of src/ imports`
    ),
    ...needlessExceptions(modules, entries, exceptions),
  ];
}

/** An exception is needed while the export is dead without it. */
function needlessExceptions(
  modules: ReadonlyMap<string, ModuleFacts>,
  entries: readonly string[],
  exceptions: ReadonlyMap<string, string>,
): string[] {
  const dead = new Set(findDead(modules, entries).names.map(({ path, name }) => `${path}#${name}`));
  return [...exceptions.keys()].filter((key) => !dead.has(key))
    .map((key) => `scripts/dead_exports.ts: the exception ${key} is not needed`);
}

if (import.meta.main) {
  const mistakes = await checkDeadExports(process.cwd());
  for (const mistake of mistakes) say(mistake);
  say(`dead exports: ${mistakes.length === 0 ? "none" : mistakes.length}`);
  process.exit(mistakes.length === 0 ? 0 : 1);
}
