/**
 * What a program that can not start says, and how it ends.
 *
 * @module
 */
import { UsageRequest } from "../config/usage.ts";
import { ConfigurationValueError, GemstoneError } from "../errors.ts";
import { endProcessIfUnhandled } from "../runtime/last_words.ts";

/**
 * Lets an error that nobody handles end the process with one line: 0 when help was asked for, 2 for a wrong
 * command line or configured value, 1 for any other reason not to start. A fault in the program keeps its stack.
 *
 * @param error The error, about to be thrown.
 */
export function prepareForUnhandled(error: unknown): void {
  if (error instanceof UsageRequest) endProcessIfUnhandled(error, error.text, error.exitCode);
  else if (error instanceof ConfigurationValueError) {
    endProcessIfUnhandled(error, `error: ${error.message}`, 2);
  } else if (error instanceof GemstoneError) endProcessIfUnhandled(error, `error: ${error.message}`, 1);
}
