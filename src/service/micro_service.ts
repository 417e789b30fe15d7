/**
 * The class that every service derives from.
 *
 * @module
 */
import type { Configurable } from "../config/configurable.ts";
import type { Configurator } from "../config/configurator.ts";
import type { EmitEventOptions, EmitReceipt } from "../emit.ts";
import type { EventTransport } from "../events/event_transport.ts";
import type { JsonObject } from "../json.ts";
import { createLogger, type Logger } from "../logger.ts";
import type { RequestContext } from "../rpc/context.ts";
import type { ResponseStyle } from "../rpc/reply.ts";
import type { BASE_MEMBERS, ServiceHandle } from "../rpc/service_type.ts";
import { writeErrorLine } from "../runtime/process.ts";
import { extractToken, HeaderValidationStrategy, type ValidationStrategy } from "./authentication.ts";
import { Container } from "./container.ts";
import { Lifecycle, type StartOptions } from "./lifecycle.ts";
import { type PreparedService, prepareService } from "./prepare.ts";

/**
 * A microservice: its decorated methods are a JSON-RPC 2.0 API over HTTP. Derive from it, override the settings
 * that differ, and `start()` it. All settings are checked before anything is answered.
 *
 * @example
 * ```ts
 * import { exposedMethod, MicroService } from "@gemstone/gemstone";
 *
 * class HelloWorldService extends MicroService {
 *   override name = "hello_world_service";
 *
 *   @exposedMethod()
 *   say_hello(name: string): string {
 *     return `hello ${name}`;
 *   }
 * }
 *
 * // Node knows `import.meta.main` since version 24.2: start the service in a file of its own before that.
 * if (import.meta.main) await new HelloWorldService().start();
 * ```
 */
export abstract class MicroService extends Container implements ServiceHandle, AsyncDisposable {
  /** Exists in the type system only. */
  declare readonly [BASE_MEMBERS]?: keyof MicroService;

  /** The name by which others find the service. Required. */
  name = "";
  /** The address to listen on. @default {"127.0.0.1"} */
  host = "127.0.0.1";
  /** The port to listen on; 0 takes a free one. @default {8000} */
  port = 8000;
  /** The path of the JSON-RPC endpoint. @default {"/api"} */
  endpoint = "/api";
  /** The URL under which others reach the service. @default {the URL that it listens on} */
  accessibleAt: string | undefined = undefined;
  /** Parts that contribute methods and event handlers. @default {none} */
  modules: readonly Container[] = [];
  /** What carries events; each belongs to this service alone. @default {none} */
  eventTransports: readonly EventTransport[] = [];
  /** Where the token of a caller is looked for, in order. @default {the header X-Api-Token} */
  validationStrategies: readonly ValidationStrategy[] = [new HeaderValidationStrategy()];
  /** Settings that can be changed from outside; add to `defaultConfigurables()`. @default {those} */
  configurables: readonly Configurable[] | undefined = undefined;
  /** Where their values come from, the last one wins. @default {`new CommandLineConfigurator()`} */
  configurators: readonly Configurator[] | undefined = undefined;
  /** Keeps `start()` from configuring; `configure()` can still be called. @default {false} */
  skipConfiguration = false;
  /** How many threads the service may use for blocking work; told by `get_service_specs`. @default {processors} */
  maxParallelBlockingTasks: number | undefined = undefined;
  /** The shape of answers; `"legacy"` is what clients of the Python library need. @default {"spec"} */
  responseStyle: ResponseStyle = "spec";
  /** Tells callers class and message of an exception in a method. @default {false} */
  exposeErrorDetails = false;
  /** Exposes `get_service_specs`, which lists all methods. @default {only in the legacy response style} */
  useIntrospection: boolean | undefined = undefined;
  /** Exposes `statistics`, and counts the calls of each method for it. @default {false} */
  useStatistics = false;
  /** Logs each HTTP request. On Node it costs the fast path. @default {false} */
  useAccessLog = false;
  /** The largest request body, in bytes: cut off with 413, or 408 when it takes over 60 s. @default {1048576} */
  maxBodyBytes = 1_048_576;
  /** The most calls of a batch. @default {1000} */
  maxBatchSize = 1000;
  /** How long a call may take, in milliseconds; `Infinity` is no limit. @default {60000} */
  callTimeoutMs = 60_000;
  /** How long `stop()` waits for what runs, in milliseconds. @default {10000} */
  shutdownTimeoutMs = 10_000;

  /**
   * Answers an HTTP request. Needs no socket and no `start()`: tests call it, and so does `deno serve`.
   *
   * @param request The request.
   * @returns The response. Rejects with a `ServiceConfigurationError` when a setting can not be used.
   */
  readonly fetch: (request: Request) => Response | Promise<Response>;

  readonly #lifecycle: Lifecycle;
  #logger: Logger | undefined;
  #prepared: PreparedService | undefined;
  #preparing: Promise<PreparedService> | undefined;

