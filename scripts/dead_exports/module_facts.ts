/**
 * A module as others see it: what it exports, and what it takes from them.
 *
 * @module
 */

/** Stands for all names of a module. */
export const ALL_NAMES = "*";

/** A name of a module. */
export interface ModuleName {
  /** The path of the module in the repository. */
  path: string;
  /** The name that it exports, {@linkcode ALL_NAMES}, or "" for the module without any of its names. */
  name: string;
}

/** A name that a module exports. */
export interface ExportedName {
  /** The name; {@linkcode ALL_NAMES} for `export * from`. */
  name: string;
  /** The line, from 1. */
  line: number;
  /** Whose name a re-export is. */
  from?: ModuleName;
  /** Whether it is an interface or a type alias. */
  isType: boolean;
  /** The names in its types: parameters, results, fields that are not private. */
  signature: ReadonlySet<string>;
}

/** A module, seen from outside. */
export interface ModuleFacts {
  /** What it exports. */
  exports: ExportedName[];
  /** What its own code takes of other modules; what it only passes on is not among it. */
  uses: ModuleName[];
}
