/**
 * Loads the modules of blocking work in a worker.
 *
 * @module
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { GemstoneError } from "../errors.ts";
import { importInWorker, IS_DENO } from "./process.ts";
import type { ModuleExports } from "./worker_target.ts";

/** The members of Node's `process` that are read here. */
interface NodeProcess {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What is called of `tsx/esm/api`. */
interface TsxApi {
  register(): unknown;
}

const TYPESCRIPT = /\.[cm]?tsx?$/;

/** Loads modules, each once. */
export class ModuleLoader {
  readonly #loaded: Map<string, ModuleExports> = new Map();
  #isTsxFollowed = false;

  /**
   * Returns a module that has been loaded.
   *
   * @param url Its absolute URL.
   * @returns What it exports; `undefined` when it has not been loaded.
   */
  get(url: string): ModuleExports | undefined {
    return this.#loaded.get(url);
  }

  /**
   * Imports a module.
   *
   * @param url Its absolute URL.
   * @returns What it exports.
   * @throws {Error} when it can not be loaded; `cause` says why.
   */
  async load(url: string): Promise<ModuleExports> {
    try {
      if (!IS_DENO && TYPESCRIPT.test(url)) await this.#followTsx(url);
      const exports = await importInWorker(url) as ModuleExports;
      this.#loaded.set(url, exports);
      return exports;
    } catch (cause) {
      throw createLoadError(url, cause);
    }
  }

  /** Before Node 22 a worker does not inherit the loader of tsx (`node --import tsx`, `npx tsx`) from its parent. */
  async #followTsx(url: string): Promise<void> {
    const { execArgv, env } = (globalThis as unknown as { readonly process: NodeProcess }).process;
    if (this.#isTsxFollowed || !`${execArgv} ${env.NODE_OPTIONS}`.includes("tsx")) return;
    this.#isTsxFollowed = true;
    try {
      // Beside the CommonJS form, which finds nothing in a worker, lies the one for `import`.
      const path = createRequire(url).resolve("tsx/esm/api").replace(/\.cjs$/, ".mjs");
      const { register } = await import(pathToFileURL(path).href) as TsxApi;
      register();
    } catch {
      // It is not installed beside the module: then the import says what is wrong.
    }
  }
}

function createLoadError(url: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  // A module without that guard would start its service in each worker.
  const hint = cause instanceof GemstoneError
    ? "; what a module does when it is loaded it does in workers, too: start a service in a " +
      "module of its own, or below `if (import.meta.main)`, which Node knows since 24.2"
    : "";
  return new Error(`Cannot load ${url} in a worker: ${why}${hint}`, { cause });
}
