/**
 * Every error that Gemstone throws for a reason that a caller may want to handle: one tree under
 * {@linkcode GemstoneError}, each class with a stable text `code`, its data in fields, and the error behind it in
 * `cause`.
 *
 * What a method throws, and what its caller gets:
 *
 * ```ts
 * import { exposedMethod, MicroService, RemoteService } from "@gemstone/gemstone";
 * import { RpcError, UnknownRemoteError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *
 *   @exposedMethod()
 *   reserve(sku: string): number {
 *     throw new RpcError(4001, "Out of stock", { sku });
 *   }
 * }
 *
 * // Client and service in one process, without a socket; over the network it is the same.
 * const shop = new Shop();
 * const client = new RemoteService<Shop>("http://shop.test/api", {
 *   fetch: (url, init) => shop.fetch(new Request(url, init)),
 * });
 *
 * const error = await assertRejects(() => client.methods.reserve("a1"), UnknownRemoteError);
 * assertEquals([error.code, error.rpcCode, error.rpcMessage], ["ERR_UNKNOWN_REMOTE", 4001, "Out of stock"]);
 * assertEquals(error.data, { sku: "a1" });
 * ```
 *
 * ## By `code` or by class
 *
 * `instanceof` reads well and knows the base classes. It fails where two copies of the package are in one process
 * (two versions, or one from JSR and one from npm); the `code` does not, and the compiler knows all codes of a
 * `switch`. Codes never change between versions; texts may. Texts name the action, the
 * value and what to do.
 *
 * ```ts
 * import type { GemstoneError } from "@gemstone/gemstone/errors";
 *
 * function explain(error: GemstoneError): string {
 *   switch (error.code) {
 *     case "ERR_TIMEOUT":
 *       return "too slow";
 *     case "ERR_TRANSPORT":
 *       return "not there";
 *     default:
 *       return error.message;
 *   }
 * }
 * ```
 *
 * What a program does wrong is no such error: a method name with a blank, a negative limit or a list where an object
 * belongs throws a plain `TypeError` or `RangeError` at once. There is nothing to handle, only something to mend.
 *
 * ## The tree
 *
 * | Class | `code` | Who meets it |
 * | --- | --- | --- |
 * | `GemstoneError` | | the base of all |
 * | `├ ServiceConfigurationError` | `ERR_SERVICE_CONFIGURATION` | `start()`, `fetch()`, `emitEvent()`, `getService()` |
 * | `├ ConfigurationValueError` | `ERR_CONFIGURATION_VALUE` | `start()`, `configure()`, `dynamicLoad()` |
 * | `├ ListenError` | `ERR_LISTEN` | `start()` |
 * | `├ PluginError` | `ERR_PLUGIN` | `start()`, `fetch()`, `registerPlugin()` |
 * | `│ └ MissingPluginNameError` | `ERR_PLUGIN_NAME_MISSING` | the same |
 * | `├ PluginDoesNotExistError` | `ERR_PLUGIN_NOT_FOUND` | `getPlugin()` |
 * | `├ RpcError` | `ERR_RPC` | thrown by your methods |
 * | `├ WorkerEndedError` | `ERR_WORKER_ENDED` | `getExecutor().run()`, blocking methods |
 * | `├ NotFinishedError` | `ERR_NOT_FINISHED` | `AsyncMethodCall.result()` |
 * | `├ RemoteServiceError` | | every failure of a call |
 * | `│ ├ CalledServiceError` | `ERR_HTTP_STATUS` | a call: an HTTP status without JSON-RPC |
 * | `│ ├ TransportError` | `ERR_TRANSPORT` | a call: no answer |
 * | `│ ├ CallTimeoutError` | `ERR_TIMEOUT` | a call: no answer in time |
 * | `│ ├ CallAbortedError` | `ERR_ABORTED` | a call: its signal aborted |
 * | `│ ├ InvalidResponseError` | `ERR_INVALID_RESPONSE` | a call: an answer that is no JSON-RPC |
 * | `│ ├ ServiceNotFoundError` | `ERR_SERVICE_NOT_FOUND` | `getService()` |
 * | `│ ├ DiscoveryError` | `ERR_DISCOVERY` | `getService()` |
 * | `│ └ RemoteCallError` | | every JSON-RPC error object that a service answered with |
 * | `│   ├ MethodNotFoundError` | `ERR_METHOD_NOT_FOUND` | -32601 |
 * | `│   ├ InvalidParamsError` | `ERR_INVALID_PARAMS` | -32602 |
 * | `│   ├ InternalError` | `ERR_INTERNAL` | -32603 |
 * | `│   ├ AccessDeniedError` | `ERR_ACCESS_DENIED` | -32001 |
 * | `│   └ UnknownRemoteError` | `ERR_UNKNOWN_REMOTE` | any other code |
 * | `├ EmitError` | `ERR_EVENT_EMIT` | `emitEvent()` |
 * | `│ ├ EmitTimeoutError` | `ERR_EVENT_TIMEOUT` | not confirmed in time |
 * | `│ ├ EmitAbortedError` | `ERR_EVENT_ABORTED` | its signal aborted |
 * | `│ ├ EventBufferFullError` | `ERR_EVENT_BUFFER_FULL` | too many wait |
 * | `│ ├ EventTooLargeError` | `ERR_EVENT_TOO_LARGE` | over `maxEventBytes` |
 * | `│ ├ EventRejectedError` | `ERR_EVENT_REJECTED` | the broker refused it |
 * | `│ ├ UnroutableEventError` | `ERR_EVENT_UNROUTABLE` | nobody handles it, with `requireRoute` |
 * | `│ └ TransportStoppedError` | `ERR_TRANSPORT_STOPPED` | the service does not run |
 * | `├ NonRetryableError` | `ERR_EVENT_NON_RETRYABLE` | thrown by your event handlers |
 * | `├ TopologyConflictError` | `ERR_TOPOLOGY_CONFLICT` | `start()` with RabbitMQ or Redis |
 * | `└ BrokerUnavailableError` | `ERR_BROKER_UNAVAILABLE` | `start()`, dead letters, Redis discovery |
 *
 * ## What crosses the wire
 *
 * Of all that a method can throw, an `RpcError` alone is answered as it is, with its code, message and data; its
 * `cause` stays inside and is logged. Anything else, other errors of this tree too, is answered with Internal error
 * (-32603) without any detail, and logged with all of it. So a failed call to another service does not become the
 * answer by accident; a method that wants to pass a failure on says so:
 *
 * ```ts
 * import { exposedMethod, MicroService, RemoteService } from "@gemstone/gemstone";
 * import { RemoteServiceError, RpcError } from "@gemstone/gemstone/errors";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   readonly #stock = new RemoteService("http://127.0.0.1:8001/api");
 *
 *   @exposedMethod()
 *   async count(sku: string): Promise<unknown> {
 *     try {
 *       return await this.#stock.methods.count(sku);
 *     } catch (cause) {
 *       if (cause instanceof RemoteServiceError) {
 *         throw new RpcError(5001, "Stock is not available", null, { cause });
 *       }
 *       throw cause;
 *     }
 *   }
 * }
 * ```
 *
 * With `exposeErrorDetails` a service puts class and message of such errors into the `data` of the Internal error: for
 * development.
 *
 * ## An error of your own
 *
 * Derive from {@linkcode RpcError}: the method throws a class, callers see its code. JSON-RPC 2.0 (section 5.1)
 * reserves -32768 to -32000; all other integers are yours. Callers of any language tell it by the code, as the client
 * above does.
 *
 * ```ts
 * import { RpcError } from "@gemstone/gemstone/errors";
 * import { assertEquals } from "@std/assert";
 *
 * class OutOfStockError extends RpcError {
 *   static readonly rpcCode = 4001;
 *
 *   constructor(sku: string) {
 *     super(OutOfStockError.rpcCode, `There is no ${sku} left`, { sku });
 *   }
 * }
 *
 * const error = new OutOfStockError("a1");
 * assertEquals([error.name, error.code, error.rpcCode], ["OutOfStockError", "ERR_RPC", 4001]);
 * ```
 *
 * ## Whether to try again
 *
 * `outcome` of {@linkcode TransportError} and of every {@linkcode EmitError} says whether it may have happened all the
 * same. `"not-sent"`: surely not, do it again. `"unknown"`: perhaps; repeat a call only when it may run twice, and emit
 * an event again with the same `id`. A {@linkcode CallTimeoutError} and a {@linkcode CallAbortedError} have no outcome:
 * the call may have run. A method that must not do its work twice takes an id from its caller, and does nothing the
 * second time.
 *
 * ## When a service can not start
 *
 * `start()` rejects. Where nobody handles that, the process ends with one line on standard error and no stack: exit
 * code 2 for a {@linkcode ConfigurationValueError} and for a wrong command line, 1 for every other error of this
 * tree; 0 after `--help`. Other errors keep their stack.
 *
 * Related: `@gemstone/gemstone/client` has the errors of calls, `@gemstone/gemstone/events` those of events; they are
 * the same classes. `@gemstone/gemstone/rpc` has the error objects of the protocol.
 *
 * @module
 */
