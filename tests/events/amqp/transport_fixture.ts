/** Transports over the shared broker, in a namespace of their own that is deleted afterwards. */
import { assertEquals } from "@std/assert";
import { createEvent, type EventOptions } from "../../../src/events/event.ts";
import type {
  EmitReceipt,
  EventSubscription,
  EventTransportStatus,
  ReceivedEvent,
  TransportEmitOptions,
} from "../../../src/events/event_transport.ts";
import { type RabbitMqOptions, resolveRabbitMqOptions } from "../../../src/events/amqp/options.ts";
import { RabbitMqEventTransport } from "../../../src/events/amqp/rabbitmq_event_transport.ts";
import { type Declaration, Topology } from "../../../src/events/amqp/topology.ts";
import { type EventHandlerOptions, resolveSubscription } from "../../../src/events/subscription.ts";
import type { Logger, LogProperties } from "../../../src/logger.ts";
import { AMQP_URL } from "../../support/broker.ts";
import { FaultProxy } from "../../support/fault_proxy.ts";
import { withChannel } from "../../support/raw_amqp.ts";
import { waitUntil } from "../../support/wait_until.ts";
import { randomName } from "./driver_fixture.ts";

/** Defines a test that needs the shared broker. */
export function brokerTest(name: string, fn: (space: TestSpace) => Promise<void>): void {
  Deno.test({
    name,
    ignore: AMQP_URL === undefined,
    fn: async () => {
      await using space = new TestSpace(AMQP_URL!);
      await fn(space);
    },
  });
}

/** What a handler does with an event. */
export type TestHandler = (event: ReceivedEvent, signal: () => AbortSignal) => unknown;

/** One namespace and all transports in it. */
export class TestSpace {
  /** The broker. */
  readonly url: string;
  /** The namespace. */
  readonly namespace: string = randomName("ns").slice(0, 32);
  /** An event name that no other test has. */
  readonly event: string = randomName("event");
  /** What the transports have logged. */
  readonly logs: { level: string; message: string; properties: LogProperties }[] = [];
  /** What has been made at the broker and is to be deleted, beyond what follows from the options. */
  readonly extraQueues: string[] = [];
  /** Likewise. */
  readonly extraExchanges: string[] = [];
  readonly #transports: TestTransport[] = [];

  constructor(url: string) {
    this.url = url;
  }

  /** The options that all transports begin with. */
  get options(): RabbitMqOptions {
    return {
      namespace: this.namespace,
      retryDelaysMs: [50, 100],
      connection: { minBackoffMs: 10, maxBackoffMs: 200, connectRetries: 3 },
    };
  }

  /** Makes a transport; it does not run. */
  create(service: string, options: RabbitMqOptions = {}, url: string = this.url): TestTransport {
    const transport = new TestTransport(this, service, { ...this.options, ...options }, url);
    this.#transports.push(transport);
    return transport;
  }

  /** Makes a transport and starts it. */
  async start(service: string, options?: RabbitMqOptions, url?: string): Promise<TestTransport> {
    const transport = this.create(service, options, url);
    await transport.start();
    return transport;
  }

  /** A logger that remembers. */
  get logger(): Logger {
    const at = (level: string) => (message: string, properties: LogProperties = {}): void =>
      void this.logs.push({ level, message, properties });
    return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  }

  /** What has been logged at a level. */
  logged(level: string): string[] {
    return this.logs.filter((log) => log.level === level).map(({ message }) => message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const transport of this.#transports) await transport.stop(0);
    const declarations = this.#transports.flatMap((transport) => transport.declarations);
    const named = declarations.filter((declaration) => declaration.kind !== "binding");
    await withChannel(this.url, async (channel) => {
      const queues = named.filter(({ kind }) => kind === "queue").map(({ name }) => name);
      for (const queue of new Set([...queues, this.event, ...this.extraQueues])) {
        await channel.deleteQueue(queue);
      }
      const exchanges = named.filter(({ kind }) => kind === "exchange").map(({ name }) => name);
      for (const exchange of new Set([...exchanges, ...this.extraExchanges])) {
        await channel.deleteExchange(exchange);
      }
    });
  }
}

/** A transport of one service, and what it has received. */
export class TestTransport {
  /** The transport itself. */
  readonly transport: RabbitMqEventTransport;
  /** What its handlers have been called with, in order. */
  readonly received: ReceivedEvent[] = [];
  /** What it has told of its state. */
  readonly statuses: EventTransportStatus[] = [];
  readonly #space: TestSpace;
  readonly #service: string;
  readonly #options: RabbitMqOptions;
  readonly #events: string[] = [];

