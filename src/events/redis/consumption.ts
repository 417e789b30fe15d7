/**
 * All that handles events: the queues and the channels of one service.
 *
 * @module
 */
import type { Logger } from "../../logger.ts";
import { DeliveryPool } from "../delivery_pool.ts";
import type { EventSubscription, EventTransportSetup } from "../event_transport.ts";
import type { EventCounters } from "../transport_state.ts";
import { BroadcastIntake } from "./broadcast_intake.ts";
import type { RedisConnection } from "./driver.ts";
import type { EventLink } from "./event_link.ts";
import { Graveyard } from "./graveyard.ts";
import { type DeliveryToken, GroupQueue, HeldEntry } from "./group_queue.ts";
import { GROUP, RedisKeys } from "./keys.ts";
import type { ResolvedRedisOptions } from "./options.ts";
import { QueueReader } from "./queue_reader.ts";
import { HAND_OVER, LEAVE, RENAME } from "./queue_scripts.ts";
import { readReplyCode, runScript } from "./script.ts";
import { Settler } from "./settler.ts";
import { Tender } from "./tender.ts";

/** What a consumption works with. */
export interface ConsumptionOptions {
  /** The handlers. */
  readonly subscriptions: readonly EventSubscription[];
  /** Whose they are. */
  readonly setup: EventTransportSetup;
  /** The options of the transport. */
  readonly options: ResolvedRedisOptions;
  /** The counts of the transport. */
  readonly counters: EventCounters;
  /** Redis is of no use for the moment: the link should be given up. Must not throw. */
  readonly onBroken: (error: Error) => void;
}

/** A question that blocks must be answered before the connection counts as dead. */
const LONGEST_BLOCK_MS = 5000;

/** Handles events over one link after the other. */
export class Consumption {
  readonly #pools: readonly DeliveryPool<DeliveryToken>[];
  readonly #queues: readonly GroupQueue[];
  readonly #settler: Settler;
  readonly #tender: Tender;
  readonly #reader: QueueReader;
  readonly #graveyard: Graveyard;
  readonly #intake: BroadcastIntake;
  readonly #logger: Logger;
  readonly #aliveKey: string;
  readonly #claimIdleMs: number;
  readonly #name: string;
  // Under which entries may still be owned, the latest last.
  #names: string[] = [];
  #epoch = 0;
  #link: EventLink | undefined;