import { GemstoneError, type GemstoneErrorCode } from "./gemstone_error.ts";
import type { JsonValue } from "./json.ts";

export { GemstoneError, type GemstoneErrorCode };
export type { JsonObject, JsonValue } from "./json.ts";

/**
 * A service can not start, answer or be used with the settings it has: no `name`, two methods of one name, a limit that
 * is no number. Thrown when the service prepares, so before it listens and before it answers anything.
 *
 * @example
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { ServiceConfigurationError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * class Nameless extends MicroService {}
 *
 * const error = await assertRejects(() => new Nameless().start({ args: [] }), ServiceConfigurationError);
 * assertEquals(error.code, "ERR_SERVICE_CONFIGURATION");
 * ```
 */
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

/**
 * A configurator has a value that can not be used: a bad number, an unreadable file, a module that `dynamicLoad` can
 * not load. No setting of the service has changed. (A command line that can not be understood is a `UsageRequest` of
 * `@gemstone/gemstone/config`.)
 *
 * @example The text says which setting, which value, from where, and what is accepted
 * ```ts
 * import { applyConfiguration, Configurable, ObjectConfigurator } from "@gemstone/gemstone/config";
 * import { ConfigurationValueError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const settings = { retries: 3 };
 * const error = await assertRejects(
 *   () =>
 *     applyConfiguration(settings, {
 *       configurables: [new Configurable("retries", { type: "integer" })],
 *       configurators: [new ObjectConfigurator({ retries: "many" }, { source: "the test" })],
 *     }),
 *   ConfigurationValueError,
 * );
 * assertEquals(
 *   error.message,
 *   'Cannot configure "retries" with "many" from the test: must be a whole number',
 * );
 * assertEquals(settings.retries, 3);
 * ```
 */
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

