/**
 * What a pool knows of one delivery.
 *
 * @module
 */
import type { setTimeout as startTimer } from "node:timers";
import type { ReceivedEvent } from "./event_transport.ts";

/** A delivery that has not begun. */
export interface Waiting<Token> {
  /** What the transport settles it by. */
  readonly token: Token;
  /** What is delivered. */
  readonly event: ReceivedEvent;
}

/** A delivery whose handler runs, or pauses between two tries. */
export class Delivery<Token> implements Waiting<Token> {
  /** It has neither been settled nor given up. */
  isRunning = true;
  /** How many tries have failed; `Infinity` when its time is over. */
  tries = 0;
  /** When its time is over (`performance.now`); `Infinity` while nobody waits for it. */
  deadlineMs: number = Infinity;
  /** The pause between two tries. */
  pause: ReturnType<typeof startTimer> | undefined;
  /** Deliveries of the same event, which wait for what becomes of this one. */
  copies: Waiting<Token>[] | undefined;
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  /**
   * Creates a delivery that begins.
   *
   * @param token What the transport settles it by.
   * @param event What is delivered.
   * @param key The key of the event, `undefined` when it has none.
   */
  constructor(readonly token: Token, readonly event: ReceivedEvent, readonly key: string | undefined) {}

  /** The signal of the handler; most handlers never ask for it. */
  readonly getSignal = (): AbortSignal => {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  };

  /** Aborts the signal, also for a handler that asks for it later. */
  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
