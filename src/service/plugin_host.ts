/**
 * Runs the hooks of a service's plugins, so that none of them can do harm. Loaded where there are plugins.
 *
 * @module
 */
import { MissingPluginNameError, PluginError, ServiceConfigurationError } from "../errors.ts";
import { guardLogger } from "../events/guard_logger.ts";
import { waitAtMost } from "../events/time_limit.ts";
import type { Logger } from "../logger.ts";
import { isThenable } from "../rpc/call.ts";
import type { JsonRpcRequest } from "../rpc/message.ts";
import { copyFrozen } from "./frozen_copy.ts";
import { BasePlugin, type InternalErrorInfo, type PluginCall } from "./plugin.ts";

/** How long the next plugin waits for an `onServiceStart`, in milliseconds. */
const START_LIMIT_MS = 10_000;

/** A plugin and what has become of it. */
interface Seat {
  readonly plugin: BasePlugin;
  state: "new" | "starting" | "ready" | "failed" | "stopped";
}

/** The hooks of a plugin. */
type Hook = "onServiceStart" | "onServiceStop" | "onMethodCall" | "onInternalError";

/** Tells the plugins of one service what happens to it. None of its methods throws or rejects. */
export class PluginHost {
  readonly #logger: Logger;
  readonly #startLimitMs: number;
  readonly #seats: Seat[] = [];
  readonly #stopped: Promise<void>;
  #giveUpStarting: () => void = () => {};
  #needsStart = false;
  #isStopped = false;

  /**
   * @param logger Takes what goes wrong.
   * @param startLimitMs How long the next plugin waits for an `onServiceStart`.
   */
  constructor(logger: Logger, startLimitMs: number = START_LIMIT_MS) {
    this.#logger = guardLogger(logger);
    this.#startLimitMs = startLimitMs;
    this.#stopped = new Promise((resolve) => this.#giveUpStarting = resolve);
  }

  /** Adds a plugin, which has been checked. */
  add(plugin: BasePlugin): void {
    this.#seats.push({ plugin, state: "new" });
  }

  /** From now on a plugin is told of calls and errors only when it has started. */
  awaitStart(): void {
    this.#needsStart = true;
  }

  /** Starts the plugins that have not been started, one after the other. */
  async start(): Promise<void> {
    // Also those that are added meanwhile.
    for (const seat of this.#seats) {
      if (seat.state === "new" && !this.#isStopped) await this.#start(seat);
    }
  }

  /**
   * Stops the plugins that have been started, the last one first.
   *
   * @param leftMs Says how many milliseconds are left for it.
   */
  async stop(leftMs: () => number): Promise<void> {
    this.#isStopped = true;
    this.#giveUpStarting();
    for (const seat of [...this.#seats].reverse()) {
      const hasBegun = seat.state !== "new";
      seat.state = "stopped";
      if (hasBegun) {
        const { plugin } = seat;
        const stop = this.#fire(plugin, "onServiceStop", () => plugin.onServiceStop());
        if (stop !== undefined) await this.#within(leftMs(), plugin, "onServiceStop", stop);
      }
    }
  }

  /** Tells of a call. */
  tellCall(request: JsonRpcRequest): void {
    let call: PluginCall | undefined;
    for (const seat of this.#seats) {
      // The copy may be large: no caller pays for it where nobody looks at it.
      if (!this.#isActive(seat) || seat.plugin.onMethodCall === BasePlugin.prototype.onMethodCall) continue;
      const seen = call ??= toPluginCall(request);
      this.#fire(seat.plugin, "onMethodCall", () => seat.plugin.onMethodCall(seen));
    }
  }

  /** Tells of an error. */
  tellError(error: unknown, { source, name }: InternalErrorInfo): void {
    const info = Object.freeze({ source, name });
    for (const seat of this.#seats) {
      if (!this.#isActive(seat)) continue;
      this.#fire(seat.plugin, "onInternalError", () => seat.plugin.onInternalError(error, info));
    }
  }

  #isActive({ state }: Seat): boolean {
    return state === "ready" || (state === "new" && !this.#needsStart);
  }

  async #start(seat: Seat): Promise<void> {
    const { plugin } = seat;
    seat.state = "starting";
    const start = this.#fire(plugin, "onServiceStart", () => this.#startSeat(seat));
    await this.#within(this.#startLimitMs, plugin, "onServiceStart", Promise.race([start, this.#stopped]));
  }

  /** One that is late is ready when it ends. */
  async #startSeat(seat: Seat): Promise<void> {
    let state: Seat["state"] = "failed";
    try {
      await seat.plugin.onServiceStart();
      state = "ready";
    } finally {
      if (seat.state === "starting") seat.state = state;
    }
  }

  async #within(limitMs: number, plugin: BasePlugin, hook: Hook, work: Promise<unknown>): Promise<void> {
    if (await waitAtMost(work, limitMs)) return;
    this.#logger.warn(`Plugin "${plugin.name}" has not ended ${hook} within ${Math.round(limitMs)} ms`);
  }

  /** Returns a promise, which does not reject, where the hook returned one. */
  #fire(plugin: BasePlugin, hook: Hook, run: () => unknown): Promise<unknown> | undefined {
    const log = (error: unknown): void =>
      this.#logger.error(`Plugin "${plugin.name}" failed in ${hook}`, { error });
    try {
      const result = run();
      return isThenable(result) ? Promise.resolve(result).then(undefined, log) : undefined;
    } catch (error) {
      log(error);
      return undefined;
    }
  }
}

