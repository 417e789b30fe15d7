/**
 * What is asked of an executor, checked.
 *
 * @module
 */
import { checkTimeLimit } from "../rpc/deadlines.ts";
import type { WorkerTarget } from "../runtime/worker_protocol.ts";

/**
 * How blocking work is called.
 *
 * @example Give up what takes too long, or is not wanted any more
 * ```ts
 * import { type BlockingCallOptions, Executor } from "@gemstone/gemstone";
 * import { assertRejects } from "@std/assert";
 *
 * const tasks = "data:text/javascript,export const wait = (ms) => new Promise((go) => setTimeout(go, ms));";
 * await using executor = new Executor({ maxWorkers: 1, logger: console });
 *
 * const unwanted = new AbortController();
 * const options: BlockingCallOptions = { timeoutMs: 30_000, signal: unwanted.signal };
 * const call = executor.run(tasks, "wait", [60_000], options);
 * unwanted.abort(new Error("The page was closed"));
 * await assertRejects(() => call, Error, "The page was closed");
 * ```
 */
export interface BlockingCallOptions {
  /**
   * Ends the call when it aborts: one that waits is forgotten, one that runs loses its worker. The promise rejects
   * with the reason of the signal. @default {none}
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long the call may take with the wait for a worker, in milliseconds, up to 2,147,483,647. Then it ends as by a
   * signal, with a `TimeoutError`. @default {Infinity}
   */
  readonly timeoutMs?: number | undefined;
  /**
   * What of the arguments moves to the worker and can not be used here any more (`ArrayBuffer`, `MessagePort` …),
   * from the moment when a worker takes the call. @default {all is copied}
   */
  readonly transfer?: readonly object[] | undefined;
}

/** What is called, as the caller names it. */
export interface BlockingTarget {
  /** The absolute URL of the module. */
  readonly module: string | URL;
  /** The name of a function that it exports. */
  readonly exportName?: string;
  /** The name of a class that it exports, or several of which the first counts; `undefined` for the default export. */
  readonly className?: string | readonly string[] | undefined;
  /** The method of the class. */
  readonly method?: string;
}

/** A call that has been checked. */
export interface BlockingRequest {
  /** What is called. */
  readonly target: WorkerTarget;
  /** With what. */
  readonly args: readonly unknown[];
  /** How. */
  readonly options: BlockingCallOptions;
}

/**
 * Checks a call.
 *
 * @param target What is called, as the caller named it.
 * @param args The arguments.
 * @param options How.
 * @returns The request; its lists are copies.
 * @throws {TypeError} when a part has the wrong type, or the module is not named by an absolute URL.
 * @throws {RangeError} when the time limit is not positive.
 */
export function createRequest(
  target: BlockingTarget,
  args: readonly unknown[],
  options: BlockingCallOptions,
): BlockingRequest {
  const module = toModuleUrl(target.module);
  const { method } = target;
  const names = "method" in target ? [target.className ?? []].flat() : [target.exportName];
  for (const name of names) checkName("method" in target ? "class" : "export", name);
  if ("method" in target) checkName("method", method);
  const [exportName, ...baseNames] = names as string[];
  if (!Array.isArray(args)) throw new TypeError(`Cannot run blocking work: the arguments must be a list`);
  const { signal, timeoutMs, transfer = [] } = options;
  if (timeoutMs !== undefined) checkTimeLimit("timeoutMs of blocking work", timeoutMs);
  if (!Array.isArray(transfer)) throw new TypeError(`Cannot run blocking work: "transfer" must be a list`);
  return {
    target: { module, exportName, baseNames, method },
    args: [...args],
    options: { signal, timeoutMs, transfer: [...transfer] },
  };
}

function toModuleUrl(module: unknown): string {
  const text = module instanceof URL ? module.href : module;
  if (typeof text === "string" && URL.canParse(text)) return text;
  throw new TypeError(
    `Cannot run blocking work of ${
      JSON.stringify(text) ?? typeof text
    }: give the absolute URL of a module, as in ` +
      `import.meta.url or new URL("./tasks.ts", import.meta.url)`,
  );
}

function checkName(what: string, name: unknown): void {
  if (typeof name === "string" && name !== "") return;
  throw new TypeError(
    `Cannot run blocking work: the name of the ${what} must be a text, got ${
      JSON.stringify(name) ?? typeof name
    }`,
  );
}
