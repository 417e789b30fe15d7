/**
 * Paths by pattern: `URLPattern` of the runtime, or a polyfill where it has none (Node 20).
 *
 * @module
 */

/** Matches the paths of URLs. */
export interface PathPattern {
  /** The pattern as it was written. */
  readonly text: string;
  /**
   * Matches a path.
   *
   * @param pathname The path as it stands in a URL; its percent-encoding must be sound.
   * @returns The named parts, decoded; `undefined` when the path does not match.
   */
  match(pathname: string): Readonly<Record<string, string>> | undefined;
}

/** The part of `URLPattern` that is used here. */
interface UrlPattern {
  exec(input: { pathname: string }): { pathname: { groups: Record<string, string | undefined> } } | null;
}
type UrlPatternClass = new (init: { pathname: string }) => UrlPattern;

/** A pattern for paths begins with a slash, or with something that may stand for one. */
const BEGINNING = /^[/*{(]/;
/** A part of that very name. */
const PROTO = /(?<!\\):__proto__(?![$\u200c\u200d\p{ID_Continue}])/u;

/**
 * Prepares a pattern.
 *
 * @param text A path in the syntax of `URLPattern`: `/items/:id`, `/files/*`, `/:lang(en|de)/about`, `{/:page}?`.
 * @returns What matches paths with it.
 * @throws {TypeError} when it is not such a pattern.
 */
export async function createPathPattern(text: string): Promise<PathPattern> {
  const example = `write one like "/items/:id" or "/files/*"`;
  if (typeof text !== "string" || !BEGINNING.test(text)) {
    throw new TypeError(`Cannot use ${String(text)} as a path pattern: it must begin with "/"; ${example}`);
  }
  // The polyfill drops such a part: refused wherever it runs.
  if (PROTO.test(text)) {
    throw new TypeError(
      `Cannot use "${text}" as a path pattern: no part may be named "__proto__"; ${example}`,
    );
  }
  const { UrlPattern, prefix } = await loadUrlPattern();
  let pattern: UrlPattern;
  try {
    pattern = new UrlPattern({ pathname: text });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`Cannot use "${text}" as a path pattern: ${why}; ${example}`, { cause });
  }
  return {
    text,
    match(pathname) {
      const groups = pattern.exec({ pathname: prefix + pathname })?.pathname.groups;
      return groups && decodeGroups(groups);
    },
  };
}

async function loadUrlPattern(): Promise<{ UrlPattern: UrlPatternClass; prefix: string }> {
  const native = (globalThis as { readonly URLPattern?: UrlPatternClass }).URLPattern;
  if (native !== undefined) return { UrlPattern: native, prefix: "" };
  // The main file of the package would put it among the globals, which are not ours.
  const { URLPattern } = await import("urlpattern-polyfill/urlpattern");
  // It reads a path like a reference in a page, where "//" begins a host: so it gets one to drop.
  return { UrlPattern: URLPattern as UrlPatternClass, prefix: "//localhost" };
}

function decodeGroups(groups: Record<string, string | undefined>): Readonly<Record<string, string>> {
  // Without a prototype: a group may have any name.
  const decoded: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(groups)) {
    if (value !== undefined) decoded[name] = decode(value);
  }
  return decoded;
}

/** A pattern such as `/:first(.):rest` may part an encoded character; what is left of it stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Sound as a whole, but not this part of it.
    return text;
  }
}
