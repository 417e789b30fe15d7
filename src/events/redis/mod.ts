/**
 * Events over Redis. It needs the package `@redis/client`, which is loaded by the first `start`.
 *
 * What is in Redis, with the namespace `ns`: `ns:q:<service>/<event>`, the group events that wait for a service (a
 * stream); `ns:retry:<service>/<event>`, those that rest after a failure (a sorted set); `ns:dead:<service>`, the dead
 * letters (a stream); `ns:groups:<event>`, the queues of an event (a set); `ns:alive:<service>`, who was heard of last
 * (a sorted set); `ns:lease:<service>/<event>`, who handles an ordered queue (text). The name of the service is
 * percent-encoded. Broadcasts are published in the channel of their name, group events for {@linkcode tapRedis} in
 * `ns/tap/<event>`.
 *
 * A service that no longer handles an event leaves its queue behind, which goes on filling, as with any broker: remove
 * it from `ns:groups:<event>` and delete it. `ns:dead:…` only ever grows; `gemstone events dead` looks after it.
 *
 * A user of Redis (ACL) needs, beside these keys and channels, the commands of the categories `stream`, `sortedset`,
 * `set`, `string`, `scripting` and `pubsub`, and `ping`, `time`, `client|setname`; with `client|id` and
 * `client|unblock` a queue is read at once in more cases.
 *
 * @module
 */
export { openRedisDeadLetters, type RedisDeadLettersOptions } from "./dead_letters.ts";
export { type RedisTapOptions, tapRedis } from "./event_tap.ts";
export type {
  RedisConnectionOptions,
  RedisEventOptions,
  RedisPublishingOptions,
  RedisTlsOptions,
} from "./options.ts";
export { RedisEventTransport } from "./redis_event_transport.ts";

// What its types are made of.
export type { DeadLetter, DeadLetterOffice } from "../dead_letter.ts";
export type {
  EmitReceipt,
  EventStopReport,
  EventSubscription,
  EventTransport,
  EventTransportCapabilities,
  EventTransportHealth,
  EventTransportSetup,
  EventTransportStats,
  EventTransportStatus,
  OutgoingEvent,
  ReceivedEvent,
  SubscriptionSettings,
  TraceContext,
  TransportEmitOptions,
} from "../event_transport.ts";
export type { JsonObject, JsonValue } from "../../json.ts";
export type { Logger, LogProperties } from "../../logger.ts";
