/** What tests of `gemstone events` share: the brokers, and a service whose handlers the test controls. */
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { type EventContext, eventHandler, type EventTransport, MicroService } from "@gemstone/gemstone";
import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
import { RedisEventTransport } from "@gemstone/gemstone/redis";
import { createClient } from "@redis/client";
import { AmqpNames } from "../../src/events/amqp/amqp_names.ts";
import { AMQP_URL } from "../support/broker.ts";
import { withChannel } from "../support/raw_amqp.ts";
import { REDIS_URL } from "../support/redis_server.ts";
import { createMemoryLogger } from "../support/service.ts";

/** A broker that `gemstone events` can use. */
export interface TestedBroker {
  readonly name: string;
  /** Undefined when there is none. */
  readonly url: string | undefined;
  createTransport(url: string, namespace: string): EventTransport;
  /** Emits a broadcast of any text. */
  emitRaw(scene: Pick<Scene, "url" | "namespace">, event: string, text: string): Promise<void>;
  /** Deletes what a service has left there. */
  clear(url: string, namespace: string, service: string): Promise<void>;
}

const RETRY_MS = 100;
const RUN = randomUUID().slice(0, 8);
/** Events that {@linkcode WatchedService} handles. Broadcasts over Redis know no namespace, so tests would meet. */
export const ONE = `one_${RUN}`;
export const TWO = `two_${RUN}`;
/** An event that nobody handles. */
export const THREE = `three_${RUN}`;

/** All of them. */
export const BROKERS: readonly TestedBroker[] = [
  {
    name: "RabbitMQ",
    url: AMQP_URL,
    createTransport: (url, namespace) =>
      new RabbitMqEventTransport(url, { namespace, retryDelaysMs: [RETRY_MS] }),
    emitRaw: ({ url, namespace }, event, text) =>
      withChannel(url, async (channel) => {
        const { broadcast } = new AmqpNames(namespace);
        channel.publish(broadcast, event, Buffer.from(text));
        // Its answer comes when the broker has the message.
        await channel.checkExchange(broadcast);
      }),
    clear: (url, namespace, service) =>
      withChannel(url, async (channel) => {
        const names = new AmqpNames(namespace);
        const tiers = [names.retry(RETRY_MS), names.transientRetry(RETRY_MS)];
        const groups = [ONE, TWO].map((event) => names.groupQueue(service, event));
        for (const queue of [...groups, ...tiers, names.deadLetterQueue(service)]) {
          await channel.deleteQueue(queue);
        }
        for (const exchange of [...tiers, names.events, names.broadcast, names.deadLetters, names.requeue]) {
          await channel.deleteExchange(exchange);
        }
      }),
  },
  {
    name: "Redis",
    url: REDIS_URL,
    createTransport: (url, namespace) =>
      new RedisEventTransport(url, { namespace, retryDelaysMs: [RETRY_MS] }),
    emitRaw: async ({ url }, event, text) => {
      const client = await createClient({ url }).connect();
      await client.publish(event, text);
      client.destroy();
    },
    clear: async (url, namespace) => {
      const client = await createClient({ url }).connect();
      const keys = await client.keys(`${namespace}:*`);
      if (keys.length > 0) await client.del(keys);
      client.destroy();
    },
  },
];

/** An event that was handled. */
export interface Seen {
  readonly body: unknown;
  readonly event: EventContext;
}

/** Remembers what it handles. */
export class WatchedService extends MicroService {
  override port = 0;
  override skipConfiguration = true;
  override getLogger = createMemoryLogger;
  override eventTransports: EventTransport[];
  readonly seen: Seen[] = [];
  /** What handlers throw. */
  failure: Error | undefined;

  constructor(name: string, transport: EventTransport) {
    super();
    this.name = name;
    this.eventTransports = [transport];
  }

  @eventHandler(ONE, { localRetryDelaysMs: [] })
  @eventHandler(TWO, { localRetryDelaysMs: [] })
  onEvent(body: unknown, event: EventContext): void {
    if (this.failure !== undefined) throw this.failure;
    this.seen.push({ body, event });
  }
}

/** Where a test runs. */
export interface Scene {
  readonly url: string;
  readonly namespace: string;
  readonly service: WatchedService;
  /** The options of the command line that name the broker. */
  readonly at: readonly string[];
  /** Emits a broadcast of any text. */
  emitRaw(event: string, text: string): Promise<void>;
}

/** Registers a test for each broker; the service runs, and is cleared away with all that it has left. */
export function brokerTest(name: string, test: (scene: Scene) => Promise<void>): void {
  for (const broker of BROKERS) {
    const { url } = broker;
    Deno.test({
      name: `${name} (${broker.name}${url === undefined ? ", skipped: there is none" : ""})`,
      ignore: url === undefined,
      fn: () => runScene(broker, url!, test),
    });
  }
}

async function runScene(
  broker: TestedBroker,
  url: string,
  test: (scene: Scene) => Promise<void>,
): Promise<void> {
  const namespace = `test-cli-${randomUUID().slice(0, 8)}`;
  const service = new WatchedService("watched service", broker.createTransport(url, namespace));
  try {
    await service.start({ signal: new AbortController().signal });
    await test({
      url,
      namespace,
      service,
      at: ["--url", url, "--namespace", namespace],
      emitRaw: (event, text) => broker.emitRaw({ url, namespace }, event, text),
    });
  } finally {
    await service.stop();
    await broker.clear(url, namespace, service.name);
  }
}
