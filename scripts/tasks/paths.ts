/**
 * Which of the wanted tests belong to which part of the matrix.
 *
 * @module
 */

/**
 * The part of what is wanted that is in a folder or file.
 *
 * @param paths Files and folders that are wanted.
 * @param folder The folder or file.
 * @returns The folder, when one of them contains it, and those that it contains.
 *
 * @example
 * ```ts ignore
 * pathsIn(["tests"], "tests/npm"); // ["tests/npm"]
 * pathsIn(["tests/npm/package_test.ts", "tests/rpc"], "tests/npm"); // ["tests/npm/package_test.ts"]
 * ```
 */
export function pathsIn(paths: readonly string[], folder: string): string[] {
  if (paths.some((path) => isWithin(folder, path))) return [folder];
  return paths.filter((path) => isWithin(path, folder));
}

/**
 * The part of what is wanted that is in none of some folders, but for what it contains of them.
 *
 * @param paths Files and folders that are wanted.
 * @param folders The folders or files.
 * @returns Those that are in none of them.
 */
export function pathsOutside(paths: readonly string[], folders: readonly string[]): string[] {
  return paths.filter((path) => !folders.some((folder) => isWithin(path, folder)));
}

/**
 * The files that are, or are within, one of some paths.
 *
 * @param files The files.
 * @param paths Files and folders.
 * @returns Those of the files.
 */
export function filesWithin(files: readonly string[], paths: readonly string[]): string[] {
  return files.filter((file) => paths.some((path) => isWithin(file, path)));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
