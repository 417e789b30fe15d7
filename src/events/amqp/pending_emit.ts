/**
 * An event between `emit` and its confirmation.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { EmitReceipt } from "../event_transport.ts";
import type { EmitError } from "../../errors.ts";
import type { AmqpPublishOptions } from "./driver.ts";

/** A message on its way out. */
export interface OutgoingMessage {
  /** The id of the event, and the `messageId` of `options`: what the broker returns is known by it. */
  readonly id: string;
  /** The name of the event. */
  readonly name: string;
  /** Where it goes. */
  readonly exchange: string;
  /** Which queues of it. */
  readonly routingKey: string;
  /** The body. */
  readonly content: Buffer;
  /** The properties. */
  readonly options: AmqpPublishOptions;
  /** Whether it counts as unrouted when no queue takes it. */
  readonly isGroup: boolean;
  /** Until when it is held back, and with it what comes after it, which keeps its order. Must not reject. */
  readonly ready?: Promise<void> | undefined;
}

/**
 * Where it is. `outside`: it waits for a place in the buffer. `waiting`: for a place in the window. `sent`: for the
 * confirmation. `refused`: for the next try. `abandoned`: sent, and nobody waits any more; it keeps its place in the
 * window. `gone`: none of these any more.
 */
export type EmitState = "outside" | "waiting" | "sent" | "refused" | "abandoned" | "gone";

/** One event, a link of the list that {@linkcode PublishBuffer} keeps. */
export class PendingEmit {
  /** Where it is. */
  state: EmitState = "waiting";
  /** How often it was sent. */
  attempts = 0;
  /** How often the broker refused it. */
  refusals = 0;
  /** The broker has returned what was sent last. */
  isReturned = false;
  /** It was on its way when the broker closed a channel because of a message, which may have been this one. */
  isSuspect = false;
  /** It must not be sent yet, nor what was emitted after it. */
  isHeld = false;
  /** The one that was emitted before. */
  previous: PendingEmit | undefined = undefined;
  /** The one that was emitted after. */
  next: PendingEmit | undefined = undefined;
  /** What `emit` returned. */
  readonly promise: Promise<EmitReceipt>;
  /** Resolves `promise`. */
  resolve!: (receipt: EmitReceipt) => void;
  /** Rejects `promise`. */
  reject!: (error: EmitError) => void;
  #removeListener: (() => void) | undefined;

  /**
   * Creates one that waits.
   *
   * @param message The message.
   * @param isConfirmed Whether the emitter waits for the confirmation.
   * @param isRouteRequired Whether it is an error that no queue takes it.
   * @param timeoutMs How long it may take, in milliseconds.
   * @param deadlineMs When its time is over (`performance.now`); `Infinity` for never.
   */
  constructor(
    readonly message: OutgoingMessage,
    readonly isConfirmed: boolean,
    readonly isRouteRequired: boolean,
    readonly timeoutMs: number,
    public deadlineMs: number,
  ) {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /**
   * Holds it back.
   *
   * @param ready Until when. Must not reject.
   * @param onReady Called then. Must not throw.
   */
  hold(ready: Promise<void>, onReady: () => void): void {
    this.isHeld = true;
    void ready.then(() => {
      this.isHeld = false;
      onReady();
    });
  }

  /** Listens to the signal of the emitter until `unwatch`. `onAbort` must not throw. */
  watch(signal: AbortSignal, onAbort: () => void): void {
    signal.addEventListener("abort", onAbort, { once: true });
    this.#removeListener = () => signal.removeEventListener("abort", onAbort);
  }

  /** Neither time nor signal end it any more. */
  unwatch(): void {
    this.deadlineMs = Infinity;
    if (this.#removeListener === undefined) return;
    this.#removeListener();
    this.#removeListener = undefined;
  }
}
