/**
 * The facts that the layer check knows: which folder of `src/` stands on which layer, and which packages it may
 * use. A new folder or a new dependency is a visible decision here.
 *
 * @module
 */

/** The layer of each folder of `src/`; the files directly in it are on layer 0. */
export const LAYERS: ReadonlyMap<string, number> = new Map([
  ["rpc", 1],
  ["events", 1],
  ["config", 1],
  ["runtime", 1],
  ["client", 2],
  ["discovery", 3],
  ["web", 3],
  ["service", 4],
  ["registry", 5],
  ["testing", 5],
  ["cli", 6],
]);

/** The only folder that knows runtimes. */
export const RUNTIME_FOLDER = "runtime";

/** The modules and globals that only {@linkcode RUNTIME_FOLDER} may name. */
export const RUNTIME_MODULES: ReadonlySet<string> = new Set([
  "node:cluster",
  "node:http",
  "node:http2",
  "node:https",
  "node:worker_threads",
]);

/** Packages that `src/` may import in any way. */
export const LIGHT_PACKAGES: ReadonlySet<string> = new Set([
  "@logtape/logtape",
  "@opentelemetry/api",
  "@standard-schema/spec",
  "@std/cli",
  "@std/http",
  "@std/path",
  "acorn",
  "srvx",
]);

/** Packages that `src/` may import with `import type` or `await import()` only: few services need them. */
export const HEAVY_PACKAGES: ReadonlySet<string> = new Set([
  "@nats-io/transport-node",
  "@redis/client",
  "amqplib",
  "croner",
  "liquidjs",
  "urlpattern-polyfill",
  "ws",
]);

/** The most lines of code that a file may have, without blank lines and comments. */
export const MAX_CODE_LINES = 250;

/** One broken rule. */
export interface Violation {
  /** The file, relative to the repository. */
  path: string;
  /** The line, from 1; absent when the whole file is meant. */
  line?: number;
  /** What is wrong and what is allowed. */
  message: string;
}

/** A file of the repository with its text. */
export interface SourceFile {
  /** The path relative to the repository, with `/`. */
  path: string;
  /** The text. */
  text: string;
}
