/**
 * Says whether a build is still good. File times do not: a fresh clone gives all files the time of the clone.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Computes the digest of some files: of their names and contents.
 *
 * @param root The folder of the paths.
 * @param paths The files.
 * @returns The digest in hexadecimal.
 */
export async function digestFiles(root: string, paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(`${path}\0`).update(await readFile(join(root, path))).update("\0");
  return hash.digest("hex");
}

/**
 * Reads a stamp.
 *
 * @param path The file.
 * @returns What was written last, or `undefined`.
 */
export async function readStamp(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    // There is no build yet, or half of one: either way the answer is to build.
    return undefined;
  }
}

/**
 * Writes a stamp, as the last step of what it stands for.
 *
 * @param path The file.
 * @param digest What it says.
 */
export async function writeStamp(path: string, digest: string): Promise<void> {
  await writeFile(path, digest);
}