  /**
   * Creates a consumption that handles nothing yet.
   *
   * @param options What it works with.
   */
  constructor({ subscriptions, setup, options, counters, onBroken }: ConsumptionOptions) {
    const { logger, service, instanceId } = setup;
    const { maxEventBytes, maxDeliveries, maxDeadLetters, retryDelaysMs, claimIdleMs } = options;
    const keys = new RedisKeys(options.namespace);
    const deadKey = keys.dead(service);
    this.#logger = logger;
    this.#aliveKey = keys.alive(service);
    this.#claimIdleMs = claimIdleMs;
    // Unlike any other, whatever the instance is called.
    this.#name = `${instanceId}-${crypto.randomUUID().slice(0, 8)}`;
    const sink = this.#settler = new Settler({
      deadKey,
      retryDelaysMs,
      counters,
      logger,
      onReleased: () => this.#onReleased(),
      onRetry: (delayMs) => this.#tender.expect(delayMs),
    });
    this.#queues = subscriptions.map((subscription) =>
      new GroupQueue({
        subscription,
        pool: createPool(subscription, counters),
        keys: keys.queue(service, subscription.event),
        maxEventBytes,
        maxDeliveries,
        sink,
      })
    );
    const queues = this.#queues;
    this.#pools = queues.map(({ pool }) => pool);
    const onTick = (): void => this.#onTick();
    this.#tender = new Tender({
      ...{ queues, aliveKey: this.#aliveKey, deadKey, claimIdleMs, logger, onTick, onBroken },
    });
    const blockMs = Math.min(LONGEST_BLOCK_MS, Math.floor(options.connection.responseTimeoutMs / 2));
    const onGroupLost = (): Promise<void> => this.#tender.tick();
    this.#reader = new QueueReader({ queues, blockMs, logger, onGroupLost, onBroken });
    const graveyard = this.#graveyard = new Graveyard({ deadKey, maxDeadLetters, counters, logger });
    this.#intake = new BroadcastIntake({ queues, maxEventBytes, retryDelaysMs, graveyard, counters, logger });
  }

  /** Why some queue can not be used; `undefined` when all can. */
  get fault(): string | undefined {
    return this.#queues.find(({ fault }) => fault !== undefined)?.fault;
  }

  /**
   * Takes a link into use. When it resolves, what is emitted from then on is delivered.
   *
   * @param link The link.
   * @param isStrict Whether to reject when a queue can not be used.
   */
  async attach(link: EventLink, isStrict: boolean): Promise<void> {
    const name = `${this.#name}-${++this.#epoch}`;
    const { commands } = link;
    const [reader, subscriber] = await Promise.all([link.connect("reader"), link.connect("subscriber")]);
    await this.#tender.join(commands, name, isStrict);
    await this.#takeAlong(commands, name);
    await this.#intake.attach(subscriber);
    if (link.isClosed) throw new Error("The link has been closed");
    this.#link = link;
    this.#settler.attach(commands, name);
    this.#graveyard.attach(commands);
    this.#tender.attach(commands);
    await this.#reader.attach(reader, commands, name);
  }

  /** The link is gone. Handlers go on. */
  detach(): void {
    this.#link = undefined;
    this.#reader.detach();
    this.#tender.detach();
    this.#settler.detach();
    this.#graveyard.detach();
    this.#intake.detach();
  }

  /** Takes nothing more, and puts back what has not begun. */
  async pause(): Promise<void> {
    this.#tender.pause();
    this.#intake.pause();
    await this.#reader.pause();
    for (const token of this.#pools.flatMap((pool) => pool.takeWaiting())) {
      if (token instanceof HeldEntry) this.#settler.depart(token, { kind: "return" });
    }
  }

  /** Resolves when all handlers have ended and Redis knows what became of their events. */
  async idle(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.idle()));
    this.#settler.flush();
    await Promise.all([this.#settler.idle(), this.#graveyard.idle()]);
  }

  /** Signs this instance off, so that others take over at once what it has not settled. Never rejects. */
  async leave(): Promise<void> {
    const name = this.#names.at(-1);
    if (this.#link === undefined || name === undefined) return;
    const keys = this.#queues.map(({ keys: { queue } }) => queue);
    // A tick after it would sign this instance on again.
    this.#tender.detach();
    try {
      await runScript(this.#link.commands, LEAVE, [this.#aliveKey, ...keys], [GROUP, name]);
    } catch (error) {
      const why = (error as Error).message;
      // Of a lost connection the log tells anyway.
      const level = readReplyCode(error) === undefined ? "debug" : "warn";
      this.#logger[level](`Cannot sign off, others take over after ${this.#claimIdleMs} ms only: ${why}`);
    }
  }

  /** Gives up what is left; returns how many events come again. */
  abandon(reason: Error): number {
    let count = 0;
    for (const pool of this.#pools) {
      pool.takeWaiting();
      count += pool.abandon(reason).length;
    }
    this.detach();
    if (this.#graveyard.size > 0) {
      this.#logger.error(`Lost ${this.#graveyard.size} broadcasts that could not be handled: Redis is away`);
    }
    return count + this.#settler.stop();
  }

  /** What this instance owns goes with it under its new name; what got lost on the way stays behind, for anybody. */
  async #takeAlong(commands: RedisConnection, name: string): Promise<void> {
    const former = this.#names;
    this.#names = [...former, name];
    for (const old of former) {
      await Promise.all(this.#queues.map(({ keys, held }) => {
        const pairs = [...held.values()].flatMap(({ id, deliveries }) => [id, String(deliveries)]);
        return pairs.length === 0
          ? undefined
          : runScript(commands, HAND_OVER, [keys.queue], [GROUP, old, name, ...pairs]);
      }));
      const leases = this.#queues.flatMap(({ isOrdered, keys }) => isOrdered ? [keys.lease] : []);
      await runScript(commands, RENAME, [this.#aliveKey, ...leases], [old, name, String(this.#claimIdleMs)]);
    }
    this.#names = [name];
  }

  #onReleased(): void {
    this.#reader.wake();
    this.#tender.onRoom();
  }

  #onTick(): void {
    this.#settler.flush();
    this.#reader.wake();
  }
}

function createPool(subscription: EventSubscription, counters: EventCounters): DeliveryPool<DeliveryToken> {
  return new DeliveryPool(subscription, {
    settle: (token, event, outcome) => token.settle(event, outcome),
    counters,
  });
}
