/**
 * Finds what a TypeScript file refers to, with the parser of TypeScript: a specifier in a comment or in a
 * string is not one.
 *
 * @module
 */
import ts from "typescript";

/**
 * How a file refers to another: evaluated on load, for its types only, on demand, or by address
 * (`new URL("./worker.ts", import.meta.url)`).
 */
export type SpecifierKind = "static" | "type" | "dynamic" | "url";

/** One reference to another module. */
export interface Specifier {
  /** The text between the quotes. */
  text: string;
  /** How the module is used. */
  kind: SpecifierKind;
  /** Where the text starts in the file, after the quote. */
  start: number;
  /** Where the text ends, before the quote. */
  end: number;
}

/**
 * Parses a file.
 *
 * @param name Its name, for the kind of file.
 * @param text Its text.
 * @returns The syntax tree.
 */
export function parseSource(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}

/**
 * Lists the references of a file in their order. A computed `import(x)` is none of them.
 *
 * @param source The syntax tree.
 * @returns The references.
 */
export function listSpecifiers(source: ts.SourceFile): Specifier[] {
  const found: Specifier[] = [];
  visitNodes(source, (node) => {
    const reference = referenceOf(node);
    if (reference === undefined) return;
    const { literal, kind } = reference;
    found.push({ text: literal.text, kind, start: literal.getStart(source) + 1, end: literal.getEnd() - 1 });
  });
  return found;
}

/**
 * Calls a function for each node of a tree, parents first.
 *
 * @param root The tree.
 * @param visit Called with each node.
 */
export function visitNodes(root: ts.Node, visit: (node: ts.Node) => void): void {
  visit(root);
  ts.forEachChild(root, (child) => visitNodes(child, visit));
}

/**
 * Whether a node is `import.meta.<name>`.
 *
 * @param node Any node.
 * @param name The member.
 * @returns True for that expression.
 */
export function isImportMeta(node: ts.Node, name: string): node is ts.PropertyAccessExpression {
  return ts.isPropertyAccessExpression(node) && node.name.text === name &&
    ts.isMetaProperty(node.expression) &&
    node.expression.keywordToken === ts.SyntaxKind.ImportKeyword;
}

interface Reference {
  literal: ts.StringLiteralLike;
  kind: SpecifierKind;
}

function referenceOf(node: ts.Node): Reference | undefined {
  if (ts.isImportDeclaration(node)) {
    return reference(node.moduleSpecifier, isTypeImport(node) ? "type" : "static");
  }
  if (ts.isExportDeclaration(node)) {
    return reference(node.moduleSpecifier, isTypeExport(node) ? "type" : "static");
  }
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) ? reference(node.argument.literal, "type") : undefined;
  }
  if (ts.isCallExpression(node)) {
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return reference(node.arguments[0], "dynamic");
    if (isImportMeta(node.expression, "resolve")) return reference(node.arguments[0], "url");
  }
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "URL") {
    const [path, base] = node.arguments ?? [];
    if (base !== undefined && isImportMeta(base, "url")) return reference(path, "url");
  }
  return undefined;
}

function reference(node: ts.Node | undefined, kind: SpecifierKind): Reference | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? { literal: node, kind } : undefined;
}

function isTypeImport({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.isTypeOnly) return true;
  const { name, namedBindings } = importClause;
  return name === undefined && namedBindings !== undefined && ts.isNamedImports(namedBindings) &&
    namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true;
  return exportClause !== undefined && ts.isNamedExports(exportClause) && exportClause.elements.length > 0 &&
    exportClause.elements.every((element) => element.isTypeOnly);
}
