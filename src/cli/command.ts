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

/** Thrown when a command line can not be understood; its message is shown to the user. */
export class UsageError extends Error {}
