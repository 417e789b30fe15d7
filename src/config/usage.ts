/**
 * What the command line asks for instead of a configured service: the help text, or an error with a hint.
 *
 * @module
 */

/**
 * Thrown while the command line is read, when the process should print a text and end: the user asked for help
 * (`exitCode` 0, the text goes to standard output) or wrote something that can not be understood (`exitCode` 2,
 * standard error; the status that Python's argparse and the shell's own tools use). Nothing has been configured.
 *
 * @example Print it and set the exit code
 * ```ts
 * import { UsageRequest } from "@gemstone/gemstone/config";
 *
 * function finish(error: unknown): number {
 *   if (!(error instanceof UsageRequest)) throw error;
 *   (error.exitCode === 0 ? console.log : console.error)(error.text);
 *   return error.exitCode;
 * }
 * ```
 */
export class UsageRequest extends Error {
  /** What to print, without a line feed at its end. */
  readonly text: string;
  /** 0: help was asked for; 2: the command line is wrong. */
  readonly exitCode: 0 | 2;

  /**
   * Creates the request; nothing is printed.
   *
   * @param text What to print, without a line feed at its end.
   * @param exitCode 0: help was asked for; 2: the command line is wrong.
   */
  constructor(text: string, exitCode: 0 | 2) {
    super(text);
    this.name = "UsageRequest";
    this.text = text;
    this.exitCode = exitCode;
  }
}
