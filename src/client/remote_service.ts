/**
 * The client: calls the methods of a service by JSON-RPC 2.0 over HTTP.
 *
 * @module
 */
import type { JsonValue } from "../json.ts";
import { AsyncMethodCall } from "./async_method_call.ts";
import { createCredentials } from "./authentication.ts";
import {
  type CallId,
  type CallParams,
  describeCall,
  encodeRequest,
  MethodCall,
  Notification,
} from "./call.ts";
import type { HttpTarget } from "./http_exchange.ts";
import { createMethodProxy } from "./method_proxy.ts";
import type { RemoteMethods } from "./remote_api.ts";
import type { CallOptions, LocateOptions, RemoteServiceOptions } from "./remote_service_options.ts";
import type { BatchResult, Result } from "./result.ts";
import type { ServiceInfo } from "./service_info.ts";
import type { ServiceInstances } from "./service_instances.ts";
import type { PreparedCall } from "./single_call.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/**
 * A service somewhere else. Constructing it makes no request; it holds no connection and needs no closing.
 *
 * Credentials never follow a redirect: one is answered with `CalledServiceError`.
 *
 * @example Call a method
 * ```ts
 * import { RemoteService } from "@gemstone/gemstone/client";
 *
 * interface HelloApi {
 *   say_hello(name: string): string;
 * }
 *
 * const service = new RemoteService<HelloApi>("http://127.0.0.1:8000/api", { timeoutMs: 5_000 });
 * const greet = () => service.methods.say_hello("world"); // a promise of a text; or say_hello({ name: "world" })
 * ```
 *
 * @typeParam Api The class or interface of the service, for the types of its methods; see `RemoteMethods`.
 */
export class RemoteService<Api = unknown> {
  /**
   * The methods of the service: `service.methods.say_hello("world")` gives a promise of the bare result that is
   * rejected with a `RemoteServiceError`. One argument that is a plain object holds the arguments by name.
   */
  readonly methods: RemoteMethods<Api, "value">;
  /** The same, but each call gives an {@linkcode AsyncMethodCall} at once. */
  readonly asyncMethods: RemoteMethods<Api, "call">;
  /** The same as notifications: the promise is resolved with `undefined` when the service has taken it. */
  readonly notifications: RemoteMethods<Api, "nothing">;
  readonly #target: HttpTarget;
  #lastId = 0;
  #info: ServiceInfo | undefined;
  #singleCall: Promise<typeof import("./single_call.ts")> | undefined;

  /**
   * Makes a client; nothing is sent.
   *
   * @param place The URL of the endpoint, such as `http://127.0.0.1:8000/api`; or the instances of a service that runs
   * in several places, as `getService` makes them: each call goes to one of them.
   * @param options How to call it.
   * @throws {TypeError} when the URL is not one of HTTP or carries a password, or `auth` can not be sent.
   * @throws {RangeError} when `timeoutMs` or `maxResponseBytes` is not positive.
   */
  constructor(place: string | URL | ServiceInstances, options: RemoteServiceOptions = {}) {
    const { auth, headers, timeoutMs = DEFAULT_TIMEOUT_MS, fetch, signal } = options;
    const { maxResponseBytes = DEFAULT_MAX_RESPONSE_BYTES, idempotent = false } = options;
    if (!(maxResponseBytes > 0)) {
      throw new RangeError(
        `Cannot limit answers: maxResponseBytes must be positive, got ${maxResponseBytes}`,
      );
    }
    const instances = isServiceInstances(place) ? place : undefined;
    const url = isServiceInstances(place) ? "" : checkUrl(place);
    this.#target = {
      ...createCredentials(auth, headers),
      url,
      place: instances === undefined ? `at ${url}` : `of service "${instances.pattern}"`,
      instances,
      fetch,
      timeoutMs: checkTimeout(timeoutMs),
      maxResponseBytes,
      signal,
      idempotent,
    };
    this.methods = createMethodProxy((name, params) => this.#callForValue(name, params));
    this.asyncMethods = createMethodProxy((name, params) => this.callMethodAsync(name, params));
    this.notifications = createMethodProxy((name, params) => this.notify(name, params));
  }

