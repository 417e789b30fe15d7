/**
 * A file for one test.
 *
 * @module
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Writes a file, gives its path to the test, and removes it.
 *
 * @param content The content of the file.
 * @param use The test.
 */
export async function withFile(
  content: string | Uint8Array,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "gemstone-config-"));
  try {
    const path = join(directory, "settings");
    await writeFile(path, content);
    await use(path);
  } finally {
    await rm(directory, { recursive: true });
  }
}
