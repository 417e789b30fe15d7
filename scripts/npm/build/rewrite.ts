/**
 * Turns a source file for Deno into one for Node: what it imports, `import.meta.main` and `Deno.test`.
 *
 * @module
 */
import { posix } from "node:path";
import ts from "typescript";
import { isImportMeta, listSpecifiers, parseSource, visitNodes } from "../../specifiers.ts";
import { compiledName, type Input, placeFile, relativeSpecifier } from "./layout.ts";

/** A source file for Node. */
export interface Rewritten {
  /** The text, still TypeScript. */
  text: string;
  /** The npm packages that it names, to their version ranges. */
  packages: Map<string, string>;
  /** The adapters and shims that it needs, as paths in the repository. */
  needs: string[];
}

/** The `imports` of the npm map. */
export type ImportMap = ReadonlyMap<string, string>;

interface Edit {
  start: number;
  end: number;
  text: string;
}

const IS_MAIN = "scripts/npm/node/is_main.ts";
const DENO_TEST = "scripts/npm/node/deno_test.ts";
const MAP_FOLDER = "scripts/npm";
const NPM_TARGET = /^npm:(?<name>(?:@[^/]+\/)?[^@/]+)@(?<range>[^/]+)(?<subPath>\/.*)?$/;

/**
 * Rewrites a file.
 *
 * @param input Where the file comes from and goes to.
 * @param sourceText Its text.
 * @param map The npm import map.
 * @param ownName The name of our package, which Node resolves by itself.
 * @returns The new text and what it needs.
 * @throws {Error} when it imports something that the package does not have.
 */
export function rewriteForNode(input: Input, sourceText: string, map: ImportMap, ownName: string): Rewritten {
  // Only a program has a shebang, and Node programs get their own.
  const text = sourceText.replace(/^#!.*/, "");
  const source = parseSource(input.path, text);
  const result: Rewritten = { text, packages: new Map(), needs: [] };
  const edits: Edit[] = [];
  for (const { text: specifier, kind, start, end } of listSpecifiers(source)) {
    // An address may lead out of the package, say to a file of the repository that a test reads.
    if (kind === "url" && placeFile(posix.join(posix.dirname(input.path), specifier)) === undefined) continue;
    const target = resolve(specifier, { input, map, ownName, result });
    if (target !== specifier) edits.push({ start, end, text: target });
  }
  const globals = replaceGlobals(source, input, result);
  result.text = applyEdits(text, [...edits, ...globals]);
  return result;
}

interface Context {
  input: Input;
  map: ImportMap;
  ownName: string;
  result: Rewritten;
}

function resolve(specifier: string, { input, map, ownName, result }: Context): string {
  if (specifier.startsWith("node:") || URL.canParse(specifier) && !specifier.startsWith("npm:")) {
    return specifier;
  }
  if (specifier === ownName || specifier.startsWith(`${ownName}/`)) return specifier;
  if (specifier.startsWith(".")) {
    return toFile(posix.join(posix.dirname(input.path), specifier), specifier, input);
  }
  const target = map.get(specifier) ?? specifier;
  if (target.startsWith(".")) {
    const adapter = posix.join(MAP_FOLDER, target);
    result.needs.push(adapter);
    return toFile(adapter, specifier, input);
  }
  const { name, range, subPath = "" } = NPM_TARGET.exec(target)?.groups ?? {};
  if (name === undefined || range === undefined) {
    throw new Error(`Cannot build ${input.path}: "${specifier}" is not in the npm import map`);
  }
  result.packages.set(name, range);
  return name + subPath;
}

function toFile(path: string, specifier: string, input: Input): string {
  const place = placeFile(path);
  if (place === undefined) {
    throw new Error(
      `Cannot build ${input.path}: "${specifier}" leads to ${path}, which is not in the package`,
    );
  }
  return relativeSpecifier(input.target, compiledName(place.target));
}

function replaceGlobals(source: ts.SourceFile, input: Input, result: Rewritten): Edit[] {
  const edits: Edit[] = [];
  const shims = new Map<string, string>();
  visitNodes(source, (node) => {
    const range = { start: node.getStart(source), end: node.getEnd() };
    if (isImportMeta(node, "main")) {
      edits.push({ ...range, text: "__isMain(import.meta.url)" });
      shims.set(IS_MAIN, "isMain as __isMain");
    } else if (isDenoTest(node) && input.path.startsWith("tests/")) {
      edits.push({ ...range, text: "__denoTest" });
      shims.set(DENO_TEST, "denoTest as __denoTest");
    }
  });
  const [first] = source.statements;
  const hasModules = first !== undefined && (ts.isImportDeclaration(first) || ts.isExportDeclaration(first));
  // Behind the first statement, which keeps the module text; on its line, so that each line keeps its number.
  const place = hasModules ? first.getEnd() : 0;
  for (const [shim, binding] of shims) {
    result.needs.push(shim);
    const text = `import { ${binding} } from "${toFile(shim, shim, input)}";`;
    edits.push({ start: place, end: place, text: hasModules ? ` ${text}` : `${text} ` });
  }
  return edits;
}

function isDenoTest(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node) && node.name.text === "test" &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === "Deno";
}

function applyEdits(text: string, edits: Edit[]): string {
  const parts: string[] = [];
  let position = 0;
  for (const { start, end, text: replacement } of edits.sort((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(text.slice(position, start), replacement);
    position = end;
  }
  return parts.join("") + text.slice(position);
}
