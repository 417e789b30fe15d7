/**
 * Opens what lies in a directory, and nothing outside of it.
 *
 * @module
 */
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { isHidden } from "./static_path.ts";

/** An open file. Whoever has it must close it. */
export interface StaticFile {
  /** Tells it from a directory. */
  readonly kind: "file";
  /** Its size in bytes. */
  readonly size: number;
  /** The time of its last change, in milliseconds since 1970. */
  readonly mtimeMs: number;
  /**
   * Reads from it.
   *
   * @param position The first byte to read, from 0.
   * @param length How many bytes at most.
   * @returns The bytes; fewer than asked for, or none, where the file ends.
   */
  read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Closes it; may be called again. */
  close(): Promise<void>;
}

/** A directory below the one that is served. */
export interface StaticFolder {
  /** Tells it from a file. */
  readonly kind: "folder";
  /** Where it is, without symbolic links. */
  readonly path: string;
}

/** Errors that say that there is no such file for the caller; others are faults of the service. */
const MISSING: ReadonlySet<unknown> = new Set([
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
  "ENAMETOOLONG",
  "EACCES",
  "EPERM",
  "EINVAL",
]);

/** A directory that is served. */
export interface ServedRoot {
  /** Its path, without symbolic links. */
  readonly path: string;
  /** Says where an open file is; `undefined` where the system does not tell. */
  readonly locate: ((descriptor: number) => Promise<string>) | undefined;
}

/**
 * Prepares a directory.
 *
 * @param path Its path, without symbolic links.
 * @returns What {@linkcode openStatic} opens files of.
 */
export async function createServedRoot(path: string): Promise<ServedRoot> {
  // Linux alone has that; on Deno it takes the permission for everything.
  const locate = (descriptor: number) => readlink(`/proc/self/fd/${descriptor}`);
  try {
    const handle = await open(path, constants.O_RDONLY);
    const isTold = await locate(handle.fd).finally(() => handle.close()) === path;
    return { path, locate: isTold ? locate : undefined };
  } catch {
    // Then the path is looked at again after opening.
    return { path, locate: undefined };
  }
}

/**
 * Opens a file.
 *
 * @param root The directory that is served.
 * @param segments The names on the way, as {@linkcode toStaticPath} gives them.
 * @returns The file, or the directory of that name; `undefined` when there is none inside of the root, also by
 * way of symbolic links, or it is hidden, or no plain file.
 * @throws {Error} when the operating system fails, for example because too many files are open.
 */
export async function openStatic(
  root: ServedRoot,
  segments: readonly string[],
  attempt = 1,
): Promise<StaticFile | StaticFolder | undefined> {
  try {
    const path = await realpath(join(root.path, ...segments));
    if (!isInside(root.path, path)) return undefined;
    // Before it is opened: opening a named pipe would wait for a writer.
    const found = await stat(path);
    if (found.isDirectory()) return { kind: "folder", path };
    if (!found.isFile()) return undefined;
    const file = await openFile(root, path);
    // A file that has been replaced by another one is there as before.
    return file === undefined && attempt < MAX_ATTEMPTS
      ? await openStatic(root, segments, attempt + 1)
      : file;
  } catch (error) {
    if (MISSING.has((error as { code?: unknown } | null)?.code)) return undefined;
    throw error;
  }
}

function isInside(root: string, path: string): boolean {
  if (path === root) return true;
  const inner = relative(root, path);
  const names = inner.split(sep);
  // On Windows the way to another drive is an absolute path.
  return names[0] !== ".." && join(root, inner) === path && !names.some(isHidden);
}

const MAX_ATTEMPTS = 3;

/** No link, and no waiting for the writer of a named pipe; Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Says whether an open file is at its path: a link may have taken the place of that of a directory on the way. Only
 * the system knows for sure; else whoever swaps directories at the right moments could pass for it.
 */
async function isAt(path: string, handle: FileHandle, { locate }: ServedRoot): Promise<boolean> {
  try {
    if (locate !== undefined) return await locate(handle.fd) === path;
    const { ino } = await handle.stat();
    const isReal = async () => await realpath(path) === path;
    return await isReal() && (await lstat(path)).ino === ino && await isReal();
  } catch {
    // It has gone meanwhile.
    return false;
  }
}

async function openFile(root: ServedRoot, path: string): Promise<StaticFile | undefined> {
  const handle = await open(path, FLAGS);
  const opened = await handle.stat();
  if (!opened.isFile() || !await isAt(path, handle, root)) return void await handle.close();
  const { size, mtimeMs } = opened;
  let closing: Promise<void> | undefined;
  return {
    kind: "file",
    size,
    mtimeMs,
    async read(position, length) {
      const buffer = new Uint8Array(length);
      const { bytesRead } = await handle.read(buffer, 0, length, position);
      return bytesRead === length ? buffer : buffer.subarray(0, bytesRead);
    },
    close() {
      closing ??= handle.close();
      return closing;
    },
  };
}
