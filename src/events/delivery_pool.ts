/**
 * Runs the handlers of one subscription: so many at once, each with its tries and its time limit.
 *
 * @module
 */
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { NonRetryableError } from "../errors.ts";
import { Delivery, type Waiting } from "./delivery.ts";
import type { EventSubscription, ReceivedEvent } from "./event_transport.ts";
import { Fifo } from "./fifo.ts";
import { eventKey, HandledIds } from "./handled_ids.ts";
import type { EventCounters } from "./transport_state.ts";

/** Why an event is dead-lettered. */
export type DeadReason = "malformed" | "too_large" | "unknown_event" | "non_retryable" | "max_attempts";

/** What became of a delivery. */
export type DeliveryOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "retry"; readonly error: unknown }
  | { readonly kind: "dead"; readonly reason: DeadReason; readonly error: unknown };

/** How the pool says what became of a delivery. */
export interface DeliveryPoolOptions<Token> {
  /** Called once for each delivery that began; must not throw. The slot is free by then. */
  settle(token: Token, event: ReceivedEvent, outcome: DeliveryOutcome): void;
  /** Gets `handled`, `duplicates` and `running`. */
  readonly counters: EventCounters;
}

/** Each pool remembers at most so many handled events. */
const REMEMBERED_IDS = 10_000;
const DONE: DeliveryOutcome = { kind: "done" };

/**
 * The handlers of one subscription. `Token` is what the transport settles a delivery by.
 *
 * A copy of an event that has been handled is settled as done without a call of the handler; a copy of one whose
 * handler runs waits for what becomes of that.
 */
export class DeliveryPool<Token> {
  readonly #subscription: EventSubscription;
  readonly #settle: DeliveryPoolOptions<Token>["settle"];
  readonly #counters: EventCounters;
  readonly #handled = new HandledIds(REMEMBERED_IDS);
  // In the order in which they began, which is that in which their time runs out: all have the same limit.
  readonly #running = new Map<string | Delivery<Token>, Delivery<Token>>();
  readonly #waiting = new Fifo<Waiting<Token>>();
  // How many copies wait for a running delivery.
  #copies = 0;
  #isFilling = false;
  #watch: ReturnType<typeof startTimer> | undefined;
  #idle: (() => void)[] = [];

  /**
   * Creates a pool in which nothing runs.
   *
   * @param subscription The handler, and how it is run.
   * @param options Who is told.
   */
  constructor(subscription: EventSubscription, { settle, counters }: DeliveryPoolOptions<Token>) {
    this.#subscription = subscription;
    this.#settle = settle;
    this.#counters = counters;
  }

  /** How many handlers run. */
  get running(): number {
    return this.#running.size;
  }

  /** How many deliveries it has that are not settled. */
  get size(): number {
    return this.#running.size + this.#copies + this.#waiting.length;
  }

