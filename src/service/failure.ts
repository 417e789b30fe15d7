/**
 * What a program that can not start says, and how it ends.
 *
 * @module
 */
import { UsageRequest } from "../config/usage.ts";
import { ConfigurationValueError, GemstoneError } from "../errors.ts";

/**
 * Describes why a service did not start.
 *
 * @param error What was thrown.
 * @returns The text and the exit code; `undefined` for a fault in the program, whose stack is needed.
 */
export function describeFailure(error: unknown): { text: string; exitCode: number } | undefined {
  if (error instanceof UsageRequest) return { text: error.text, exitCode: error.exitCode };
  if (error instanceof ConfigurationValueError) return { text: `error: ${error.message}`, exitCode: 2 };
  if (error instanceof GemstoneError) return { text: `error: ${error.message}`, exitCode: 1 };
  return undefined;
}
