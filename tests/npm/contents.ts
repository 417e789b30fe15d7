/**
 * What the tarball of the package must hold.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { listFiles } from "../../scripts/files.ts";
import { PACKAGE_FOLDER } from "./project.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const DOCUMENTS = ["CHANGES.md", "LICENSE", "examples/PYTHON.md", "README.md", "package.json"];
/** The adapters and shims that published code needs; a new one is a decision. */
const ADAPTERS = ["node/is_main", "std/cookie"];
const ENDINGS = [".d.ts", ".js", ".js.map"];

/**
 * Lists the files that the package must hold: JavaScript, its map and declarations for each source.
 *
 * @returns The paths, sorted.
 */
export async function listExpected(): Promise<string[]> {
  const sources = (await listFiles(REPOSITORY, "src")).map((path) => path.replace(/\.ts$/, ""));
  const compiled = ["mod", ...ADAPTERS, ...sources].flatMap((path) => ENDINGS.map((ending) => path + ending));
  return [...DOCUMENTS, ...compiled].sort();
}

/**
 * Lists where the links of a document lead, but for addresses and parts of the same document.
 *
 * @param name The document in the package.
 * @returns Paths.
 */
export async function listLinks(name: string): Promise<string[]> {
  const text = await readFile(join(PACKAGE_FOLDER, name), "utf8");
  const targets = [...text.matchAll(/\]\((?<target>[^)]*)\)/g)].map(({ groups }) => groups?.target ?? "");
  return targets.filter((target) => !/^(?:#|[a-z]+:)/.test(target)).map((target) =>
    target.replace(/#.*/, "")
  );
}

/**
 * Finds what only the machine of the build can read: source maps that lead to files which are not packed, and
 * paths of the checkout.
 *
 * @param packed The packed files.
 * @returns The mistakes, a line each.
 */
export async function findLocalPaths(packed: readonly string[]): Promise<string[]> {
  const mistakes: string[] = [];
  for (const path of packed) {
    const text = await readFile(join(PACKAGE_FOLDER, path), "utf8");
    if (text.includes(pathToFileURL(REPOSITORY).href) || text.includes(`"${REPOSITORY}`)) {
      mistakes.push(`${path} names ${REPOSITORY}`);
    }
    if (path.endsWith(".map") && !isWholeMap(path, text)) mistakes.push(`${path} needs a source`);
  }
  return mistakes;
}

/** Whether a map has its only source inside, under the name of the file beside it. */
function isWholeMap(path: string, text: string): boolean {
  const { sources, sourceRoot, sourcesContent } = JSON.parse(text) as {
    sources: string[];
    sourceRoot?: string;
    sourcesContent?: (string | null)[];
  };
  const name = path.split("/").at(-1)?.replace(/\.js\.map$/, ".ts");
  return sources.length === 1 && sources[0] === name && (sourceRoot ?? "") === "" &&
    sourcesContent?.length === 1 && typeof sourcesContent[0] === "string";
}