  /** Reads no setting: the fields of the subclass do not exist yet. */
  constructor() {
    super();
    // An own property, because `deno serve` looks for one, and bound, because others pass it on.
    this.fetch = (request) =>
      this.#prepared?.fetch(request) ?? this.#prepare().then((prepared) => prepared.fetch(request));
    this.#lifecycle = new Lifecycle(this, () => {
      // What `fetch` has prepared before may be of other settings.
      this.#prepared = undefined;
      return this.#prepare();
    });
  }

  /** Where the service listens, with the endpoint; before `start()`, where it would by its settings. */
  get url(): string {
    const host = this.host.includes(":") ? `[${this.host}]` : this.host;
    return `http://${host}:${this.#lifecycle.port ?? this.port}${this.endpoint}`;
  }

  /** Where the service logs: what `getLogger()` returned. */
  get logger(): Logger {
    this.#logger ??= this.getLogger();
    return this.#logger;
  }

  /**
   * Configures the service, unless that is done or `skipConfiguration` is set, and listens.
   *
   * Until `stop()`, SIGINT and SIGTERM stop the service, and the process ends with exit code 0 when all its
   * services have stopped; not so with `signal`. When it can not start and nobody handles the error, the process ends with one line that says why
   * and exit code 1, or 2 for a wrong command line or configured value.
   *
   * @param options `signal`: stops the service when it aborts. `args`: the command line, `[]` for none.
   * @throws {ServiceConfigurationError} when a setting can not be used.
   * @throws {ConfigurationValueError} when a configurator has a value that can not be used.
   * @throws {UsageRequest} (of `@gemstone/gemstone/config`) when the command line asks for help or is wrong.
   * @throws {ListenError} when the address can not be listened on.
   */
  start(options: StartOptions = {}): Promise<void> {
    return this.#lifecycle.start(options);
  }

  /**
   * Stops the service: accepts no more, finishes what runs within `shutdownTimeoutMs`, and answers what is
   * left with an error. Never rejects because of a call; may be called twice.
   */
  stop(): Promise<void> {
    return this.#lifecycle.stop();
  }

  /** Stops the service at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * Takes settings from the configurators now; `start()` does not do it again.
   *
   * @param args The command line. @default {that of the process}
   * @throws {ConfigurationValueError} when a value can not be used; no setting has changed then.
   * @throws {UsageRequest} when the command line asks for help or can not be understood.
   */
  configure(args?: readonly string[]): Promise<void> {
    return this.#lifecycle.configure(args);
  }

  /**
   * Emits an event through all `eventTransports`. When the promise resolves, the broker has stored the event:
   * each service with a handler gets it at least once (`broadcast: false`), or each instance that is connected does
   * (`broadcast: true`). Never runs a handler before it returns. Needs `start()`; works from `onServiceStart` on.
   *
   * @param name The name of the event: text without white space, control characters, `*`, `#` and `/`, at most 128
   * bytes.
   * @param body Anything that JSON can carry; it is copied.
   * @param options `broadcast` (true), `requireRoute`, `timeoutMs` …
   * @returns What became of it. Rejects with an {@linkcode EmitError} that says whether the event may have been
   * delivered; with a TypeError for a wrong name or a body that JSON can not carry; with a
   * `ServiceConfigurationError` when there is no transport.
   *
   * @example
   * ```ts
   * import { exposedMethod, MicroService } from "@gemstone/gemstone";
   * import { MemoryEventTransport } from "@gemstone/gemstone/events";
   *
   * class Shop extends MicroService {
   *   override name = "shop";
   *   override eventTransports = [new MemoryEventTransport()];
   *
   *   @exposedMethod()
   *   async order(sku: string): Promise<boolean> {
   *     const { routed } = await this.emitEvent("ordered", { sku }, { broadcast: false });
   *     return routed ?? false;
   *   }
   * }
   * ```
   */
  emitEvent(name: string, body: unknown, options: EmitEventOptions = {}): Promise<EmitReceipt> {
    return this.#lifecycle.emitEvent(name, body, options);
  }

  /**
   * Describes the settings as they are now.
   *
   * @returns Values as they are; objects by the names of their classes.
   */
  async getCurrentConfiguration(): Promise<JsonObject> {
    const { describeConfiguration } = await import("./introspection.ts");
    return await describeConfiguration(this);
  }

  /**
   * Override it to act before the service listens. When it throws, the service does not start; do not wait for
   * `stop()` in it.
   */
  onServiceStart(): void | Promise<void> {}

  /**
   * Override it to act when the service has stopped. It runs whenever `onServiceStart` had begun; `stop()` waits
   * for it, up to `shutdownTimeoutMs`. Do not wait for `stop()` in it.
   */
  onServiceStop(): void | Promise<void> {}

  /**
   * Override it to log elsewhere. Called once.
   *
   * @returns The logger. @default {lines on standard error, from level info}
   */
  getLogger(): Logger {
    return createLogger(this.name, { write: writeErrorLine });
  }

  /**
   * Override it to decide who may call private methods. Without that, the validation strategies look for a
   * token and `apiTokenIsValid` decides; without a token access is denied.
   *
   * @param context The request.
   * @returns Who the caller is, readable as `context.principal`; a falsy value denies. When it throws, the call
   * fails with Internal error.
   */
  authenticateRequest(context: RequestContext): unknown {
    const token = extractToken(this.validationStrategies, context);
    return token !== null && this.apiTokenIsValid(token);
  }

  /**
   * Override it to accept tokens; compare them with `isSameToken`.
   *
   * @param _token What a validation strategy found.
   * @returns Whether it may be used. @default {false}
   */
  apiTokenIsValid(_token: string): boolean | Promise<boolean> {
    return false;
  }

  async #prepare(): Promise<PreparedService> {
    if (this.#prepared !== undefined) return this.#prepared;
    this.#preparing ??= prepareService(this).then((prepared) => this.#prepared = prepared)
      // A setting may be mended before the next try.
      .finally(() => this.#preparing = undefined);
    return await this.#preparing;
  }
}
