/**
 * The options of the transport in memory: what they mean, their defaults and their limits.
 *
 * @module
 */
import { MemoryEventBroker } from "./memory_event_broker.ts";

/**
 * How a {@linkcode MemoryEventTransport} works.
 *
 * @example Short rests, for a test of retries
 * ```ts
 * import {
 *   MemoryEventBroker,
 *   MemoryEventTransport,
 *   type MemoryEventTransportOptions,
 * } from "@gemstone/gemstone/events";
 *
 * const options: MemoryEventTransportOptions = { broker: new MemoryEventBroker(), retryDelaysMs: [1, 5] };
 * const [shop, billing] = [new MemoryEventTransport(options), new MemoryEventTransport(options)];
 * ```
 */
export interface MemoryEventTransportOptions {
  /** Transports that share one reach each other. @default {one of its own: the service reaches itself} */
  readonly broker?: MemoryEventBroker | undefined;
  /**
   * How long an event rests after a failed delivery, by the number of that delivery, in milliseconds; the last one
   * holds for all further ones. At most 20, of up to a day. @default {[1000, 5000, 30000, 120000, 600000]}
   */
  readonly retryDelaysMs?: readonly number[] | undefined;
  /**
   * The most events that wait in the queue of a service for one event, and in that of an instance for broadcasts.
   * Who opens the queue first decides. @default {10000}
   */
  readonly maxQueueLength?: number | undefined;
  /** The largest body, in bytes of UTF-8. @default {1048576} */
  readonly maxEventBytes?: number | undefined;
}

/** {@linkcode MemoryEventTransportOptions} with all defaults filled in, but for the broker. */
export type ResolvedMemoryOptions = {
  readonly [Name in keyof Omit<MemoryEventTransportOptions, "broker">]-?: NonNullable<
    MemoryEventTransportOptions[Name]
  >;
};

const DAY_MS = 24 * 60 * 60_000;

/**
 * Fills in the defaults and checks.
 *
 * @param options The options.
 * @returns All but the broker.
 * @throws {TypeError} when something has the wrong type.
 * @throws {RangeError} when something is out of range.
 */
export function resolveMemoryOptions(options: MemoryEventTransportOptions): ResolvedMemoryOptions {
  const {
    broker,
    retryDelaysMs = [1000, 5000, 30_000, 120_000, 600_000],
    maxQueueLength = 10_000,
    maxEventBytes = 1024 * 1024,
  } = options;
  if (broker !== undefined && !(broker instanceof MemoryEventBroker)) {
    throw new TypeError(`Cannot use a ${typeof broker} as broker: give a MemoryEventBroker`);
  }
  if (!Array.isArray(retryDelaysMs)) {
    throw new TypeError(`Cannot use a ${typeof retryDelaysMs} as retryDelaysMs: give an array of integers`);
  }
  demand("retryDelaysMs of length", retryDelaysMs.length, 1, 20);
  for (const delayMs of retryDelaysMs) demand("retryDelaysMs", delayMs, 1, DAY_MS);
  demand("maxQueueLength", maxQueueLength, 1, 100_000_000);
  demand("maxEventBytes", maxEventBytes, 1, 512 * 1024 * 1024);
  return { retryDelaysMs: [...retryDelaysMs], maxQueueLength, maxEventBytes };
}

function demand(name: string, value: unknown, from: number, to: number): void {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot use a ${typeof value} as ${name}: give an integer from ${from} to ${to}`);
  }
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new RangeError(`Cannot use ${name} ${value}: give an integer from ${from} to ${to}`);
}
