/**
 * Places in the documentation, in two forms. `src/errors.ts#RpcError` and `src/emit.ts#EmitEventOptions.broadcast`
 * are what is declared there, and it has a comment. `src/rpc/mod.ts: never answered` are words in the comments of a
 * source file, or in a document.
 *
 * @module
 */
import ts from "typescript";
import { parseSource, visitNodes } from "../specifiers.ts";

/** A place, taken apart. */
export interface Anchor {
  /** The file. */
  path: string;
  /** The name of what is declared, with a dot before that of a member. */
  symbol?: string;
  /** Words; how they are broken into lines does not matter. */
  words?: string;
}

/**
 * Reads an anchor.
 *
 * @param text `<path>#<symbol>` or `<path>: <words>`.
 * @returns Its parts, or `undefined` for another text.
 */
export function parseAnchor(text: string): Anchor | undefined {
  const { path, mark, rest } = /^(?<path>[\w./]+)(?<mark>#|: )(?<rest>.+)$/.exec(text)?.groups ?? {};
  if (path === undefined || rest === undefined) return undefined;
  return mark === "#" ? { path, symbol: rest } : { path, words: rest };
}

/**
 * Says whether a file has what an anchor asks for.
 *
 * @param anchor The anchor.
 * @param text The text of its file.
 * @returns True when it is documented there.
 */
export function hasAnchor({ path, symbol, words = "" }: Anchor, text: string): boolean {
  if (symbol === undefined) return flatten(docsOf(path, text)).includes(flatten(words));
  const [name = "", member] = symbol.split(".");
  return parseSource(path, text).statements.some((statement) =>
    declares(statement, name) &&
    (member === undefined ? isDocumented(statement) : hasMember(statement, member))
  );
}

function declares(statement: ts.Statement, name: string): boolean {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.some((declaration) =>
      ts.isIdentifier(declaration.name) && declaration.name.text === name
    );
  }
  return (statement as ts.DeclarationStatement).name?.text === name;
}

function hasMember(statement: ts.Statement, name: string): boolean {
  if (!ts.isClassDeclaration(statement) && !ts.isInterfaceDeclaration(statement)) return false;
  const members: readonly ts.Node[] = statement.members;
  return members.some((member) =>
    (member as ts.ClassElement).name?.getText() === name && isDocumented(member)
  );
}

function isDocumented(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).some((comment) => ts.isJSDoc(comment));
}

/** All of a document; of a source file the documentation comments. */
function docsOf(path: string, text: string): string {
  if (!path.endsWith(".ts")) return text;
  const comments: string[] = [];
  const source = parseSource(path, text);
  visitNodes(source, (node) => {
    for (const { pos, end } of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) {
      const comment = text.slice(pos, end);
      if (comment.startsWith("/**")) comments.push(comment.replace(/^\s*\*/gm, " "));
    }
  });
  return comments.join("\n");
}

function flatten(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
