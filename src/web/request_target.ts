/**
 * What a request asks for.
 *
 * @module
 */

/**
 * Reads the address of a request.
 *
 * @param request The request.
 * @returns The address with a normalised path; `undefined` when it is none, or when its path is not sound
 * percent-encoded UTF-8.
 */
export function readTarget(request: Request): URL | undefined {
  // A runtime may put a hostile Host header into the URL as it came.
  if (!URL.canParse(request.url)) return undefined;
  const url = new URL(request.url);
  try {
    decodeURIComponent(url.pathname);
    return url;
  } catch {
    // Not UTF-8, or a "%" without two digits.
    return undefined;
  }
}

/**
 * Cuts the path out of the address of a request, for the log: without the query, because people put secrets there.
 *
 * @param url The address. A hostile Host header may have made it invalid.
 * @returns The path; `""` when it has none.
 */
export function readPath(url: string): string {
  return /^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? "";
}
