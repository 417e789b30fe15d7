/**
 * Redis for the commands behind `gemstone events`.
 *
 * @module
 */
import { openRedisDeadLetters } from "../../events/redis/dead_letters.ts";
import { tapRedis } from "../../events/redis/event_tap.ts";
import { resolveRedisOptions } from "../../events/redis/options.ts";
import { RedisEventTransport } from "../../events/redis/redis_event_transport.ts";
import type { BrokerSettings, EventBroker } from "./event_broker.ts";

/**
 * Makes a Redis of what the command line says.
 *
 * @param settings What the command line says.
 * @returns The broker.
 * @throws {RangeError} when the URL or the namespace can not be used.
 */
export function createRedisBroker({ url, namespace }: BrokerSettings): EventBroker {
  const options = { namespace };
  // Everything is checked before anything is done.
  resolveRedisOptions(url, options);
  return {
    createTransport: (connection) =>
      new RedisEventTransport(url, { ...options, connection: { ...connection, connectRetries: 0 } }),
    openDeadLetters: (service) => openRedisDeadLetters(url, service, { namespace }),
    tap: (tapOptions) => tapRedis(url, { ...tapOptions, namespace }),
  };
}
