/**
 * A logger that can not hurt: one that throws must cost no event.
 *
 * @module
 */
import type { Logger, LogProperties } from "../logger.ts";

type Level = "debug" | "info" | "warn" | "error";

/**
 * Wraps a logger.
 *
 * @param logger The logger, perhaps of another library.
 * @returns One that never throws.
 */
export function guardLogger(logger: Logger): Logger {
  const guard = (level: Level) => (message: string, properties?: LogProperties): void => {
    try {
      logger[level](message, properties);
    } catch {
      // Where would one say that it can not be said?
    }
  };
  return { debug: guard("debug"), info: guard("info"), warn: guard("warn"), error: guard("error") };
}