  /**
   * Finds a service by its name and makes a client of it.
   *
   * @typeParam Api The class or interface of the service.
   * @param registry The URL of a registry. It gets neither `auth` nor `headers`, which are for the service that is
   * found; a registry that wants its own is given as a `RemoteService`.
   * @param pattern The name, or a glob pattern: `*` for any characters, `?` for one.
   * @param options How to choose among several, and the settings of the client that is made.
   * @returns A client of the service.
   * @throws {TypeError} when `choose` is neither `"random"` nor a function.
   * @throws {ServiceNotFoundError} when no service matches.
   * @throws {RemoteServiceError} when the registry does not answer, or with an error.
   *
   * @example A registry in this process, in place of one at a URL
   * ```ts
   * import { RemoteService } from "@gemstone/gemstone/client";
   * import { ServiceRegistry } from "@gemstone/gemstone/registry";
   * import { assertEquals } from "@std/assert";
   *
   * const registry = new ServiceRegistry();
   * const client = new RemoteService(registry.url, {
   *   fetch: (url, init) => registry.fetch(new Request(url, init)),
   * });
   * await client.methods.ping({ name: "workers.image", url: "http://127.0.0.1:8001/api" });
   * const worker = await RemoteService.getServiceByName(client, "workers.*", { timeoutMs: 5_000 });
   * assertEquals(worker.url, "http://127.0.0.1:8001/api");
   * await registry.stop();
   * ```
   */
  static async getServiceByName<Api = unknown>(
    registry: string | URL | RemoteService,
    pattern: string,
    options: LocateOptions = {},
  ): Promise<RemoteService<Api>> {
    const { choose = "random", ...settings } = options;
    if (choose !== "random" && typeof choose !== "function") {
      throw new TypeError(
        `Cannot locate a service: choose must be "random" or a function, got ${String(choose)}`,
      );
    }
    const { auth: _auth, headers: _headers, ...shared } = settings;
    const client = registry instanceof RemoteService ? registry : new RemoteService(registry, shared);
    const { locateService } = await import("./locate.ts");
    return new RemoteService<Api>(await locateService(client, pattern, choose), settings);
  }

  /** The URL of the endpoint; of several instances, that of the one that answered last, or one that is known. */
  get url(): string {
    return this.#target.instances?.url ?? this.#target.url;
  }

  /** The name of the service; `undefined` until {@linkcode refreshServiceInfo} has asked for it. */
  get name(): string | undefined {
    return this.#info?.name;
  }

  /**
   * Calls a method. An error that the service answers with does not reject, it is in the result.
   *
   * @typeParam T The type of the value; it is trusted, not checked.
   * @param call The name of the method, or a call made before.
   * @param params The arguments, by position or by name; none with a call made before.
   * @param options What is different for this call.
   * @returns The value or the error of the service.
   * @throws {TypeError} when the arguments are no array or plain object, or JSON can not carry them.
   * @throws {RangeError} when `timeoutMs` is not positive.
   * @throws {RemoteServiceError} when there is no answer: `TransportError`, `CallTimeoutError`,
   * `CallAbortedError`, `CalledServiceError` for an HTTP error, `InvalidResponseError`.
   *
   * @example Look at the error, in place of catching it
   * ```ts
   * import { exposedMethod, MicroService, RpcError } from "@gemstone/gemstone";
   * import { RemoteService } from "@gemstone/gemstone/client";
   * import { assertEquals } from "@std/assert";
   *
   * class Accounts extends MicroService {
   *   override name = "accounts";
   *   @exposedMethod()
   *   withdraw(amount: number): number {
   *     if (amount > 10) throw new RpcError(4001, "Too much");
   *     return amount;
   *   }
   * }
   *
   * const accounts = new Accounts();
   * const fetch = (url: string, init: RequestInit) => accounts.fetch(new Request(url, init));
   * const { value, error } = await new RemoteService(accounts.url, { fetch }).callMethod<number>("withdraw", [20]);
   * assertEquals([value, error?.rpcCode, error?.rpcMessage], [undefined, 4001, "Too much"]);
   * ```
   */
  async callMethod<T = JsonValue>(
    call: string | MethodCall,
    params?: CallParams,
    options?: CallOptions,
  ): Promise<Result<T>> {
    return await this.#send<T>(this.#prepare(call, params, options));
  }