/**
 * The service can not listen where it was told to: the port is in use, or the host is no address of this machine.
 *
 * @example
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { ListenError } from "@gemstone/gemstone/errors";
 * import { assertRejects } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 * }
 *
 * await using first = new Shop();
 * await first.start({ args: [] });
 * const second = new Shop();
 * second.port = Number(new URL(first.url).port);
 * await assertRejects(() => second.start({ args: [] }), ListenError, "Cannot listen on 127.0.0.1:");
 * ```
 */
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
 * A plugin can not be used as it is: its name is no text or that of another plugin of the service, or it belongs to
 * another service. Rejected by `start()`, `fetch()` and `registerPlugin()`; thrown by a plugin that is asked for its
 * service too early.
 *
 * @example
 * ```ts
 * import { BasePlugin, MicroService } from "@gemstone/gemstone";
 * import { PluginError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * class Audit extends BasePlugin {
 *   override name = "audit";
 * }
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override plugins = [new Audit(), new Audit()];
 * }
 *
 * const error = await assertRejects(() => new Shop().start({ args: [] }), PluginError);
 * assertEquals(error.code, "ERR_PLUGIN");
 * ```
 */
export class PluginError extends GemstoneError {
  /**
   * Creates the error of a plugin that can not be used.
   *
   * @param message Which plugin, what is wrong with it, and what to do.
   * @param options `cause`: the error behind this one. `code`: that of a subclass.
   */
  constructor(message: string, options?: ErrorOptions & { code?: GemstoneErrorCode }) {
    super(options?.code ?? "ERR_PLUGIN", message, options);
  }
}

/**
 * A plugin has no name, or an empty one.
 *
 * @example
 * ```ts
 * import { BasePlugin, MicroService } from "@gemstone/gemstone";
 * import { MissingPluginNameError } from "@gemstone/gemstone/errors";
 * import { assertRejects } from "@std/assert";
 *
 * class Nameless extends BasePlugin {
 *   override name = "";
 * }
 * class Shop extends MicroService {
 *   override name = "shop";
 * }
 *
 * await assertRejects(() => new Shop().registerPlugin(new Nameless()), MissingPluginNameError);
 * ```
 */
