/**
 * Events over one Redis server, from version 6.2, or one that behaves like it. It needs the package `@redis/client`, which
 * is loaded by the first `start`. `@gemstone/gemstone/events` tells what events are; here is what is special about Redis.
 *
 * A service that emits and handles:
 *
 * ```ts
 * import { eventHandler, type EventTransport, exposedMethod, MicroService } from "@gemstone/gemstone";
 * import { RedisEventTransport } from "@gemstone/gemstone/redis";
 * import process from "node:process";
 *
 * class Shop extends MicroService {
 *   override name = "shop";
 *   override eventTransports: EventTransport[] = [new RedisEventTransport(process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379/0")];
 *
 *   @exposedMethod()
 *   async order(sku: string): Promise<void> {
 *     await this.emitEvent("ordered", { sku }, { broadcast: false }); // resolved: Redis has it
 *   }
 *
 *   @eventHandler("ordered")
 *   onOrdered({ sku }: { sku: string }): void {
 *     this.logger.info(`Ordered: ${sku}`); // when it throws: again later, dead-lettered in the end
 *   }
 * }
 *
 * if (import.meta.main) await new Shop().start();
 * ```
 *
 * ## What is guaranteed
 *
 * | When | Then |
 * | ---- | ---- |
 * | `emitEvent(…, { broadcast: false })` has resolved, `routed` | Redis has the event. One instance of each service that has ever had a handler handles it at least once, or it is in the dead letters of that service |
 * | Redis ends or is lost | what it keeps is up to its persistence, see below |
 * | a connection dies at any moment | group events are sent again with the same id; a broadcast that was on its way is not, and its emit rejects with `"unknown"` |
 * | `emitEvent` has rejected, `"not-sent"` | nobody gets the event |
 * | `emitEvent` has rejected, `"unknown"` | somebody may get it |
 * | `broadcast: true` | each instance that is connected gets it at most once; no id, time or trace travels with it |
 * | the process of a handler dies | another instance takes its events over when it has been silent for `claimIdleMs` (30 s); after `maxDeliveries` (20) such deaths it is a dead letter |
 *
 * **How safe "Redis has it" is:** without persistence, it is lost when Redis ends; with `appendonly yes` and
 * `appendfsync everysec`, the default of that, the last second may be; only with `appendfsync always` it is on the disk. A
 * failover to a replica loses what had not been copied. `maxmemory-policy` must be `noeviction`, or Redis throws queues
 * away. With `appendfsync always`, killed ten times under load, none of 100,000 confirmed events was lost
 * (`deno task test:faults`, Redis 7.0).
 *
 * A failed group event rests in Redis, and any instance takes it up. A failed broadcast rests in the memory of the instance,
 * at most 1,000 of them at once; what still rests there when the service stops becomes a dead letter.
 *
 * ## Where Redis is, and who we are to it
 *
 * `redis://user:password@host:port/database`, `rediss:` for TLS, or `unix://user:password@/path?db=database` for a socket.
 * Everything but the scheme, and the path of `unix:`, may be left out: `localhost`, 6379, database 0. Percent-encode user and
 * password (`encodeURIComponent`). No error, log line or health text holds a password. A wrong password or certificate
 * rejects `start()` at once; a server that does not answer is tried for about a minute. Certificates are checked against the
 * authorities of the system, or `connection.tls.ca`. Redis Cluster and Sentinel are not supported: give the address of the
 * server, or of a proxy that follows a failover.
 *
 * ```ts
 * import { RedisEventTransport } from "@gemstone/gemstone/redis";
 * import { readFileSync } from "node:fs";
 *
 * function createTransport(password: string): RedisEventTransport {
 *   const url = `rediss://shop:${encodeURIComponent(password)}@redis.internal:6380/2`;
 *   return new RedisEventTransport(url, { connection: { tls: { ca: readFileSync("ca.pem", "utf8") } } });
 * }
 * ```
 *
 * A **user with few rights** (ACL), for a service that emits and handles `order_paid`:
 *
 * ```sh
 * redis-cli ACL SETUSER shop on '>password' resetkeys '~gemstone:*' \
 *   resetchannels '&gemstone/tap/*' '&order_paid' \
 *   -@all +@stream +@sortedset +@set +@string +@scripting +@pubsub +ping +time '+client|setname'
 * ```
 *
 * The keys begin with the namespace; the second channel is that of the broadcasts, and each event has one of its name.
 * Some things need more:
 *
 * | Right | What it is for |
 * | --- | --- |
 * | `+client\|id`, `+client\|unblock` | a queue is read at once in more cases; without them it is asked five times a second, which the log says |
 * | `+select` | a database other than 0 |
 * | `+type` | to redrive dead letters |
 * | `&*` | a tap of all events; that of one event does without |
 *
 * ## What is in Redis
 *
 * | With the namespace `ns` | |
 * | --- | --- |
 * | `ns:q:<service>/<event>` | the group events that wait for a service, or are being handled: a stream |
 * | `ns:retry:<service>/<event>` | those that rest after a failure: a sorted set, by the time when they are due |
 * | `ns:dead:<service>` | the dead letters: a stream, which nothing empties but `gemstone events dead` |
 * | `ns:groups:<event>` | the queues of an event: a set |
 * | `ns:alive:<service>` | who was heard of last: a sorted set |
 * | `ns:lease:<service>/<event>` | who handles an ordered queue: text that expires |
 * | channel `<event>` | broadcasts, with no prefix, whatever the number of the database |
 * | channel `ns/tap/<event>` | group events, for {@linkcode tapRedis} |
 *
 * The name of the service is percent-encoded. What has been handled is deleted, so the length of a queue is what is left to
 * do. All of it is in the memory of Redis: `maxQueueLength` bounds a queue, and an emit above it rejects with an
 * `EventRejectedError`, for all services of the event.
 *
 * **A handler or a service that is gone** leaves its queue, which goes on filling:
 *
 * ```sh
 * redis-cli SREM gemstone:groups:order_paid gemstone:q:billing/order_paid
 * redis-cli DEL gemstone:q:billing/order_paid gemstone:retry:billing/order_paid
 * ```
 *
 * ## While Redis is away
 *
 * Events wait in memory, up to `publishing.bufferEvents`, `bufferBytes` and `timeoutMs`, and are sent in their order when it
 * is back; the methods of the service go on working. A full buffer rejects with an `EventBufferFullError`. `start()` waits
 * for Redis, unless `waitForBroker` is false. A connection that died without a word is noticed after about
 * `connection.responseTimeoutMs` (10 s). Broadcasts that are emitted meanwhile are missed; the log says for how long.
 *
 * A handler that blocks the event loop for `claimIdleMs` is taken for dead, and its events are handled by another instance,
 * too: use a blocking method, which runs on a thread of its own. One that waits for something may take longer.
 *
 * ## Watching
 *
 * `redis-cli XLEN gemstone:dead:billing`: anything there needs a person. `XLEN gemstone:q:billing/order_paid` tells what
 * waits, `ZCARD gemstone:retry:billing/order_paid` what failed lately. `CLIENT LIST` shows the connections:
 * `ns:<service>:commands`, and, when there are handlers, `…:reader` and `…:subscriber`.
 *
 * In the service: `transport.health()` is `up`, `degraded` (a queue can not be used, for example because its key is of
 * another type) or `down`; `transport.stats()` counts, `transport.onStatus` tells of changes. Each loss is logged once, and
 * each dead letter as an error.
 *
 * `gemstone events dead list --url redis://… --service billing` shows what could not be handled and why, `show` one with its
 * body and the stack of the error, `redrive` delivers it again (to one instance of the service, also a broadcast), `drop`
 * deletes it. {@linkcode openRedisDeadLetters} is that for programs, {@linkcode tapRedis} what `gemstone events tail` does.
 *
 * ```ts
 * import { openRedisDeadLetters } from "@gemstone/gemstone/redis";
 *
 * async function dropOldLetters(url: string, service: string, before: string): Promise<number> {
 *   const office = await openRedisDeadLetters(url, service);
 *   try {
 *     const letters = await office.list({ limit: 10_000 });
 *     const old = letters.filter(({ lastFailure = "" }) => lastFailure < before); // ISO 8601 sorts as text
 *     return await office.drop(old.map(({ id }) => id));
 *   } finally {
 *     await office.close();
 *   }
 * }
 * ```
 *
 * ## Python gemstone, and other programs
 *
 * Broadcasts are what `RedisEventTransport` of the Python library (0.11 and 0.12) sends and hears: `PUBLISH`, the channel is
 * the name of the event, the message its body in JSON. Old and new services hear each other without any option, and so does
 * `redis-cli PUBLISH order_paid '{"id":7}'`. Python has no group events. Channels have no namespace: two systems that share a
 * server share their broadcasts.
 *
 * @module
 */
export { openRedisDeadLetters, type RedisDeadLettersOptions } from "./dead_letters.ts";
export { type RedisTapOptions, tapRedis } from "./event_tap.ts";
export type { RedisConnectionOptions, RedisEventOptions, RedisPublishingOptions } from "./options.ts";
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
export type { BrokerTlsOptions } from "../tls_options.ts";
