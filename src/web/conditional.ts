/**
 * Conditional requests (RFC 9110, section 13).
 *
 * @module
 */

/** What tells one state of a file from another. */
export interface Validators {
  /** The entity tag with its quotes, and `W/` in front when it is weak. */
  readonly etag: string;
  /** The time of the last change in whole seconds, as milliseconds since 1970. */
  readonly lastModifiedMs: number;
}

/** How young a file is that may change again without showing it, in milliseconds. */
const YOUNG_MS = 2_000;

/**
 * Makes the validators of a file.
 *
 * @param file Its size in bytes and the time of its last change, in milliseconds since 1970.
 * @param nowMs The time.
 * @param variant Tells the forms of one file apart.
 * @returns The validators. The tag is weak while the file is so young that a further change of it might leave
 * size and time as they are (RFC 9110, section 8.8.1).
 */
export function createValidators(
  file: { readonly size: number; readonly mtimeMs: number },
  nowMs: number,
  variant: string = "",
): Validators {
  const tag = [file.size.toString(16), Math.trunc(file.mtimeMs).toString(16), variant].filter(Boolean).join(
    "-",
  );
  const isYoung = nowMs - file.mtimeMs < YOUNG_MS;
  // A time in the future would tell clients to trust it (RFC 9110, section 8.8.2.1).
  const lastModifiedMs = Math.floor(Math.min(file.mtimeMs, nowMs) / 1_000) * 1_000;
  return { etag: `${isYoung ? "W/" : ""}"${tag}"`, lastModifiedMs };
}

/**
 * Says how the conditions of a GET or HEAD request turn out.
 *
 * @param headers The headers of the request.
 * @param validators Those of the file.
 * @returns 200 when it is to be answered, 304 when the client has the file, 412 when it wants another state.
 */
export function checkConditions(headers: Headers, { etag, lastModifiedMs }: Validators): 200 | 304 | 412 {
  const match = headers.get("if-match");
  if (match !== null) {
    if (match.trim() !== "*" && !listTags(match).some((tag) => isSameStrongly(tag, etag))) return 412;
  } else if (readDate(headers, "if-unmodified-since", Infinity) < lastModifiedMs) return 412;

  const noneMatch = headers.get("if-none-match");
  if (noneMatch === null) {
    return readDate(headers, "if-modified-since", -Infinity) >= lastModifiedMs ? 304 : 200;
  }
  if (noneMatch.trim() === "*") return 304;
  return listTags(noneMatch).some((tag) => toOpaque(tag) === toOpaque(etag)) ? 304 : 200;
}

/**
 * Says whether a client that has a part of a file has it of this state (`If-Range`).
 *
 * @param header The header; null when it was not sent.
 * @param validators Those of the file.
 * @returns Whether the missing parts will do; else the whole file is sent.
 */
export function isSameState(header: string | null, { etag, lastModifiedMs }: Validators): boolean {
  if (header === null) return true;
  const value = header.trim();
  if (value.startsWith('"') || value.startsWith("W/")) return isSameStrongly(value, etag);
  // A date is as strong as the tag: both are weak while the file is young.
  return !etag.startsWith("W/") && Date.parse(value) === lastModifiedMs;
}

function listTags(header: string): readonly string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

function toOpaque(tag: string): string {
  return tag.replace(/^W\//, "");
}

function isSameStrongly(a: string, b: string): boolean {
  return a === b && !a.startsWith("W/");
}

/** Returns `otherwise` where the header is missing or no date: a condition that is none must be passed over. */
function readDate(headers: Headers, name: string, otherwise: number): number {
  const text = headers.get(name);
  const date = text === null ? NaN : Date.parse(text);
  return Number.isNaN(date) ? otherwise : date;
}
