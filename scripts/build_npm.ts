/**
 * Builds the npm package into `npm/`: the same tree as JavaScript with declarations, package.json, and, not
 * published, the examples and the tests. `deno task build:npm` runs it; the steps are in `scripts/npm/build/`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import {
  type Collected,
  type CollectedFile,
  collectPackage,
  DOCUMENTS,
  listInputs,
} from "./npm/build/collect.ts";
import { compileCode, compileDeclarations } from "./npm/build/compile.ts";
import { rewriteLinks } from "./npm/build/documents.ts";
import { installPackages } from "./npm/build/install.ts";
import { compiledName } from "./npm/build/layout.ts";
import { BIN_SOURCE, createManifest } from "./npm/build/manifest.ts";
import { digestFiles, readStamp, writeStamp } from "./npm/build/stamp.ts";
import { say } from "./tasks/say.ts";

const OUT = "npm";
const STAMP = `${OUT}/.built`;

/** Builds the package from the repository in the current folder, unless `ifStale` and nothing has changed. */
async function buildNpm(ifStale: boolean): Promise<void> {
  const inputs = await listInputs();
  const digest = await digestFiles(".", inputs);
  if (ifStale && await readStamp(STAMP) === digest) return;
  const started = performance.now();
  const collected = await collectPackage(inputs);
  await clean();
  for (const file of collected.files) await writeCompiled(file);
  for (const name of DOCUMENTS.filter((name) => existsSync(name))) {
    await mkdir(dirname(join(OUT, name)), { recursive: true });
    await writeFile(join(OUT, name), rewriteLinks(await readFile(name, "utf8"), DOCUMENTS));
  }
  await writeManifest(collected);
  await installPackages(OUT, collected);
  await writeDeclarations(collected);
  await writeStamp(STAMP, digest);
  say(`build:npm: ${collected.files.length} files in ${Math.round(performance.now() - started)} ms`);
}

/** Removes the last build, but not the installed packages, which take the most time. */
async function clean(): Promise<void> {
  const folders = ["src", "std", "node", "examples", "tests"];
  const files = ["mod.js", "mod.js.map", "mod.d.ts", "package.json", ".built", ...DOCUMENTS];
  for (const name of [...folders, ...files]) await rm(join(OUT, name), { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
}

async function writeCompiled({ path, target, text }: CollectedFile): Promise<void> {
  await mkdir(join(OUT, dirname(target)), { recursive: true });
  if (text === undefined) return await copyFile(path, join(OUT, target));
  const { code, map } = compileCode(target, text);
  const output = join(OUT, compiledName(target));
  const isBin = path === BIN_SOURCE;
  await writeFile(output, (isBin ? "#!/usr/bin/env node\n" : "") + code);
  await writeFile(`${output}.map`, map);
  if (isBin) await chmod(output, 0o755);
}

async function writeManifest({ config, files, dependencies }: Collected): Promise<void> {
  const published = files.filter((file) => file.published);
  const adapters = published.filter(({ path }) => path.startsWith("scripts/")).map(({ target }) => target);
  const hasBin = published.some(({ path }) => path === BIN_SOURCE);
  const manifest = createManifest(config, { dependencies, adapters, hasBin });
  await writeFile(join(OUT, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function writeDeclarations({ files }: Collected): Promise<void> {
  const texts = new Map<string, string>();
  for (const { target, text, published } of files) {
    if (published && text !== undefined) texts.set(target, text);
  }
  for (const [path, text] of compileDeclarations(resolve(OUT), texts)) await writeFile(join(OUT, path), text);
}

if (import.meta.main) await buildNpm(process.argv.includes("--if-stale"));
