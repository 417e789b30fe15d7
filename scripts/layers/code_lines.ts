/** @module */
import ts from "typescript";

/**
 * Counts the lines that hold code: not the blank ones and not those with nothing but a comment.
 *
 * @param source The syntax tree of a file.
 * @returns The number of lines.
 */
export function countCodeLines(source: ts.SourceFile): number {
  const lines = new Set<number>();
  collectLines(source, source, lines);
  return lines.size;
}

function collectLines(node: ts.Node, source: ts.SourceFile, lines: Set<number>): void {
  if (ts.isJSDoc(node)) return;
  const children = node.getChildren(source);
  if (children.length > 0) {
    for (const child of children) collectLines(child, source, lines);
    return;
  }
  const [start, end] = [node.getStart(source), node.getEnd()];
  // The end of the file, an empty list of statements and a missing token have no text of their own.
  if (start === end) return;
  const first = source.getLineAndCharacterOfPosition(start).line;
  const last = source.getLineAndCharacterOfPosition(end).line;
  for (let line = first; line <= last; line++) lines.add(line);
}
