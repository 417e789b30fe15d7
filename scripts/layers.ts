/**
 * Checks what no compiler checks: the layers of `src/`, the decided dependencies, the size of files, and that
 * deno.json and the npm import map agree. `deno task layers` runs it; the rules are in `scripts/layers/`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { listFiles } from "./files.ts";
import { checkMaps, type Maps } from "./layers/map_rules.ts";
import type { Violation } from "./layers/rules.ts";
import { checkSource } from "./layers/source_rules.ts";

const FOLDERS = ["src", "tests", "examples", "scripts"];

/**
 * Checks a repository.
 *
 * @param root Its folder.
 * @returns The broken rules, by file; empty when all is well.
 */
export async function checkRepository(root: string): Promise<Violation[]> {
  const maps = await readMaps(root);
  const entries = new Set(Object.values(maps.exports).map((target) => target.slice(2)));
  const violations = checkMaps(maps, (path) => existsSync(join(root, path)));
  for (const folder of FOLDERS) {
    for (const path of await listFiles(root, folder)) {
      if (!path.endsWith(".ts")) continue;
      violations.push(...checkSource({ path, text: await readFile(join(root, path), "utf8") }, entries));
    }
  }
  return violations;
}

async function readMaps(root: string): Promise<Maps> {
  const config = await readJson(join(root, "deno.json")) as {
    name: string;
    exports: Record<string, string>;
    imports: Record<string, string>;
  };
  const map = await readJson(join(root, "scripts/npm/import_map.json")) as {
    imports: Record<string, string>;
  };
  const { name, exports, imports } = config;
  return { name, exports, jsrImports: imports, npmImports: map.imports };
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

if (import.meta.main) {
  const violations = await checkRepository(process.cwd());
  for (const { path, line, message } of violations) {
    process.stderr.write(`${path}${line === undefined ? "" : `:${line}`}: ${message}\n`);
  }
  process.stderr.write(
    `layers: ${violations.length === 0 ? "all rules kept" : `${violations.length} broken`}\n`,
  );
  process.exit(violations.length === 0 ? 0 : 1);
}
