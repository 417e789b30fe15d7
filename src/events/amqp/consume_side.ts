/**
 * The half of the RabbitMQ transport that delivers, on a connection of its own.
 *
 * @module
 */
import type { EventSubscription } from "../event_transport.ts";
import { waitAtMost } from "../time_limit.ts";
import type { SetUp } from "./connection_attempt.ts";
import type { CopyPublisher } from "./copy_channel.ts";
import { createPools, type HandlerPools } from "./handler_pools.ts";
import { QueueConsumer } from "./queue_consumer.ts";
import type { ConnectionSupervisor } from "./supervisor.ts";
import { applyTopology, type Declaration } from "./topology.ts";
import { createSupervisor, type TransportContext } from "./transport_context.ts";

/** A queue that is consumed. */
interface ConsumedQueue {
  readonly consumer: QueueConsumer;
  /** Its name on the present connection. */
  name: string;
  /** Its next name: a new one each time for a queue that goes with its connection, as the broker may still have the old. */
  readonly createName: () => string;
  readonly declare: (name: string) => Declaration[];
}

/** Consumes the queues of a service. */
export class ConsumeSide {
  /** Keeps the connection alive. */
  readonly supervisor: ConnectionSupervisor;
  readonly #context: TransportContext;
  readonly #copies: CopyPublisher;
  readonly #pools: HandlerPools;
  readonly #queues: readonly ConsumedQueue[];
  #lostAtMs: number | undefined;
  // Many events that have failed may miss the same queue.
  #restoring: Promise<void> | undefined;

  /**
   * Creates the side; nothing happens yet.
   *
   * @param context What it works with.
   * @param subscriptions The handlers; at least one.
   * @param copies Takes copies of what fails. It is on the other connection: publishing can block a connection, and
   * this one has acknowledgements to carry.
   * @throws {RangeError} when the name of a queue would be too long.
   */
  constructor(context: TransportContext, subscriptions: readonly EventSubscription[], copies: CopyPublisher) {
    this.#context = context;
    this.#copies = copies;
    this.#pools = createPools(subscriptions, context.counters);
    this.#queues = [
      ...subscriptions.map((subscription) => this.#createGroup(subscription)),
      this.#createBroadcasts(subscriptions),
    ];
    this.supervisor = createSupervisor(context, {
      name: "consume",
      setUp: (...setUp) => this.#setUp(...setUp),
      tearDown: () => this.#tearDown(),
      onStatus: context.onStatus,
    });
  }

  /** Whether the broker delivers to all consumers. */
  get isConsuming(): boolean {
    return this.#queues.every(({ consumer }) => consumer.isConsuming);
  }

  /** Declares what it consumes once more, because something of it was deleted. Never rejects. */
  async declareAgain(onProgress?: () => void): Promise<void> {
    const connection = this.supervisor.current;
    if (connection === undefined) return;
    try {
      await applyTopology(connection, this.#declarations, this.#context.options.topology, onProgress);
    } catch (error) {
      this.#context.setup.logger.warn("RabbitMQ: the queues can not be declared again", { error });
    }
  }

  /** Takes no more deliveries, and waits so many milliseconds for those that run. */
  async drain(limitMs: number): Promise<void> {
    const consumers = this.#queues.map(({ consumer }) => consumer);
    await withLimit(limitMs, async () => {
      await Promise.all(consumers.map((consumer) => consumer.pause()));
      await Promise.all(consumers.map((consumer) => consumer.idle()));
      await Promise.all(consumers.map((consumer) => consumer.flush()));
    });
  }

  /** Gives up what runs, and ends the connection. Returns how many handlers that were. */
  async stop(limitMs: number): Promise<number> {
    const reason = new Error("The service stops");
    const counts = this.#queues.map(({ consumer }) => consumer.abandon(reason));
    await this.supervisor.stop(limitMs);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  get #declarations(): Declaration[] {
    const { topology, setup } = this.#context;
    return [
      ...topology.forFailures(setup.service),
      ...topology.forPublishing(),
      ...this.#queues.flatMap(({ declare, name }) => declare(name)),
    ];
  }

  #createGroup(subscription: EventSubscription): ConsumedQueue {
    const { topology, setup } = this.#context;
    const { event, settings } = subscription;
    const name = topology.groupQueue(setup.service, event);
    return this.#createQueue([subscription], {
      broadcast: false,
      durable: this.#context.options.compat === undefined,
      createName: () => name,
      declare: () => topology.forGroup(setup.service, { event, ordered: settings.ordered }),
    });
  }

  #createBroadcasts(subscriptions: readonly EventSubscription[]): ConsumedQueue {
    const { topology, setup, options: { durableBroadcast } } = this.#context;
    const events = subscriptions.map(({ event }) => event);
    const createName = (): string =>
      topology.names.broadcastQueue(setup.service, durableBroadcast ?? crypto.randomUUID());
    return this.#createQueue(subscriptions, {
      broadcast: true,
      durable: durableBroadcast !== undefined,
      createName,
      declare: (name) => topology.forBroadcasts(setup.service, name, events),
    });
  }

  #createQueue(
    subscriptions: readonly EventSubscription[],
    { broadcast, durable, createName, declare }:
      & { broadcast: boolean; durable: boolean }
      & Pick<ConsumedQueue, "createName" | "declare">,
  ): ConsumedQueue {
    const { options, setup, topology, counters } = this.#context;
    const consumer = new QueueConsumer({
      broadcast,
      durable,
      subscriptions,
      pools: this.#pools,
      service: setup.service,
      names: topology.names,
      groupQueue: (event) => topology.groupQueue(setup.service, event),
      retryDelaysMs: options.retryDelaysMs,
      maxEventBytes: options.maxEventBytes,
      counters,
      logger: () => setup.logger,
      redeclare: async () => {
        const connection = this.supervisor.current;
        if (connection === undefined) throw new Error("The consume connection is down");
        queue.name = createName();
        await applyTopology(connection, declare(queue.name), options.topology);
        return queue.name;
      },
      restore: () => this.#restoring ??= this.declareAgain().finally(() => this.#restoring = undefined),
      onLost: (reason) => this.supervisor.reconnect(reason),
    });
    const queue: ConsumedQueue = { consumer, name: createName(), createName, declare };
    return queue;
  }

  async #setUp(...[connection, signal, onProgress]: Parameters<SetUp>): Promise<void> {
    for (const queue of this.#queues) queue.name = queue.createName();
    await applyTopology(connection, this.#declarations, this.#context.options.topology, onProgress);
    for (const { consumer, name } of this.#queues) {
      signal.throwIfAborted();
      await consumer.start(connection, name, this.#copies);
      onProgress();
    }
    signal.throwIfAborted();
    this.#reportGap();
  }

  #tearDown(): void {
    for (const { consumer } of this.#queues) consumer.detach();
    this.#lostAtMs ??= performance.now();
  }

  #reportGap(): void {
    const lostAtMs = this.#lostAtMs;
    this.#lostAtMs = undefined;
    const { options, setup } = this.#context;
    if (lostAtMs === undefined || options.durableBroadcast !== undefined) return;
    setup.logger.warn(
      "RabbitMQ: broadcasts that were emitted while the connection was down have not been received",
      {
        durationMs: Math.round(performance.now() - lostAtMs),
      },
    );
  }
}

async function withLimit(limitMs: number, run: () => Promise<void>): Promise<void> {
  await waitAtMost(run(), limitMs);
}