export class MissingPluginNameError extends PluginError {
  /**
   * Creates the error of a plugin without a name.
   *
   * @param message The class of the plugin, and how to name it.
   * @param options `cause`: the error behind this one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, { ...options, code: "ERR_PLUGIN_NAME_MISSING" });
  }
}

/**
 * A service was asked for a plugin that it does not have.
 *
 * @example
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { PluginDoesNotExistError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 * }
 *
 * const error = assertThrows(() => new Shop().getPlugin("audit"), PluginDoesNotExistError);
 * assertEquals(error.plugin, "audit");
 * ```
 */
export class PluginDoesNotExistError extends GemstoneError {
  /** The name that was asked for, or the name of the class. */
  readonly plugin: string;

  /**
   * Creates the error of a plugin that is not there.
   *
   * @param plugin The name that was asked for, or the name of the class.
   * @param message The name and which plugins there are.
   */
  constructor(plugin: string, message: string) {
    super("ERR_PLUGIN_NOT_FOUND", message);
    this.plugin = plugin;
  }
}

/**
 * An application error for the caller of a method: thrown by an exposed method, it is answered with just this
 * code, message and data. Everything else that a method throws is answered with Internal error (-32603).
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { RpcError } from "@gemstone/gemstone/errors";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   #stock = new Map([["a1", 3]]);
 *
 *   @exposedMethod()
 *   reserve(sku: string): number {
 *     const left = this.#stock.get(sku) ?? 0;
 *     if (left === 0) throw new RpcError(4001, "Out of stock", { sku });
 *     this.#stock.set(sku, left - 1);
 *     return left - 1;
 *   }
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

/**
 * The base of every failure of a call to another service, and of the search for one.
 *
 * @example Go on without the other service, whatever is wrong with it
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone";
 * import { RemoteServiceError } from "@gemstone/gemstone/errors";
 * import { assertEquals } from "@std/assert";
 *
 * async function getDiscount(customer: number): Promise<unknown> {
 *   const loyalty = new RemoteService("http://127.0.0.1:9/api", { timeoutMs: 500 });
 *   try {
 *     return await loyalty.methods.discount(customer);
 *   } catch (error) {
 *     if (error instanceof RemoteServiceError) return 0;
 *     throw error;
 *   }
 * }
 *
 * assertEquals(await getDiscount(7), 0); // nobody is there
 * ```
 */
export class RemoteServiceError extends GemstoneError {}

/**
 * The service, or a proxy before it, answered with an HTTP status that is not 2xx and with no JSON-RPC error: 404,
 * 502, an HTML page. Redirects are not followed and end here, too.
 *
 * @example
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone";
 * import { CalledServiceError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const shop = new RemoteService("http://shop.test/api", {
 *   fetch: () => new Response("Bad Gateway", { status: 502 }),
 * });
 * const error = await assertRejects(() => shop.callMethod("count"), CalledServiceError);
 * assertEquals(error.status, 502);
 * ```
 */
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

/**
 * Whether a call without an answer may have run: `"not-sent"`, certainly not, because the request never reached the
 * service; `"unknown"`, it may have, because the connection broke later. Only a connection that surely never was counts
 * as not sent: refused, no way to the host, a name that does not resolve.
 *
 * @example
 * ```ts
 * import type { CallOutcome } from "@gemstone/gemstone/errors";
 *
 * const ADVICE: Record<CallOutcome, string> = {
 *   "not-sent": "Try again",
 *   "unknown": "Look whether the order is there before you try again",
 * };
 * ```
 */
export type CallOutcome = "not-sent" | "unknown";

/**
 * No answer came: the connection was refused, reset or cut, or the name did not resolve.
 *
 * @example Repeat a call only when it surely did not run
 * ```ts
 * import { TransportError } from "@gemstone/gemstone/errors";
 *
 * function isSafeToRepeat(error: unknown): boolean {
 *   return error instanceof TransportError && error.outcome === "not-sent";
 * }
 * ```
 */
export class TransportError extends RemoteServiceError {
  /** Whether the call may have run. */
  readonly outcome: CallOutcome;

