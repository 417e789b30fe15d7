/** @module */
import { ALL_NAMES, type ExportedName, type ModuleFacts, type ModuleName } from "./module_facts.ts";

/** What nobody needs. */
export interface DeadCode {
  /** Files that no entry leads to. */
  files: string[];
  /** Exports that no other file takes and no entry offers, with the line of each. */
  names: (ModuleName & { line: number })[];
}

/**
 * Follows the imports from the entries, and tells what is left.
 *
 * A type is also used when what is used of its own module has it in a signature: who passes the options may
 * want to name them.
 *
 * @param modules The modules of the package by path.
 * @param entries The paths of the entries; all that they export is used.
 * @param kept Exports that count as used, as `<path>#<name>`.
 * @returns The rest, by path and line.
 */
export function findDead(
  modules: ReadonlyMap<string, ModuleFacts>,
  entries: Iterable<string>,
  kept: Iterable<string> = [],
): DeadCode {
  const [reached, used] = follow(modules, [
    ...[...entries].map((path) => ({ path, name: ALL_NAMES })),
    ...[...kept].map(toModuleName),
  ]);
  const names = [...reached].sort().flatMap((path) =>
    (modules.get(path)?.exports ?? [])
      .filter(({ name }) => name !== ALL_NAMES && !isUsed(used, { path, name }))
      .map(({ name, line }) => ({ path, name, line }))
  );
  return { files: [...modules.keys()].filter((path) => !reached.has(path)).sort(), names };
}

/** The modules that are loaded, and the names that are used, when some names are. */
function follow(
  modules: ReadonlyMap<string, ModuleFacts>,
  open: ModuleName[],
): [reached: Set<string>, used: Set<string>] {
  const reached = new Set<string>();
  const used = new Set<string>();
  for (let use = open.pop(); use !== undefined; use = open.pop()) {
    const { path, name } = use;
    const facts = modules.get(path);
    if (facts === undefined || used.has(keyOf(use))) continue;
    used.add(keyOf(use));
    if (!reached.has(path)) open.push(...facts.uses);
    reached.add(path);
    for (const exported of facts.exports) open.push(...passedOn(exported, name));
    for (const type of typesInSignature(facts, name)) open.push({ path, name: type });
  }
  return [reached, used];
}

/** What becomes used in another module, by way of a re-export, when `name` of this one is. */
function passedOn({ name: own, from }: ExportedName, name: string): ModuleName[] {
  if (from === undefined || name === "") return [];
  if (own === ALL_NAMES) return [{ path: from.path, name }];
  return name === ALL_NAMES || name === own ? [from] : [];
}

function typesInSignature({ exports }: ModuleFacts, name: string): string[] {
  const signature = exports.find((exported) => exported.name === name)?.signature;
  return exports.filter((other) => other.isType && signature?.has(other.name)).map((other) => other.name);
}

function isUsed(used: ReadonlySet<string>, { path, name }: ModuleName): boolean {
  return used.has(keyOf({ path, name })) || used.has(keyOf({ path, name: ALL_NAMES }));
}

function keyOf({ path, name }: ModuleName): string {
  return `${path}#${name}`;
}

function toModuleName(key: string): ModuleName {
  const [path = "", name = ""] = key.split("#");
  return { path, name };
}
