/**
 * Where each source file goes in the npm package.
 *
 * @module
 */
import { posix } from "node:path";

/** A source file of the build. */
export interface Input {
  /** The path in the repository. */
  path: string;
  /** The path in `npm/`, still with `.ts`. */
  target: string;
  /** Whether it is published; examples and tests are built, but not for users. */
  published: boolean;
}

/** Source prefix, package prefix, published. The first that fits counts. */
const PLACES: readonly (readonly [source: string, target: string, published: boolean])[] = [
  ["scripts/npm/std/", "std/", true],
  ["scripts/npm/node/", "node/", true],
  ["src/", "src/", true],
  ["mod.ts", "mod.ts", true],
  ["examples/", "examples/", false],
  ["tests/", "tests/", false],
];

/** Tests of the repository, of the finished package and of pages: Deno runs them, once. */
const LEFT_OUT = ["tests/browser/", "tests/npm/", "tests/scripts/", "tests/types/"];

/**
 * Places a file.
 *
 * @param path The path in the repository, with `/`.
 * @returns Its place in the package, or `undefined` for a file that is no part of it.
 */
export function placeFile(path: string): Input | undefined {
  if (LEFT_OUT.some((prefix) => path.startsWith(prefix))) return undefined;
  const place = PLACES.find(([source]) => path.startsWith(source));
  if (place === undefined) return undefined;
  const [source, target, published] = place;
  return { path, target: target + path.slice(source.length), published };
}

/**
 * The name of the compiled file.
 *
 * @param path A path that may end in `.ts`.
 * @param ending What replaces it.
 * @returns The new path; one that does not end in `.ts` stays.
 */
export function compiledName(path: string, ending: ".js" | ".d.ts" | ".*" = ".js"): string {
  return path.endsWith(".ts") && !path.endsWith(".d.ts") ? path.slice(0, -3) + ending : path;
}

/**
 * Writes the specifier that leads from one file of the package to another.
 *
 * @param from The file with the import.
 * @param to The imported file.
 * @returns A relative specifier.
 */
export function relativeSpecifier(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  const ending = to.endsWith("/") ? "/" : "";
  return (path.startsWith(".") ? path : `./${path}`) + ending;
}