  /**
   * Creates the error of a call without an answer.
   *
   * @param message The URL and what failed.
   * @param options `cause`: the error of the HTTP client. `outcome`: whether the call may have run, `"unknown"` by
   * default.
   */
  constructor(message: string, options?: ErrorOptions & { readonly outcome?: CallOutcome }) {
    super("ERR_TRANSPORT", message, options);
    this.outcome = options?.outcome ?? "unknown";
  }
}

/**
 * No answer came within `timeoutMs`; the request was ended on the wire. The call may still have run.
 *
 * This is the limit of the client. The limit of the service (`callTimeoutMs`) is answered with the JSON-RPC code
 * -32002, which is an {@linkcode UnknownRemoteError}.
 *
 * @example
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone";
 * import { CallTimeoutError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const silent = new RemoteService("http://shop.test/api", {
 *   timeoutMs: 10,
 *   fetch: () => new Promise<Response>(() => {}),
 * });
 * const error = await assertRejects(() => silent.callMethod("count"), CallTimeoutError);
 * assertEquals([error.code, error.timeoutMs], ["ERR_TIMEOUT", 10]);
 * ```
 */
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

/**
 * The caller's `AbortSignal` ended the call, or that of its `RemoteService` did. `cause` is the reason of the signal.
 * The call may have run.
 *
 * @example
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone";
 * import { CallAbortedError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const user = new AbortController();
 * const shop = new RemoteService("http://shop.test/api", {
 *   signal: user.signal,
 *   fetch: () => new Promise<Response>(() => {}),
 * });
 * const call = shop.callMethod("count");
 * user.abort("The user has left");
 * const error = await assertRejects(() => call, CallAbortedError);
 * assertEquals(error.cause, "The user has left");
 * ```
 */
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

/**
 * The answer is not JSON-RPC 2.0: not JSON, longer than `maxResponseBytes`, the wrong id, neither result nor error. In
 * most cases the URL is that of something else.
 *
 * @example
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone";
 * import { InvalidResponseError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const site = new RemoteService("http://site.test/", { fetch: () => new Response("<!doctype html>") });
 * const error = await assertRejects(() => site.callMethod("count"), InvalidResponseError);
 * assertEquals(error.message.includes('the answer is not JSON: "<!doctype html>"'), true);
 * ```
 */
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

/**
 * The result of an asynchronous call was asked for before there was one. `await` the call, or ask `finished()` first.
 *
 * @example
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone";
 * import { NotFinishedError } from "@gemstone/gemstone/errors";
 * import { assertThrows } from "@std/assert";
 *
 * const shop = new RemoteService("http://shop.test/api", { fetch: () => new Promise<Response>(() => {}) });
 * const call = shop.callMethodAsync("count");
 * assertThrows(() => call.result(), NotFinishedError);
 * call.abort();
 * ```
 */
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

/**
 * The registry, or whatever else knows where services are, knows none of that name. With a `cause`, an
 * `AggregateError`, not everybody could be asked.
 *
 * @example
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { StaticDiscoveryStrategy } from "@gemstone/gemstone/discovery";
 * import { ServiceNotFoundError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * class Gallery extends MicroService {
 *   override name = "gallery";
 *   override discoveryStrategies = [new StaticDiscoveryStrategy({ users: "http://users.internal/api" })];
 * }
 *
 * await using gallery = new Gallery();
 * const error = await assertRejects(() => gallery.getService("workers.*"), ServiceNotFoundError);
 * assertEquals(error.pattern, "workers.*");
 * ```
 */
export class ServiceNotFoundError extends RemoteServiceError {
  /** The name, or the glob pattern of names, that was looked for. */
  readonly pattern: string;

  /**
   * Creates the error of a service that is nowhere.
   *
   * @param pattern The name, or the glob pattern of names, that was looked for.
   * @param message The name and who was asked.
   * @param options `cause`: why not everybody could be asked.
   */
  constructor(pattern: string, message: string, options?: ErrorOptions) {
    super("ERR_SERVICE_NOT_FOUND", message, options);
    this.pattern = pattern;
  }
}

/**
 * No discovery strategy could say where a service is: each of them failed, and `cause` is an `AggregateError` of why.
 * Without a `cause` the search was ended, or discovery has been stopped.
 *
 * @example A registry that is not there
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { DiscoveryError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
 *
 * class Gallery extends MicroService {
 *   override name = "gallery";
 *   override serviceRegistryUrls = ["http://127.0.0.1:9/api"];
 * }
 *
 * await using gallery = new Gallery();
 * const error = await assertRejects(() => gallery.getService("users"), DiscoveryError);
 * assertInstanceOf(error.cause, AggregateError);
 * assertEquals(error.cause.errors.length, 1);
 * ```
 */
export class DiscoveryError extends RemoteServiceError {
  /** The name, or the glob pattern of names, that was looked for. */
  readonly pattern: string;

