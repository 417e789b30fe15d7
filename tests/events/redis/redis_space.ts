/** Transports over Redis, in a namespace of their own that is deleted afterwards. */
import { randomUUID } from "node:crypto";
import { createEvent, type EventOptions } from "../../../src/events/event.ts";
import type {
  EmitReceipt,
  EventSubscription,
  EventTransportStatus,
  ReceivedEvent,
  TransportEmitOptions,
} from "../../../src/events/event_transport.ts";
import type { DeadLetter } from "../../../src/events/dead_letter.ts";
import { openRedisDeadLetters } from "../../../src/events/redis/dead_letters.ts";
import type { RedisEventOptions } from "../../../src/events/redis/options.ts";
import { RedisEventTransport } from "../../../src/events/redis/redis_event_transport.ts";
import { type EventHandlerOptions, resolveSubscription } from "../../../src/events/subscription.ts";
import { type PrivateRedis, REDIS_URL, testPrivateRedis } from "../../support/redis_server.ts";
import { createMemoryLogger, type MemoryLogger } from "../../support/service.ts";
import { RawRedis } from "./raw_redis.ts";

/** Defines a test that needs the shared server. */
export function redisTest(name: string, fn: (space: RedisSpace) => Promise<void>): void {
  Deno.test({
    name,
    ignore: REDIS_URL === undefined,
    fn: async () => {
      await using space = await RedisSpace.open(REDIS_URL!);
      await fn(space);
    },
  });
}

/** Defines a test that needs a server of its own, which it may kill. */
export function privateRedisTest(
  name: string,
  fn: (space: RedisSpace, redis: PrivateRedis) => Promise<void>,
): void {
  testPrivateRedis(name, async (redis) => {
    await using space = await RedisSpace.open(redis.url);
    await fn(space, redis);
  });
}

/** What a handler does with an event. */
export type TestHandler = (event: ReceivedEvent, signal: () => AbortSignal) => unknown;

/** One namespace and all transports in it. */
export class RedisSpace {
  /** The server. */
  readonly url: string;
  /** The namespace. */
  readonly namespace: string = `t${randomUUID().slice(0, 8)}`;
  /** An event name that no other test has: broadcasts know no namespace. */
  readonly event: string = `event-${randomUUID().slice(0, 8)}`;
  /** What the transports log. */
  readonly logger: MemoryLogger = createMemoryLogger();
  /** A connection by hand. */
  raw: RawRedis;
  readonly #transports: TestTransport[] = [];

  private constructor(url: string, raw: RawRedis) {
    this.url = url;
    this.raw = raw;
  }

  static async open(url: string): Promise<RedisSpace> {
    return new RedisSpace(url, await RawRedis.open(url));
  }

  /** The options that all transports begin with. */
  get options(): RedisEventOptions {
    return {
      namespace: this.namespace,
      retryDelaysMs: [50, 100],
      connection: { minBackoffMs: 10, maxBackoffMs: 200, connectRetries: 3 },
    };
  }

  /** Makes a transport; it does not run. */
  create(service: string, options: RedisEventOptions = {}, url: string = this.url): TestTransport {
    const transport = new TestTransport(this, service, { ...this.options, ...options }, url);
    this.#transports.push(transport);
    return transport;
  }

  /** Makes a transport and starts it. */
  async start(service: string, options?: RedisEventOptions, url?: string): Promise<TestTransport> {
    const transport = this.create(service, options, url);
    await transport.start();
    return transport;
  }

  /** Makes a transport that handles the event of this space. */
  async handle(
    service: string,
    handle: TestHandler,
    options: RedisEventOptions = {},
    handlerOptions: EventHandlerOptions = {},
  ): Promise<TestTransport> {
    const transport = await this.start(service, options);
    await transport.handle(this.event, handle, handlerOptions);
    return transport;
  }

  /** The key of a queue. */
  queue(service: string, event: string = this.event): string {
    return `${this.namespace}:q:${service}/${event}`;
  }

  /** The dead letters of a service. */
  async deadLetters(service: string): Promise<DeadLetter[]> {
    const office = await openRedisDeadLetters(this.url, service, { namespace: this.namespace });
    try {
      return await office.list({ limit: 10_000 });
    } finally {
      await office.close();
    }
  }

  /** All keys of this namespace. */
  async keys(): Promise<string[]> {
    return (await this.raw.text("KEYS", `${this.namespace}:*`) as string[]).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#transports.map((transport) => transport.stop(0)));
    const keys = await this.keys().catch(() => []);
    if (keys.length > 0) await this.raw.ask("DEL", ...keys);
    await this.raw[Symbol.asyncDispose]();
  }
}

/** A transport with shorter calls, that remembers its states. */
export class TestTransport {
  readonly transport: RedisEventTransport;
  /** Its states since it was made. */
  readonly statuses: EventTransportStatus[] = [];
  readonly #space: RedisSpace;
  readonly #service: string;

  constructor(space: RedisSpace, service: string, options: RedisEventOptions, url: string) {
    this.#space = space;
    this.#service = service;
    this.transport = new RedisEventTransport(url, options);
    this.transport.onStatus((status) => this.statuses.push(status));
  }

  /** The names of its states since it was made. */
  get states(): string[] {
    return this.statuses.map(({ state }) => state);
  }

  start(): Promise<void> {
    const { logger } = this.#space;
    return this.transport.start({ service: this.#service, instanceId: randomUUID(), logger });
  }

  handle(event: string, handle: TestHandler, options: EventHandlerOptions = {}): Promise<void> {
    return this.transport.subscribe([toSubscription(event, handle, options)]);
  }

  /** Emits a group event of this space. */
  emit(body: unknown, options: EventOptions & Partial<TransportEmitOptions> = {}): Promise<EmitReceipt> {
    return this.emitNamed(this.#space.event, body, options);
  }

  /** Emits a group event. */
  emitNamed(
    name: string,
    body: unknown,
    options: EventOptions & Partial<TransportEmitOptions> = {},
  ): Promise<EmitReceipt> {
    const { confirm = true, requireRoute = false, timeoutMs, signal, ...eventOptions } = options;
    const event = createEvent(name, body, { broadcast: false, source: "/test", ...eventOptions });
    return this.transport.emit(event, { confirm, requireRoute, timeoutMs, signal });
  }

  stop(drainMs = 5000): ReturnType<RedisEventTransport["stop"]> {
    return this.transport.stop({ drainMs });
  }
}

/** A subscription with the defaults of a service, but no local retries. */
export function toSubscription(
  event: string,
  handle: TestHandler,
  options: EventHandlerOptions = {},
): EventSubscription {
  return { event, handle, settings: resolveSubscription(event, { localRetryDelaysMs: [], ...options }) };
}
