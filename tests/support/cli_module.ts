/** Modules of users, on the disk, that use the package by its name. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

/**
 * Writes files into a folder while a test runs.
 *
 * @param files Their texts by name; plain JavaScript, because Node 20 reads no TypeScript.
 * @param test Gets the folder.
 */
export async function withModules(
  files: Readonly<Record<string, string>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  // Node finds the package by its own name from within it only; these files are compiled into it.
  const folder = await mkdtemp(join("Deno" in globalThis ? tmpdir() : HERE, "modules-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await test(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
