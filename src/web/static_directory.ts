/**
 * Serves the files of a directory.
 *
 * @module
 */
import { realpath, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { listAcceptedCodings } from "./accept_encoding.ts";
import { respondWithFile } from "./file_response.ts";
import { findMediaType, isCompressible } from "./media_type.ts";
import { createServedRoot, openStatic, type ServedRoot, type StaticFile } from "./static_file.ts";
import { toStaticPath } from "./static_path.ts";

/**
 * How the files of a directory are served.
 *
 * @example Files whose names change with their content, and a site with index pages
 * ```ts
 * import type { StaticDir, StaticOptions } from "@gemstone/gemstone/web";
 *
 * const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;
 * const hashed: StaticOptions = { maxAgeMs: YEAR_MS, immutable: true };
 * const staticDirs: StaticDir[] = [
 *   ["/assets", new URL("./dist/assets", import.meta.url), hashed],
 *   ["/", new URL("./dist", import.meta.url), { index: "index.html" }],
 * ];
 * ```
 */
export interface StaticOptions {
  /** The file that stands for its directory, such as `"index.html"`. @default {none: a directory is 404} */
  readonly index?: string | undefined;
  /** Whether a directory without index file is answered with a list of what is in it. @default {false} */
  readonly listing?: boolean;
  /**
   * For how long a client may use a file without asking again, in milliseconds. 0 lets it ask each time, which
   * costs an answer without body while the file is the same. @default {0}
   */
  readonly maxAgeMs?: number;
  /** The files never change under their names, so that not even a reload asks again. @default {false} */
  readonly immutable?: boolean;
  /** Whether `name.br` and `name.gz` are sent for `name` to those who take them. @default {true} */
  readonly precompressed?: boolean;
}

/**
 * A directory and where it is served: the path in front of its files, the directory (a path, relative to the
 * working directory of the process, or a `file:` URL such as `new URL("./static", import.meta.url)`), and how.
 *
 * No name leads out of the directory: not `..` in any encoding, and no symbolic link, also when one takes the place
 * of a file or a directory while it is asked for. On Linux the system is asked where an opened file is; where it does
 * not tell (elsewhere, and on Deno without `--allow-all`), whoever may rename directories in there could still win
 * such a race: serve no directory that others write to.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { MicroService } from "@gemstone/gemstone";
 * import type { StaticDir } from "@gemstone/gemstone/web";
 *
 * const folder = await mkdtemp("/tmp/static-");
 * await writeFile(`${folder}/app.css`, "p {}");
 *
 * class Site extends MicroService {
 *   override name = "site";
 *   override staticDirs: StaticDir[] = [["/static", folder]];
 * }
 * const response = await new Site().fetch(new Request("http://localhost/static/app.css"));
 * assertEquals([response.status, await response.text()], [200, "p {}"]);
 * await rm(folder, { recursive: true });
 * ```
 */
export type StaticDir = readonly [
  urlPrefix: string,
  directory: string | URL,
  options?: StaticOptions,
];

/** Serves one directory. */
export class StaticDirectory {
  readonly #prefix: string;
  readonly #root: ServedRoot;
  readonly #options: StaticOptions;
  readonly #cacheControl: string;
  readonly #now: () => number;

  private constructor(prefix: string, root: ServedRoot, options: StaticOptions, now: () => number) {
    const { maxAgeMs = 0, immutable = false } = options;
    this.#prefix = prefix;
    this.#root = root;
    this.#options = options;
    // Without a word about it browsers guess how long a file is good.
    this.#cacheControl = maxAgeMs < 1_000
      ? "no-cache"
      : `max-age=${Math.floor(maxAgeMs / 1_000)}${immutable ? ", immutable" : ""}`;
    this.#now = now;
  }

  /**
   * Prepares a directory.
   *
   * @param dir What to serve; its form has been checked.
   * @param now The clock.
   * @returns The prepared directory.
   * @throws {TypeError} when there is no such directory.
   */
  static async create(
    [prefix, directory, options = {}]: StaticDir,
    now: () => number,
  ): Promise<StaticDirectory> {
    const path = new URL(prefix, "http://localhost").pathname.replace(/\/+$/, "");
    const root = await createServedRoot(await findDirectory(directory, "staticDirs"));
    return new StaticDirectory(path, root, { ...options }, now);
  }

  /**
   * Says whether a path is one of this directory.
   *
   * @param pathname The path of a normalised URL.
   * @returns Whether it begins with the prefix.
   */
  covers(pathname: string): boolean {
    return pathname === this.#prefix || pathname.startsWith(`${this.#prefix}/`);
  }

  /**
   * Answers with a file.
   *
   * @param request A GET or HEAD request.
   * @param url Its address, normalised.
   * @returns The answer; `undefined` when there is no such file, or none that may be seen.
   * @throws {Error} when the operating system fails.
   */
  async handle(request: Request, url: URL): Promise<Response | undefined> {
    const path = toStaticPath(url.pathname, this.#prefix);
    if (path === undefined) return undefined;
    const found = await openStatic(this.#root, path.segments);
    if (found === undefined) return undefined;
    if (found.kind === "folder") return await this.#handleFolder(request, url, path.segments, found.path);
    if (path.isDirectory) {
      await found.close();
      return undefined;
    }
    return await this.#send(request, found, path.segments);
  }

  async #handleFolder(
    request: Request,
    { pathname, search }: URL,
    segments: readonly string[],
    folder: string,
  ): Promise<Response | undefined> {
    const { index, listing = false } = this.#options;
    const inside = index === undefined ? undefined : [...segments, index];
    const file = inside && await openStatic(this.#root, inside);
    const isFile = file?.kind === "file";
    if (!isFile && !listing) return undefined;
    if (!pathname.endsWith("/")) {
      if (isFile) await file.close();
      // Without the slash the links of the page would lead beside the directory.
      const headers = { location: `${pathname}/${search}`, "cache-control": this.#cacheControl };
      return new Response(null, { status: 301, headers });
    }
    if (isFile && inside !== undefined) return await this.#send(request, file, inside);
    const { respondWithListing } = await import("./folder_listing.ts");
    return await respondWithListing(folder, pathname, segments.length === 0);
  }

  async #send(request: Request, file: StaticFile, segments: readonly string[]): Promise<Response> {
    const mediaType = findMediaType(segments.at(-1) ?? "");
    const varies = this.#options.precompressed !== false && isCompressible(mediaType);
    const description = { mediaType, varies, cacheControl: this.#cacheControl, nowMs: this.#now() };
    let sent = file;
    try {
      // A part is one of the file as it is: clients count on that.
      const other = varies && !request.headers.has("range")
        ? await this.#openCompressed(request.headers, segments)
        : undefined;
      if (other === undefined) return await respondWithFile(request, file, description);
      await file.close();
      sent = other.file;
      return await respondWithFile(request, sent, { ...description, coding: other.coding });
    } catch (error) {
      await sent.close();
      throw error;
    }
  }

  async #openCompressed(
    headers: Headers,
    segments: readonly string[],
  ): Promise<{ readonly file: StaticFile; readonly coding: string } | undefined> {
    const [folder, name] = [segments.slice(0, -1), segments.at(-1) ?? ""];
    for (const { name: coding, suffix } of listAcceptedCodings(headers.get("accept-encoding"))) {
      const file = await openStatic(this.#root, [...folder, name + suffix]);
      if (file?.kind === "file") return { file, coding };
    }
    return undefined;
  }
}

/**
 * Finds a directory of the settings.
 *
 * @param directory A path, or a `file:` URL.
 * @param setting The name of the setting.
 * @returns Its path without symbolic links.
 * @throws {TypeError} when there is no such directory.
 */
export async function findDirectory(directory: string | URL, setting: string): Promise<string> {
  try {
    const path = await realpath(directory instanceof URL ? fileURLToPath(directory) : directory);
    if ((await stat(path)).isDirectory()) return path;
  } catch (cause) {
    throw new TypeError(`Cannot use "${directory}" in ${setting}: ${explain(cause)}`, { cause });
  }
  throw new TypeError(`Cannot use "${directory}" in ${setting}: it is no directory; give one`);
}

function explain(error: unknown): string {
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (name === "NotCapable") {
    return "the program has no permission to read it; run it with --allow-read, or --allow-read=<directory>";
  }
  if (code === "EACCES") return `the user of this process may not read it (${message}); change that`;
  return `${message ?? error}; give a directory that is there`;
}
