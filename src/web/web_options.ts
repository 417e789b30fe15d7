/**
 * The settings of the web part of a service, and their checks.
 *
 * @module
 */
import type { Logger } from "../logger.ts";
import type { BaseServiceHandle } from "../rpc/service_type.ts";
import type { CorsOptions } from "./cors.ts";
import type { ExtraHandler } from "./extra_handler.ts";
import type { OpenAnswers } from "./open_answers.ts";
import type { SecurityHeaders } from "./security_headers.ts";
import type { StaticDir, StaticOptions } from "./static_directory.ts";
import type { WebContext } from "./web_context.ts";

/** What `createWebHandler` is made of. */
export interface WebOptions {
  /** The service: `context.microservice`. */
  readonly microservice: BaseServiceHandle;
  /** The path of the JSON-RPC endpoint, which is not answered here. */
  readonly endpoint: string;
  /** Where to log. */
  readonly logger: Logger;
  /** Handlers of paths, tried in order. @default {none} */
  readonly extraHandlers?: readonly ExtraHandler[] | undefined;
  /** Directories of files, tried in order after the handlers. @default {none} */
  readonly staticDirs?: readonly StaticDir[] | undefined;
  /** Where templates are: a path, or a `file:` URL. @default {nowhere} */
  readonly templateDir?: string | URL | undefined;
  /** Reads templates anew at each use. @default {false} */
  readonly reloadTemplates?: boolean | undefined;
  /** Who may use the web part from pages of other origins. @default {false} */
  readonly cors?: boolean | CorsOptions | undefined;
  /** Headers for browsers. @default {true} */
  readonly securityHeaders?: boolean | SecurityHeaders | undefined;
  /** Secrets of signed cookies, the newest first; at least 32 characters each. @default {none} */
  readonly cookieSecrets?: readonly string[] | undefined;
  /** The largest body that a handler may read, in bytes. @default {1048576} */
  readonly maxBodyBytes?: number | undefined;
  /** Whether an answer 500 says what was thrown. @default {false} */
  readonly exposeErrorDetails?: boolean | undefined;
  /** Says who sent a request. @default {nobody} */
  readonly authenticate?: ((context: WebContext) => unknown) | undefined;
  /** Aborts when the service begins to stop. @default {never} */
  readonly stopping?: AbortSignal | undefined;
  /** Is told what is not finished yet, and can give it up. @default {one that nobody asks} */
  readonly answers?: OpenAnswers | undefined;
  /** The clock, in milliseconds since 1970. @default {Date.now} */
  readonly now?: (() => number) | undefined;
}

const STATIC_CHECKS: Readonly<Record<keyof StaticOptions, (value: unknown) => boolean>> = {
  index: (value) => typeof value === "string" && value !== "" && !/[/\\]/.test(value),
  listing: isBoolean,
  maxAgeMs: (value) => typeof value === "number" && value >= 0 && Number.isFinite(value),
  immutable: isBoolean,
  precompressed: isBoolean,
};

/**
 * Checks the form of the options; what files and patterns they name is checked where they are used.
 *
 * @param options The options.
 * @throws {TypeError} when one can not be used: the text names it, its value, and what can.
 */
export function checkWebOptions(options: WebOptions): void {
  const { extraHandlers = [], staticDirs = [], templateDir, cookieSecrets = [], maxBodyBytes = 1 } = options;
  demand(
    Array.isArray(extraHandlers),
    extraHandlers,
    "extraHandlers",
    'a list, as in: [["/items/:id", handler]]',
  );
  for (const pair of extraHandlers) {
    const isPair = Array.isArray(pair) && pair.length === 2;
    demand(isPair, pair, "one of extraHandlers", "a pattern and its handler: [pattern, handler]");
  }
  demand(Array.isArray(staticDirs), staticDirs, "staticDirs", 'a list, as in: [["/static", "./static"]]');
  for (const dir of staticDirs) checkStaticDir(dir);
  const isPlace = templateDir === undefined || isDirectory(templateDir);
  demand(isPlace, templateDir, "templateDir", "a path, or a file: URL");
  demand(Array.isArray(cookieSecrets), typeof cookieSecrets, "cookieSecrets", "a list of texts");
  demand(
    Number.isSafeInteger(maxBodyBytes) && maxBodyBytes > 0,
    maxBodyBytes,
    "maxBodyBytes",
    "a positive integer",
  );
  for (const name of ["reloadTemplates", "exposeErrorDetails"] as const) {
    const value = options[name];
    demand(value === undefined || isBoolean(value), value, name, "true or false");
  }
}

function checkStaticDir(dir: StaticDir): void {
  const isTuple = Array.isArray(dir) && (dir.length === 2 || dir.length === 3);
  demand(isTuple, dir, "one of staticDirs", "a prefix and a directory: [urlPrefix, directory, options?]");
  const [prefix, directory, options = {}] = dir;
  const isPrefix = typeof prefix === "string" && /^\/(?!\/)[^?#\s\\]*$/.test(prefix);
  demand(
    isPrefix,
    prefix,
    "a prefix in staticDirs",
    'a path that begins with "/", without query or fragment',
  );
  demand(
    isDirectory(directory),
    directory,
    `the directory of "${prefix}" in staticDirs`,
    "a path, or a file: URL",
  );
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  demand(isObject, options, `the options of "${prefix}" in staticDirs`, "an object");
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(STATIC_CHECKS, name) ? STATIC_CHECKS[name as keyof StaticOptions] : undefined;
    const known = Object.keys(STATIC_CHECKS).join(", ");
    demand(check !== undefined, name, `an option of "${prefix}" in staticDirs`, `one of ${known}`);
    demand(
      value === undefined || check(value),
      value,
      `${name} of "${prefix}" in staticDirs`,
      "another value",
    );
  }
}

function isDirectory(value: unknown): boolean {
  return value instanceof URL ? value.protocol === "file:" : typeof value === "string" && value !== "";
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

function demand(isRight: boolean, value: unknown, name: string, accepted: string): asserts isRight {
  if (!isRight) throw new TypeError(`Cannot use ${describe(value)} as ${name}: give ${accepted}`);
}

function describe(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 200);
  } catch {
    // A cycle, a BigInt, or a conversion that throws: what it is says enough.
    return typeof value;
  }
}
