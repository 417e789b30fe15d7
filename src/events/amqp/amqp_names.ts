/**
 * The names of exchanges and queues.
 *
 * @module
 */

/** AMQP 0-9-1: names of exchanges and queues, and routing keys, are short strings. */
const MAX_NAME_BYTES = 255;

/** The names of one namespace. What comes from outside is encoded, so that two names never meet by accident. */
export class AmqpNames {
  /** Events for one instance of each service: topic, durable, the routing key is the name of the event. */
  readonly events: string;
  /** Events for every instance: likewise. */
  readonly broadcast: string;
  /** What the broker itself gives up: direct, durable, the routing key is the queue that it comes from. */
  readonly deadLetters: string;
  /** What comes back from its rest: direct, durable, the routing key is the queue that it goes to. */
  readonly requeue: string;
  readonly #namespace: string;

  /**
   * Makes the names.
   *
   * @param namespace What they begin with; checked.
   */
  constructor(namespace: string) {
    this.#namespace = namespace;
    this.events = `${namespace}.events`;
    this.broadcast = `${namespace}.broadcast`;
    this.deadLetters = `${namespace}.dlx`;
    this.requeue = `${namespace}.requeue`;
  }

  /** The queue of the events of one name for one service. Neither part can hold the slash. */
  groupQueue(service: string, event: string): string {
    return checkName(`${this.#namespace}.q.${encode(service)}/${event}`);
  }

  /** The queue of the broadcasts for one instance of a service. */
  broadcastQueue(service: string, instance: string): string {
    return checkName(`${this.#namespace}.b.${encode(service)}/${encode(instance)}`);
  }

  /** The queue of the dead letters of a service. */
  deadLetterQueue(service: string): string {
    return checkName(`${this.#namespace}.dlq.${encode(service)}`);
  }

  /**
   * The exchange, and the queue behind it, where events rest so many milliseconds. The routing key is the durable
   * queue that they go back to.
   */
  retry(delayMs: number): string {
    return `${this.#namespace}.retry.${delayMs}`;
  }

  /** The same for a queue that may be gone by then: what it does not take is dropped. */
  transientRetry(delayMs: number): string {
    return `${this.#namespace}.retry.transient.${delayMs}`;
  }
}

/** The names of the Python library gemstone 0.10 to 0.12; the queue of group events has the name of the event. */
export const PYTHON_NAMES: {
  /** The fanout exchange of the broadcasts of one name. */
  readonly broadcast: (event: string) => string;
  /** The direct exchange of the group events of one name. */
  readonly tasks: (event: string) => string;
  /** The routing key of all group events. */
  readonly tasksKey: string;
} = {
  broadcast: (event) => `gemstone.broadcast.${event}`,
  tasks: (event) => `gemstone.tasks.${event}`,
  tasksKey: "tasks",
};

function encode(part: string): string {
  if (!part.isWellFormed()) throw new RangeError(`Cannot name a queue after ${JSON.stringify(part)}`);
  return encodeURIComponent(part);
}

function checkName(name: string): string {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes <= MAX_NAME_BYTES) return name;
  throw new RangeError(
    `Cannot name a queue "${name.slice(0, 60)}…": it has ${bytes} bytes, AMQP allows ${MAX_NAME_BYTES}`,
  );
}
