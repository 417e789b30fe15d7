/** What tests of consumers share: a consumer on a connection without a broker, and handlers that they look into. */
import { CopyChannel } from "../../../src/events/amqp/copy_channel.ts";
import { createPools } from "../../../src/events/amqp/handler_pools.ts";
import { QueueConsumer, type QueueConsumerOptions } from "../../../src/events/amqp/queue_consumer.ts";
import type {
  EventSubscription,
  ReceivedEvent,
  SubscriptionSettings,
} from "../../../src/events/event_transport.ts";
import { resolveSubscription } from "../../../src/events/subscription.ts";
import { createCounters, type EventCounters } from "../../../src/events/transport_state.ts";
import type { Logger } from "../../../src/logger.ts";
import { type FakeChannel, FakeConnection, NAMES, type PublishedCopy } from "./fake_channel.ts";

/** What a handler does. */
export type Handle = EventSubscription["handle"];

/** Makes a subscription without local retries. */
export function subscribe(
  event: string,
  handle: Handle,
  settings: Partial<SubscriptionSettings> = {},
): EventSubscription {
  return { event, handle, settings: { ...resolveSubscription(event), localRetryDelaysMs: [], ...settings } };
}

/** A consumer and what it is connected to. */
export interface ConsumerBench extends Disposable {
  readonly consumer: QueueConsumer;
  readonly counters: EventCounters;
  /** What was logged: level and message. */
  readonly log: string[];
  /** What `onLost` got. */
  readonly losses: Error[];
  /** How often the queue was declared anew. */
  readonly redeclared: string[];
  /** Starts on a new connection; `onCall` is told of what is called on its way. */
  connect(
    queue?: string,
    onCall?: (call: string) => void,
  ): Promise<{ channel: FakeChannel; copyChannel: FakeChannel; copies: CopyChannel }>;
}

/** Makes a consumer; disposing of it gives it up. */
export function createConsumer(
  subscriptions: readonly EventSubscription[],
  options: Partial<QueueConsumerOptions> = {},
): ConsumerBench {
  const counters = createCounters();
  const log: string[] = [];
  const losses: Error[] = [];
  const redeclared: string[] = [];
  const channels: CopyChannel[] = [];
  const write = (level: string) => (message: string): void => void log.push(`${level}: ${message}`);
  const logger: Logger = { debug() {}, info: write("info"), warn: write("warn"), error: write("error") };
  const consumer = new QueueConsumer({
    broadcast: false,
    durable: true,
    subscriptions,
    pools: createPools(subscriptions, counters),
    service: "shop",
    names: NAMES,
    groupQueue: (event) => NAMES.groupQueue("shop", event),
    retryDelaysMs: [10, 20, 30],
    maxEventBytes: 1000,
    counters,
    logger: () => logger,
    redeclare: () => {
      redeclared.push("again");
      return Promise.resolve(`again-${redeclared.length}`);
    },
    restore: () => Promise.resolve(),
    onLost: (reason) => losses.push(reason),
    ...options,
  });
  return {
    consumer,
    counters,
    log,
    losses,
    redeclared,
    async connect(queue = NAMES.groupQueue("shop", "order_paid"), onCall = () => {}) {
      const connection = new FakeConnection();
      const copies = await CopyChannel.open(connection, { onLost() {} });
      channels.push(copies);
      connection.onCall = onCall;
      await consumer.start(connection, queue, copies);
      return { channel: connection.channels[0]!, copyChannel: connection.confirmChannels[0]!, copies };
    },
    [Symbol.dispose]: () => {
      consumer.abandon(new Error("the test is over"));
      for (const copies of channels) copies.detach();
    },
  };
}

/** Where a copy went, and what it says. */
export function describeCopy({ exchange, routingKey, options: { headers = {} } }: PublishedCopy): unknown {
  return {
    to: `${exchange} ${routingKey}`,
    attempt: headers["x-gs-attempt"],
    origin: headers["x-gs-origin"],
    reason: headers["x-gs-reason"],
    error: headers["x-gs-error-message"],
  };
}

/** Remembers the bodies that it gets, and returns at once. */
export function createRecorder(): { readonly bodies: unknown[]; readonly handle: Handle } {
  const bodies: unknown[] = [];
  return { bodies, handle: ({ body }: ReceivedEvent) => void bodies.push(body) };
}

/** Fails each time. */
export function fails(): never {
  throw new Error("no stock");
}
