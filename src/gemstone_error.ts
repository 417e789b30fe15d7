/**
 * The base of all errors, and their codes.
 *
 * @module
 */

/**
 * The stable codes of the {@linkcode GemstoneError} classes, one for each class of the package that is thrown.
 *
 * @example Which failures of a call are worth another try
 * ```ts
 * import { GemstoneError, type GemstoneErrorCode } from "@gemstone/gemstone/errors";
 * import { assertEquals } from "@std/assert";
 *
 * const PASSING: ReadonlySet<GemstoneErrorCode> = new Set([
 *   "ERR_TRANSPORT",
 *   "ERR_TIMEOUT",
 *   "ERR_HTTP_STATUS",
 * ]);
 *
 * function isPassing(error: unknown): boolean {
 *   return error instanceof GemstoneError && PASSING.has(error.code);
 * }
 *
 * assertEquals(isPassing(new TypeError("no such thing")), false);
 * ```
 */
export type GemstoneErrorCode =
  | "ERR_SERVICE_CONFIGURATION"
  | "ERR_CONFIGURATION_VALUE"
  | "ERR_LISTEN"
  | "ERR_PLUGIN"
  | "ERR_PLUGIN_NAME_MISSING"
  | "ERR_PLUGIN_NOT_FOUND"
  | "ERR_RPC"
  | "ERR_WORKER_ENDED"
  | "ERR_HTTP_STATUS"
  | "ERR_TRANSPORT"
  | "ERR_TIMEOUT"
  | "ERR_ABORTED"
  | "ERR_INVALID_RESPONSE"
  | "ERR_NOT_FINISHED"
  | "ERR_SERVICE_NOT_FOUND"
  | "ERR_DISCOVERY"
  | "ERR_METHOD_NOT_FOUND"
  | "ERR_INVALID_PARAMS"
  | "ERR_ACCESS_DENIED"
  | "ERR_INTERNAL"
  | "ERR_UNKNOWN_REMOTE"
  | "ERR_EVENT_EMIT"
  | "ERR_EVENT_TIMEOUT"
  | "ERR_EVENT_ABORTED"
  | "ERR_EVENT_BUFFER_FULL"
  | "ERR_EVENT_TOO_LARGE"
  | "ERR_EVENT_REJECTED"
  | "ERR_EVENT_UNROUTABLE"
  | "ERR_EVENT_NON_RETRYABLE"
  | "ERR_TRANSPORT_STOPPED"
  | "ERR_TOPOLOGY_CONFLICT"
  | "ERR_BROKER_UNAVAILABLE";

/**
 * The base of every error that Gemstone throws for a caller to handle.
 *
 * @example Tell it by its code, also when it comes from another copy of the package
 * ```ts
 * import { GemstoneError, NonRetryableError } from "@gemstone/gemstone/errors";
 * import { assertEquals } from "@std/assert";
 *
 * const error: unknown = new NonRetryableError("Cannot book a negative amount: -1");
 * const isFinal = error instanceof Error && "code" in error && error.code === "ERR_EVENT_NON_RETRYABLE";
 * assertEquals([isFinal, error instanceof GemstoneError], [true, true]);
 * ```
 */
export class GemstoneError extends Error {
  /** Says which failure this is; never changes between versions. */
  readonly code: GemstoneErrorCode;

  /**
   * Creates the error; the name is that of the class.
   *
   * @param code Says which failure this is.
   * @param message What failed, the value, and what to do.
   * @param options `cause`: the error behind this one.
   */
  constructor(code: GemstoneErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
