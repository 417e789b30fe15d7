/**
 * Checks the package of JSR without JSR: `deno publish --dry-run` on a copy of what is published, in which the
 * packages are those of npm, because the real ones can not be had from every network. It finds slow types,
 * and imports of what is not published. Then the list of files is compared. A step of `deno task ok` runs it.
 *
 * Types are not checked here, `deno check` does that for both sets of packages.
 *
 * @module
 */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { judgeDryRun } from "./jsr_package/dry_run.ts";
import { listFiles } from "./files.ts";
import { capture, DENO } from "./tasks/process.ts";
import { say } from "./tasks/say.ts";

const ADAPTERS = "scripts/npm/std/";

interface DenoConfig {
  imports: Record<string, string>;
  publish: { include: string[] };
}

const folder = await mkdtemp(join(tmpdir(), "gemstone-jsr-"));
try {
  const expected = await copyPackage(folder);
  const flags = ["--dry-run", "--allow-dirty", "--no-check", "--no-lock"];
  const { code, stdout, stderr } = await capture([DENO, "publish", ...flags], {
    cwd: folder,
    env: { NO_COLOR: "1" },
  });
  const output = (stdout + stderr).replaceAll(`${pathToFileURL(folder)}/`, "").replaceAll(`${folder}/`, "");
  const mistakes = judgeDryRun(withoutAdapters(output), expected);
  for (const mistake of mistakes) say(mistake);
  if (code !== 0) say(output);
  say(
    `JSR package: ${expected.length} files, ${
      mistakes.length === 0 ? "all rules kept" : `${mistakes.length} mistakes`
    }`,
  );
  process.exitCode = code === 0 && mistakes.length > 0 ? 1 : code;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Copies what is published, and the adapters, which stand for the packages of JSR. */
async function copyPackage(target: string): Promise<string[]> {
  const config = JSON.parse(await readFile("deno.json", "utf8")) as DenoConfig;
  for (const path of [...config.publish.include, ADAPTERS]) {
    await cp(path, join(target, path), { recursive: true });
  }
  const { imports } = JSON.parse(await readFile("scripts/npm/import_map.json", "utf8")) as DenoConfig;
  const moved = Object.entries(imports).map(([specifier, place]) => [specifier, moveToRoot(place)]);
  config.imports = Object.fromEntries(moved);
  config.publish.include.push(ADAPTERS);
  await writeFile(join(target, "deno.json"), JSON.stringify(config));
  const sources = (await listFiles(".", "src")).filter((path) => path.endsWith(".ts"));
  return ["mod.ts", "deno.json", "README.md", "examples/PYTHON.md", "CHANGES.md", "LICENSE", ...sources];
}

function withoutAdapters(output: string): string {
  return output.split("\n").filter((line) => !line.trimStart().startsWith(ADAPTERS)).join("\n");
}

/** The npm map lies two folders below the root, and its places are relative to that. */
function moveToRoot(place: string): string {
  return place.startsWith(".") ? `./${join("scripts/npm", place)}` : place;
}
