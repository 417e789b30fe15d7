/** @module */
import ts from "typescript";
import { ALL_NAMES } from "./module_facts.ts";

/** A name that code takes of another module. */
export interface TakenName {
  /** The name there, `ALL_NAMES`, or "" when only the module is loaded. */
  name: string;
  /** The specifier of the module. */
  specifier: string;
}

/**
 * Tells what a node takes of another module: an import statement, `import("…")`, the type `import("…").Name`.
 *
 * @param node Any node.
 * @returns The names; none for other nodes.
 */
export function takenNames(node: ts.Node): TakenName[] {
  if (ts.isImportDeclaration(node)) return toTaken(node.moduleSpecifier, importedNames(node.importClause));
  if (ts.isImportTypeNode(node)) {
    const module = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
    return toTaken(module, [node.qualifier === undefined ? ALL_NAMES : firstName(node.qualifier)]);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return toTaken(node.arguments[0], loadedNames(node) ?? [ALL_NAMES]);
  }
  return [];
}

function toTaken(module: ts.Node | undefined, names: string[]): TakenName[] {
  if (module === undefined || !ts.isStringLiteralLike(module)) return [];
  return (names.length > 0 ? names : [""]).map((name) => ({ name, specifier: module.text }));
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  const names = clause?.name === undefined ? [] : ["default"];
  const bindings = clause?.namedBindings;
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) return [ALL_NAMES];
  return [...names, ...bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text)];
}

function firstName(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : firstName(name.left);
}

/** The names in `const { a } = await import("…")`, `(await import("…")).a` and `import("…").then(({ a }) => …)`. */
function loadedNames(call: ts.CallExpression): string[] | undefined {
  let value: ts.Node = call;
  while (ts.isAwaitExpression(value.parent) || ts.isParenthesizedExpression(value.parent)) {
    value = value.parent;
  }
  const { parent } = value;
  if (ts.isVariableDeclaration(parent)) return namesInPattern(parent.name);
  if (!ts.isPropertyAccessExpression(parent)) return undefined;
  if (value !== call) return [parent.name.text];
  const callback = ts.isCallExpression(parent.parent) ? parent.parent.arguments[0] : undefined;
  const parameter = callback !== undefined && ts.isArrowFunction(callback)
    ? callback.parameters[0]
    : undefined;
  return parameter === undefined ? undefined : namesInPattern(parameter.name);
}

function namesInPattern(pattern: ts.BindingName): string[] | undefined {
  if (!ts.isObjectBindingPattern(pattern)) return undefined;
  if (pattern.elements.some(({ dotDotDotToken }) => dotDotDotToken !== undefined)) return undefined;
  return pattern.elements.map(({ name, propertyName }) => (propertyName ?? name).getText());
}