  /**
   * Creates the error of a search that nobody could answer.
   *
   * @param pattern The name, or the glob pattern of names, that was looked for.
   * @param message The name and how many strategies failed.
   * @param options `cause`: an `AggregateError` of what each strategy failed with.
   */
  constructor(pattern: string, message: string, options?: ErrorOptions) {
    super("ERR_DISCOVERY", message, options);
    this.pattern = pattern;
  }
}

/**
 * The service answered with a JSON-RPC error object. The subclass says which. `message` says which call failed
 * and why; what the service said, word for word, is in `rpcCode`, `rpcMessage` and `data`.
 *
 * @example What the service said is for people who know it; the rest is for the log
 * ```ts
 * import { RemoteCallError } from "@gemstone/gemstone/errors";
 *
 * function toUserText(error: unknown): string {
 *   if (!(error instanceof RemoteCallError)) return "The service can not be reached, try again later";
 *   return error.rpcCode > 0 ? error.rpcMessage : "Something is wrong here, we look into it";
 * }
 * ```
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

/**
 * JSON-RPC code -32601: the service has no such method.
 *
 * @example Ask an older service in the older way
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone";
 * import { MethodNotFoundError } from "@gemstone/gemstone/errors";
 *
 * async function findUser(users: RemoteService, id: number): Promise<unknown> {
 *   try {
 *     return await users.methods.find_user({ id });
 *   } catch (error) {
 *     if (error instanceof MethodNotFoundError) return await users.methods.get_user(id);
 *     throw error;
 *   }
 * }
 * ```
 */
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

/**
 * JSON-RPC code -32602: the arguments do not fit the method. `data` of a Gemstone service has the `reason`, and the
 * `issues` that a schema found.
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService, RemoteService } from "@gemstone/gemstone";
 * import { InvalidParamsError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * class Adder extends MicroService {
 *   override name = "adder";
 *   @exposedMethod()
 *   add(a: number, b: number): number {
 *     return a + b;
 *   }
 * }
 *
 * const adder = new Adder();
 * const client = new RemoteService("http://adder.test/api", {
 *   fetch: (url, init) => adder.fetch(new Request(url, init)),
 * });
 * const error = await assertRejects(() => client.methods.add(1), InvalidParamsError);
 * assertEquals(error.data, { reason: "Missing parameter: b" });
 * ```
 */
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

/**
 * JSON-RPC code -32001: the method is private and the caller is not authenticated.
 *
 * @example
 * ```ts
 * import { exposedMethod, isSameToken, MicroService, RemoteService } from "@gemstone/gemstone";
 * import { AccessDeniedError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * class Vault extends MicroService {
 *   override name = "vault";
 *   @exposedMethod({ private: true })
 *   open(): string {
 *     return "open";
 *   }
 *   override apiTokenIsValid(token: string): boolean {
 *     return isSameToken(token, "s3cret");
 *   }
 * }
 *
 * const vault = new Vault();
 * const fetch = (url: string, init: RequestInit) => vault.fetch(new Request(url, init));
 * const stranger = new RemoteService<Vault>("http://vault.test/api", { fetch });
 * await assertRejects(() => stranger.methods.open(), AccessDeniedError);
 * const friend = new RemoteService<Vault>("http://vault.test/api", {
 *   fetch,
 *   auth: { type: "header", token: "s3cret" },
 * });
 * assertEquals(await friend.methods.open(), "open");
 * ```
 */
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

/**
 * JSON-RPC code -32603: the method failed inside the service, whose log says why. `data` does only where the service
 * has `exposeErrorDetails`.
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService, RemoteService } from "@gemstone/gemstone";
 * import { InternalError } from "@gemstone/gemstone/errors";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   @exposedMethod()
 *   count(): number {
 *     throw new Error("The password of the database is wrong"); // for the log of the service alone
 *   }
 * }
 *
 * const shop = new Shop();
 * const client = new RemoteService<Shop>("http://shop.test/api", {
 *   fetch: (url, init) => shop.fetch(new Request(url, init)),
 * });
 * const error = await assertRejects(() => client.methods.count(), InternalError);
 * assertEquals([error.rpcMessage, error.data], ["Internal error", undefined]);
 * ```
 */
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

/**
 * Any other JSON-RPC error code: an application error of the service (the {@linkcode RpcError} that its method
 * threw), or one of the protocol that has no class, such as Call timed out (-32002) and Service stopped (-32003).
 *
 * @example Tell application errors by their code
 * ```ts
 * import { UnknownRemoteError } from "@gemstone/gemstone/errors";
 *
 * function explain(error: UnknownRemoteError): string {
 *   switch (error.rpcCode) {
 *     case 4001:
 *       return "Sold out";
 *     case -32002:
 *     case -32003:
 *       return "The service was busy, or on its way out";
 *     default:
 *       return error.rpcMessage;
 *   }
 * }
 * ```
 */
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
 *
 * @example
 * ```ts
 * import type { EmitOutcome } from "@gemstone/gemstone/errors";
 *
 * const ADVICE: Record<EmitOutcome, string> = {
 *   "not-sent": "Nobody has heard of it",
 *   "unknown": "Emit it again with the same id: whoever has handled it skips it",
 * };
 * ```
 */
export type EmitOutcome = "not-sent" | "unknown";

/**
 * The base of every reason why `emitEvent` rejects, but for misuse. When the outcome is `"unknown"`, emit it again with
 * the same id. With more than one transport it is an `EmitError` itself whose `cause` is an `AggregateError`.
 *
 * @example Emit again, so that an event that was stored all the same is handled once
 * ```ts
 * import type { MicroService } from "@gemstone/gemstone";
 * import { EmitError } from "@gemstone/gemstone/errors";
 *
 * async function emitTwice(service: MicroService, name: string, body: unknown): Promise<void> {
 *   const id = crypto.randomUUID();
 *   try {
 *     await service.emitEvent(name, body, { id });
 *   } catch (error) {
 *     if (!(error instanceof EmitError)) throw error;
 *     await service.emitEvent(name, body, { id });
 *   }
 * }
 * ```
 */
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

/**
 * The broker did not confirm the event within the time limit: `timeoutMs` of `emitEvent`, else that of the transport.
 *
 * @example Give an event less time than the caller has
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { EmitTimeoutError, RpcError } from "@gemstone/gemstone/errors";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *
 *   @exposedMethod()
 *   async order(id: string): Promise<void> {
 *     try {
 *       await this.emitEvent("ordered", { id }, { id, timeoutMs: 2_000 });
 *     } catch (cause) {
 *       if (!(cause instanceof EmitTimeoutError)) throw cause;
 *       throw new RpcError(5001, `Not stored within ${cause.timeoutMs} ms, order again`, null, { cause });
 *     }
 *   }
 * }
 * ```
 */
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

/**
 * The caller's `AbortSignal` ended the wait for the confirmation. `cause` is the reason of the signal.
 *
 * @example
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { EmitAbortedError } from "@gemstone/gemstone/errors";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport()];
 * }
 *
 * await using shop = new Shop();
 * await shop.start({ args: [] });
 * const signal = AbortSignal.abort("The user has left");
 * const error = await assertRejects(() => shop.emitEvent("ordered", {}, { signal }), EmitAbortedError);
 * assertEquals([error.outcome, error.cause], ["not-sent", "The user has left"]);
 * ```
 */
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

/**
 * So many events wait for the broker, or in memory for a handler, that this one was not taken. Nothing of it was sent.
 * Slow down, and emit it later.
 *
 * @example
 * ```ts
 * import { eventHandler, MicroService } from "@gemstone/gemstone";
 * import { EventBufferFullError } from "@gemstone/gemstone/errors";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport({ maxQueueLength: 1 })];
 *   @eventHandler("ordered")
 *   onOrdered(): void {}
 * }
 *
 * await using shop = new Shop();
 * await shop.start({ args: [] });
 * const first = shop.emitEvent("ordered", { id: 1 });
 * const error = await assertRejects(() => shop.emitEvent("ordered", { id: 2 }), EventBufferFullError);
 * assertEquals(error.outcome, "not-sent");
 * await first;
 * ```
 */
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

/**
 * The event is larger than the transport allows (`maxEventBytes`, 1 MiB by default). Nothing of it was sent. Keep the
 * data elsewhere and emit where it is.
 *
 * @example
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { EventTooLargeError } from "@gemstone/gemstone/errors";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertRejects } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport({ maxEventBytes: 100 })];
 * }
 *
 * await using shop = new Shop();
 * await shop.start({ args: [] });
 * await assertRejects(() => shop.emitEvent("painted", { image: "x".repeat(200) }), EventTooLargeError);
 * ```
 */
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

/**
 * The broker refused the event, in most cases because a queue is full; RabbitMQ was asked several times. Some of the
 * queues may have taken it.
 *
 * @example Tell the operator, who alone can help
 * ```ts
 * import { EventRejectedError } from "@gemstone/gemstone/errors";
 * import type { Logger } from "@gemstone/gemstone";
 *
 * function report(error: unknown, logger: Logger): void {
 *   if (error instanceof EventRejectedError) {
 *     logger.error("A queue is full, are there consumers?", { error });
 *   }
 * }
 * ```
 */
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

/**
 * No service has a handler for the event, and it was emitted with `requireRoute`.
 *
 * @example An event that is of no use unless somebody handles it
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { UnroutableEventError } from "@gemstone/gemstone/errors";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertRejects } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport()];
 * }
 *
 * await using shop = new Shop();
 * await shop.start({ args: [] });
 * const options = { broadcast: false, requireRoute: true };
 * await assertRejects(() => shop.emitEvent("ordered", { id: 1 }, options), UnroutableEventError);
 * ```
 */
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

/**
 * The event transport does not run: the service has not been started, or has been stopped.
 *
 * @example
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { TransportStoppedError } from "@gemstone/gemstone/errors";
 * import { MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override eventTransports = [new MemoryEventTransport()];
 * }
 *
 * const error = await assertRejects(() => new Shop().emitEvent("ordered", {}), TransportStoppedError);
 * assertEquals(error.outcome, "not-sent");
 * ```
 */
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

/**
 * A queue, exchange or stream exists in another form than the transport needs it (AMQP reply code 406; in Redis a key
 * of another type). `start()` rejects with it: nothing is deleted, because it may hold events.
 *
 * @example What to tell who runs the broker
 * ```ts
 * import { TopologyConflictError } from "@gemstone/gemstone/errors";
 * import { assertEquals } from "@std/assert";
 *
 * function describe({ object, argument, wanted, found }: TopologyConflictError): string {
 *   return `${object}: ${argument ?? "an argument"} must be ${wanted ?? "another"}, is ${
 *     found ?? "unknown"
 *   }`;
 * }
 *
 * const error = new TopologyConflictError("orders", "Cannot declare queue orders", {
 *   argument: "x-queue-type",
 *   wanted: "quorum",
 *   found: "classic",
 * });
 * assertEquals(describe(error), "orders: x-queue-type must be quorum, is classic");
 * ```
 */
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

/**
 * The broker can not be reached or does not let us in. `cause` is the error of the last attempt; the text has the
 * address without its password. A service with a broker rejects `start()` with it after the transport's own retries.
 *
 * @example
 * ```ts
 * import { MicroService } from "@gemstone/gemstone";
 * import { BrokerUnavailableError } from "@gemstone/gemstone/errors";
 * import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
 * import { assertRejects } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override port = 0;
 *   // Nobody listens on port 9.
 *   override eventTransports = [
 *     new RabbitMqEventTransport("amqp://guest:guest@127.0.0.1:9", { connection: { connectRetries: 0 } }),
 *   ];
 * }
 *
 * await assertRejects(
 *   () => new Shop().start({ args: [] }),
 *   BrokerUnavailableError,
 *   "amqp://guest@127.0.0.1:9",
 * );
 * ```
 */
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

/**
 * A worker thread ended in the middle of a call: it ran out of memory, ended itself, or an error was left uncaught. The
 * caller of a blocking method is answered with Internal error; whoever uses `getExecutor()` gets this one.
 *
 * @example
 * ```ts
 * import { RpcError, WorkerEndedError } from "@gemstone/gemstone/errors";
 * import type { Executor } from "@gemstone/gemstone";
 *
 * async function render(executor: Executor, module: URL, year: number): Promise<unknown> {
 *   try {
 *     return await executor.run(module, "renderYear", [year]);
 *   } catch (cause) {
 *     if (!(cause instanceof WorkerEndedError)) throw cause;
 *     throw new RpcError(5002, `Year ${year} is too much for a worker (exit code ${cause.exitCode})`, null, {
 *       cause,
 *     });
 *   }
 * }
 * ```
 */
export class WorkerEndedError extends GemstoneError {
  /** What the worker left, as a process leaves it. */
  readonly exitCode: number;

  /**
   * Creates the error of a worker that has ended.
   *
   * @param exitCode What the worker left.
   * @param message The call and why the worker ended.
   * @param options `cause`: the error that ended it.
   */
  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super("ERR_WORKER_ENDED", message, options);
    this.exitCode = exitCode;
  }
}
