/**
 * The rules for deno.json and the npm import map: the same names, with the same meaning.
 *
 * @module
 */
import type { Violation } from "./rules.ts";

/** The two files, decoded. */
export interface Maps {
  /** `exports` of deno.json: sub-path to file. */
  exports: Record<string, string>;
  /** `imports` of deno.json. */
  jsrImports: Record<string, string>;
  /** `imports` of scripts/npm/import_map.json. */
  npmImports: Record<string, string>;
  /** `name` of deno.json. */
  name: string;
}

const JSR_MAP = "deno.json";
const NPM_MAP = "scripts/npm/import_map.json";
/** The npm map lies this far below the root. */
const NPM_TO_ROOT = "../../";

/**
 * Compares the two maps and the exports.
 *
 * @param maps The two files.
 * @param fileExists Whether a path, relative to the repository, is a file.
 * @returns The broken rules.
 */
export function checkMaps(maps: Maps, fileExists: (path: string) => boolean): Violation[] {
  const found: Violation[] = [];
  const report = (path: string, message: string): void => {
    found.push({ path, message });
  };
  checkExports(maps, fileExists, report);
  for (const [specifier, target] of Object.entries(maps.jsrImports)) {
    if (isOwn(specifier, maps.name)) continue;
    const npmTarget = maps.npmImports[specifier];
    if (npmTarget === undefined) report(NPM_MAP, `misses "${specifier}", which ${JSR_MAP} has`);
    else if (target.startsWith("npm:") && npmTarget !== target) {
      report(NPM_MAP, `maps "${specifier}" to ${npmTarget}, but ${JSR_MAP} to ${target}`);
    } else if (npmTarget.startsWith(".") && !fileExists(`scripts/npm/${npmTarget.slice(2)}`)) {
      report(NPM_MAP, `maps "${specifier}" to ${npmTarget}, which is not there`);
    }
  }
  for (const [specifier, target] of Object.entries(maps.npmImports)) {
    // What only this map has are the packages behind the adapters; nothing else may see them.
    if (maps.jsrImports[specifier] === undefined && !target.startsWith("npm:")) {
      report(JSR_MAP, `misses "${specifier}", which ${NPM_MAP} has`);
    }
  }
  return found;
}

function checkExports(
  { exports, jsrImports, npmImports, name }: Maps,
  fileExists: (path: string) => boolean,
  report: (path: string, message: string) => void,
): void {
  for (const [subPath, target] of Object.entries(exports)) {
    const specifier = name + subPath.slice(1);
    const npmTarget = NPM_TO_ROOT + target.slice(2);
    if (!fileExists(target.slice(2))) report(JSR_MAP, `exports ${target}, which is not there`);
    if (jsrImports[specifier] !== target) report(JSR_MAP, `must map "${specifier}" to ${target}`);
    if (npmImports[specifier] !== npmTarget) report(NPM_MAP, `must map "${specifier}" to ${npmTarget}`);
  }
  for (const specifier of Object.keys(jsrImports)) {
    const subPath = `.${specifier.slice(name.length)}`;
    if (isOwn(specifier, name) && exports[subPath] === undefined) {
      report(JSR_MAP, `does not export "${specifier}"`);
    }
  }
}

function isOwn(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`);
}
