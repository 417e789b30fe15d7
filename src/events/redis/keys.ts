/**
 * The names of keys and channels.
 *
 * @module
 */

/** The consumer group of every queue; a queue belongs to one service, so one is enough. */
export const GROUP = "gemstone";
/** Owns the entries that their instance has put back; no instance has that name. */
export const RETURNED = "~returned";

/** The keys of the group events of one name for one service. */
export interface QueueKeys {
  /** The events that wait or are being handled: a stream. */
  readonly queue: string;
  /** Those that rest after a failure: a sorted set by the time when they are due. */
  readonly retry: string;
  /** The queues of all services for that event: a set. */
  readonly groups: string;
  /** Which instance handles an ordered queue: text that expires. */
  readonly lease: string;
}

/** The keys of one namespace. What comes from outside is encoded, so that two keys never meet by accident. */
export class RedisKeys {
  readonly #namespace: string;

  /**
   * Makes the keys.
   *
   * @param namespace What they begin with; checked.
   */
  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** The keys of the group events of one name for one service. Neither part can hold the slash. */
  queue(service: string, event: string): QueueKeys {
    const name = `${encode(service)}/${event}`;
    return {
      queue: `${this.#namespace}:q:${name}`,
      retry: `${this.#namespace}:retry:${name}`,
      groups: this.groups(event),
      lease: `${this.#namespace}:lease:${name}`,
    };
  }

  /** What the queues of a service begin with. */
  queuePrefix(service: string): string {
    return `${this.#namespace}:q:${encode(service)}/`;
  }

  /** The queues of all services for an event: a set. */
  groups(event: string): string {
    return `${this.#namespace}:groups:${event}`;
  }

  /** When each instance of a service was last heard of: a sorted set. */
  alive(service: string): string {
    return `${this.#namespace}:alive:${encode(service)}`;
  }

  /** The dead letters of a service: a stream. */
  dead(service: string): string {
    return `${this.#namespace}:dead:${encode(service)}`;
  }

  /** The channel where group events can be watched; the slash keeps it apart from those of broadcasts. */
  tap(event: string): string {
    return `${this.#namespace}/tap/${event}`;
  }
}

function encode(part: string): string {
  if (part.isWellFormed()) return encodeURIComponent(part);
  throw new RangeError(`Cannot name a key of Redis after ${JSON.stringify(part.slice(0, 60))}`);
}