  constructor(space: TestSpace, service: string, options: RabbitMqOptions, url: string) {
    this.#space = space;
    this.#service = service;
    this.#options = options;
    this.transport = new RabbitMqEventTransport(url, options);
    this.transport.onStatus((status) => this.statuses.push(status));
  }

  /** Starts it. */
  start(): Promise<void> {
    const { logger } = this.#space;
    return this.transport.start({ service: this.#service, instanceId: randomName("i"), logger });
  }

  /** Handles the events of the space, or of another name, and remembers them. */
  handle(handler: TestHandler = () => {}, options: EventHandlerOptions = {}): Promise<void> {
    return this.subscribe([this.subscription(this.#space.event, handler, options)]);
  }

  /** A subscription that remembers. */
  subscription(event: string, handler: TestHandler, options: EventHandlerOptions = {}): EventSubscription {
    return {
      event,
      settings: resolveSubscription(event, { localRetryDelaysMs: [], ...options }),
      handle: (received, signal) => {
        this.received.push(received);
        return handler(received, signal);
      },
    };
  }

  /** Subscribes. */
  async subscribe(subscriptions: readonly EventSubscription[]): Promise<void> {
    this.#events.push(...subscriptions.map(({ event }) => event));
    await this.transport.subscribe(subscriptions);
  }

  /** Emits an event of the space, or of another name. */
  emit(
    body: unknown,
    { name = this.#space.event, ...options }: EventOptions & { name?: string } = {},
    how: Partial<TransportEmitOptions> = {},
  ): Promise<EmitReceipt> {
    const event = createEvent(name, body, { broadcast: false, ...options });
    const all = { confirm: true, requireRoute: false, timeoutMs: 10_000, signal: undefined, ...how };
    return this.transport.emit(event, all);
  }

  /** Waits for so many events and says their bodies. */
  async bodies(count: number): Promise<unknown[]> {
    await waitUntil(`${count} events have come`, () => this.received.length >= count, 10_000);
    assertEquals(this.received.length, count);
    return this.received.map(({ body }) => body);
  }

  /** Stops it. */
  stop(drainMs = 5_000): ReturnType<RabbitMqEventTransport["stop"]> {
    return this.transport.stop({ drainMs });
  }

  /** What it has made at the broker. */
  get declarations(): Declaration[] {
    const topology = this.topology;
    return [
      ...topology.forPublishing(),
      ...topology.forFailures(this.#service),
      ...this.#events.flatMap((event) => topology.forGroup(this.#service, { event, ordered: false })),
      ...[this.#space.event, ...this.#events].flatMap((event) => [
        topology.exchangeOf(event, true),
        topology.exchangeOf(event, false),
      ]),
      ...(this.#options.durableBroadcast === undefined
        ? []
        : topology.forBroadcasts(this.#service, this.broadcastQueue, this.#events)),
    ];
  }

  /** The names. */
  get topology(): Topology {
    return new Topology(resolveRabbitMqOptions(this.#space.url, this.#options));
  }

  /** The queue of its durable broadcasts. */
  get broadcastQueue(): string {
    return this.topology.names.broadcastQueue(this.#service, this.#options.durableBroadcast ?? "");
  }
}

/** A proxy in front of the broker, and its URL. */
export async function startProxy({ url }: TestSpace): Promise<{ proxy: FaultProxy; proxyUrl: string }> {
  const { port, username, password } = new URL(url);
  const proxy = await FaultProxy.start(Number(port || 5672));
  return { proxy, proxyUrl: `amqp://${username}:${password}@127.0.0.1:${proxy.port}` };
}
