/**
 * The list of what is in a directory, for those who ask for one.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { isHidden } from "./static_path.ts";

/** More names than that make no page that anybody reads. */
const MAX_NAMES = 10_000;

/**
 * Lists a directory.
 *
 * @param path Where it is.
 * @param pathname The path of its URL, which ends with a slash.
 * @param isRoot There is nothing above it to go to.
 * @returns A page with links.
 */
export async function respondWithListing(path: string, pathname: string, isRoot: boolean): Promise<Response> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter(({ name }) => !isHidden(name))
    .map((entry) => entry.isDirectory() ? `${entry.name}/` : entry.name)
    .sort().slice(0, MAX_NAMES);
  const title = escapeHtml(decodeURIComponent(pathname));
  const links = [...(isRoot ? [] : ["../"]), ...names].map((name) =>
    // With "./" in front no name can look like a scheme.
    `<li><a href="${escapeHtml(name === "../" ? name : `./${toReference(name)}`)}">${
      escapeHtml(name)
    }</a></li>\n`
  );
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1>
<ul>
${links.join("")}</ul></body>
</html>
`;
  return new Response(html, {
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" },
  });
}

function toReference(name: string): string {
  return encodeURIComponent(name.replace(/\/$/, "").toWellFormed()) + (name.endsWith("/") ? "/" : "");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll(
    "'",
    "&#39;",
  );
}
