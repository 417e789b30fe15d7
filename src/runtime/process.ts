/**
 * The process that this runs in: its arguments, its environment and its end.
 *
 * @module
 */

/** The members of Node's `process` that are called here, so that neither runtime's types are needed. */
export interface NodeProcess {
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

/** Whether this runs on Deno. */
export const IS_DENO: boolean = "Deno" in globalThis;

/** Returns Node's `process`; to be called on Node only, because on Deno the mere look at it costs 10 ms. */
export function getNodeProcess(): NodeProcess {
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
  };
  // This event only watches: other errors end the process in their own way.
  getNodeProcess().on("uncaughtExceptionMonitor", listener);
  return () => getNodeProcess().off("uncaughtExceptionMonitor", listener);
}
