/**
 * From `start()` to `stop()`.
 *
 * @module
 */
import type { Configurable } from "../config/configurable.ts";
import type { Configurator } from "../config/configurator.ts";
import type { RemoteService } from "../client/remote_service.ts";
import type { RemoteServiceOptions } from "../client/remote_service_options.ts";
import type { EmitEventOptions, EmitReceipt } from "../emit.ts";
import { ServiceConfigurationError, TransportStoppedError } from "../errors.ts";
import type { Listener } from "../runtime/http_service.ts";
import { listen } from "../runtime/listen.ts";
import { getArguments, isLoadedByWorker, onStopSignal } from "../runtime/process.ts";
import type { EventBus } from "./event_bus.ts";
import { type ExecutingService, ExecutorOwner } from "./executor.ts";
import type { DiscoveringService, OwnDiscovery } from "./own_discovery.ts";
import type { BasePlugin } from "./plugin.ts";
import type { PreparedService } from "./prepare.ts";
import { usesDiscovery } from "./settings.ts";
import { countDown, isLate } from "./time_left.ts";

/**
 * How a service starts.
 *
 * @example A program that has its own command line and its own signals
 * ```ts
 * import { MicroService, type StartOptions } from "@gemstone/gemstone";
 * import { assertEquals } from "@std/assert";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 * }
 *
 * const controller = new AbortController();
 * const options: StartOptions = { args: ["--port", "0"], signal: controller.signal };
 * const shop = new Shop();
 * await shop.start(options);
 * const answer = await (await fetch(shop.url)).json();
 * assertEquals(answer.error.code, 405); // it listens; the endpoint takes POST alone
 * controller.abort();
 * await shop.stop(); // resolves when it has stopped
 * ```
 */
export interface StartOptions {
  /** The command line that configures it. @default {that of the process} */
  readonly args?: readonly string[];
  /** Stops the service when it aborts. With it, the signals of the operating system are left alone. */
  readonly signal?: AbortSignal | undefined;
}

/** What is asked of a service to run it. */
export interface RunnableService extends DiscoveringService, ExecutingService {
  readonly port: number;
  readonly configurables: readonly Configurable[] | undefined;
  readonly configurators: readonly Configurator[] | undefined;
  readonly skipConfiguration: boolean;
  readonly shutdownTimeoutMs: number;
  onServiceStart(): void | Promise<void>;
  onServiceStop(): void | Promise<void>;
}

/** Starts and stops one service. */
export class Lifecycle {
  /** Its executor. */
  readonly executor: ExecutorOwner;
  readonly #service: RunnableService;
  readonly #prepare: () => Promise<PreparedService>;
  #isConfigured = false;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #prepared: PreparedService | undefined;
  #listener: Listener | undefined;
  #isHookDue = false;
  #hasStartedPlugins = false;
  #discovery: OwnDiscovery | undefined;
  #forgetSignals: () => void = () => {};
  #giveUpConnecting: () => Promise<void> = async () => {};
  #giveUpWaiting: () => void = () => {};

  /**
   * @param service The service; nothing of it is read yet.
   * @param prepare Prepares it.
   */
  constructor(service: RunnableService, prepare: () => Promise<PreparedService>) {
    this.executor = new ExecutorOwner(service);
    this.#service = service;
    this.#prepare = prepare;
  }

  /** The port that is listened on, `undefined` when none is. */
  get port(): number | undefined {
    return this.#listener?.port;
  }

  /** Takes settings from the configurators; `start` does not do it again. */
  async configure(args: readonly string[] = getArguments()): Promise<void> {
    try {
      await this.#configure(args);
    } catch (error) {
      throw await explain(error);
    }
  }

  /** Emits an event through the transports of the service. */
  emitEvent(name: string, body: unknown, options: EmitEventOptions): Promise<EmitReceipt> {
    const prepared = this.#prepared;
    if (prepared?.events !== undefined) return prepared.events.emit(name, body, options);
    return Promise.reject(
      prepared === undefined
        ? new TransportStoppedError("not-sent", `Cannot emit event "${name}": the service has not started`)
        : new ServiceConfigurationError(
          `Cannot emit event "${name}": list a transport in the service's "eventTransports"`,
        ),
    );
  }