/**
 * Says whether something can be used as a plugin.
 *
 * @param value Anything.
 * @returns Whether it has what `BasePlugin` has; it may be of another copy of the package.
 */
export function isPlugin(value: unknown): value is BasePlugin {
  const plugin = value as Partial<BasePlugin> | null | undefined;
  return typeof plugin === "object" && typeof plugin?.setMicroservice === "function" &&
    typeof plugin.checkFreeFor === "function";
}

/**
 * Checks the plugins of a service.
 *
 * @param plugins The plugins.
 * @param service The service.
 * @throws {ServiceConfigurationError} when something is no plugin.
 * @throws {MissingPluginNameError} when one has no name.
 * @throws {PluginError} when a name is not a text, two have the same, or one belongs to another service.
 */
export function checkPlugins(plugins: readonly BasePlugin[], service: object): void {
  const names = new Map<string, BasePlugin>();
  for (const plugin of plugins) {
    if (!isPlugin(plugin)) throw new ServiceConfigurationError(toNoPluginText(plugin));
    const type = plugin.constructor.name;
    const name: unknown = plugin.name;
    if (name === undefined || name === null || (typeof name === "string" && name.trim() === "")) {
      throw new MissingPluginNameError(
        `Cannot use plugin ${type} without a name: write, for example, override name = "audit"`,
      );
    }
    if (typeof name !== "string") {
      throw new PluginError(`Cannot use plugin ${type}: its name must be a string, got ${typeof name}`);
    }
    const other = names.get(name);
    if (other !== undefined) {
      throw new PluginError(
        other === plugin
          ? `Cannot use plugin "${name}" (${type}) twice in one service: list it once`
          : `Cannot use two plugins "${name}" (${other.constructor.name} and ${type}): give one another name`,
      );
    }
    names.set(name, plugin);
    plugin.checkFreeFor(service);
  }
}

/**
 * Says what is wrong with something that is no plugin.
 *
 * @param value What was given.
 * @returns The text of the error.
 */
export function toNoPluginText(value: unknown): string {
  const what = typeof value === "function" ? `the class or function ${value.name}` : describe(value);
  return `Cannot use ${what} as a plugin: give an instance of a class that derives from BasePlugin`;
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return typeof value === "string" ? `"${value}"` : String(value);
  }
  const { constructor } = value;
  return typeof constructor === "function" ? `an instance of ${constructor.name}` : "an object";
}

function toPluginCall({ jsonrpc: _version, method, params, id, ...extra }: JsonRpcRequest): PluginCall {
  return Object.freeze({
    method,
    params: copyFrozen(params),
    id,
    // What JSON brought has no member that is `undefined`.
    extra: copyFrozen(extra as PluginCall["extra"]),
  });
}
