/**
 * What the commands of `gemstone` have in common.
 *
 * @module
 */

/** Where a command writes; a line has no line feed at its end. */
export interface CommandOutput {
  /** Takes a line of the result. */
  out(line: string): void;
  /** Takes a line about what went wrong. */
  error(line: string): void;
}

/** What a command takes from its surroundings. */
export interface CommandOptions {
  /** Ends a command that runs on; without it the signals SIGINT and SIGTERM of the process do. */
  readonly signal?: AbortSignal | undefined;
  /** Reads standard input to its end. @default {that of the process} */
  readonly readInput?: (() => Promise<Uint8Array>) | undefined;
  /** Reads a variable of the environment. @default {that of the process} */
  readonly env?: ((name: string) => string | undefined) | undefined;
}

/** What a command gets, with all defaults filled in. */
export interface CommandContext {
  /** Where it writes. */
  readonly output: CommandOutput;
  /** Ends it; `undefined` leaves that to the signals of the process. */
  readonly signal: AbortSignal | undefined;
  /** Reads standard input to its end. */
  readonly readInput: () => Promise<Uint8Array>;
  /** Reads a variable of the environment. */
  readonly env: (name: string) => string | undefined;
}

/** Thrown when a command line can not be understood; its message is shown to the user. */
export class UsageError extends Error {}
