/** What tests of `gemstone new` share: a folder that goes away, options, and the library for a new project. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createProjectFiles } from "../../src/cli/new/project_files.ts";
import { readProjectName } from "../../src/cli/new/project_name.ts";
import type { ProjectOptions } from "../../src/cli/new/project_options.ts";
import { type CommandResult, runCommand } from "../support/run_command.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const LONGEST_RUN_MS = 60_000;

/** Gives a test a folder of its own, and removes it. */
export async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "gemstone-new-")));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The paths of all files below a folder, with `/`, sorted. */
export async function listFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/")).sort();
}

/** What a project is made from. */
export function createOptions(
  { name = "order-desk", ...changes }: Partial<Omit<ProjectOptions, "name">> & { name?: string } = {},
): ProjectOptions {
  return {
    name: readProjectName(name),
    description: "Takes orders.",
    author: undefined,
    port: 8000,
    runtime: "deno",
    hasEvents: false,
    hasWeb: true,
    ...changes,
  };
}

/** Descriptions that mean something to a comment, to Markdown, JSON, HTML or a template. */
export const HOSTILE_TEXTS: readonly string[] = [
  "*/ throw new Error();",
  "</p><script>alert(1)</script> {{ name }} {% raw %}",
  "`a` ${b} \\n \\",
  '"quoted" \'twice\' """',
  "# no heading",
  "- no list",
  "12. nor this",
  "---",
  "| a | b | [c](d) ![e](f) <g> &amp; __h__ $i$ ~~j~~",
  "  a   b  ",
  "é 漢字 😀",
  "word ".repeat(40).trim(),
];

/** Copies the library, without its deno.json, which would be heeded, and returns what specifiers mean then. */
export async function copyLibrary(folder: string): Promise<Record<string, string>> {
  for (const path of ["mod.ts", "src", "scripts/npm"]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await cp(join(ROOT, path), join(folder, path), { recursive: true });
  }
  const base = pathToFileURL(join(folder, "scripts/npm/import_map.json"));
  const { imports } = JSON.parse(await readFile(base, "utf8")) as { imports: Record<string, string> };
  for (const [specifier, target] of Object.entries(imports)) {
    if (target.startsWith(".")) imports[specifier] = new URL(target, base).href;
  }
  return imports;
}

/** Has a deno.json lead to the copy in place of JSR, and returns its tasks. */
export async function linkProject(
  path: string,
  imports: Record<string, string>,
): Promise<Record<string, string>> {
  const config = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, `${JSON.stringify({ ...config, imports, lock: false }, null, 2)}\n`);
  return config.tasks;
}

/** Runs Deno as a person would, to its end. */
export async function runDeno(...args: string[]): Promise<CommandResult> {
  const env = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  return await runCommand([process.execPath, ...args], { env, limitMs: LONGEST_RUN_MS });
}

/** Opens the page of a running project called order-desk, as a browser does. */
export async function checkPage(origin: string): Promise<void> {
  const load = async (path: string): Promise<[status: number, type: string | undefined, text: string]> => {
    const response = await fetch(origin + path);
    return [response.status, response.headers.get("content-type")?.split(";")[0], await response.text()];
  };
  const texts = createProjectFiles(createOptions());
  const [status, type, page] = await load("/");
  assertEquals([status, type], [200, "text/html"]);
  assertMatch(page, /<title>order_desk<\/title>[^]*<h1>order_desk<\/h1>[^]* data-endpoint="\/api"/);
  const files = [["/static/style.css", "text/css"], ["/static/app.js", "text/javascript"]] as const;
  for (const [path, type] of files) {
    assertStringIncludes(page, `"${path}"`);
    assertEquals(await load(path), [200, type, texts.get(path.slice(1)) ?? ""]);
  }
}
