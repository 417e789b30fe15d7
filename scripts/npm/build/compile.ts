/**
 * Compiles the rewritten sources with TypeScript: JavaScript file by file, the declarations of all together.
 *
 * @module
 */
import { join } from "node:path";
import ts from "typescript";

/** Node 20 understands ES2022; standard decorators and `using` are lowered to it. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  strict: true,
};

const CODE_OPTIONS: ts.CompilerOptions = {
  ...OPTIONS,
  sourceMap: true,
  // The sources are not in the package, so the maps carry them.
  inlineSources: true,
};

/** The libraries are those of Node 20, which has `isWellFormed` of ES2024: a later built-in is a mistake that `deno check` can not see. */
const PROGRAM_OPTIONS: ts.CompilerOptions = {
  ...OPTIONS,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: [
    "lib.es2023.d.ts",
    "lib.es2024.string.d.ts",
    "lib.esnext.disposable.d.ts",
    "lib.dom.d.ts",
    "lib.dom.iterable.d.ts",
  ],
  types: ["node"],
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
};

/** JavaScript of one file. */
export interface Compiled {
  /** The text, with a reference to its map. */
  code: string;
  /** The source map, JSON. */
  map: string;
}

/**
 * Compiles TypeScript to JavaScript.
 *
 * @param path The path of the file in the package.
 * @param text Its text.
 * @returns JavaScript and its map.
 * @throws {Error} when the text is not TypeScript.
 */
export function compileCode(path: string, text: string): Compiled {
  const settings = { fileName: path, compilerOptions: CODE_OPTIONS, reportDiagnostics: true };
  const output = ts.transpileModule(text, settings);
  const [mistake] = output.diagnostics ?? [];
  if (mistake !== undefined) throw new Error(`Cannot compile ${describe(mistake)}`);
  return { code: output.outputText, map: output.sourceMapText ?? "" };
}

/**
 * Writes declarations. Types need no second look for that: `deno check` has seen them, and what the declarations
 * say to a strict compiler is tested in `tests/npm/`.
 *
 * @param root The folder of the package; packages are looked up from there.
 * @param files The texts by path in the package; they need not be on the disk.
 * @returns The texts of the `.d.ts` files by path in the package.
 * @throws {Error} when a declaration can not be written.
 */
export function compileDeclarations(root: string, files: ReadonlyMap<string, string>): Map<string, string> {
  const program = createProgram(root, files, { declaration: true, emitDeclarationOnly: true, noCheck: true });
  const written = new Map<string, string>();
  const { diagnostics: [mistake] } = program.emit(undefined, (path, text) => {
    written.set(path.slice(root.length + 1), withLibraries(text));
  });
  if (mistake !== undefined) throw new Error(`Cannot declare ${describe(mistake)}`);
  return written;
}

/**
 * Checks types against the libraries of Node 20.
 *
 * @param root The folder of the package; packages are looked up from there.
 * @param files The texts by path in the package.
 * @param checked Which of them to check; the others only lend their types.
 * @returns The mistakes, one line each.
 */
export function checkNodeTypes(
  root: string,
  files: ReadonlyMap<string, string>,
  checked: readonly string[],
): string[] {
  const program = createProgram(root, files, { noEmit: true });
  return checked.flatMap((path) => program.getSemanticDiagnostics(program.getSourceFile(join(root, path))))
    .map((mistake) => describe(mistake, root));
}

function createProgram(
  root: string,
  files: ReadonlyMap<string, string>,
  options: ts.CompilerOptions,
): ts.Program {
  const texts = new Map([...files].map(([path, text]) => [join(root, path), text]));
  const settings = {
    ...PROGRAM_OPTIONS,
    ...options,
    rootDir: root,
    typeRoots: [join(root, "node_modules/@types")],
  };
  const host = ts.createCompilerHost(settings);
  const { fileExists, readFile } = host;
  // Without a build on the disk the folders of the files are not there either.
  host.directoryExists = (): boolean => true;
  host.fileExists = (path): boolean => texts.has(path) || fileExists(path);
  host.readFile = (path): string | undefined => texts.get(path) ?? readFile(path);
  return ts.createProgram([...texts.keys()], settings, host);
}

/** A project whose `lib` ends at ES2023 knows `Symbol.asyncDispose` only when a declaration asks for it. */
function withLibraries(declarations: string): string {
  const disposes = /\bSymbol\.(?:asyncDispose|dispose)\b|\b(?:Async)?Disposable\b/.test(declarations);
  return disposes ? `/// <reference lib="esnext.disposable" />\n${declarations}` : declarations;
}

function describe({ file, start = 0, messageText }: ts.Diagnostic, root = ""): string {
  const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
  const path = file?.fileName.replace(`${root}/`, "");
  return `${path}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
}
