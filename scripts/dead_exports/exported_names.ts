/** @module */
import ts from "typescript";
import { ALL_NAMES, type ExportedName } from "./module_facts.ts";

/** A name that a statement exports. */
export interface Exported extends Omit<ExportedName, "line" | "from"> {
  /** The name in the module that it comes from. */
  original: string;
  /** The specifier of that module, for a re-export. */
  specifier?: string;
}

/**
 * Lists what a statement exports.
 *
 * @param statement A statement of a module.
 * @returns The names.
 */
export function exportedNames(statement: ts.Statement): Exported[] {
  if (ts.isExportDeclaration(statement)) return passedNames(statement);
  const isExported = ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
  if (!isExported) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap((declaration) =>
      boundNames(declaration.name).map((name) => declared(name, declaration))
    );
  }
  return [declared((statement as ts.DeclarationStatement).name?.text ?? "default", statement)];
}

function declared(name: string, node: ts.Node): Exported {
  const isType = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
  return { name, original: name, isType, signature: signatureOf(node) };
}

function passedNames({ exportClause, moduleSpecifier }: ts.ExportDeclaration): Exported[] {
  const facts = {
    isType: false,
    signature: new Set<string>(),
    ...(moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) &&
      { specifier: moduleSpecifier.text }),
  };
  if (exportClause === undefined) return [{ name: ALL_NAMES, original: ALL_NAMES, ...facts }];
  if (ts.isNamespaceExport(exportClause)) {
    return [{ name: exportClause.name.text, original: ALL_NAMES, ...facts }];
  }
  return exportClause.elements.map(({ name, propertyName }) => ({
    name: name.text,
    original: (propertyName ?? name).text,
    ...facts,
  }));
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => ts.isOmittedExpression(element) ? [] : boundNames(element.name));
}

/** The names of types in what a caller sees of a declaration: not in bodies, not in private members. */
function signatureOf(declaration: ts.Node): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || isPrivate(node)) return;
    if (ts.isTypeReferenceNode(node)) names.add(leftmost(node.typeName));
    if (ts.isExpressionWithTypeArguments(node) && ts.isIdentifier(node.expression)) {
      names.add(node.expression.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return names;
}

function isPrivate(node: ts.Node): boolean {
  return ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name);
}

function leftmost(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : leftmost(name.left);
}