  /** Finds a service. */
  async getService<Api>(pattern: string, options: RemoteServiceOptions): Promise<RemoteService<Api>> {
    const discovery = await this.#openDiscovery();
    if (discovery !== undefined) return await discovery.getService<Api>(pattern, options);
    throw new ServiceConfigurationError(
      `Cannot look for service "${pattern}": fill the service's "discoveryStrategies" or "serviceRegistryUrls"`,
    );
  }

  /** Adds a plugin, which has been checked, to a prepared service; starts it where the others have been started. */
  async addPlugin(prepared: PreparedService, plugin: BasePlugin): Promise<void> {
    const host = await prepared.plugins.open();
    host.add(plugin);
    // One that answers requests without having been started starts no plugin either.
    if (this.#prepared !== prepared) return;
    host.awaitStart();
    if (this.#hasStartedPlugins) await host.start();
  }

  /** Starts the service; while it runs, the same promise. */
  start({ signal, args = getArguments() }: StartOptions): Promise<void> {
    if (this.#stopping !== undefined) return this.#stopping.then(() => this.start({ signal, args }));
    this.#starting ??= this.#start(signal, args).catch(async (error) => {
      // The next start must not begin before this one has been cleared away.
      await this.#close();
      this.#starting = undefined;
      throw await explain(error);
    });
    return this.#starting;
  }

  /** Stops the service when it has started; while it stops, the same promise. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => this.#stopping = undefined);
    return this.#stopping;
  }

  async #configure(args: readonly string[]): Promise<void> {
    const service = this.#service;
    // With nothing to read nothing is loaded either.
    if (service.configurators !== undefined || args.length > 0) {
      const { configureService } = await import("./configure.ts");
      await configureService(service, args);
    }
    this.#isConfigured = true;
  }

  async #start(signal: AbortSignal | undefined, args: readonly string[]): Promise<void> {
    const service = this.#service;
    signal?.throwIfAborted();
    if (isLoadedByWorker()) {
      throw new ServiceConfigurationError(
        `Cannot start service "${service.name}" in a worker thread, which only loads its module`,
      );
    }
    if (!this.#isConfigured && !service.skipConfiguration) await this.#configure(args);
    this.#listenToSignals(signal);
    const prepared = await this.#prepare();
    this.#prepared = prepared;
    prepared.plugins.host?.awaitStart();
    // A wrong setting shows before anything has begun.
    await (await this.#openDiscovery())?.renew(LAST_WORDS_MS);
    const { events } = prepared;
    if (events !== undefined) await this.#connect(events, () => events.start());
    this.#isHookDue = true;
    await service.onServiceStart();
    if (events !== undefined) await this.#connect(events, () => events.subscribe());
    this.#listener = await listen(prepared, service);
    service.logger.info(`Listening on ${service.url}`);
    const stopAsked = new Promise<void>((resolve) => this.#giveUpWaiting = resolve);
    await Promise.race([this.#begin(prepared), stopAsked]);
  }

  /** What comes when the service listens. A stop does not wait for it. */
  async #begin(prepared: PreparedService): Promise<void> {
    const isOver = () => this.#stopping !== undefined || this.#prepared !== prepared;
    if (isOver()) return;
    await prepared.plugins.host?.start();
    if (isOver()) return;
    this.#hasStartedPlugins = true;
    // One may have been registered before it could be known that the others have started.
    await prepared.plugins.host?.start();
    if (isOver()) return;
    await this.#discovery?.announce();
    if (!isOver()) prepared.schedule?.start();
  }

  async #openDiscovery(): Promise<OwnDiscovery | undefined> {
    if (this.#discovery !== undefined || !usesDiscovery(this.#service)) return this.#discovery;
    const { OwnDiscovery } = await import("./own_discovery.ts");
    this.#discovery ??= new OwnDiscovery(this.#service);
    return this.#discovery;
  }

  /** A step that may wait long for a broker; `stop` ends it. */
  async #connect(events: EventBus, step: () => Promise<void>): Promise<void> {
    if (this.#stopping !== undefined) {
      throw new TransportStoppedError("not-sent", "Cannot start: it was stopped");
    }
    this.#giveUpConnecting = () => events.stop(0);
    await step().finally(() => this.#giveUpConnecting = async () => {});
  }

