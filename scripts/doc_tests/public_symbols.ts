/**
 * What the entries of the package offer, and which of it is shown in an example.
 *
 * @module
 */
import { listCodeBlocks } from "./code_blocks.ts";

/** A place in a file, as `deno doc` tells it. */
export interface Location {
  /** The URL of the file. */
  filename: string;
  /** The line, from 1. */
  line: number;
  /** The column, from 0. */
  col: number;
}

/** A documentation comment, as `deno doc` reads it. */
export interface Comment {
  /** The tags. */
  tags?: { kind: string; doc?: string }[];
  /** The text before the tags. */
  doc?: string;
}

/** A declaration; one of kind "reference" points to another. */
export interface Declaration {
  /** Where it is. */
  location: Location;
  /** What it is. */
  kind: string;
  /** Its comment. */
  jsDoc?: Comment;
  /** The declaration that a reference means. */
  def?: { target?: Location };
}

/** The output of `deno doc --json`, as far as it is read here. */
export interface DocOutput {
  /** By URL. */
  nodes: Record<string, {
    module_doc?: Comment;
    symbols: { name: string; declarations: Declaration[] }[];
  }>;
}

/**
 * Lists what is public and has no example: neither in an `@example` nor, for a module, in its text.
 *
 * @param output The documentation of all files of the package.
 * @param entries The URLs of its entries.
 * @returns What is missing, a line each, with URLs.
 */
export function listWithoutExample({ nodes }: DocOutput, entries: readonly string[]): string[] {
  const comments = new Map<string, Comment[]>();
  for (const { symbols } of Object.values(nodes)) {
    for (const { location, jsDoc } of symbols.flatMap(({ declarations }) => declarations)) {
      if (jsDoc !== undefined) comments.set(keyOf(location), [...comments.get(keyOf(location)) ?? [], jsDoc]);
    }
  }
  const missing = new Set<string>();
  for (const entry of entries) {
    if (!hasCode(nodes[entry]?.module_doc)) missing.add(`${entry}: the text of the module has no example`);
    for (const { name, declarations } of nodes[entry]?.symbols ?? []) {
      const places = declarations.map(({ location, def }) => def?.target ?? location);
      const isShown = places.some((place) => comments.get(keyOf(place))?.some(hasExample));
      const [place] = places;
      if (!isShown && place !== undefined) {
        missing.add(`${place.filename}:${place.line}: ${name} has no @example`);
      }
    }
  }
  return [...missing].sort();
}

function hasExample({ tags = [] }: Comment): boolean {
  return tags.some(({ kind, doc = "" }) => kind === "example" && listCodeBlocks(doc).length > 0);
}

function hasCode(comment: Comment = {}): boolean {
  return hasExample(comment) || listCodeBlocks(comment.doc ?? "").length > 0;
}

function keyOf({ filename, line, col }: Location): string {
  return `${filename}:${line}:${col}`;
}
