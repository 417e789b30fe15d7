/**
 * Checks the documentation: everything public has an example, and all examples pass, those in the comments of
 * the sources and those in the documents. A step of `deno task ok` runs it. Examples marked `ignore` are listed.
 *
 * `deno test --doc` gives each example a thread of its own, which loads the library anew: 446 examples took 140 s of
 * processor time. Here they are the tests of one file, which takes 15 s, and what one leaves behind is a failure.
 * With `--isolated` it is `deno test --doc` after all.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { readExamples, writeExampleTests } from "./doc_tests/examples.ts";
import { type DocOutput, listWithoutExample } from "./doc_tests/public_symbols.ts";
import { listFiles } from "./files.ts";
import { NPM_IMPORTS } from "./tasks/imports.ts";
import { capture, DENO } from "./tasks/process.ts";
import { say } from "./tasks/say.ts";

/** The documents whose code is run. */
const DOCUMENTS = ["README.md", "examples/PYTHON.md"].filter((path) => existsSync(path));
/** How long all examples may take, in milliseconds; Deno has no limit for one that hangs. */
const TIMEOUT_MS = 600_000;
const FLAGS = ["-A", "--sanitize-ops", "--sanitize-resources"];

interface DenoConfig {
  exports: Record<string, string>;
  compilerOptions: Record<string, unknown>;
}

const config = JSON.parse(await readFile("deno.json", "utf8")) as DenoConfig;
const sources = ["mod.ts", ...(await listFiles(".", "src")).filter((path) => path.endsWith(".ts"))];
const examples = await readExamples([...sources, ...DOCUMENTS]);
for (const { path, line } of examples.filter(({ isIgnored }) => isIgnored)) {
  say(`${path}:${line}: the example is marked "ignore"`);
}
const missing = await findMissing();
for (const line of missing) say(line);
say(`examples: ${examples.length}; public and without one: ${missing.length}`);
const folder = await mkdtemp(join(tmpdir(), "gemstone-examples-"));
try {
  const settings = await writeConfig(folder);
  const code = process.argv.includes("--isolated")
    ? await runQuietly(["test", ...FLAGS, ...settings, "--doc", "--parallel", "mod.ts", "src", ...DOCUMENTS])
    : await runTogether(settings);
  process.exitCode = code || (missing.length > 0 ? 1 : 0);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The types come first: else each worker would check those of its own modules when it starts, which takes seconds. */
async function runTogether(settings: string[]): Promise<number> {
  const file = await writeExampleTests(folder, examples.filter(({ isIgnored }) => !isIgnored));
  return await runQuietly(["check", ...settings, file]) ||
    await runQuietly(["test", "--no-check", ...FLAGS, ...settings, file]);
}

/** Examples print what they print; it is of interest when something is wrong. */
async function runQuietly(args: string[]): Promise<number> {
  const options = { timeoutMs: TIMEOUT_MS, env: { NO_COLOR: "1" } };
  const { code, stdout, stderr } = await capture([DENO, ...args], options);
  say(code === 0 ? /^ok \|.*$/m.exec(stdout)?.[0] ?? "" : stdout + stderr);
  return code;
}

async function findMissing(): Promise<string[]> {
  const { code, stdout, stderr } = await capture([DENO, "doc", "--json", ...NPM_IMPORTS.flags, ...sources]);
  if (code !== 0) throw new Error(`Cannot read the documentation: deno doc ended with ${code}\n${stderr}`);
  const root = `${pathToFileURL(process.cwd())}/`;
  const entries = Object.values(config.exports).map((target) => new URL(target, root).href);
  return listWithoutExample(JSON.parse(stdout) as DocOutput, entries).map((line) => line.replace(root, ""));
}

/** Without the complaints about what is not used: an example may declare what it does not use. */
async function writeConfig(folder: string): Promise<string[]> {
  const { noUnusedLocals: _locals, noUnusedParameters: _parameters, ...compilerOptions } =
    config.compilerOptions;
  const path = join(folder, "deno.json");
  await writeFile(path, JSON.stringify({ ...config, compilerOptions }));
  return [`--config=${path}`, "--lock=deno.lock", ...NPM_IMPORTS.flags];
}
