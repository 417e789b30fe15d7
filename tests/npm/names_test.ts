import { assert, assertEquals } from "@std/assert";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { PACKAGE_FOLDER } from "./project.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const { name, exports } = JSON.parse(await readFile(join(REPOSITORY, "deno.json"), "utf8")) as {
  name: string;
  exports: Record<string, string>;
};
const SUB_PATHS = Object.keys(exports);

Deno.test("both packages have the same sub-paths", async () => {
  const manifest = JSON.parse(await readFile(join(PACKAGE_FOLDER, "package.json"), "utf8")) as {
    exports: Record<string, { types: string; default: string }>;
  };

  assertEquals(Object.keys(manifest.exports), [...SUB_PATHS, "./package.json"]);
});

Deno.test("both packages export the same values", async () => {
  const onNode = await listValuesOnNode();

  for (const subPath of SUB_PATHS) {
    const values = await import(name + subPath.slice(1)) as Record<string, unknown>;
    assertEquals(onNode[subPath], Object.keys(values).sort(), subPath);
  }
});

Deno.test("both packages declare the same names", () => {
  const declared = listDeclared(PACKAGE_FOLDER, (target) => target.replace(/\.ts$/, ".d.ts"));

  const expected = listDeclared(REPOSITORY, (target) => target);

  for (const subPath of SUB_PATHS) {
    const names = expected.get(subPath) ?? [];
    // Each entry has names; without this a program that finds nothing would pass.
    assert(names.length > 0, subPath);
    assertEquals(declared.get(subPath), names, subPath);
  }
});

async function listValuesOnNode(): Promise<Record<string, string[]>> {
  const source = `
    const found = {};
    for (const subPath of ${JSON.stringify(SUB_PATHS)}) {
      found[subPath] = Object.keys(await import(${JSON.stringify(name)} + subPath.slice(1))).sort();
    }
    console.log(JSON.stringify(found));
  `;
  const args = ["--input-type=module", "--eval", source];
  const { stdout } = await promisify(execFile)("node", args, { cwd: PACKAGE_FOLDER });
  return JSON.parse(stdout) as Record<string, string[]>;
}

/** The names of each entry, as `value name` or `type name`. */
function listDeclared(root: string, toFile: (target: string) => string): Map<string, string[]> {
  const files = new Map(SUB_PATHS.map((subPath) => [subPath, join(root, toFile(exports[subPath] ?? ""))]));
  const program = ts.createProgram([...files.values()], {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    allowImportingTsExtensions: true,
    noEmit: true,
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  return new Map([...files].map(([subPath, path]) => {
    const source = program.getSourceFile(path);
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    const symbols = module === undefined ? [] : checker.getExportsOfModule(module);
    return [subPath, symbols.map((symbol) => describe(symbol, checker)).sort()];
  }));
}

function describe(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return `${target.flags & ts.SymbolFlags.Value ? "value" : "type"} ${symbol.name}`;
}
