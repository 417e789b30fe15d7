/**
 * Gathers the sources of the npm package, rewritten for Node.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { listFiles } from "../../files.ts";
import { type Input, placeFile } from "./layout.ts";
import type { DenoConfig } from "./manifest.ts";
import { type ImportMap, rewriteForNode } from "./rewrite.ts";

/** The documents that go into the package, where there are any. */
export const DOCUMENTS: readonly string[] = ["README.md", "examples/PYTHON.md", "LICENSE", "CHANGES.md"];

/** A file of the package before it is compiled. */
export interface CollectedFile extends Input {
  /** TypeScript for Node; absent for a file that is copied. */
  text?: string;
}

/** Everything that the package is made of. */
export interface Collected {
  /** deno.json. */
  config: DenoConfig;
  /** The files. */
  files: CollectedFile[];
  /** The npm packages that published files name, to their version ranges. */
  dependencies: Map<string, string>;
  /** The npm packages that only tests and examples name. */
  testDependencies: Map<string, string>;
}

/**
 * Lists the files on which the package depends: sources, configuration and the build itself.
 *
 * @returns Paths in the repository.
 */
export async function listInputs(): Promise<string[]> {
  const folders = ["src", "examples", "tests", "scripts/npm"];
  const files = await Promise.all(folders.map((folder) => listFiles(".", folder)));
  const single = ["mod.ts", "deno.json", "scripts/build_npm.ts", "scripts/specifiers.ts", ...DOCUMENTS];
  return [...single.filter((path) => existsSync(path)), ...files.flat()];
}

/**
 * Reads and rewrites the files of the package.
 *
 * @param paths What {@linkcode listInputs} returned.
 * @returns The files, published ones first, and the npm packages that they name.
 * @throws {Error} when a file imports what the package does not have.
 */
export async function collectPackage(paths: readonly string[]): Promise<Collected> {
  const config = JSON.parse(await readFile("deno.json", "utf8")) as DenoConfig;
  const collector = new Collector(config, await readMap());
  // Adapters and shims come when a file asks for them. Published files ask first: theirs are published.
  const places = paths.filter((path) => !path.startsWith("scripts/")).map(placeFile)
    .filter((place) => place !== undefined);
  for (const place of places.filter(({ published }) => published)) await collector.add(place);
  for (const place of places.filter(({ published }) => !published)) await collector.add(place);
  return collector.collected;
}

class Collector {
  readonly collected: Collected;
  readonly #map: ImportMap;
  readonly #seen = new Set<string>();

  constructor(config: DenoConfig, map: ImportMap) {
    this.collected = { config, files: [], dependencies: new Map(), testDependencies: new Map() };
    this.#map = map;
  }

  async add(input: Input): Promise<void> {
    if (this.#seen.has(input.path)) return;
    this.#seen.add(input.path);
    const { config, files, dependencies, testDependencies } = this.collected;
    if (!input.path.endsWith(".ts")) {
      files.push(input);
      return;
    }
    const source = await readFile(input.path, "utf8");
    const { text, packages, needs } = rewriteForNode(input, source, this.#map, config.name);
    files.push({ ...input, text });
    const named = input.published ? dependencies : testDependencies;
    for (const [name, range] of packages) named.set(name, range);
    for (const path of needs) {
      const place = placeFile(path);
      if (place !== undefined) await this.add({ ...place, published: input.published });
    }
  }
}

async function readMap(): Promise<ImportMap> {
  const { imports } = JSON.parse(await readFile("scripts/npm/import_map.json", "utf8")) as {
    imports: Record<string, string>;
  };
  return new Map(Object.entries(imports));
}
