/**
 * The exchanges, queues and bindings of the transport.
 *
 * @module
 */
import { AmqpNames, PYTHON_NAMES } from "./amqp_names.ts";
import type { AmqpChannel, AmqpConnection, AmqpExchangeOptions, AmqpQueueOptions } from "./driver.ts";
import type { ResolvedRabbitMqOptions } from "./options.ts";
import { toTopologyError } from "./topology_conflict.ts";

/** One thing that the broker has to have. */
export type Declaration =
  | {
    readonly kind: "exchange";
    readonly name: string;
    readonly type: "direct" | "fanout" | "topic";
    readonly options: AmqpExchangeOptions;
  }
  | {
    readonly kind: "queue";
    readonly name: string;
    readonly options: AmqpQueueOptions;
    /** It goes with this connection, so that nobody else can have made it: it is declared in every mode. */
    readonly isOurs?: boolean;
  }
  | {
    readonly kind: "binding";
    readonly queue: string;
    readonly exchange: string;
    readonly key: string;
    /** As with queues. */
    readonly isOurs?: boolean;
  };

/** Events of one name that a service handles. */
export interface HandledEvent {
  /** The name. */
  readonly event: string;
  /** One after the other, in one instance at a time. */
  readonly ordered: boolean;
}

/** After so many crashes of its handlers the broker gives a delivery up. RabbitMQ 4 has the same default. */
const DELIVERY_LIMIT = 20;
/** Looking at dead letters delivers them. RabbitMQ 3 knows no other way to say "without limit" that 4 knows, too. */
const NO_DELIVERY_LIMIT = 2 ** 31 - 1;
/** How long the broker keeps the broadcasts of an instance that is away, in milliseconds. */
const DURABLE_BROADCAST_MS = 60 * 60_000;

/** What a transport with these options needs at the broker. Only knows; {@linkcode applyTopology} does. */
export class Topology {
  readonly #names: AmqpNames;
  readonly #options: ResolvedRabbitMqOptions;

  /**
   * Stores the options.
   *
   * @param options The options.
   */
  constructor(options: ResolvedRabbitMqOptions) {
    this.#names = new AmqpNames(options.namespace);
    this.#options = options;
  }

  /** The names. */
  get names(): AmqpNames {
    return this.#names;
  }

