/**
 * The rules for one source file.
 *
 * @module
 */
import { posix } from "node:path";
import ts from "typescript";
import { listSpecifiers, parseSource, type Specifier, visitNodes } from "../specifiers.ts";
import { countCodeLines } from "./code_lines.ts";
import {
  HEAVY_PACKAGES,
  LAYERS,
  LIGHT_PACKAGES,
  MAX_CODE_LINES,
  RUNTIME_FOLDER,
  RUNTIME_MODULES,
  type SourceFile,
  type Violation,
} from "./rules.ts";

/**
 * Checks one file: its size everywhere, layers and packages in `src/`, runtime globals in `src/` and `tests/`.
 *
 * @param file The file.
 * @param entries The entry files: the values of `exports` in deno.json.
 * @returns The broken rules.
 */
export function checkSource(file: SourceFile, entries: ReadonlySet<string>): Violation[] {
  const source = parseSource(file.path, file.text);
  const messages: [position: number | undefined, message: string][] = [];
  const lines = countCodeLines(source);
  if (lines > MAX_CODE_LINES) {
    messages.push([undefined, `has ${lines} lines of code; split it above ${MAX_CODE_LINES}`]);
  }
  if (file.path.startsWith("src/")) {
    for (const specifier of listSpecifiers(source)) {
      const message = judgeSpecifier(file.path, specifier, entries);
      if (message !== undefined) messages.push([specifier.start, message]);
    }
  }
  messages.push(...runtimeGlobals(file.path, source));
  return messages.map(([position, message]) => ({
    path: file.path,
    ...(position !== undefined && { line: source.getLineAndCharacterOfPosition(position).line + 1 }),
    message,
  }));
}

function judgeSpecifier(
  path: string,
  specifier: Specifier,
  entries: ReadonlySet<string>,
): string | undefined {
  const { text } = specifier;
  if (text.startsWith(".")) return judgeFile(path, posix.join(posix.dirname(path), text), entries);
  if (text.startsWith("node:")) {
    return RUNTIME_MODULES.has(text) && folderOf(path) !== RUNTIME_FOLDER
      ? `imports ${text}, which only src/${RUNTIME_FOLDER}/ may`
      : undefined;
  }
  return judgePackage(specifier);
}

function judgeFile(path: string, target: string, entries: ReadonlySet<string>): string | undefined {
  if (!target.startsWith("src/")) return `refers to ${target}, which is outside src/`;
  if (posix.basename(target) === "mod.ts" && !entries.has(path)) {
    return `imports the entry file ${target}; import the file that holds the symbol`;
  }
  const [own, other] = [folderOf(path), folderOf(target)];
  if (own === other) return undefined;
  const [ownLayer, otherLayer] = [layerOf(own), layerOf(other)];
  if (ownLayer === undefined) {
    return `is in src/${own}/, which has no layer; add it to scripts/layers/rules.ts`;
  }
  if (otherLayer === undefined) return `imports ${target}, whose folder has no layer`;
  if (otherLayer < ownLayer) return undefined;
  return `imports ${target} of layer ${otherLayer} from layer ${ownLayer}; only lower layers are allowed`;
}

function judgePackage({ text, kind }: Specifier): string | undefined {
  const name = text.split("/", text.startsWith("@") ? 2 : 1).join("/");
  if (LIGHT_PACKAGES.has(name)) return undefined;
  if (!HEAVY_PACKAGES.has(name)) return `imports "${text}", which is not a decided dependency`;
  return kind === "static"
    ? `loads "${name}" with every service; use import type or await import()`
    : undefined;
}

function runtimeGlobals(path: string, source: ts.SourceFile): [number, string][] {
  const inSource = path.startsWith("src/") && folderOf(path) !== RUNTIME_FOLDER;
  const inTests = path.startsWith("tests/");
  const found: [number, string][] = [];
  if (!inSource && !inTests) return found;
  visitNodes(source, (node) => {
    if (!ts.isIdentifier(node) || node.text !== "Deno") return;
    if (inTests && ts.isPropertyAccessExpression(node.parent) && node.parent.name.text === "test") return;
    found.push([
      node.getStart(source),
      inTests
        ? "uses Deno other than Deno.test; Node runs it too"
        : `names Deno outside src/${RUNTIME_FOLDER}/`,
    ]);
  });
  return found;
}

function folderOf(path: string): string {
  const [, folder, ...rest] = path.split("/");
  return rest.length === 0 ? "" : folder ?? "";
}

function layerOf(folder: string): number | undefined {
  return folder === "" ? 0 : LAYERS.get(folder);
}
