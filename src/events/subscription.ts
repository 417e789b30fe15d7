/**
 * How events are handled: options, their defaults and their limits.
 *
 * @module
 */
import type { SubscriptionSettings } from "./event_transport.ts";

/**
 * How the events of one name are handled, in each instance of the service.
 *
 * @example A handler that calls a slow service, and one for which order matters
 * ```ts
 * import { type EventContext, eventHandler, MicroService } from "@gemstone/gemstone";
 * import type { EventHandlerOptions } from "@gemstone/gemstone/events";
 *
 * const slow: EventHandlerOptions = { concurrency: 4, timeoutMs: 20_000, maxAttempts: 10 };
 *
 * class Billing extends MicroService {
 *   override name = "billing";
 *
 *   @eventHandler("order_paid", slow)
 *   async bill(order: { url: string }, { signal }: EventContext): Promise<void> {
 *     await fetch(order.url, { signal }); // ends with the time limit
 *   }
 *
 *   @eventHandler("price_changed", { ordered: true, localRetryDelaysMs: [] })
 *   note(price: { sku: string; cents: number }): void {
 *     this.logger.info("New price", price);
 *   }
 * }
 * ```
 */
export interface EventHandlerOptions {
  /** The most events that are handled at once, from 1 to 2000. @default {16; 1 when `ordered`} */
  readonly concurrency?: number | undefined;
  /**
   * The most events that are fetched ahead and not yet settled, from `concurrency` to 2000. A process that dies leaves so
   * many to be delivered again. @default {32, or `concurrency` when that is more; 1 when `ordered`}
   */
  readonly prefetch?: number | undefined;
  /**
   * One after the other, in the order of emission; only in one instance at a time. An event that fails loses its place:
   * the next one is handled while it rests. @default {false}
   */
  readonly ordered?: boolean | undefined;
  /** How often an event is delivered to a handler that fails before it is dead-lettered, from 1 to 1000. @default {5} */
  readonly maxAttempts?: number | undefined;
  /**
   * The pauses of the tries within one delivery, in milliseconds, at most ten of up to a minute; `[]` for a single try.
   * @default {[50, 250]}
   */
  readonly localRetryDelaysMs?: readonly number[] | undefined;
  /**
   * How long one delivery may take, all its tries and pauses together, in milliseconds, up to 29 minutes. Then the signal
   * of the handler aborts and the delivery has failed; code that does not heed the signal goes on in the background.
   * @default {300000}
   */
  readonly timeoutMs?: number | undefined;
  /** One line that says what it does, for those who ask the service what it handles. */
  readonly summary?: string | undefined;
  /** What there is to know about it, for those who ask the service what it handles. */
  readonly description?: string | undefined;
}

/** AMQP has 16 bits for the prefetch count, and quorum queues take no more than 2,000. */
const MAX_PREFETCH = 2000;
/** RabbitMQ takes an event back after 30 minutes. */
const MAX_TIMEOUT_MS = 29 * 60_000;
const MAX_LOCAL_RETRIES = 10;
const MAX_LOCAL_DELAY_MS = 60_000;

/**
 * Fills in the defaults and checks. A service does that for its decorated methods.
 *
 * @param event The name of the events, for error texts.
 * @param options The options.
 * @returns All of it.
 * @throws {TypeError} when an option has the wrong type.
 * @throws {RangeError} when a number is out of range, or `ordered` is asked for together with more than one at once.
 *
 * @example
 * ```ts
 * import { resolveSubscription } from "@gemstone/gemstone/events";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(resolveSubscription("order_paid", { concurrency: 50 }).prefetch, 50);
 * assertThrows(() => resolveSubscription("order_paid", { ordered: true, concurrency: 2 }), RangeError);
 * ```
 */
export function resolveSubscription(event: string, options: EventHandlerOptions = {}): SubscriptionSettings {
  const { ordered = false, maxAttempts = 5, localRetryDelaysMs = [50, 250], timeoutMs = 300_000 } = options;
  const concurrency = options.concurrency ?? (ordered ? 1 : 16);
  if (typeof ordered !== "boolean") {
    throw new TypeError(
      `Cannot handle event "${event}" with ordered ${String(ordered)}: give true or false`,
    );
  }
  if (!Array.isArray(localRetryDelaysMs)) {
    throw new TypeError(
      `Cannot handle event "${event}" with localRetryDelaysMs ${String(localRetryDelaysMs)}: give an array`,
    );
  }
  const demand = (name: string, value: number, from: number, to: number): void => {
    if (Number.isInteger(value) && value >= from && value <= to) return;
    throw new RangeError(
      `Cannot handle event "${event}" with ${name} ${String(value)}: give an integer from ${from} to ${to}`,
    );
  };
  const most = ordered ? 1 : MAX_PREFETCH;
  demand(ordered ? "ordered and concurrency" : "concurrency", concurrency, 1, most);
  const prefetch = options.prefetch ?? (ordered ? 1 : Math.max(32, concurrency));
  demand(ordered ? "ordered and prefetch" : "prefetch", prefetch, concurrency, most);
  demand("maxAttempts", maxAttempts, 1, 1000);
  demand("timeoutMs", timeoutMs, 1, MAX_TIMEOUT_MS);
  demand("localRetryDelaysMs of length", localRetryDelaysMs.length, 0, MAX_LOCAL_RETRIES);
  for (const delay of localRetryDelaysMs) demand("localRetryDelaysMs", delay, 0, MAX_LOCAL_DELAY_MS);
  return {
    ordered,
    concurrency,
    prefetch,
    maxAttempts,
    timeoutMs,
    localRetryDelaysMs: [...localRetryDelaysMs],
  };
}
