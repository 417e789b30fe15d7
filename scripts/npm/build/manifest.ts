/**
 * The package.json of the npm package, made from deno.json.
 *
 * @module
 */
import { compiledName } from "./layout.ts";

/** What we read of deno.json. */
export interface DenoConfig {
  /** The name of the package. */
  name: string;
  /** Its version. */
  version: string;
  /** Its licence, as an SPDX identifier. */
  license: string;
  /** Sub-path to file. */
  exports: Record<string, string>;
  /** Specifier to package. */
  imports: Record<string, string>;
}

/** The program that `npx` finds; the package has it when there is its source. */
export const BIN_SOURCE = "src/cli/main.ts";

/** Large packages that few users need: who does installs them, and a clear error says so. */
const OPTIONAL_PACKAGES: ReadonlySet<string> = new Set(["@redis/client", "ws"]);

/** What the build knows of the published files. */
export interface Contents {
  /** The npm packages that they name, to their version ranges. */
  dependencies: ReadonlyMap<string, string>;
  /** The adapters and shims among them, as paths in the package. */
  adapters: readonly string[];
  /** Whether there is a program. */
  hasBin: boolean;
}

/**
 * Makes the package.json.
 *
 * @param config deno.json.
 * @param contents What the build knows of the published files.
 * @returns The members, in the order in which they are written.
 */
export function createManifest(
  config: DenoConfig,
  { dependencies, adapters, hasBin }: Contents,
): Record<string, unknown> {
  const exports = Object.entries(config.exports).map(([subPath, target]) => [
    subPath,
    { types: compiledName(target, ".d.ts"), default: compiledName(target) },
  ]);
  const root = config.exports["."] ?? "./mod.ts";
  return {
    name: config.name,
    version: config.version,
    description: "JSON-RPC 2.0 microservices for Deno and Node: decorated classes, discovery, events",
    license: config.license,
    type: "module",
    engines: { node: ">=20" },
    sideEffects: false,
    main: compiledName(root),
    types: compiledName(root, ".d.ts"),
    exports: { ...Object.fromEntries(exports), "./package.json": "./package.json" },
    ...(hasBin && { bin: { gemstone: `./${compiledName(BIN_SOURCE)}` } }),
    files: [
      "mod.js*",
      "mod.d.ts",
      "src/",
      ...adapters.map((path) => compiledName(path, ".*")),
      "CHANGES.md",
      "examples/PYTHON.md",
    ],
    ...splitDependencies(dependencies),
  };
}

function splitDependencies(dependencies: ReadonlyMap<string, string>): Record<string, unknown> {
  const sorted = [...dependencies].sort(([a], [b]) => a < b ? -1 : 1);
  const optional = sorted.filter(([name]) => OPTIONAL_PACKAGES.has(name));
  return {
    dependencies: Object.fromEntries(sorted.filter(([name]) => !OPTIONAL_PACKAGES.has(name))),
    peerDependencies: Object.fromEntries(optional),
    peerDependenciesMeta: Object.fromEntries(optional.map(([name]) => [name, { optional: true }])),
  };
}
