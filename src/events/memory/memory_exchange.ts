/**
 * What the instances that share a broker in memory share.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { EventBufferFullError } from "../../errors.ts";
import type { OutgoingEvent } from "../event_transport.ts";
import { MemoryDeadLetters } from "./memory_dead_letters.ts";
import { MemoryQueue, type QueueHost } from "./memory_queue.ts";

/** Where the events of one name go. */
interface Route {
  /** One queue for each service that has ever subscribed. */
  readonly groups: Map<string, MemoryQueue>;
  /** One queue for each instance that is subscribed now. */
  readonly instances: Set<MemoryQueue>;
}

/** Queues and where events go. Grows with what is subscribed, not with what is emitted. */
export class MemoryExchange implements QueueHost {
  readonly #routes = new Map<string, Route>();
  readonly #deadLetters = new Map<string, MemoryDeadLetters>();
  // Removed, while handlers of their instance run on.
  readonly #closing = new Set<MemoryQueue>();
  #awake = new Set<MemoryQueue>();
  #turn: Promise<void> | undefined;
  #idle: (() => void)[] = [];
  #isChecking = false;

  /** The queue that the instances of a service share. */
  openGroup(service: string, event: string, maxLength: number): MemoryQueue {
    const { groups } = this.#openRoute(event);
    let queue = groups.get(service);
    if (queue === undefined) {
      groups.set(service, queue = new MemoryQueue(this, { name: queueName(service, event), maxLength }));
    }
    return queue;
  }

  /** A queue for the broadcasts to one instance. */
  openInstance(service: string, event: string, maxLength: number): MemoryQueue {
    const queue = new MemoryQueue(this, { name: queueName(service, event), maxLength });
    this.#openRoute(event).instances.add(queue);
    return queue;
  }

  /** Removes a queue that `openInstance` has made. */
  closeInstance(event: string, queue: MemoryQueue): void {
    this.#routes.get(event)?.instances.delete(queue);
    if (!queue.isQuiet) this.#closing.add(queue);
  }

  /**
   * Puts an event into all queues that it is for, or into none.
   *
   * @returns Whether there is any.
   * @throws {EventBufferFullError} when one of them is full.
   */
  publish(event: OutgoingEvent): boolean {
    const route = this.#routes.get(event.name);
    if (route === undefined) return false;
    const queues = event.broadcast ? route.instances : route.groups;
    for (const queue of queues.values()) {
      if (!queue.isFull) continue;
      throw new EventBufferFullError(
        `Cannot emit event "${event.name}": queue "${queue.name}" holds ${queue.maxLength} events already`,
      );
    }
    for (const queue of queues.values()) queue.add(event);
    return queues.size > 0;
  }

  /** The dead letters of a service. */
  deadLetters(service: string): MemoryDeadLetters {
    let letters = this.#deadLetters.get(service);
    if (letters === undefined) {
      letters = new MemoryDeadLetters((event) => this.#routes.get(event)?.groups.get(service));
      this.#deadLetters.set(service, letters);
    }
    return letters;
  }

  wake(queue: MemoryQueue): void {
    this.#awake.add(queue);
    // One immediate for all queues: an event costs no task of its own. No microtask: between two of those no input,
    // output or timer has its turn, and events that emit events would never let them.
    this.#turn ??= new Promise((resolve) =>
      setImmediate(() => {
        this.#turn = undefined;
        this.#deliver();
        resolve();
      })
    );
  }

  /** Resolves when queues that are to deliver have had a turn; `undefined` when there are none. */
  get turn(): Promise<void> | undefined {
    return this.#turn;
  }

  quiet(queue: MemoryQueue): void {
    this.#closing.delete(queue);
    if (this.#idle.length > 0) this.#checkIdle();
  }

  /** Resolves when nothing happens unless something is emitted. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#checkIdle();
    });
  }

  #checkIdle(): void {
    if (this.#isChecking) return;
    this.#isChecking = true;
    // Not at once: whoever has just been handled may have left something behind that is about to emit.
    setImmediate(() => {
      this.#isChecking = false;
      if (!this.#isIdle()) return;
      for (const resolve of this.#idle.splice(0)) resolve();
    });
  }

  #openRoute(event: string): Route {
    let route = this.#routes.get(event);
    if (route === undefined) this.#routes.set(event, route = { groups: new Map(), instances: new Set() });
    return route;
  }

  #deliver(): void {
    const awake = this.#awake;
    this.#awake = new Set();
    for (const queue of awake) queue.beginTurn();
  }

  #isIdle(): boolean {
    if (this.#closing.size > 0) return false;
    for (const { groups, instances } of this.#routes.values()) {
      for (const queue of [...groups.values(), ...instances]) {
        if (!queue.isQuiet) return false;
      }
    }
    return true;
  }
}

/** A service may have any name, so it is encoded: `/` occurs in neither part. */
function queueName(service: string, event: string): string {
  return `${encodeURIComponent(service)}/${event}`;
}
