/**
 * From the path of a URL to a place below a directory, without looking at the disk.
 *
 * @module
 */

/** A place below a directory. */
export interface StaticPath {
  /** The names on the way, decoded; none for the directory itself. */
  readonly segments: readonly string[];
  /** The path ends with a slash, so it asks for a directory. */
  readonly isDirectory: boolean;
}

/** The one hidden name that is there to be read (RFC 8615). */
const WELL_KNOWN = ".well-known";

/**
 * Translates a path.
 *
 * @param pathname The path of a normalised URL.
 * @param prefix The path that stands for the directory: empty, or with a slash in front and none at its end.
 * @returns The place; `undefined` when the path is not below the prefix, or has a part that no file may have
 * here: one that is empty, `.` or `..`, begins with a dot (but for `.well-known`), or holds a slash, a
 * backslash, a colon or a control character, encoded or not.
 */
export function toStaticPath(pathname: string, prefix: string): StaticPath | undefined {
  if (pathname === prefix) return { segments: [], isDirectory: false };
  if (!pathname.startsWith(`${prefix}/`)) return undefined;
  // Parted before it is decoded: an encoded slash never parts names.
  const parts = pathname.slice(prefix.length + 1).split("/");
  const isDirectory = parts.at(-1) === "";
  const segments: string[] = [];
  for (const part of isDirectory ? parts.slice(0, -1) : parts) {
    const segment = decodeSegment(part);
    if (segment === undefined) return undefined;
    segments.push(segment);
  }
  return { segments, isDirectory };
}

/**
 * Says whether a file of this name stays unseen.
 *
 * @param name One name on the way to it.
 * @returns Whether it is hidden.
 */
export function isHidden(name: string): boolean {
  return name.startsWith(".") && name !== WELL_KNOWN;
}

function decodeSegment(part: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(part);
  } catch {
    // Not UTF-8: no file that can be asked for.
    return undefined;
  }
  // On Windows a colon stands behind a drive, and in front of a hidden stream of a file.
  // deno-lint-ignore no-control-regex -- they are what is looked for
  return name === "" || isHidden(name) || /[/\\:\x00-\x1f\x7f]/.test(name) ? undefined : name;
}