  /** Takes a delivery; it begins now or when a slot is free. Bounded by what the transport fetches ahead. */
  push(token: Token, event: ReceivedEvent): void {
    if (this.#isFilling || this.#waiting.length > 0 || !this.#hasSlot()) {
      this.#waiting.push({ token, event });
      return;
    }
    // A handler that returns at once may bring the next delivery: that one waits, so that the stack does not grow.
    this.#isFilling = true;
    try {
      this.#begin(token, event);
    } finally {
      this.#isFilling = false;
    }
    if (this.#waiting.length > 0) this.#fill();
  }

  /** Forgets the deliveries that have not begun, and returns them, the oldest first. */
  takeWaiting(): Token[] {
    const copies = [...this.#running.values()].flatMap((delivery) => this.#takeCopies(delivery));
    return [...copies, ...this.#waiting.takeAll()].map(({ token }) => token);
  }

  /** Resolves when no handler runs. Call `takeWaiting` before, or others follow. */
  idle(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /**
   * Gives up what runs: signals abort, and nothing of it is settled any more.
   *
   * @param reason The reason of the signals.
   * @returns What was given up. Call `takeWaiting` before, or the copies of these are among what waits.
   */
  abandon(reason: Error): Token[] {
    const abandoned = [...this.#running.values()];
    for (const delivery of abandoned) {
      this.#waiting.unshift(this.#takeCopies(delivery));
      this.#end(delivery);
    }
    this.close();
    for (const delivery of abandoned) delivery.abort(reason);
    return abandoned.map(({ token }) => token);
  }

  /** Ends the timer. */
  close(): void {
    clearTimeout(this.#watch);
    this.#watch = undefined;
  }

  #hasSlot(): boolean {
    return this.#running.size < this.#subscription.settings.concurrency;
  }

  #begin(token: Token, event: ReceivedEvent): void {
    const key = eventKey(event);
    if (key !== undefined) {
      if (this.#handled.has(key)) return this.#skip(token, event);
      const original = this.#running.get(key);
      if (original !== undefined) {
        this.#copies++;
        (original.copies ??= []).push({ token, event });
        return;
      }
    }
    const delivery = new Delivery(token, event, key);
    this.#running.set(key ?? delivery, delivery);
    this.#counters.running++;
    this.#try(delivery);
  }

  #skip(token: Token, event: ReceivedEvent): void {
    this.#counters.duplicates++;
    this.#settle(token, event, DONE);
  }

  #try(delivery: Delivery<Token>): void {
    try {
      const result = this.#subscription.handle(delivery.event, delivery.getSignal);
      if (isThenable(result)) {
        const { tries } = delivery;
        this.#limitTime(delivery);
        // What settles twice, or after its time, is not listened to again.
        Promise.resolve(result).then(
          () => delivery.tries === tries && this.#succeed(delivery),
          (error) => delivery.tries === tries && this.#fail(delivery, error),
        );
        return;
      }
    } catch (error) {
      return this.#fail(delivery, error);
    }
    this.#succeed(delivery);
  }

  #succeed(delivery: Delivery<Token>): void {
    if (!this.#end(delivery)) return;
    const { key, token, event } = delivery;
    if (key !== undefined) this.#handled.add(key);
    this.#counters.handled++;
    this.#settle(token, event, DONE);
    for (const copy of this.#takeCopies(delivery)) this.#skip(copy.token, copy.event);
    this.#fill();
  }

  #fail(delivery: Delivery<Token>, error: unknown): void {
    if (!delivery.isRunning) return;
    const { localRetryDelaysMs, maxAttempts } = this.#subscription.settings;
    const isFinal = isNonRetryable(error);
    const delayMs = isFinal ? undefined : localRetryDelaysMs[delivery.tries++];
    if (delayMs !== undefined) {
      this.#limitTime(delivery);
      delivery.pause = startTimer(() => this.#try(delivery), delayMs);
      return;
    }
    this.#end(delivery);
    const isLast = delivery.event.attempt >= maxAttempts;
    const reason = isFinal ? "non_retryable" : "max_attempts";
    const outcome: DeliveryOutcome = isFinal || isLast
      ? { kind: "dead", reason, error }
      : { kind: "retry", error };
    this.#waiting.unshift(this.#takeCopies(delivery));
    this.#settle(delivery.token, delivery.event, outcome);
    this.#fill();
  }

  #takeCopies(delivery: Delivery<Token>): readonly Waiting<Token>[] {
    const { copies } = delivery;
    if (copies === undefined) return NO_COPIES;
    delivery.copies = undefined;
    this.#copies -= copies.length;
    return copies;
  }

  /** Says whether the delivery was still running. */
  #end(delivery: Delivery<Token>): boolean {
    if (!delivery.isRunning) return false;
    delivery.isRunning = false;
    this.#running.delete(delivery.key ?? delivery);
    if (delivery.pause !== undefined) clearTimeout(delivery.pause);
    this.#counters.running--;
    if (this.#running.size === 0 && this.#idle.length > 0) {
      for (const resolve of this.#idle.splice(0)) resolve();
    }
    return true;
  }

  #fill(): void {
    // A handler that returns at once ends inside the loop; it must not start a loop of its own.
    if (this.#isFilling) return;
    this.#isFilling = true;
    try {
      while (this.#waiting.length > 0 && this.#hasSlot()) {
        const { token, event } = this.#waiting.shift()!;
        this.#begin(token, event);
      }
    } finally {
      this.#isFilling = false;
    }
  }

  /** What ends at once needs no limit, so most handlers that are no async functions cost no look at the clock. */
  #limitTime(delivery: Delivery<Token>): void {
    if (delivery.deadlineMs !== Infinity) return;
    const { timeoutMs } = this.#subscription.settings;
    delivery.deadlineMs = performance.now() + timeoutMs;
    this.#watch ??= this.#startWatch(timeoutMs);
  }

  /** One timer for all: when it fires, the oldest delivery has run out of time or is younger than the timer. */
  #startWatch(delayMs: number): ReturnType<typeof startTimer> {
    const timer = startTimer(() => {
      const now = performance.now();
      for (const delivery of [...this.#running.values()]) {
        if (delivery.deadlineMs > now) break;
        this.#timeOut(delivery);
      }
      // What began just now found a watch and started none; who closed the pool just now wants none.
      if (this.#watch !== timer) return;
      const [oldest] = this.#running.values();
      this.#watch = oldest && this.#startWatch(Math.max(1, Math.ceil(oldest.deadlineMs - now)));
    }, delayMs);
    timer.unref();
    return timer;
  }

  #timeOut(delivery: Delivery<Token>): void {
    const { timeoutMs } = this.#subscription.settings;
    const error = new Error(
      `The handler of event "${delivery.event.name}" has not ended within ${timeoutMs} ms`,
    );
    delivery.tries = Infinity;
    this.#fail(delivery, error);
    delivery.abort(error);
  }
}

const NO_COPIES: readonly never[] = [];

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== "object" && typeof value !== "function" || value === null) return false;
  return typeof (value as { then?: unknown }).then === "function";
}

/** By its code, too: a handler may come from another copy of this package. */
function isNonRetryable(error: unknown): boolean {
  try {
    return error instanceof NonRetryableError ||
      error instanceof Error && (error as { code?: unknown }).code === "ERR_EVENT_NON_RETRYABLE";
  } catch {
    // A proxy or a getter that throws: a failure like any other.
    return false;
  }
}
