/**
 * The class that every service derives from.
 *
 * @module
 */
import type { RemoteService } from "../client/remote_service.ts";
import type { RemoteServiceOptions } from "../client/remote_service_options.ts";
import type { Configurable } from "../config/configurable.ts";
import type { Configurator } from "../config/configurator.ts";
import type { DiscoveryCache } from "../discovery/discovery_cache.ts";
import type { DiscoveryStrategy } from "../discovery/discovery_strategy.ts";
import type { EmitEventOptions, EmitReceipt } from "../emit.ts";
import { PluginDoesNotExistError } from "../errors.ts";
import type { EventTransport } from "../events/event_transport.ts";
import type { JsonObject } from "../json.ts";
import { createLogger, type Logger } from "../logger.ts";
import type { ResponseStyle } from "../rpc/reply.ts";
import type { BASE_MEMBERS } from "../rpc/service_type.ts";
import { writeErrorLine } from "../runtime/process.ts";
import type { CorsOptions } from "../web/cors.ts";
import type { ExtraHandler } from "../web/extra_handler.ts";
import type { SecurityHeaders } from "../web/security_headers.ts";
import type { StaticDir } from "../web/static_directory.ts";
import { extractToken, HeaderValidationStrategy, type ValidationStrategy } from "./authentication.ts";
import type { ThreadHandle } from "./blocking_thread.ts";
import { Container } from "./container.ts";
import type { Executor, ExecutorOptions } from "./executor.ts";
import type { BlockingCallOptions } from "./executor_request.ts";
import { Lifecycle, type StartOptions } from "./lifecycle.ts";
import type { PeriodicTask } from "./periodic_task.ts";
import type { BasePlugin, PluginClass } from "./plugin.ts";
import { type PreparedService, prepareService } from "./prepare.ts";
import type { RequestContext, ServiceHandle } from "./service_handle.ts";

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
  /**
   * What is told of all that happens to the service, in this order; each belongs to this service alone.
   *
   * @default {none}
   */
  plugins: readonly BasePlugin[] = [];
  /**
   * Functions that run again and again while the service is started, each with milliseconds or a cron text; see
   * also the decorator `periodicTask`.
   *
   * @default {none}
   */
  periodicTasks: readonly PeriodicTask[] = [];
  /** Where the service is announced and others are looked for, in order; `stop()` closes them. @default {none} */
  discoveryStrategies: readonly DiscoveryStrategy[] = [];
  /** The endpoints of service registries: each is a discovery strategy behind the others. @default {none} */
  serviceRegistryUrls: readonly string[] = [];
  /** How often the service is announced, in milliseconds. @default {30000} */
  serviceRegistryPingIntervalMs = 30_000;
  /** Keeps where services are. @default {a `ServiceDiscoveryCache` of this service} */
  remoteServiceCache: DiscoveryCache | undefined = undefined;
  /** Where the token of a caller is looked for, in order. @default {the header X-Api-Token} */
  validationStrategies: readonly ValidationStrategy[] = [new HeaderValidationStrategy()];
  /** Settings that can be changed from outside; add to `defaultConfigurables()`. @default {those} */
  configurables: readonly Configurable[] | undefined = undefined;
  /** Where their values come from, the last one wins. @default {`new CommandLineConfigurator()`} */
  configurators: readonly Configurator[] | undefined = undefined;
  /** Keeps `start()` from configuring; `configure()` can still be called. @default {false} */
  skipConfiguration = false;
  /** How many workers `getExecutor()` and blocking methods may have. @default {as many as there are processors} */
  maxParallelBlockingTasks: number | undefined = undefined;
  /**
   * How many blocking calls may wait for a worker, how long workers rest and how much memory they get.
   *
   * @default {those of `ExecutorOptions`: 1000 calls, 30 seconds, as much as the service}
   * @example
   * ```ts
   * import { MicroService } from "@gemstone/gemstone";
   *
   * class Reports extends MicroService {
   *   override name = "reports";
   *   override maxParallelBlockingTasks = 4;
   *   override executorOptions = { maxQueue: 100, maxHeapBytes: 256 * 2 ** 20 };
   * }
   * ```
   */
  executorOptions: Pick<ExecutorOptions, "maxQueue" | "idleMs" | "maxHeapBytes"> = {};
  /** The shape of answers; `"legacy"` is what clients of the Python library need. @default {"spec"} */
  responseStyle: ResponseStyle = "spec";
  /** Tells callers class and message of an exception in a method. @default {false} */
  exposeErrorDetails = false;
  /**
   * Exposes `get_service_specs`, which lists all methods, private ones too, and the events that are handled.
   *
   * @default {only in the legacy response style}
   */
  useIntrospection: boolean | undefined = undefined;
  /** Exposes `statistics`, and counts the calls of each method for it. @default {false} */
  useStatistics = false;
  /**
   * Web pages beside the endpoint, which none of them can take over: path patterns in the syntax of `URLPattern`
   * and what answers them, tried in order.
   *
   * @default {none}
   * @example
   * ```ts
   * import { MicroService } from "@gemstone/gemstone";
   * import type { ExtraHandler } from "@gemstone/gemstone/web";
   *
   * class Shop extends MicroService {
   *   override name = "shop";
   *   override extraHandlers: ExtraHandler[] = [
   *     ["/items/:id", (context) => context.text(`item ${context.params["id"]}`)],
   *   ];
   * }
   * ```
   */
  extraHandlers: readonly ExtraHandler<ServiceHandle>[] = [];
  /** Directories of files and their paths: `[["/static", new URL("./static", import.meta.url)]]`. @default {none} */
  staticDirs: readonly StaticDir[] = [];
  /** Where the templates for `context.render()` are: a path, or a `file:` URL. @default {nowhere} */
  templateDir: string | URL | undefined = undefined;
  /** Reads templates anew at each use, for development. @default {false} */
  reloadTemplates = false;
  /** Lets pages of other origins use the service, its endpoint too. On Node it costs the fast path. @default {false} */
  cors: boolean | CorsOptions = false;
  /** Headers that go with each web response, to keep browsers from harm. @default {true} */
  securityHeaders: boolean | SecurityHeaders = true;
  /** Secrets of signed cookies, the newest first; at least 32 characters each. @default {none} */
  cookieSecrets: readonly string[] = [];
  /** Logs each HTTP request. On Node it costs the fast path. @default {false} */
  useAccessLog = false;
  /** The largest request body, in bytes: cut off with 413, or 408 when it takes over 60 s. @default {1048576} */
  maxBodyBytes = 1_048_576;
  /** The most elements of a batch; a larger one is refused as a whole (-32600). @default {1000} */
  maxBatchSize = 1000;
  /**
   * How long a call of a method may take, in milliseconds; `Infinity` is no limit, and web handlers have none. Then it
   * is answered with Call timed out (-32002), while its method runs on, unless that heeds `context.signal`. `timeoutMs`
   * of a method goes before it.
   *
   * @default {60000}
   */
  callTimeoutMs = 60_000;
  /**
   * How long `stop()` waits for what runs, in milliseconds; then calls are answered with Service stopped (-32003).
   * `onServiceStop` may take as long again.
   *
   * @default {10000}
   */
  shutdownTimeoutMs = 10_000;

  /**
   * Answers an HTTP request. Needs no socket and no `start()`: tests call it, and so does `deno serve`.
   *
   * @param request The request.
   * @returns The response. Rejects with a `ServiceConfigurationError` when a setting can not be used.
   *
   * @example A test without a socket
   * ```ts
   * import { exposedMethod, MicroService } from "@gemstone/gemstone";
   * import { RemoteService } from "@gemstone/gemstone/client";
   * import { assertEquals } from "@std/assert";
   *
   * class Hello extends MicroService {
   *   override name = "hello";
   *   @exposedMethod()
   *   say_hello(name: string): string {
   *     return `hello ${name}`;
   *   }
   * }
   *
   * const hello = new Hello();
   * const { methods } = new RemoteService<Hello>(hello.url, {
   *   fetch: (url, init) => hello.fetch(new Request(url, init)),
   * });
   * assertEquals(await methods.say_hello("test"), "hello test");
   * ```
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
   * Configures the service, unless that is done or `skipConfiguration` is set, listens, starts the plugins, announces
   * the service where it can be found, and begins its periodic tasks. A plugin or a registry that fails is logged.
   *
   * Until `stop()`, SIGINT and SIGTERM stop the service, and the process ends with exit code 0 when all its
   * services have stopped; not so with `signal`. When it can not start and nobody handles the error, the
   * process ends with one line that says why and exit code 1, or 2 for a wrong command line or configured
   * value.
   *
   * @param options `signal`: stops the service when it aborts. `args`: the command line, `[]` for none.
   * @throws {ServiceConfigurationError} when a setting can not be used.
   * @throws {PluginError} when a plugin can not be used.
   * @throws {ConfigurationValueError} when a configurator has a value that can not be used.
   * @throws {UsageRequest} (of `@gemstone/gemstone/config`) when the command line asks for help or is wrong.
   * @throws {ListenError} when the address can not be listened on.
   */
  start(options: StartOptions = {}): Promise<void> {
    return this.#lifecycle.start(options);
  }

  /**
   * Stops the service: withdraws what it announced, accepts no more, finishes what runs within
   * `shutdownTimeoutMs`, and answers what is left with an error. Never rejects because of a call; may be
   * called twice.
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
   * Finds a service by its name, or by a pattern of names: `*` (anything, dots too), `?`, `[seq]`, `[!seq]`.
   * Works before `start()`, too. Each call of the client that is returned goes to one of the instances,
   * chosen at random, and on to another one when that one can not be reached.
   *
   * @typeParam Api The class or interface of the service, for the types of its methods.
   * @param pattern The name or pattern.
   * @param options The settings of the client.
   * @returns The client. Rejects with a `ServiceNotFoundError` when no such service is known, with a
   * `DiscoveryError` when nobody could say, and with a `ServiceConfigurationError` when there are neither
   * `discoveryStrategies` nor `serviceRegistryUrls`.
   *
   * @example
   * ```ts
   * import { exposedMethod, MicroService } from "@gemstone/gemstone";
   *
   * interface Worker {
   *   resize(image: string): string;
   * }
   *
   * class Gallery extends MicroService {
   *   override name = "gallery";
   *   override serviceRegistryUrls = ["http://127.0.0.1:8001/api"];
   *
   *   @exposedMethod()
   *   async show(image: string): Promise<string> {
   *     const worker = await this.getService<Worker>("workers.*");
   *     return await worker.methods.resize(image);
   *   }
   * }
   * ```
   */
  getService<Api = unknown>(
    pattern: string,
    options: RemoteServiceOptions = {},
  ): Promise<RemoteService<Api>> {
    return this.#lifecycle.getService<Api>(pattern, options);
  }

  /**
   * Returns what runs functions on worker threads, so that they do not block the event loop; methods with `blocking`
   * use it, too. It has `maxParallelBlockingTasks` workers at most, and none before the first call; its limits are
   * those of `executorOptions`.
   *
   * @returns The executor: the same one until the service stops, which ends it.
   * @throws {RangeError} when one of these settings is out of its range.
   *
   * @example
   * ```ts
   * import { exposedMethod, MicroService } from "@gemstone/gemstone";
   *
   * class Reports extends MicroService {
   *   override name = "reports";
   *
   *   @exposedMethod()
   *   async yearly(year: number): Promise<unknown> {
   *     const module = new URL("./report_tasks.ts", import.meta.url);
   *     return await this.getExecutor().run(module, "renderYear", [year], { timeoutMs: 30_000 });
   *   }
   * }
   * ```
   */
  override getExecutor(): Executor {
    return this.#lifecycle.executor.get();
  }

  /**
   * Starts a thread of its own for a function that runs for long; the service ends it when it stops.
   *
   * @param module The absolute URL of the module: `new URL("./watcher.ts", import.meta.url)`.
   * @param exportName The name of the function that the module exports.
   * @param args Its arguments; with a `MessagePort` among them and in `transfer` both sides can talk.
   * @param options `signal` ends the thread; `transfer`.
   * @returns The thread. What goes wrong in it is logged.
   */
  startThread(
    module: string | URL,
    exportName: string,
    args: readonly unknown[] = [],
    options: Pick<BlockingCallOptions, "signal" | "transfer"> = {},
  ): ThreadHandle {
    return this.getExecutor().startThread(module, exportName, args, options);
  }

  /**
   * Adds a plugin to the end of `plugins`. Where the service has been started, its `onServiceStart` runs at once.
   *
   * @param plugin The plugin.
   * @returns A promise that is resolved when its `onServiceStart` has ended, where it ran. Rejects with a
   * TypeError when it is no plugin, and with a `PluginError` when its name is missing or taken, or it belongs
   * to another service.
   *
   * @example A plugin that a setting names
   * ```ts
   * import { BasePlugin, MicroService } from "@gemstone/gemstone";
   * import { assertEquals } from "@std/assert";
   *
   * class Shop extends MicroService {
   *   override name = "shop";
   * }
   * class Audit extends BasePlugin {
   *   override name = "audit";
   * }
   *
   * const [shop, audit] = [new Shop(), new Audit()];
   * await shop.registerPlugin(audit);
   * assertEquals(shop.getPlugin("audit"), audit);
   * ```
   */
  async registerPlugin(plugin: BasePlugin): Promise<void> {
    const { checkPlugins, isPlugin, toNoPluginText } = await import("./plugin_host.ts");
    // What is being prepared has read the list already.
    while (this.#preparing !== undefined) await this.#preparing.catch(() => {});
    if (!isPlugin(plugin)) throw new TypeError(toNoPluginText(plugin));
    checkPlugins([...this.plugins, plugin], this);
    const prepared = this.#prepared;
    if (prepared !== undefined) plugin.setMicroservice(this);
    this.plugins = [...this.plugins, plugin];
    if (prepared !== undefined) await this.#lifecycle.addPlugin(prepared, plugin);
  }

  /**
   * Returns a plugin, to use the methods that it has besides the hooks.
   *
   * @typeParam Plugin Its class, where it is asked for by its name.
   * @param nameOrClass Its name, or its class: the first instance of that is returned.
   * @returns The plugin.
   * @throws {PluginDoesNotExistError} when the service has none of that kind.
   */
  getPlugin<Plugin extends BasePlugin = BasePlugin>(nameOrClass: string | PluginClass<Plugin>): Plugin {
    const isClass = typeof nameOrClass === "function";
    const found = this.plugins.find((plugin) =>
      isClass ? plugin instanceof nameOrClass : plugin.name === nameOrClass
    );
    // By its name: the caller knows the class.
    if (found !== undefined) return found as Plugin;
    const name = isClass ? nameOrClass.name : String(nameOrClass);
    const names = this.plugins.map((plugin) => `"${plugin.name}"`).join(", ") || "none";
    throw new PluginDoesNotExistError(
      name,
      `Cannot get plugin ${
        isClass ? name : `"${name}"`
      }: list it in the service's "plugins" (there are: ${names})`,
    );
  }

  /**
   * Describes the settings as they are now.
   *
   * @returns Values as they are; objects by the names of their classes, and URLs without their passwords.
   *
   * @example
   * ```ts
   * import { MicroService } from "@gemstone/gemstone";
   * import { assertEquals } from "@std/assert";
   *
   * class Shop extends MicroService {
   *   override name = "shop";
   * }
   * const { port, accessControl } = await new Shop().getCurrentConfiguration();
   * assertEquals([port, accessControl], [8000, { validationStrategies: ["HeaderValidationStrategy"] }]);
   * ```
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
   *
   * @example One JSON object a line, for a log collector
   * ```ts
   * import { createLogger, type Logger, MicroService } from "@gemstone/gemstone";
   * import { assertEquals } from "@std/assert";
   *
   * const lines: string[] = []; // in place of standard output
   *
   * class Shop extends MicroService {
   *   override name = "shop";
   *   override useAccessLog = true;
   *   override getLogger(): Logger {
   *     return createLogger(this.name, { format: "json", write: (line) => lines.push(line) });
   *   }
   * }
   *
   * await new Shop().fetch(new Request("http://localhost/nowhere"));
   * const { level, logger, message } = JSON.parse(lines[0] ?? ""); // and `time` and `durationMs`
   * assertEquals([level, logger, message], ["info", "shop", "GET /nowhere 404"]);
   * ```
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
   *
   * @example Know the caller by name
   * ```ts
   * import { exposedMethod, isSameToken, MicroService, type RequestContext } from "@gemstone/gemstone";
   * import { RemoteService } from "@gemstone/gemstone/client";
   * import { assertEquals } from "@std/assert";
   *
   * class Vault extends MicroService {
   *   override name = "vault";
   *
   *   override authenticateRequest({ headers }: RequestContext): { user: string } | undefined {
   *     return isSameToken(headers.get("x-api-token") ?? "", "s3cret") ? { user: "ann" } : undefined;
   *   }
   *
   *   @exposedMethod({ private: true, requiresHandlerReference: true })
   *   who_am_i({ principal }: RequestContext<Vault, { user: string }>): string {
   *     return principal?.user ?? "nobody";
   *   }
   * }
   *
   * const vault = new Vault();
   * const { methods } = new RemoteService<Vault>(vault.url, {
   *   auth: { type: "header", token: "s3cret" },
   *   fetch: (url, init) => vault.fetch(new Request(url, init)),
   * });
   * assertEquals(await methods.who_am_i(), "ann");
   * ```
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
    this.#preparing ??= prepareService(this, MicroService.prototype).then((prepared) =>
      this.#prepared = prepared
    )
      // A setting may be mended before the next try.
      .finally(() => this.#preparing = undefined);
    return await this.#preparing;
  }
}
