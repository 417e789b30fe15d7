/**
 * The process that this runs in: its arguments, environment, signals and end.
 *
 * @module
 */

/** The members of Node's `process` that are called here, so that neither runtime's types are needed. */
interface NodeProcess {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  exit(code: number): never;
  /** Since Node 20.16. */
  getBuiltinModule?(name: "node:os"): { availableParallelism(): number };
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
}

/** How long further signals mean the same, in milliseconds. */
const SAME_WISH_MS = 1_000;
/** What a shell reports of a process that SIGINT has ended. */
const IMPATIENT_EXIT_CODE = 130;

const IS_DENO = "Deno" in globalThis;

// Asked for on each use and only on Node: on Deno the mere look at it costs 10 ms at start-up.
function getNodeProcess(): NodeProcess {
  return (globalThis as unknown as { readonly process: NodeProcess }).process;
}

/** Returns the command-line arguments behind the name of the program. */
export function getArguments(): readonly string[] {
  return IS_DENO ? Deno.args : getNodeProcess().argv.slice(2);
}

/**
 * Reads an environment variable.
 *
 * @param name Its name.
 * @returns Its value; `undefined` when it is not set, or on Deno when it may not be read.
 */
export function getEnvironmentVariable(name: string): string | undefined {
  if (!IS_DENO) return getNodeProcess().env[name];
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/** Returns how many threads can run at once; 1 where the runtime does not tell. */
export function getProcessorCount(): number {
  if (IS_DENO) return navigator.hardwareConcurrency;
  return getNodeProcess().getBuiltinModule?.("node:os").availableParallelism() ?? 1;
}

/**
 * Calls a function once when the operating system asks the process to end (SIGINT or SIGTERM). Signals in the
 * second after that are the same wish: a terminal and the parent processes often send it several times. A later
 * one ends the process at once.
 *
 * @param onStop The function.
 * @returns Stops listening.
 */
export function onStopSignal(onStop: () => void): () => void {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const remove = () => {
    for (const signal of signals) {
      if (IS_DENO) Deno.removeSignalListener(signal, listener);
      else getNodeProcess().off(signal, listener);
    }
  };
  let firstAt: number | undefined;
  const listener = () => {
    if (firstAt !== undefined && performance.now() - firstAt > SAME_WISH_MS) exit(IMPATIENT_EXIT_CODE);
    if (firstAt !== undefined) return;
    firstAt = performance.now();
    onStop();
  };
  for (const signal of signals) {
    if (IS_DENO) Deno.addSignalListener(signal, listener);
    else getNodeProcess().on(signal, listener);
  }
  return remove;
}

/** Ends the process. */
export function exit(code: number): never {
  return IS_DENO ? Deno.exit(code) : getNodeProcess().exit(code);
}

/**
 * Lets an error that nobody handles end the process with a text and an exit code of its own, in place of the
 * stack that the runtime prints. Who does handle the error notices nothing.
 *
 * @param error The error, about to be thrown.
 * @param text Printed with a line feed: on standard output when the exit code is 0, else on standard error.
 * @param exitCode The exit code.
 */
export function endProcessIfUnhandled(error: unknown, text: string, exitCode: number): void {
  const end = () => {
    // deno-lint-ignore no-console -- the last words of a program belong on its console
    (exitCode === 0 ? console.log : console.error)(text);
    exit(exitCode);
  };
  const remove = IS_DENO ? listenOnDeno(error, end) : listenOnNode(error, end);
  // Both runtimes decide in the same turn of the event loop whether an error was handled.
  setTimeout(remove, 0);
}

function listenOnDeno(error: unknown, end: () => void): () => void {
  const listener = (event: PromiseRejectionEvent) => {
    if (event.reason !== error) return;
    event.preventDefault();
    end();
  };
  globalThis.addEventListener("unhandledrejection", listener);
  return () => globalThis.removeEventListener("unhandledrejection", listener);
}

function listenOnNode(error: unknown, end: () => void): () => void {
  const listener = (reason: unknown) => {
    if (reason === error) end();
    throw reason;
  };
  getNodeProcess().on("uncaughtException", listener);
  return () => getNodeProcess().off("uncaughtException", listener);
}
