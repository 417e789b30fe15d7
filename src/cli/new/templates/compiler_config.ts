/** @module */
import { STRICTEST } from "../strictest.ts";
import { toJsonText } from "../template_text.ts";

/**
 * Writes `tsconfig.json`, for editors and tests: it checks all files and writes none. Decorators are the standard
 * ones, so there is no `experimentalDecorators`, and a target below ES2023 or so has them compiled.
 *
 * @returns The text.
 */
export function createCompilerConfig(): string {
  return toJsonText({
    compilerOptions: {
      target: "es2022",
      lib: ["es2023"],
      types: ["node"],
      module: "nodenext",
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
      ...STRICTEST,
      skipLibCheck: true,
      noEmit: true,
    },
    include: ["**/*.ts"],
    exclude: ["dist", "node_modules"],
  });
}

/**
 * Writes `tsconfig.build.json`, which compiles everything but the tests into `dist/`.
 *
 * @returns The text.
 */
export function createBuildConfig(): string {
  return toJsonText({
    extends: "./tsconfig.json",
    compilerOptions: { noEmit: false, rootDir: ".", outDir: "dist", sourceMap: true },
    exclude: ["dist", "node_modules", "**/*_test.ts"],
  });
}