  /**
   * Calls a method and does not wait for the answer.
   *
   * @typeParam T The type of the value; it is trusted, not checked.
   * @param call The name of the method, or a call made before.
   * @param params The arguments, by position or by name; none with a call made before.
   * @param options What is different for this call.
   * @returns The call under way.
   * @throws {TypeError} at once, when the arguments are no array or plain object, or JSON can not carry them.
   * @throws {RangeError} at once, when `timeoutMs` is not positive.
   */
  callMethodAsync<T = JsonValue>(
    call: string | MethodCall,
    params?: CallParams,
    options?: CallOptions,
  ): AsyncMethodCall<T> {
    const prepared = this.#prepare(call, params, options);
    return new AsyncMethodCall<T>(prepared.methodCall, (signal) => this.#send<T>({ ...prepared, signal }));
  }

  /**
   * Calls a method that is not answered. Resolves when the service has taken the notification, which says nothing
   * about how the method fares.
   *
   * @param notification The name of the method, or a notification made before.
   * @param params The arguments, by position or by name; none with a notification made before.
   * @param options What is different for this notification.
   * @throws {TypeError} when the arguments are no array or plain object, or JSON can not carry them.
   * @throws {RangeError} when `timeoutMs` is not positive.
   * @throws {RemoteServiceError} when the service did not take it.
   */
  async notify(
    notification: string | Notification,
    params?: CallParams,
    options?: CallOptions,
  ): Promise<undefined> {
    checkOptions(options);
    const request = typeof notification === "string" ? new Notification(notification, params) : notification;
    checkMadeBefore(request, Notification, notification === request ? params : undefined);
    const body = encodeRequest(request, undefined, this.#target.member);
    const { sendNotification } = await this.#loadSingleCall();
    await sendNotification(this.#target, {
      body,
      action: describeCall(request.method, this.#target.place),
      options,
    });
  }

  /**
   * Sends several calls and notifications in one request. The service may run them in any order.
   *
   * @param items The calls and notifications; without any there is no request.
   * @returns One result for each call, in their order. An error that the service answers a call with is in its
   * result; so is an `InvalidResponseError` when that answer is missing.
   * @throws {TypeError} when an item is neither a call nor a notification, two calls have the same id, or JSON can
   * not carry the arguments.
   * @throws {RemoteServiceError} when there is no answer to the batch, or one error in place of all answers.
   */
  async callBatch(...items: (MethodCall | Notification)[]): Promise<BatchResult> {
    const { sendBatch } = await import("./batch.ts");
    return await sendBatch(this.#target, items, () => ++this.#lastId);
  }

  /**
   * Asks the service once what methods it has; {@linkcode refreshServiceInfo} asks again.
   *
   * @returns The names of the methods.
   * @throws {MethodNotFoundError} when the service does not expose `get_service_specs`.
   * @throws {RemoteServiceError} when the service does not answer, or with another error.
   */
  async getAvailableMethods(): Promise<string[]> {
    const { methods } = this.#info ?? await this.refreshServiceInfo();
    return [...methods.keys()];
  }

  /**
   * Asks the service for its name and methods, by `get_service_specs`.
   *
   * @returns What the service says about itself.
   * @throws {MethodNotFoundError} when the service does not expose `get_service_specs`.
   * @throws {RemoteServiceError} when the service does not answer, or with another error.
   */
  async refreshServiceInfo(): Promise<ServiceInfo> {
    const specs = await this.callMethod("get_service_specs");
    const { toServiceInfo } = await import("./service_info.ts");
    this.#info = toServiceInfo(specs.unwrap(), this.url);
    return this.#info;
  }

  #prepare(call: string | MethodCall, params?: CallParams, options?: CallOptions): PreparedCall {
    checkOptions(options);
    const methodCall = typeof call === "string" ? new MethodCall(call, params) : call;
    checkMadeBefore(methodCall, MethodCall, methodCall === call ? params : undefined);
    const id: CallId = methodCall.id ?? ++this.#lastId;
    const body = encodeRequest(methodCall, id, this.#target.member);
    return { methodCall, id, body, action: describeCall(methodCall.method, this.#target.place), options };
  }

  async #callForValue(method: string, params: CallParams | undefined): Promise<JsonValue> {
    const result = await this.callMethod(method, params);
    return result.unwrap();
  }

  async #send<T>(call: PreparedCall): Promise<Result<T>> {
    const { sendCall } = await this.#loadSingleCall();
    return await sendCall<T>(this.#target, call);
  }

  /** Every service loads this class, but not every one calls another: the rest comes with the first call. */
  #loadSingleCall(): Promise<typeof import("./single_call.ts")> {
    return this.#singleCall ??= import("./single_call.ts");
  }
}

function isServiceInstances(place: unknown): place is ServiceInstances {
  return typeof place === "object" && place !== null &&
    typeof (place as Partial<ServiceInstances>).choose === "function";
}

function checkUrl(url: string | URL): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    // Even a URL that can not be used may hold a password.
    const shown = String(url).replace(/\/\/[^/?#]*@/, "//***@");
    throw new TypeError(
      `Cannot create a RemoteService: the URL must be an absolute one of HTTP, got "${shown}"`,
    );
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw new TypeError(
      `Cannot create a RemoteService: the URL of "${parsed.host}" holds a user name or password; use auth instead`,
    );
  }
  return parsed.href;
}

function checkTimeout(timeoutMs: number): number {
  if (timeoutMs > 0) return timeoutMs;
  throw new RangeError(`Cannot limit a call: timeoutMs must be a positive number, got ${timeoutMs}`);
}

function checkOptions(options: CallOptions | undefined): void {
  if (options?.timeoutMs !== undefined) checkTimeout(options.timeoutMs);
}

function checkMadeBefore(
  request: unknown,
  kind: { readonly name: string; new (name: string): unknown },
  params: unknown,
): void {
  if (!(request instanceof kind)) {
    throw new TypeError(`Cannot call a method: expected its name or a ${kind.name}, got ${typeof request}`);
  }
  if (params !== undefined) {
    throw new TypeError(
      `Cannot call a method: the arguments are part of the ${kind.name}, so params must be left out`,
    );
  }
}
