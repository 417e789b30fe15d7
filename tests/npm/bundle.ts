/**
 * Programs of users, bundled by esbuild: what the package costs them.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Project } from "./project.ts";

/** The bundler, for {@linkcode Project.create}. */
export const ESBUILD = "esbuild@0.28.2";

/** Bytes of minified code. */
export interface BundleSize {
  /** As it is. */
  bytes: number;
  /** Compressed by gzip. */
  gzipBytes: number;
}

/** Some files of a bundle. */
export interface BundlePart extends BundleSize {
  /** The modules with code in it: their paths in our package, or the names of other packages. */
  modules: string[];
}

/** A bundled program. */
export interface Bundle {
  /** What is loaded with the program: its file and what that imports statically. */
  start: BundlePart;
  /** All files, with what is loaded on demand. */
  all: BundlePart;
}

interface Output {
  entryPoint?: string;
  inputs: Record<string, { bytesInOutput: number }>;
  imports: { path: string; kind: string; external?: boolean }[];
}

/**
 * Bundles a program.
 *
 * @param project Where the package and {@linkcode ESBUILD} are installed.
 * @param name A name for its files.
 * @param options `source`: the program. `platform`: with "browser" an import of a `node:` module is an error.
 * @returns The bundle.
 * @throws {Error} when esbuild finds a mistake or something to warn of.
 */
export async function bundle(
  project: Project,
  name: string,
  { source, platform }: { source: string; platform: "browser" | "node" },
): Promise<Bundle> {
  await project.write({ [`${name}.js`]: source });
  const { code, stderr } = await project.run(
    join("node_modules", ".bin", "esbuild"),
    ...[`${name}.js`, "--bundle", "--splitting", "--format=esm", "--minify", "--log-level=warning"],
    ...[`--platform=${platform}`, `--outdir=${name}`, `--metafile=${name}.json`],
    // The packages that a user of Redis or of WebSockets on Node 20 adds.
    ...["--external:@redis/client", "--external:ws"],
  );
  if (code !== 0 || stderr !== "") throw new Error(`Cannot bundle ${name}.js: esbuild says\n${stderr}`);
  const { outputs } = JSON.parse(await readFile(join(project.folder, `${name}.json`), "utf8")) as {
    outputs: Record<string, Output>;
  };
  const measure = (paths: string[]): Promise<BundlePart> => measurePart(project, outputs, paths);
  return { start: await measure(listStart(outputs, `${name}.js`)), all: await measure(Object.keys(outputs)) };
}

function listStart(outputs: Record<string, Output>, program: string): string[] {
  const found = new Set(Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === program));
  for (const path of found) {
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && external !== true) found.add(imported);
    }
  }
  return [...found];
}

async function measurePart(
  { folder }: Project,
  outputs: Record<string, Output>,
  paths: string[],
): Promise<BundlePart> {
  const part: BundlePart = { bytes: 0, gzipBytes: 0, modules: [] };
  for (const path of paths) {
    const code = await readFile(join(folder, path));
    part.bytes += code.length;
    part.gzipBytes += gzipSync(code).length;
    for (const [input, { bytesInOutput }] of Object.entries(outputs[path]?.inputs ?? {})) {
      if (bytesInOutput > 0) part.modules.push(moduleName(input));
    }
  }
  return part;
}

function moduleName(input: string): string {
  const own = /(?:^|\/)node_modules\/@gemstone\/gemstone\/(?<path>.*)$/.exec(input)?.groups?.path;
  if (own !== undefined) return own;
  return /(?:^|\/)node_modules\/(?<name>(?:@[^/]+\/)?[^/]+)/.exec(input)?.groups?.name ?? input;
}
