/**
 * Where a service writes what happens: an interface that loggers of other libraries fit, and a default.
 *
 * @module
 */

/**
 * A level of importance, from the least to the most: what helps to follow a fault, what an operator wants to see of a
 * healthy service, what is wrong and was coped with, what failed.
 *
 * @example The level of a service from its settings
 * ```ts
 * import { createLogger, type Logger, type LogLevel, MicroService } from "@gemstone/gemstone";
 * import { Configurable, defaultConfigurables } from "@gemstone/gemstone/config";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   logLevel: LogLevel = "info";
 *   override configurables = [...defaultConfigurables(), new Configurable("logLevel", { type: "string" })];
 *   override getLogger(): Logger {
 *     return createLogger(this.name, { level: this.logLevel });
 *   }
 * }
 *
 * const shop = new Shop();
 * await shop.configure(["--log-level", "debug"]);
 * ```
 */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * Takes log records. `console` is one, and so is a LogTape logger (`getLogger("app")`). A service logs through what its
 * `getLogger()` returns, asked for once.
 *
 * @example Log through another library
 * ```ts
 * import { type Logger, MicroService } from "@gemstone/gemstone";
 *
 * class QuietService extends MicroService {
 *   override name = "quiet";
 *   override getLogger(): Logger {
 *     return console;
 *   }
 * }
 * ```
 *
 * @example See in a test what was logged
 * ```ts
 * import { type Logger, MicroService } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   readonly infos: string[] = [];
 *   override getLogger(): Logger {
 *     return { debug() {}, info: (message) => void this.infos.push(message), warn() {}, error() {} };
 *   }
 * }
 *
 * const shop = new Shop();
 * await shop.start({ args: [] });
 * await shop.stop();
 * assertEquals(shop.infos.at(-1), "Stopped");
 * ```
 */
export interface Logger {
  /** Logs what helps to follow a fault. `properties` are named values that belong to the message. */
  debug(message: string, properties?: LogProperties): void;
  /** Logs what an operator wants to see of a healthy service. */
  info(message: string, properties?: LogProperties): void;
  /** Logs what is wrong and was coped with. */
  warn(message: string, properties?: LogProperties): void;
  /** Logs what failed. */
  error(message: string, properties?: LogProperties): void;
}

/**
 * Named values that belong to a log message. An `error` is written with its stack and its causes.
 *
 * @example
 * ```ts
 * import { createLogger, type LogProperties } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const logger = createLogger("orders", { write: (line) => lines.push(line), now: () => new Date(0) });
 * const properties: LogProperties = { sku: "a1", left: 3 };
 * logger.info("Order taken", properties);
 * assertEquals(lines, ['1970-01-01T00:00:00.000Z info  orders: Order taken sku="a1" left=3']);
 * ```
 */
export type LogProperties = Record<string, unknown>;

/**
 * How {@linkcode createLogger} writes.
 *
 * @example JSON lines for a log collector, from warnings upwards
 * ```ts
 * import { createLogger, type LoggerOptions } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const options: LoggerOptions = { level: "warn", format: "json", write: (line) => lines.push(line) };
 * const logger = createLogger("orders", options);
 * logger.info("Order taken");
 * logger.warn("Stock is low", { sku: "a1" });
 * assertEquals(lines.map((line) => JSON.parse(line).message), ["Stock is low"]);
 * ```
 */
export interface LoggerOptions {
  /** The least level that is written. @default {"info"} */
  readonly level?: LogLevel;
  /** Lines for people, or one JSON object a line for machines. @default {"text"} */
  readonly format?: "text" | "json";
  /** Takes each record, without a line feed. @default {console.error, so that standard output stays free} */
  readonly write?: (line: string) => void;
  /** The clock. @default {() => new Date()} */
  readonly now?: () => Date;
}

const MAX_CAUSES = 8;
// deno-lint-ignore no-control-regex -- they are what is looked for
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]/g;
const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/**
 * Makes a logger that writes lines: for people (`text`, one record a line, an `error` with its stack on further,
 * indented lines) or for machines (`json`, one object a line). Control characters are replaced, so that nothing from
 * outside can forge a record; values that JSON can not carry are written as text.
 *
 * @param name Stands in every record; a service gives its own name.
 * @param options How to write.
 * @returns The logger.
 * @throws {TypeError} when the level is none of the four.
 *
 * @example
 * ```ts
 * import { createLogger } from "@gemstone/gemstone";
 *
 * const logger = createLogger("orders", { format: "json", write: (line) => console.log(line) });
 * logger.info("Order taken", { sku: "a1" });
 * // {"sku":"a1","time":"…","level":"info","logger":"orders","message":"Order taken"}
 * ```
 */
