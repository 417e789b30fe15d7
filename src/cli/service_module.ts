/**
 * Finds the service that a module exports.
 *
 * The module may use another copy of this package than the program does (an installed `gemstone` and a project of
 * its own), so services are known by what they can do, not by `instanceof`.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { IS_DENO } from "../runtime/process.ts";
import { CommandError, UsageError } from "./command.ts";
import { FAILED, NOT_FOUND } from "./exit_codes.ts";

/** What is asked of a service to run it. */
export interface StartableService {
  start(
    options: { readonly args: readonly string[]; readonly signal?: AbortSignal | undefined },
  ): Promise<void>;
  stop(): Promise<void>;
  onServiceStop(): void | Promise<void>;
}

/** A service of a module, or a class of services. */
interface Candidate {
  /** The names that it is known by: those of its exports and that of the class. */
  readonly names: readonly string[];
  readonly isDefault: boolean;
  readonly create: () => StartableService;
}

const SERVICE_METHODS = ["start", "stop", "configure", "emitEvent", "onServiceStop"] as const;
/** More than a letter, which would be a drive of Windows. */
const HAS_SCHEME = /^[A-Za-z][A-Za-z0-9+.-]+:/;
const IS_TYPESCRIPT = /\.[cm]?tsx?$/;
/** Where an error was thrown, in a stack. */
const PLACE = /(?:file|https?):\/\/[^\s()]+?:\d+(?::\d+)?(?=\)?$)/m;

/**
 * Loads a module and makes the service that it exports.
 *
 * @param module A path, seen from the working directory, or a URL.
 * @param className Which one, by the name of its export or class. @default {the default export, else the only one}
 * @returns The service.
 * @throws {CommandError} when there is no such module, or no such service in it, or when it fails.
 * @throws {UsageError} when it has several services and none is named.
 */
export async function loadService(module: string, className: string | undefined): Promise<StartableService> {
  const exports = await loadModule(module);
  const { create } = choose(toCandidates(exports), { module, className });
  try {
    return create();
  } catch (error) {
    throw new CommandError(FAILED, `Cannot create the service of ${module}: ${describeFault(error)}`);
  }
}

/**
 * Tells a fault in a program in one line.
 *
 * @param error What it has thrown.
 * @returns The class, the message and, where it is known, the line in the file.
 */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [message = ""] = error.message.split("\n", 1);
  const place = PLACE.exec(error.stack ?? "")?.[0];
  const where = place === undefined || message.includes(place) ? "" : ` (${place})`;
  // Deno puts the class of a mistake in the text of a module into the message of another one.
  const name = /^\w*Error: /.test(message) ? "" : `${error.name}: `;
  return `${name}${message}${where}`;
}

async function loadModule(module: string): Promise<Readonly<Record<string, unknown>>> {
  const url = HAS_SCHEME.test(module) ? module : pathToFileURL(resolve(process.cwd(), module)).href;
  if (url.startsWith("file:") && !await exists(url)) {
    throw new CommandError(NOT_FOUND, `Cannot start ${module}: there is no such file`);
  }
  try {
    return await import(url);
  } catch (error) {
    throw new CommandError(FAILED, explainLoading(module, error));
  }
}

async function exists(url: string): Promise<boolean> {
  try {
    // Not access(): on Deno that asks for --allow-sys=uid,gid.
    await stat(fileURLToPath(url));
    return true;
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    // Anything else is told better by the runtime that loads it.
    return code !== "ENOENT" && code !== "ENOTDIR" && !(error instanceof TypeError);
  }
}

/** Node reads no TypeScript, or, since 22.18, none with decorators. */
function explainLoading(module: string, error: unknown): string {
  const { code, exitCode } = (error ?? {}) as { readonly code?: unknown; readonly exitCode?: unknown };
  // A `UsageRequest`: the arguments are ours, and a service that the module has started does not understand them.
  if (exitCode !== undefined) {
    return `Cannot load ${module}: it starts a service itself; run it as a program, or give the module of the class, ` +
      "as in: gemstone start ./service.ts";
  }
  const isUnread = code === "ERR_UNKNOWN_FILE_EXTENSION" || code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" ||
    error instanceof SyntaxError;
  if (IS_DENO || !IS_TYPESCRIPT.test(module) || !isUnread) {
    return `Cannot load ${module}: ${describeFault(error)}`;
  }
  return `Cannot load ${module}: Node can not read it as TypeScript; install tsx (npm install --save-dev tsx) and ` +
    `run NODE_OPTIONS="--import tsx" npx gemstone start ${module}`;
}

function toCandidates(exports: Readonly<Record<string, unknown>>): readonly Candidate[] {
  const names = new Map<object, string[]>();
  for (const [name, value] of Object.entries(exports)) {
    if (!isServiceClass(value) && !isService(value)) continue;
    names.set(value, [...names.get(value) ?? [], name]);
  }
  return [...names].map(([value, exported]) => ({
    names: [...new Set([...exported.filter((name) => name !== "default"), ...classNameOf(value)])],
    isDefault: exported.includes("default"),
    create: () => isServiceClass(value) ? new value() : value as StartableService,
  }));
}

function choose(
  candidates: readonly Candidate[],
  { module, className }: { readonly module: string; readonly className: string | undefined },
): Candidate {
  const listed = candidates.map(({ names }) => names[0] ?? "default").join(", ");
  if (candidates.length === 0) {
    throw new CommandError(
      NOT_FOUND,
      `Cannot start ${module}: it exports no service; export a class that derives from MicroService`,
    );
  }
  if (className !== undefined) {
    const named = candidates.find(({ names }) => names.includes(className));
    if (named !== undefined) return named;
    throw new CommandError(NOT_FOUND, `Cannot start "${className}" of ${module}: it exports ${listed}`);
  }
  const [only, ...others] = candidates;
  const chosen = candidates.find(({ isDefault }) => isDefault) ?? (others.length === 0 ? only : undefined);
  if (chosen !== undefined) return chosen;
  throw new UsageError(`${module} exports several services, choose one of them with --class: ${listed}`);
}

function isService(value: unknown): value is StartableService {
  if (typeof value !== "object" || value === null) return false;
  return SERVICE_METHODS.every((name) => typeof Reflect.get(value, name) === "function");
}

/** `MicroService` itself, which a module may pass on, has no prototype of a service above its own. */
function isServiceClass(value: unknown): value is new () => StartableService {
  if (typeof value !== "function" || !isService(value.prototype)) return false;
  return isService(Object.getPrototypeOf(value.prototype));
}

function classNameOf(value: object): string[] {
  const { name } = typeof value === "function" ? value : value.constructor;
  return name === "" ? [] : [name];
}
