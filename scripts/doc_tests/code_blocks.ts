/** @module */

/** A block of code that `deno test --doc` knows. */
export interface CodeBlock {
  /** The line of its fence, from 1. */
  line: number;
  /** Whether it is marked `ignore`: it is neither checked nor run. */
  isIgnored: boolean;
  /** The ending of a file for it: types are checked in ".ts" alone. */
  ending: ".ts" | ".js";
  /** The code. */
  code: string;
}

const ENDINGS: ReadonlyMap<string, CodeBlock["ending"]> = new Map([
  ...["js", "javascript", "mjs", "cjs", "jsx"].map((language) => [language, ".js"] as const),
  ...["ts", "typescript", "mts", "cts", "tsx"].map((language) => [language, ".ts"] as const),
]);

/** A block whose end has not been found yet. */
interface Opened {
  fence: string;
  begin: number;
  ending: CodeBlock["ending"] | undefined;
  isIgnored: boolean;
}

/** Three or more backticks, and what follows. */
const FENCE = /^\s*(?<fence>`{3,})\s*(?<info>[^`]*)$/;
/** What begins a line inside of a documentation comment. */
const STAR = /^\s*\*(?!\/) ?/;

/**
 * Lists the blocks of TypeScript and JavaScript in a Markdown text.
 *
 * @param text The text.
 * @returns The blocks.
 */
export function listCodeBlocks(text: string): CodeBlock[] {
  return collectBlocks(text.split("\n"));
}

/**
 * Lists the blocks in the documentation comments of a source file.
 *
 * @param text The text of the file.
 * @returns The blocks.
 */
export function listCommentBlocks(text: string): CodeBlock[] {
  return collectBlocks(text.split("\n").map((line) => STAR.test(line) ? line.replace(STAR, "") : ""));
}

function collectBlocks(lines: readonly string[]): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: Opened | undefined;
  for (const [index, line] of lines.entries()) {
    const { fence, info = "" } = FENCE.exec(line)?.groups ?? {};
    if (fence === undefined) continue;
    if (open === undefined) {
      const [language = "", ...marks] = info.trim().split(/[\s,]+/);
      open = { fence, begin: index + 1, ending: ENDINGS.get(language), isIgnored: marks.includes("ignore") };
    } else if (fence.length >= open.fence.length && info.trim() === "") {
      const { begin, ending, isIgnored } = open;
      const code = lines.slice(begin, index).join("\n");
      if (ending !== undefined) blocks.push({ line: begin, isIgnored, ending, code });
      open = undefined;
    }
  }
  return blocks;
}
