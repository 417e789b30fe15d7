/**
 * The process that this runs in: its arguments, environment, signals and end.
 *
 * @module
 */

/** The members of Node's `process` that are called here, so that neither runtime's types are needed. */
interface NodeProcess {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  exit(code: number): never;
  /** Since Node 20.16. */
  getBuiltinModule?(name: "node:os"): { availableParallelism(): number };
  readonly stderr: Pick<NodeProcess, "on" | "listenerCount">;
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  listenerCount(event: string): number;
}

/** Whether this runs on Deno; else it is Node, or something like it. */
export const IS_DENO: boolean = "Deno" in globalThis;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** How long further signals mean the same, in milliseconds. */
const SAME_WISH_MS = 1_000;
/** What a shell reports of a process that SIGINT has ended. */
const IMPATIENT_EXIT_CODE = 130;

/**
 * Who has to stop before the process ends. It belongs to the process, as signals do: a service that has stopped
 * must not end the process while another one still finishes its calls.
 */
const stoppers: Set<() => Promise<void>> = new Set();
let firstAt: number | undefined;

/** Returns Node's `process`; to be called on Node only, because on Deno the mere look at it costs 10 ms. */
function getNodeProcess(): NodeProcess {
  return (globalThis as unknown as { readonly process: NodeProcess }).process;
}

/** Returns the command-line arguments behind the name of the program. */
export function getArguments(): readonly string[] {
  return IS_DENO ? Deno.args : getNodeProcess().argv.slice(2);
}

/**
 * Writes a line to standard error.
 *
 * @param line The line, without its line feed.
 */
export function writeErrorLine(line: string): void {
  let bytes: Uint8Array = new TextEncoder().encode(`${line}\n`);
  try {
    // The first use of the console costs Deno half a millisecond of the start of a service.
    while (IS_DENO && bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
  } catch {
    // A pipe that is full or closed: the console knows how to wait, or that nobody listens.
  }
  if (bytes.length === 0) return;
  // The console of Node hears only of what fails at once; a pipe whose reader is gone fails later, and would end
  // the process: nobody listening is no reason to stop working.
  if (!IS_DENO && getNodeProcess().stderr.listenerCount("error") === 0) {
    getNodeProcess().stderr.on("error", () => {});
  }
  // deno-lint-ignore no-console -- the line belongs on the console
  console.error(line);
}

/**
 * Reads an environment variable.
 *
 * @param name Its name.
 * @returns Its value; `undefined` when it is not set, or on Deno when it may not be read.
 */
export function getEnvironmentVariable(name: string): string | undefined {
  try {
    return readEnvironmentVariable(name);
  } catch (error) {
    if (IS_DENO && error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/**
 * Returns an environment variable that somebody counts on.
 *
 * @param name Its name.
 * @returns Its value; `undefined` when it is not set.
 * @throws {Error} on Deno, when it may not be read.
 */
export function readEnvironmentVariable(name: string): string | undefined {
  return IS_DENO ? Deno.env.get(name) : getNodeProcess().env[name];
}

/** Returns how many threads can run at once; 1 where the runtime does not tell. */
export function getProcessorCount(): number {
  if (IS_DENO) return navigator.hardwareConcurrency;
  return getNodeProcess().getBuiltinModule?.("node:os").availableParallelism() ?? 1;
}

/**
 * Calls a function when the operating system asks the process to end (SIGINT or SIGTERM). The process ends with
 * exit code 0 as soon as all functions of this kind have settled. Signals in the second after the first are the
 * same wish: a terminal and the parent processes often send it several times. A later one ends the process at
 * once with exit code 130.
 *
 * @param stop The function; its promise must not reject.
 * @returns Forgets the function. When none is left, signals have their own meaning again.
 */
export function onStopSignal(stop: () => Promise<void>): () => void {
  if (stoppers.size === 0) listenToSignals(true);
  stoppers.add(stop);
  return () => {
    // While the process is about to end, a signal must not kill it.
    if (stoppers.delete(stop) && stoppers.size === 0 && firstAt === undefined) listenToSignals(false);
  };
}

/** On `globalThis` while a worker thread loads a module: the copy of this package there may be another one. */
const LOADED_BY_WORKER = Symbol.for("gemstone.loadedByWorker");

/** Says whether a worker thread is loading a module just now, which must not start its service there. */
export function isLoadedByWorker(): boolean {
  return LOADED_BY_WORKER in globalThis;
}

/**
 * Loads a module in a worker thread, so that {@linkcode isLoadedByWorker} tells it where it is.
 *
 * @param url The module.
 * @returns What it exports.
 */
export async function importInWorker(url: string): Promise<unknown> {
  const marks = globalThis as { [LOADED_BY_WORKER]?: boolean };
  marks[LOADED_BY_WORKER] = true;
  try {
    return await import(url);
  } finally {
    delete marks[LOADED_BY_WORKER];
  }
}

/** Ends the process. */
export function exit(code: number): never {
  return IS_DENO ? Deno.exit(code) : getNodeProcess().exit(code);
}

/**
 * Calls a function with each error that nobody handles, not even a listener of the program for such errors,
 * before the runtime ends the process because of it.
 *
 * @param listener The function.
 */
export function onUnhandledError(listener: (error: unknown) => void): void {
  if (IS_DENO) {
    globalThis.addEventListener("unhandledrejection", (event) => {
      if (!event.defaultPrevented) listener(event.reason);
    });
    return;
  }
  const nodeProcess = getNodeProcess();
  // This event only watches: the error ends the process in its own way afterwards.
  nodeProcess.on("uncaughtExceptionMonitor", (error) => {
    if (nodeProcess.listenerCount("uncaughtException") === 0) listener(error);
  });
}

function onSignal(): void {
  if (firstAt === undefined) {
    firstAt = performance.now();
    Promise.all([...stoppers].map((stop) => stop())).then(() => exit(0));
  } else if (performance.now() - firstAt > SAME_WISH_MS) {
    exit(IMPATIENT_EXIT_CODE);
  }
}

function listenToSignals(isOn: boolean): void {
  for (const signal of SIGNALS) {
    try {
      if (!IS_DENO) getNodeProcess()[isOn ? "on" : "off"](signal, onSignal);
      else if (isOn) Deno.addSignalListener(signal, onSignal);
      else Deno.removeSignalListener(signal, onSignal);
    } catch {
      // Windows does not have every signal: what can not be sent need not be heard.
    }
  }
}
