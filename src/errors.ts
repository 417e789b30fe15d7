/**
 * Every error that Gemstone throws for a reason that a caller may want to handle.
 *
 * All derive from {@linkcode GemstoneError} and carry a stable string `code`, so that a `switch` works where
 * `instanceof` does not (two copies of the package in one process). Misuse by the programmer is a plain
 * `TypeError` or `RangeError` instead.
 *
 * @example Tell failures of a call apart
 * ```ts
 * import { GemstoneError } from "@gemstone/gemstone/errors";
 *
 * function isWorthRetrying(error: unknown): boolean {
 *   return error instanceof GemstoneError && (error.code === "ERR_TRANSPORT" || error.code === "ERR_TIMEOUT");
 * }
 * ```
 *
 * @module
 */
import type { JsonValue } from "./json.ts";

export type { JsonObject, JsonValue } from "./json.ts";

/** The stable codes of the {@linkcode GemstoneError} classes. */
export type GemstoneErrorCode =
  | "ERR_SERVICE_CONFIGURATION"
  | "ERR_CONFIGURATION_VALUE"
  | "ERR_LISTEN"
  | "ERR_RPC"
  | "ERR_HTTP_STATUS"
  | "ERR_TRANSPORT"
  | "ERR_TIMEOUT"
  | "ERR_ABORTED"
  | "ERR_INVALID_RESPONSE"
  | "ERR_NOT_FINISHED"
  | "ERR_SERVICE_NOT_FOUND"
  | "ERR_METHOD_NOT_FOUND"
  | "ERR_INVALID_PARAMS"
  | "ERR_ACCESS_DENIED"
  | "ERR_INTERNAL"
  | "ERR_UNKNOWN_REMOTE";

/** The base of every error that Gemstone throws for a caller to handle. */
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

/** A service can not start or answer with the settings it has, for example because it has no `name`. */
export class ServiceConfigurationError extends GemstoneError {
  /**
   * Creates the error of a wrong setting.
   *
   * @param message Which setting is wrong, its value, and what is accepted.
   * @param options `cause`: the error behind this one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_SERVICE_CONFIGURATION", message, options);
  }
}

/** A configurator found a value that it can not use: a bad number, an unknown option, an unreadable file. */
export class ConfigurationValueError extends GemstoneError {
  /**
   * Creates the error of a value that can not be used.
   *
   * @param message Which value is wrong, where it came from, and what is accepted.
   * @param options `cause`: the error behind this one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_CONFIGURATION_VALUE", message, options);
  }
}

/** The service can not listen where it was told to: the port is in use or the host is not of this machine. */
export class ListenError extends GemstoneError {
  /**
   * Creates the error of an address that can not be listened on.
   *
   * @param message The address and what is wrong with it.
   * @param options `cause`: the error of the operating system.
   */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_LISTEN", message, options);
  }
}

/**
 * An application error for the caller of a method: thrown by an exposed method, it is answered with just this
 * code, message and data. Everything else that a method throws is answered with Internal error (-32603).
 *
 * @example
 * ```ts
 * import { RpcError } from "@gemstone/gemstone/errors";
 *
 * function reserve(stock: number): number {
 *   if (stock === 0) throw new RpcError(4001, "Out of stock", { sku: "a1" });
 *   return stock - 1;
 * }
 * ```
 */
export class RpcError extends GemstoneError {
  /** The `code` member of the JSON-RPC error object. */
  readonly rpcCode: number;
  /** The `data` member of the JSON-RPC error object; `undefined` leaves it out. */
  readonly data: JsonValue | undefined;

  /**
   * Creates an application error, to be thrown by an exposed method.
   *
   * @param rpcCode An integer. JSON-RPC 2.0 (section 5.1) reserves -32768 to -32000; use any other.
   * @param message A short sentence for the caller.
   * @param data More for the caller, as JSON.
   * @param options `cause`: the error behind this one; it is logged and never sent.
   * @throws {RangeError} when `rpcCode` is not an integer.
   */
  constructor(rpcCode: number, message: string, data?: JsonValue, options?: ErrorOptions) {
    if (!Number.isInteger(rpcCode)) {
      throw new RangeError(`Cannot create an RpcError: the code must be an integer, got ${rpcCode}`);
    }
    super("ERR_RPC", message, options);
    this.rpcCode = rpcCode;
    this.data = data;
  }
}

/** The base of every failure of a call to another service. */
export class RemoteServiceError extends GemstoneError {}

/** The service answered with an HTTP status that is no JSON-RPC answer (404, 502, an HTML error page). */
export class CalledServiceError extends RemoteServiceError {
  /** The HTTP status code. */
  readonly status: number;

  /**
   * Creates the error of an HTTP status.
   *
   * @param status The HTTP status code.
   * @param message The URL, the status and the start of the body.
   */
  constructor(status: number, message: string) {
    super("ERR_HTTP_STATUS", message);
    this.status = status;
  }
}

/** No answer came: the connection was refused, reset or cut, or the name did not resolve. */
export class TransportError extends RemoteServiceError {
  /**
   * Creates the error of a call without an answer.
   *
   * @param message The URL and what failed.
   * @param options `cause`: the error of the HTTP client.
   */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_TRANSPORT", message, options);
  }
}

/** No answer came within `timeoutMs`; the request was ended on the wire. The call may still have run. */
export class CallTimeoutError extends RemoteServiceError {
  /** The limit that was passed, in milliseconds. */
  readonly timeoutMs: number;

  /**
   * Creates the error of a call that took too long.
   *
   * @param timeoutMs The limit that was passed, in milliseconds.
   * @param message The URL, the method and the limit.
   */
  constructor(timeoutMs: number, message: string) {
    super("ERR_TIMEOUT", message);
    this.timeoutMs = timeoutMs;
  }
}

