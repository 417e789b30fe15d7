/** @module */
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/**
 * Lists the files below a folder.
 *
 * @param root Where paths start.
 * @param folder The folder, relative to `root`; one that does not exist has no files.
 * @returns The paths relative to `root`, with `/`, sorted.
 */
export async function listFiles(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(
    onMissing,
  );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .sort();
}

function onMissing(error: NodeJS.ErrnoException): never[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
