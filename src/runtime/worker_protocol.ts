/**
 * What a service and its workers say to each other.
 *
 * @module
 */
import type { PackedThrown } from "./worker_error.ts";

/** What a worker shall do: call a function that a module exports, or a method of a class that it exports. */
export interface WorkerTask extends WorkerTarget {
  /** Tells the answer of this task from others. */
  readonly id: number;
  /** The arguments; they are copied. */
  readonly args: readonly unknown[];
}

/** What is called in a worker. */
export interface WorkerTarget {
  /** The absolute URL of the module. */
  readonly module: string;
  /** The name of the exported function, or of the class; `undefined` for the default export. */
  readonly exportName: string | undefined;
  /** The names of the classes that it derives from, for a module that does not export the class itself. */
  readonly baseNames?: readonly string[];
  /** The method; `undefined` when the export itself is called. */
  readonly method: string | undefined;
}

/** What a worker says. */
export type WorkerMessage = WorkerAnswer | MemoryReport | UnreadableReport;

/** The worker got a task that it can not read, such as the view of a buffer that has moved before (on Node). */
export interface UnreadableReport {
  /** Why. */
  readonly unreadable: string;
}

/** What became of a task. */
export type WorkerAnswer =
  | { readonly id: number; readonly value: unknown }
  /** With `isSpent` the worker must not be used again: a module that failed to load fails there for ever. */
  | { readonly id: number; readonly thrown: PackedThrown; readonly isSpent?: boolean };

/** The worker has run out of memory and lost what it did. */
export interface MemoryReport {
  /** Always true. */
  readonly isOutOfMemory: true;
}

/** How a worker ended that nobody had ended. */
export interface WorkerEnd {
  /** What it left, 0 when it ended itself without one. */
  readonly exitCode: number;
  /** It had used up its heap. */
  readonly isOutOfMemory: boolean;
  /** The error that nobody caught; `undefined` when it was none. */
  readonly error?: unknown;
}

/**
 * Names what is called, for the texts of errors.
 *
 * @param target What is called.
 * @returns Such as `Users.report` or `render of file:///tasks.ts`.
 */
export function describeTarget({ module, exportName, method }: WorkerTarget): string {
  if (method === undefined) return `${exportName ?? "default"} of ${module}`;
  return exportName === undefined ? `${method} of ${module}` : `${exportName}.${method}`;
}

/**
 * Creates the error of a result that does not get out of its worker.
 *
 * @param target What was called.
 * @param cause What the runtime says.
 * @returns The error.
 */
export function createResultError(target: WorkerTarget, cause: unknown): TypeError {
  return new TypeError(
    `Cannot send the result of ${describeTarget(target)} from its worker: ${readWhy(cause)}; ` +
      `return what a structured clone can carry, and a buffer only once`,
    { cause },
  );
}

/** A getter throws what it likes. */
export function readWhy(cause: unknown): string {
  return (cause instanceof Error ? String(cause.message) : typeof cause).replace(/\.$/, "");
}
