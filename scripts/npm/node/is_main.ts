/**
 * `import.meta.main` for Node, which has it only since version 24.2.
 *
 * @module
 */
import { realpathSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

/**
 * Whether a module is the one that `node` was started with.
 *
 * @param url `import.meta.url` of the module.
 * @returns False in a worker thread, where `process.argv` is that of the main thread.
 */
export function isMain(url: string): boolean {
  const started = process.argv[1];
  if (!isMainThread || started === undefined) return false;
  // Node resolves links before it loads the main module (npm installs a `bin` as a link), but argv keeps them.
  const real = realpath(started) ?? realpath(`${started}.js`);
  return real !== undefined && real === realpath(fileURLToPath(url));
}

function realpath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    // What is no file is not this module: `node -` and `node --eval` leave such arguments.
    return undefined;
  }
}
