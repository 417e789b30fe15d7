/**
 * Where the handlers of a service run.
 *
 * @module
 */
import { DeliveryPool } from "../delivery_pool.ts";
import type { EventSubscription } from "../event_transport.ts";
import type { EventCounters } from "../transport_state.ts";
import type { AmqpDelivery } from "./consumer_epoch.ts";

/** Where handlers run, by the name of their event. */
export type HandlerPools = ReadonlyMap<string, DeliveryPool<AmqpDelivery>>;

/**
 * Makes the pools of handlers. The consumers of a service share them: the limits of a handler hold for group events
 * and broadcasts together.
 *
 * @param subscriptions The handlers, one for each name.
 * @param counters Gets `handled`, `duplicates` and `running`.
 * @returns The pools.
 */
export function createPools(
  subscriptions: readonly EventSubscription[],
  counters: EventCounters,
): HandlerPools {
  return new Map(subscriptions.map((subscription) => [
    subscription.event,
    new DeliveryPool<AmqpDelivery>(subscription, {
      settle: (delivery, event, outcome) => delivery.epoch.settle(delivery, event, outcome),
      counters,
    }),
  ]));
}
