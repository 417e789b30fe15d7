/**
 * Writes the files of a project into a folder, and never over something unseen.
 *
 * @module
 */
import { lstat, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { quoteArgument } from "../../config/option_table.ts";

/** What became of a file. */
export interface WrittenFile {
  /** The path below the folder, with `/`. */
  readonly path: string;
  /** `"unchanged"`: the same text was there already. */
  readonly status: "created" | "replaced" | "unchanged";
}

/** How a project is written. */
export interface WriteOptions {
  /** Whether the folder may have content, and files of the same names are replaced. @default {false} */
  readonly force?: boolean;
  /** Writes one file. @default {`writeFile` of `node:fs`} */
  readonly write?: (path: string, text: string, options: { readonly flag: "w" | "wx" }) => Promise<void>;
}

/** A project could not be written; the message says why, and what has been written. */
class ProjectWriteError extends Error {}

/** What does not make a folder a used one. */
const IGNORED: ReadonlySet<string> = new Set([".git", ".DS_Store"]);
/** How many names a message lists. */
const MAX_LISTED = 8;

/**
 * Writes files. First it looks at all that is there, so that what can be known to fail fails before the first write.
 *
 * @param folder The folder; it is made when it does not exist, with those above it.
 * @param files Texts by path below the folder, with `/`.
 * @param options Whether to replace, and how to write.
 * @returns What became of each file, in order.
 * @throws {ProjectWriteError} when the folder has content and `force` is not set, something that is no file has the
 * place of one, or the file system refuses.
 */
export async function writeProject(
  folder: string,
  files: ReadonlyMap<string, string>,
  options: WriteOptions = {},
): Promise<WrittenFile[]> {
  const { force = false, write = writeFile } = options;
  const plan = await planFiles(folder, files);
  if (!force) await demandUnused(folder, plan);
  const written: WrittenFile[] = [];
  for (const file of plan) {
    const path = join(folder, file.path);
    try {
      await mkdir(dirname(path), { recursive: true });
      // One that has appeared since the plan was made is not ours.
      const flag = file.status === "created" ? "wx" : "w";
      if (file.status !== "unchanged") await write(path, files.get(file.path) ?? "", { flag });
    } catch (error) {
      const done = written.filter(({ status }) => status !== "unchanged").map((each) => each.path);
      const rest = done.length === 0 ? "nothing has been written" : `written so far: ${done.join(", ")}`;
      throw new ProjectWriteError(`Cannot write ${quoteArgument(path)}: ${explain(error)}; ${rest}`);
    }
    written.push(file);
  }
  return written;
}

async function planFiles(folder: string, files: ReadonlyMap<string, string>): Promise<WrittenFile[]> {
  try {
    // The folder itself may be a link: the user has named it.
    if (!(await stat(folder)).isDirectory()) throw refuse(folder, "it is not a folder");
  } catch (error) {
    if (isMissing(error)) return [...files.keys()].map((path) => ({ path, status: "created" }));
    throw toWriteError(folder, error);
  }
  const plan: WrittenFile[] = [];
  for (const [path, text] of files) plan.push({ path, status: await judge(folder, path, text) });
  return plan;
}

/** Follows no link below the folder: what it leads to is no part of the project. */
async function judge(folder: string, path: string, text: string): Promise<WrittenFile["status"]> {
  const parts = path.split("/");
  for (let depth = 1; depth <= parts.length; depth++) {
    const place = join(folder, ...parts.slice(0, depth));
    try {
      const found = await lstat(place);
      if (depth < parts.length) {
        if (!found.isDirectory()) throw refuse(place, "a folder is needed there, and it is none");
      } else if (!found.isFile()) {
        throw refuse(place, "a file is needed there, and it is none");
      } else {
        return await readFile(place, "utf8") === text ? "unchanged" : "replaced";
      }
    } catch (error) {
      if (isMissing(error)) return "created";
      throw toWriteError(place, error);
    }
  }
  return "created";
}

async function demandUnused(folder: string, plan: readonly WrittenFile[]): Promise<void> {
  const names = await listFolder(folder);
  if (names.length === 0) return;
  const replaced = plan.filter(({ status }) => status === "replaced").map(({ path }) => path);
  const effect = replaced.length === 0
    ? "which leaves all that is there as it is"
    : `which replaces ${replaced.join(", ")}`;
  throw new ProjectWriteError(
    `Cannot write into ${quoteArgument(folder)}: it has content (${shorten(names)}); ` +
      `take another name or --directory, or add --force, ${effect}`,
  );
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !IGNORED.has(name)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw toWriteError(folder, error);
  }
}

function shorten(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return names.slice(0, MAX_LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function refuse(path: string, why: string): ProjectWriteError {
  return new ProjectWriteError(
    `Cannot write into ${quoteArgument(path)}: ${why}; nothing has been written, take another --directory`,
  );
}

function toWriteError(path: string, error: unknown): ProjectWriteError {
  return error instanceof ProjectWriteError ? error : refuse(path, explain(error));
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Node adds the call and the path, which the message has.
  return message.replace(/, \w+(?: '.*')?$/s, "");
}

function isMissing(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === "ENOENT";
}
