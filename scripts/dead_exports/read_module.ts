/** @module */
import { posix } from "node:path";
import type ts from "typescript";
import { listSpecifiers, parseSource, visitNodes } from "../specifiers.ts";
import { exportedNames } from "./exported_names.ts";
import type { ModuleFacts, ModuleName } from "./module_facts.ts";
import { type TakenName, takenNames } from "./taken_names.ts";

/**
 * Reads a module.
 *
 * @param path Its path in the repository.
 * @param text Its text.
 * @returns The facts; packages are left out.
 */
export function readModule(path: string, text: string): ModuleFacts {
  const source = parseSource(path, text);
  return {
    exports: source.statements.flatMap((statement) => {
      const line = source.getLineAndCharacterOfPosition(statement.getStart(source)).line + 1;
      return exportedNames(statement).flatMap(({ original, specifier, ...facts }) => {
        if (specifier === undefined) return [{ ...facts, line }];
        const target = toPath(path, specifier);
        return target === undefined ? [] : [{ ...facts, line, from: { path: target, name: original } }];
      });
    }),
    uses: readUses(path, source),
  };
}

function readUses(path: string, source: ts.SourceFile): ModuleName[] {
  const taken: TakenName[] = [];
  visitNodes(source, (node) => {
    taken.push(...takenNames(node));
  });
  for (const { text, kind } of listSpecifiers(source)) {
    // `new URL("./worker.ts", import.meta.url)` needs the file and none of its names.
    if (kind === "url") taken.push({ name: "", specifier: text });
  }
  return taken.flatMap(({ name, specifier }) => {
    const target = toPath(path, specifier);
    return target === undefined ? [] : [{ path: target, name }];
  });
}

function toPath(from: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : undefined;
}