export function createLogger(name: string, options: LoggerOptions = {}): Logger {
  const { level = "info", format = "text", write = writeToConsole, now = () => new Date() } = options;
  const least = LEVELS.indexOf(level);
  if (least < 0) throw new TypeError(`Cannot create a logger of level "${level}": use ${LEVELS.join(", ")}`);
  const toLine = format === "json" ? toJsonLine : toTextLine;

  function createWriter(of: LogLevel): (message: string, properties?: LogProperties) => void {
    if (LEVELS.indexOf(of) < least) return () => {};
    return (message, properties = {}) =>
      write(toLine({ time: now().toISOString(), level: of, logger: name, message, properties }));
  }
  return {
    debug: createWriter("debug"),
    info: createWriter("info"),
    warn: createWriter("warn"),
    error: createWriter("error"),
  };
}

interface LogRecord {
  readonly time: string;
  readonly level: LogLevel;
  readonly logger: string;
  readonly message: string;
  readonly properties: LogProperties;
}

function writeToConsole(line: string): void {
  // deno-lint-ignore no-console -- the default sink is the console
  console.error(line);
}

function toTextLine({ time, level, logger, message, properties }: LogRecord): string {
  const { error, ...rest } = readParts(properties);
  const values = Object.keys(rest).map((name) => ` ${name}=${toJsonText(rest[name])}`).join("");
  const fault = error === undefined ? "" : `\n${describeError(error)}`;
  // What comes from outside must neither look like a record of its own nor move the cursor of a terminal:
  // further lines are indented, other control characters are replaced.
  const text = `${time} ${level.padEnd(5)} ${logger}: ${
    message.replaceAll(/[\r\n]+/g, " ")
  }${values}${fault}`;
  return text.replaceAll(/[\r\n]+/g, "\n    ").replaceAll(CONTROL, "\ufffd");
}

function toJsonLine({ properties, ...record }: LogRecord): string {
  const { error, ...rest } = readParts(properties);
  const fault = error === undefined ? {} : { error: describeError(error) };
  return toJsonText({ ...rest, ...fault, ...record }).replaceAll(CONTROL, "\ufffd");
}

/** Logging must never fail: what JSON can not carry is written as text, and what has no text by its type. */
function toJsonText(value: unknown): string {
  try {
    return JSON.stringify(value, (_name, part) => typeof part === "bigint" ? String(part) : part) ??
      JSON.stringify(toText(value));
  } catch {
    // A cycle, or a getter or `toJSON` that throws: the others still have their places.
    if (typeof value !== "object" || value === null) return JSON.stringify(toText(value));
    const parts = Object.keys(value).map((name) =>
      `${JSON.stringify(name)}:${toPartText(readPart(value, name))}`
    );
    return `{${parts.join(",")}}`;
  }
}

function toPartText(part: unknown): string {
  try {
    return JSON.stringify(part) ?? JSON.stringify(toText(part));
  } catch {
    return JSON.stringify(toText(part));
  }
}

/** A copy without getters. */
function readParts(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(value).map((name) => [name, readPart(value, name)]));
}

function readPart(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch (error) {
    return toText(error);
  }
}

function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    // No prototype, or a conversion that throws.
    return `[${typeof value}]`;
  }
}

function describeError(error: unknown): string {
  try {
    return describeChain(error, 0);
  } catch {
    // A getter that throws.
    return toText(error);
  }
}

function describeChain(error: unknown, depth: number): string {
  if (!(error instanceof Error)) return toText(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  // Deeper chains of causes are most likely circles.
  if (depth === MAX_CAUSES) return own;
  const parts: unknown[] = error instanceof AggregateError ? error.errors : [];
  const causes = error.cause === undefined ? parts : [...parts, error.cause];
  return [own, ...causes.map((cause) => `Caused by: ${describeChain(cause, depth + 1)}`)].join("\n");
}