  /** Where an event is published. */
  addressOf(event: string, isBroadcast: boolean): { readonly exchange: string; readonly routingKey: string } {
    if (this.#options.compat === undefined) {
      return { exchange: isBroadcast ? this.#names.broadcast : this.#names.events, routingKey: event };
    }
    return isBroadcast
      ? { exchange: PYTHON_NAMES.broadcast(event), routingKey: "" }
      : { exchange: PYTHON_NAMES.tasks(event), routingKey: PYTHON_NAMES.tasksKey };
  }

  /** The exchanges of all events, which is all that a publisher needs; none with `compat`. */
  forPublishing(): Declaration[] {
    if (this.#options.compat !== undefined) return [];
    return [durableExchange(this.#names.events, "topic"), durableExchange(this.#names.broadcast, "topic")];
  }

  /** The exchange that one event is published to. */
  exchangeOf(event: string, isBroadcast: boolean): Declaration {
    const { exchange: name } = this.addressOf(event, isBroadcast);
    if (this.#options.compat === undefined) return durableExchange(name, "topic");
    return { kind: "exchange", name, type: isBroadcast ? "fanout" : "direct", options: { durable: false } };
  }

  /** Where failed events rest and dead ones stay. */
  forFailures(service: string): Declaration[] {
    const names = this.#names;
    const letters = names.deadLetterQueue(service);
    const delays = [...new Set(this.#options.retryDelaysMs)];
    return [
      durableExchange(names.deadLetters, "direct"),
      quorumQueue(letters, { "x-delivery-limit": NO_DELIVERY_LIMIT }),
      // What came back for a queue that is gone would otherwise stay in its tier, and soon nothing passed it.
      durableExchange(names.requeue, "direct", { "alternate-exchange": names.deadLetters }),
      ...delays.flatMap((delayMs) => [
        ...tier(names.retry(delayMs), {
          "x-queue-type": "quorum",
          "x-message-ttl": delayMs,
          "x-dead-letter-exchange": names.requeue,
          "x-dead-letter-strategy": "at-least-once",
          "x-overflow": "reject-publish",
        }),
        // A queue that goes with its connection takes back what it can; the rest is dropped.
        ...tier(names.transientRetry(delayMs), { "x-message-ttl": delayMs, "x-dead-letter-exchange": "" }),
      ]),
    ];
  }

  /** The queue of the group events of one name. */
  groupQueue(service: string, event: string): string {
    return this.#options.compat === undefined ? this.#names.groupQueue(service, event) : event;
  }

  /** That queue, and what leads to it. */
  forGroup(service: string, { event, ordered }: HandledEvent): Declaration[] {
    const queue = this.groupQueue(service, event);
    const { exchange, routingKey } = this.addressOf(event, false);
    const binding: Declaration = { kind: "binding", queue, exchange, key: routingKey };
    if (this.#options.compat !== undefined) {
      const options = { durable: false };
      return [this.exchangeOf(event, false), { kind: "queue", name: queue, options }, binding];
    }
    const more = ordered ? { "x-single-active-consumer": true } : {};
    return [...this.#durableQueue(service, queue, more), binding];
  }

  /** The queue of the broadcasts of an instance, and what leads to it. */
  forBroadcasts(service: string, queue: string, events: readonly string[]): Declaration[] {
    const isOurs = this.#options.durableBroadcast === undefined;
    const bindings = events.flatMap((event): Declaration[] => {
      const { exchange, routingKey } = this.addressOf(event, true);
      const binding: Declaration = { kind: "binding", queue, exchange, key: routingKey, isOurs };
      return this.#options.compat === undefined ? [binding] : [this.exchangeOf(event, true), binding];
    });
    if (!isOurs) {
      return [...this.#durableQueue(service, queue, { "x-expires": DURABLE_BROADCAST_MS }), ...bindings];
    }
    const options = { durable: false, exclusive: true };
    return [{ kind: "queue", name: queue, options, isOurs }, ...bindings];
  }

  /** A queue whose events come back after a rest, and go to the dead letters after too many crashes. */
  #durableQueue(service: string, queue: string, more: Readonly<Record<string, unknown>>): Declaration[] {
    const { deadLetters, requeue } = this.#names;
    return [
      quorumQueue(queue, {
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": deadLetters,
        "x-dead-letter-routing-key": queue,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        ...more,
      }),
      { kind: "binding", queue, exchange: requeue, key: queue },
      { kind: "binding", queue: this.#names.deadLetterQueue(service), exchange: deadLetters, key: queue },
    ];
  }
}

/**
 * Declares or checks, on a channel of its own: the broker closes a channel on which something is refused.
 *
 * @param connection The connection.
 * @param declarations What to declare, in order.
 * @param mode Declare all; or look for exchanges and queues; or do nothing. What goes with the connection is
 * declared in any case.
 * @param onProgress Called after each.
 * @throws {TopologyConflictError} when something is in the way or missing.
 * @throws {Error} when the connection is lost, or the user may not declare.
 */
export async function applyTopology(
  connection: AmqpConnection,
  declarations: readonly Declaration[],
  mode: "declare" | "check" | "none",
  onProgress: () => void = () => {},
): Promise<void> {
  const wanted = declarations.filter((declaration) => mode !== "none" || isOurs(declaration));
  if (wanted.length === 0) return;
  const channel = await connection.createChannel({ onClosed: () => {/* the operation fails */} }, false);
  for (const declaration of wanted) {
    const isCheck = mode === "check" && !isOurs(declaration);
    try {
      await (isCheck ? check(channel, declaration) : declareOn(channel, declaration));
    } catch (error) {
      throw toTopologyError(error, describe(declaration), isCheck);
    }
    onProgress();
  }
  await channel.close();
}

/**
 * Declares one thing. The broker closes the channel when it refuses that.
 *
 * @param channel The channel.
 * @param declaration What to declare.
 */
export async function declareOn(channel: AmqpChannel, declaration: Declaration): Promise<void> {
  if (declaration.kind === "exchange") {
    await channel.assertExchange(declaration.name, declaration.type, declaration.options);
  } else if (declaration.kind === "queue") {
    await channel.assertQueue(declaration.name, declaration.options);
  } else {
    await channel.bindQueue(declaration.queue, declaration.exchange, declaration.key);
  }
}

async function check(channel: AmqpChannel, declaration: Declaration): Promise<void> {
  if (declaration.kind === "exchange") await channel.checkExchange(declaration.name);
  else if (declaration.kind === "queue") await channel.checkQueue(declaration.name);
  // The protocol has no way to look for a binding.
}

function isOurs(declaration: Declaration): boolean {
  return declaration.kind !== "exchange" && declaration.isOurs === true;
}

function describe(declaration: Declaration): string {
  if (declaration.kind !== "binding") return `${declaration.kind} "${declaration.name}"`;
  return `the binding of queue "${declaration.queue}" to exchange "${declaration.exchange}"`;
}

function durableExchange(
  name: string,
  type: "direct" | "fanout" | "topic",
  args: Readonly<Record<string, unknown>> = {},
): Declaration {
  return { kind: "exchange", name, type, options: { durable: true, arguments: args } };
}

function quorumQueue(name: string, args: Readonly<Record<string, unknown>>): Declaration {
  return {
    kind: "queue",
    name,
    options: { durable: true, arguments: { "x-queue-type": "quorum", ...args } },
  };
}

/** Takes anything, keeps it for its time, and gives it back by its routing key, the name of a queue. */
function tier(name: string, args: Readonly<Record<string, unknown>>): Declaration[] {
  return [
    durableExchange(name, "fanout"),
    { kind: "queue", name, options: { durable: true, arguments: args } },
    { kind: "binding", queue: name, exchange: name, key: "" },
  ];
}
