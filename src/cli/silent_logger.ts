/**
 * A logger for commands: what goes wrong is told by their own lines.
 *
 * @module
 */
import type { Logger } from "../logger.ts";

/**
 * Makes a logger that drops everything.
 *
 * @returns The logger.
 */
export function createSilentLogger(): Logger {
  const drop = (): void => {};
  return { debug: drop, info: drop, warn: drop, error: drop };
}