/** The caller's `AbortSignal` ended the call. `cause` is the reason of the signal. */
export class CallAbortedError extends RemoteServiceError {
  /**
   * Creates the error of a call that the caller ended.
   *
   * @param message The URL and the method.
   * @param options `cause`: the reason of the signal.
   */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_ABORTED", message, options);
  }
}

/** The answer is not JSON-RPC 2.0: not JSON, cut short, the wrong id, neither result nor error. */
export class InvalidResponseError extends RemoteServiceError {
  /**
   * Creates the error of an answer that is not JSON-RPC.
   *
   * @param message The URL, what is wrong and the start of the body.
   * @param options `cause`: the error of the JSON parser.
   */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_INVALID_RESPONSE", message, options);
  }
}

/** The result of an asynchronous call was asked for before there was one. */
export class NotFinishedError extends GemstoneError {
  /**
   * Creates the error of a result that is not there yet.
   *
   * @param message The method whose call has not finished.
   */
  constructor(message: string) {
    super("ERR_NOT_FINISHED", message);
  }
}

/** The registry, or whatever else knows where services are, knows none of that name. */
export class ServiceNotFoundError extends RemoteServiceError {
  /** The name, or the glob pattern of names, that was looked for. */
  readonly pattern: string;

  /**
   * Creates the error of a service that is nowhere.
   *
   * @param pattern The name, or the glob pattern of names, that was looked for.
   * @param message The name and who was asked.
   */
  constructor(pattern: string, message: string) {
    super("ERR_SERVICE_NOT_FOUND", message);
    this.pattern = pattern;
  }
}

/**
 * The service answered with a JSON-RPC error object. The subclass says which. `message` says which call failed
 * and why; what the service said, word for word, is in `rpcCode`, `rpcMessage` and `data`.
 */
export abstract class RemoteCallError extends RemoteServiceError {
  /** The `code` member of the JSON-RPC error object. */
  readonly rpcCode: number;
  /** The `message` member of the JSON-RPC error object. */
  readonly rpcMessage: string;
  /** The `data` member of the JSON-RPC error object, `undefined` when there was none. */
  readonly data: JsonValue | undefined;

  /**
   * Creates the error of a call that was answered with an error.
   *
   * @param code Says which failure this is.
   * @param rpcCode The `code` member of the JSON-RPC error object.
   * @param message The URL, the method and why the call failed.
   * @param data The `data` member of the JSON-RPC error object.
   * @param rpcMessage The `message` member of the JSON-RPC error object; the same as `message` by default.
   */
  constructor(
    code: GemstoneErrorCode,
    rpcCode: number,
    message: string,
    data?: JsonValue,
    rpcMessage: string = message,
  ) {
    super(code, message);
    this.rpcCode = rpcCode;
    this.rpcMessage = rpcMessage;
    this.data = data;
  }
}

/** JSON-RPC code -32601: the service has no such method. */
export class MethodNotFoundError extends RemoteCallError {
  /**
   * Creates the error of a call of no method.
   *
   * @param message The URL, the method and why the call failed.
   * @param data The `data` member of the JSON-RPC error object.
   * @param rpcMessage The `message` member of the JSON-RPC error object; the same as `message` by default.
   */
  constructor(message: string, data?: JsonValue, rpcMessage?: string) {
    super("ERR_METHOD_NOT_FOUND", -32601, message, data, rpcMessage);
  }
}

/** JSON-RPC code -32602: the arguments do not fit the method. `data` may say why. */
export class InvalidParamsError extends RemoteCallError {
  /**
   * Creates the error of a call with wrong arguments.
   *
   * @param message The URL, the method and why the call failed.
   * @param data The `data` member of the JSON-RPC error object.
   * @param rpcMessage The `message` member of the JSON-RPC error object; the same as `message` by default.
   */
  constructor(message: string, data?: JsonValue, rpcMessage?: string) {
    super("ERR_INVALID_PARAMS", -32602, message, data, rpcMessage);
  }
}

/** JSON-RPC code -32001: the method is private and the caller is not authenticated. */
export class AccessDeniedError extends RemoteCallError {
  /**
   * Creates the error of a call that was not allowed.
   *
   * @param message The URL, the method and why the call failed.
   * @param data The `data` member of the JSON-RPC error object.
   * @param rpcMessage The `message` member of the JSON-RPC error object; the same as `message` by default.
   */
  constructor(message: string, data?: JsonValue, rpcMessage?: string) {
    super("ERR_ACCESS_DENIED", -32001, message, data, rpcMessage);
  }
}

/** JSON-RPC code -32603: the method failed inside the service. */
export class InternalError extends RemoteCallError {
  /**
   * Creates the error of a method that failed.
   *
   * @param message The URL, the method and why the call failed.
   * @param data The `data` member of the JSON-RPC error object.
   * @param rpcMessage The `message` member of the JSON-RPC error object; the same as `message` by default.
   */
  constructor(message: string, data?: JsonValue, rpcMessage?: string) {
    super("ERR_INTERNAL", -32603, message, data, rpcMessage);
  }
}

/** Any other JSON-RPC error code; an application error of the service is one of these. */
export class UnknownRemoteError extends RemoteCallError {
  /**
   * Creates the error of a call that was answered with a code of its own.
   *
   * @param rpcCode The `code` member of the JSON-RPC error object.
   * @param message The URL, the method and why the call failed.
   * @param data The `data` member of the JSON-RPC error object.
   * @param rpcMessage The `message` member of the JSON-RPC error object; the same as `message` by default.
   */
  constructor(rpcCode: number, message: string, data?: JsonValue, rpcMessage?: string) {
    super("ERR_UNKNOWN_REMOTE", rpcCode, message, data, rpcMessage);
  }
}
