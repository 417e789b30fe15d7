/**
 * From `start()` to `stop()`.
 *
 * @module
 */
import type { Configurable } from "../config/configurable.ts";
import type { Configurator } from "../config/configurator.ts";
import type { EmitEventOptions, EmitReceipt } from "../emit.ts";
import { ServiceConfigurationError, TransportStoppedError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { Listener } from "../runtime/http_service.ts";
import { LONGEST_TIMER_MS } from "../rpc/deadlines.ts";
import { listen } from "../runtime/listen.ts";
import { getArguments, onStopSignal } from "../runtime/process.ts";
import type { EventBus } from "./event_bus.ts";
import type { PreparedService } from "./prepare.ts";

/** How a service starts. */
export interface StartOptions {
  /** The command line that configures it. @default {that of the process} */
  readonly args?: readonly string[];
  /** Stops the service when it aborts. With it, the signals of the operating system are left alone. */
  readonly signal?: AbortSignal | undefined;
}

/** What is asked of a service to run it. */
export interface RunnableService {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly logger: Logger;
  readonly configurables: readonly Configurable[] | undefined;
  readonly configurators: readonly Configurator[] | undefined;
  readonly skipConfiguration: boolean;
  readonly shutdownTimeoutMs: number;
  onServiceStart(): void | Promise<void>;
  onServiceStop(): void | Promise<void>;
}

/** Starts and stops one service. */
export class Lifecycle {
  readonly #service: RunnableService;
  readonly #prepare: () => Promise<PreparedService>;
  #isConfigured = false;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #prepared: PreparedService | undefined;
  #listener: Listener | undefined;
  #isHookDue = false;
  #forgetSignals: () => void = () => {};
  #giveUpConnecting: () => Promise<void> = async () => {};

  /**
   * @param service The service; nothing of it is read yet.
   * @param prepare Prepares it.
   */
  constructor(service: RunnableService, prepare: () => Promise<PreparedService>) {
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
    if (!this.#isConfigured && !service.skipConfiguration) await this.#configure(args);
    this.#listenToSignals(signal);
    const prepared = await this.#prepare();
    this.#prepared = prepared;
    const { events } = prepared;
    if (events !== undefined) await this.#connect(events, () => events.start());
    this.#isHookDue = true;
    await service.onServiceStart();
    if (events !== undefined) await this.#connect(events, () => events.subscribe());
    this.#listener = await listen(prepared, service);
    service.logger.info(`Listening on ${service.url}`);
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
    // A start that fails cleans up by itself, and its caller hears of it.
    await this.#starting?.catch(() => {});
    if (this.#starting === undefined) return;
    await this.#close();
    this.#starting = undefined;
    this.#service.logger.info("Stopped");
  }

  async #close(): Promise<void> {
    const prepared = this.#prepared;
    if (prepared === undefined) return this.#forgetSignals();
    const listener = this.#listener;
    const { shutdownTimeoutMs } = this.#service;
    const beginMs = performance.now();
    prepared.endpoint.beginToStop();
    // A notification may begin until the last connection is gone.
    const drained = Promise.resolve(listener?.drain()).then(() => prepared.idle());
    if (await isLate(drained, shutdownTimeoutMs)) {
      prepared.abandon();
      if (await isLate(drained, LAST_WORDS_MS)) listener?.destroy();
    }
    // Not before: what still ran may have emitted events.
    const leftMs = shutdownTimeoutMs - (performance.now() - beginMs);
    await prepared.events?.stop(Math.max(LAST_WORDS_MS, Math.min(leftMs, LONGEST_TIMER_MS)));
    this.#listener = undefined;
    this.#prepared = undefined;
    // Not before: a signal that comes while the service stops is not one to die of.
    this.#forgetSignals();
    if (this.#isHookDue) await this.#callStopHook();
    this.#isHookDue = false;
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

async function isLate(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  if (limitMs === Infinity) return await work.then(() => false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(true), limitMs));
  return await Promise.race([work.then(() => false), late]).finally(() => clearTimeout(timer));
}

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
