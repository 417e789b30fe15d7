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

/**
 * Whether an event whose `emitEvent` failed may have been delivered: `"not-sent"`, certainly not; `"unknown"`, it
 * may have been, because it was sent and no confirmation came.
 */
export type EmitOutcome = "not-sent" | "unknown";

/** The base of every reason why `emitEvent` rejects. When it was `"unknown"`, emit it again with the same id. */
export class EmitError extends GemstoneError {
  /** Whether the event may have been delivered. */
  readonly outcome: EmitOutcome;

  /**
   * Creates the error of an event that was not confirmed.
   *
   * @param outcome Whether the event may have been delivered.
   * @param message The event and why it was not confirmed.
   * @param options `cause`: the error behind this one. `code`: that of a subclass.
   */
  constructor(outcome: EmitOutcome, message: string, options?: ErrorOptions & { code?: GemstoneErrorCode }) {
    super(options?.code ?? "ERR_EVENT_EMIT", message, options);
    this.outcome = outcome;
  }
}

/** The broker did not confirm the event within its time limit. */
export class EmitTimeoutError extends EmitError {
  /** The limit that was passed, in milliseconds. */
  readonly timeoutMs: number;

  /**
   * Creates the error of an event that was not confirmed in time.
   *
   * @param outcome Whether the event may have been delivered.
   * @param timeoutMs The limit that was passed, in milliseconds.
   * @param message The event and the limit.
   */
  constructor(outcome: EmitOutcome, timeoutMs: number, message: string) {
    super(outcome, message, { code: "ERR_EVENT_TIMEOUT" });
    this.timeoutMs = timeoutMs;
  }
}

/** The caller's `AbortSignal` ended the wait for the confirmation. `cause` is the reason of the signal. */
export class EmitAbortedError extends EmitError {
  /**
   * Creates the error of an event that its emitter gave up.
   *
   * @param outcome Whether the event may have been delivered.
   * @param message The event.
   * @param options `cause`: the reason of the signal.
   */
  constructor(outcome: EmitOutcome, message: string, options?: ErrorOptions) {
    super(outcome, message, { ...options, code: "ERR_EVENT_ABORTED" });
  }
}

/** So many events wait for the broker that this one was not taken. Nothing of it was sent. */
export class EventBufferFullError extends EmitError {
  /**
   * Creates the error of an event that had no place.
   *
   * @param message The event and the limit.
   */
  constructor(message: string) {
    super("not-sent", message, { code: "ERR_EVENT_BUFFER_FULL" });
  }
}

/** The event is larger than the transport allows. Nothing of it was sent. */
export class EventTooLargeError extends EmitError {
  /**
   * Creates the error of an event that is too large.
   *
   * @param message The event, its size and the limit.
   */
  constructor(message: string) {
    super("not-sent", message, { code: "ERR_EVENT_TOO_LARGE" });
  }
}

/** The broker refused the event again and again, for example because a queue is full. */
export class EventRejectedError extends EmitError {
  /**
   * Creates the error of an event that the broker refused. Some of the queues may have taken it.
   *
   * @param message The event and how often it was refused.
   * @param options `cause`: the error behind this one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super("unknown", message, { ...options, code: "ERR_EVENT_REJECTED" });
  }
}

/** No service has a handler for the event, and it was emitted with `requireRoute`. */
export class UnroutableEventError extends EmitError {
  /**
   * Creates the error of an event that nobody handles.
   *
   * @param outcome Whether the event may have been delivered: by an earlier try, which was not confirmed.
   * @param message The event.
   */
  constructor(outcome: EmitOutcome, message: string) {
    super(outcome, message, { code: "ERR_EVENT_UNROUTABLE" });
  }
}

/** The event transport has not been started, or has been stopped. */
export class TransportStoppedError extends EmitError {
  /**
   * Creates the error of an event for a transport that does not run.
   *
   * @param outcome Whether the event may have been delivered.
   * @param message The event and the state of the transport.
   */
  constructor(outcome: EmitOutcome, message: string) {
    super(outcome, message, { code: "ERR_TRANSPORT_STOPPED" });
  }
}

/**
 * Thrown by an event handler: the event can never be handled, so it is dead-lettered at once and not tried again.
 *
 * @example
 * ```ts
 * import { eventHandler, MicroService, NonRetryableError } from "@gemstone/gemstone";
 *
 * class Billing extends MicroService {
 *   override name = "billing";
 *
 *   @eventHandler("order_paid")
 *   onOrderPaid(order: { cents: number }): void {
 *     if (order.cents < 0) throw new NonRetryableError(`Cannot book a negative amount: ${order.cents}`);
 *   }
 * }
 * ```
 */
export class NonRetryableError extends GemstoneError {
  /**
   * Creates the error of an event that can never be handled.
   *
   * @param message Why.
   * @param options `cause`: the error behind this one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_EVENT_NON_RETRYABLE", message, options);
  }
}

/** A queue or exchange exists with other arguments than the transport declares it with (AMQP reply code 406). */
export class TopologyConflictError extends GemstoneError {
  /** The queue or exchange. */
  readonly object: string;
  /** The argument that differs, such as `x-queue-type`; `undefined` when the broker does not say. */
  readonly argument: string | undefined;
  /** What the transport asks for. */
  readonly wanted: string | undefined;
  /** What there is. */
  readonly found: string | undefined;

  /**
   * Creates the error of a queue or exchange that is in the way.
   *
   * @param object The queue or exchange.
   * @param message The object, the argument, both values, and what to do.
   * @param options `argument`, `wanted`, `found`; `cause`: the error of the broker.
   */
  constructor(
    object: string,
    message: string,
    options: ErrorOptions & { argument?: string; wanted?: string; found?: string } = {},
  ) {
    super("ERR_TOPOLOGY_CONFLICT", message, options);
    this.object = object;
    this.argument = options.argument;
    this.wanted = options.wanted;
    this.found = options.found;
  }
}

/** The broker can not be reached or does not let us in. `cause` is the error of the last attempt. */
export class BrokerUnavailableError extends GemstoneError {
  /**
   * Creates the error of a broker that can not be used.
   *
   * @param message Its address without password, what was tried, and what is wrong.
   * @param options `cause`: the error of the last attempt.
   */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_BROKER_UNAVAILABLE", message, options);
  }
}