  #listenToSignals(signal: AbortSignal | undefined): void {
    if (signal === undefined) {
      this.#forgetSignals = onStopSignal(() => this.stop());
      return;
    }
    const stop = () => void this.stop();
    signal.addEventListener("abort", stop, { once: true });
    this.#forgetSignals = () => signal.removeEventListener("abort", stop);
    if (signal.aborted) stop();
  }

  async #stop(): Promise<void> {
    // A broker may not be there for a long time.
    await this.#giveUpConnecting();
    this.#giveUpWaiting();
    // A start that fails cleans up by itself, and its caller hears of it.
    await this.#starting?.catch(() => {});
    // One that has never been started may have looked for others.
    if (this.#starting === undefined) {
      await this.executor.stop(LAST_WORDS_MS);
      return await this.#discovery?.stop(LAST_WORDS_MS);
    }
    await this.#close();
    this.#starting = undefined;
    this.#service.logger.info("Stopped");
  }

  async #close(): Promise<void> {
    const prepared = this.#prepared;
    if (prepared === undefined) return this.#forgetSignals();
    const leftMs = countDown(this.#service.shutdownTimeoutMs);
    // A registry that is down must not take the time of the calls.
    await this.#discovery?.withdraw(Math.min(leftMs() / 4, LONGEST_WITHDRAWAL_MS));
    await this.#drain(prepared, leftMs);
    // Not before: what still ran may have emitted events.
    const lastMs = () => Math.max(LAST_WORDS_MS, leftMs());
    await prepared.events?.stop(lastMs());
    await prepared.plugins.host?.stop(lastMs);
    this.#hasStartedPlugins = false;
    this.#listener = undefined;
    this.#prepared = undefined;
    // Not before: a signal that comes while the service stops is not one to die of.
    this.#forgetSignals();
    if (this.#isHookDue) await this.#callStopHook();
    this.#isHookDue = false;
    // Not before: all of them may use workers, and look for other services, to the last.
    await this.executor.stop(lastMs());
    await this.#discovery?.stop(lastMs());
  }

  /** Lets end what runs, and gives up what does not end in time. */
  async #drain(
    { schedule, beginToStop, idle, abandon }: PreparedService,
    leftMs: () => number,
  ): Promise<void> {
    const listener = this.#listener;
    const tasks = schedule?.stop();
    // Calls are answered meanwhile, and one that takes long leaves them time to end.
    if (tasks !== undefined) await isLate(tasks, leftMs() / 2);
    beginToStop();
    // A notification may begin until the last connection is gone.
    const lingerMs = this.#discovery === undefined ? 0 : Math.min(LINGER_MS, leftMs() / 2);
    const drained = Promise.all([tasks, Promise.resolve(listener?.drain(lingerMs)).then(idle)]);
    if (await isLate(drained, leftMs())) {
      schedule?.abort();
      abandon();
      if (await isLate(drained, LAST_WORDS_MS)) listener?.destroy();
    }
  }

  /** The service is down by now: neither a hook that fails nor one that hangs may keep it from ending. */
  async #callStopHook(): Promise<void> {
    const { logger, shutdownTimeoutMs } = this.#service;
    try {
      const hook = Promise.resolve(this.#service.onServiceStop());
      if (await isLate(hook, shutdownTimeoutMs)) {
        logger.warn(`onServiceStop has not ended within ${shutdownTimeoutMs} ms`);
      }
    } catch (error) {
      logger.error("onServiceStop failed", { error });
    }
  }
}

/** How long the answers of abandoned calls may take to reach their callers, and what is left of events. */
const LAST_WORDS_MS = 200;
/** Who has found the service before it withdrew may be about to call it: for so long idle connections stay open. */
const LINGER_MS = 250;
/** How long taking back what was announced may hold up the end, in milliseconds. */
const LONGEST_WITHDRAWAL_MS = 2_000;

/** Sees to it that an error that nobody handles ends the process in a readable way. */
async function explain(error: unknown): Promise<unknown> {
  try {
    const { prepareForUnhandled } = await import("./failure.ts");
    prepareForUnhandled(error);
  } catch {
    // Without the permission to load it: the error itself says more than that.
  }
  return error;
}
