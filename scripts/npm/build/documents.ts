/**
 * Has the links of a document lead to files of the package.
 *
 * @module
 */
import { posix } from "node:path";
import { compiledName, placeFile } from "./layout.ts";

/** Code is left as it is: what looks like a link there is none. */
const CODE_OR_LINK =
  /^```[^]*?^```|`[^`\n]+`|(?<!!)\[(?<label>[^\]]+)\]\((?<path>[^)\s#]*)(?<fragment>#[^)\s]*)?\)/gm;

/**
 * Rewrites the links of a document: those to sources lead to their declarations, which have the manuals, and those
 * to what is not published become plain text.
 *
 * @param text The document, Markdown in the root of the repository.
 * @param documents The documents of the package.
 * @returns The document of the package.
 */
export function rewriteLinks(text: string, documents: readonly string[]): string {
  return text.replace(CODE_OR_LINK, (whole: string, ...rest: unknown[]) => {
    const { label, path, fragment = "" } = rest.at(-1) as Partial<Record<string, string>>;
    if (label === undefined || path === undefined || path === "" || URL.canParse(path)) return whole;
    const target = toPackagePath(posix.normalize(path), documents);
    return target === undefined ? label : `[${label}](${target}${fragment})`;
  });
}

function toPackagePath(path: string, documents: readonly string[]): string | undefined {
  if (documents.includes(path)) return path;
  const place = placeFile(path);
  return place?.published === true ? compiledName(place.target, ".d.ts") : undefined;
}
