/**
 * Loads a module, or one member of it, by a path that is known at run time only.
 *
 * @module
 */
import { ConfigurationValueError } from "../errors.ts";

/**
 * How {@linkcode dynamicLoad} finds a module.
 *
 * @example A path that is meant from the source, wherever the service is started
 * ```ts
 * import { dynamicLoad, type DynamicLoadOptions } from "@gemstone/gemstone";
 * import { ConfigurationValueError } from "@gemstone/gemstone/errors";
 * import { assertRejects } from "@std/assert";
 *
 * const options: DynamicLoadOptions = { parent: import.meta.url };
 * await assertRejects(() => dynamicLoad("./no_such_plugin.ts#Audit", options), ConfigurationValueError);
 * ```
 */
export interface DynamicLoadOptions {
  /** The URL that a relative path is meant from, such as `import.meta.url`. @default {the working directory} */
  readonly parent?: string | URL | undefined;
}

/** The most members that the text of an error lists. */
const MAX_MEMBERS = 20;

/**
 * Loads a module, or a member of it: what a configuration may name in place of an object.
 *
 * @typeParam Member What is loaded; nobody checks it.
 * @param path `"./audit.ts"` for the module, `"./audit.ts#Audit"` for what it exports as `Audit`. It begins
 * with `./`, `../` or `/`, or is a URL; anything else is the name of a package, as this package sees it.
 * @param options `parent`: what a relative path is meant from.
 * @returns The member, or the namespace of the module.
 * @throws {TypeError} when the path is not a text, or names no module.
 * @throws {ConfigurationValueError} when the module can not be loaded, or has no such member; the text lists
 * those that it has.
 *
 * @example
 * ```ts
 * import { type BasePlugin, dynamicLoad } from "@gemstone/gemstone";
 *
 * async function loadPlugin(path: string): Promise<BasePlugin> {
 *   const Plugin = await dynamicLoad<new () => BasePlugin>(path);
 *   return new Plugin();
 * }
 * ```
 */
export async function dynamicLoad<Member = unknown>(
  path: string,
  { parent }: DynamicLoadOptions = {},
): Promise<Member> {
  const [, module, member] = typeof path === "string"
    ? /^([^#]+?)(?:#([^#]*))?$/s.exec(path.trim()) ?? []
    : [];
  if (module === undefined || member === "") {
    throw new TypeError(
      `Cannot load ${JSON.stringify(path)}: give a module, and a member behind "#", as in "./audit.ts#Audit"`,
    );
  }
  const namespace = await loadModule(module, parent);
  if (member === undefined) return namespace as Member;
  if (Object.hasOwn(namespace, member)) return namespace[member] as Member;
  throw new ConfigurationValueError(
    `Cannot load "${member}" of ${module}: it is not exported; there are: ${listMembers(namespace)}`,
  );
}

type Namespace = Readonly<Record<string, unknown>>;

async function loadModule(module: string, parent: string | URL | undefined): Promise<Namespace> {
  try {
    return await import(await toSpecifier(module, parent));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationValueError(`Cannot load module ${module}: ${reason}`, { cause });
  }
}

async function toSpecifier(module: string, parent: string | URL | undefined): Promise<string> {
  // Loaded here, because most services never get here.
  const { isAbsolute, resolve } = await import("node:path");
  if (!/^\.{1,2}[\\/]/.test(module) && !isAbsolute(module)) return module;
  const { pathToFileURL } = await import("node:url");
  if (parent === undefined || isAbsolute(module)) return pathToFileURL(resolve(module)).href;
  return new URL(module, parent).href;
}

function listMembers(namespace: Namespace): string {
  const names = Object.keys(namespace);
  const listed = names.slice(0, MAX_MEMBERS).join(", ") || "none";
  return names.length > MAX_MEMBERS ? `${listed} and ${names.length - MAX_MEMBERS} more` : listed;
}
