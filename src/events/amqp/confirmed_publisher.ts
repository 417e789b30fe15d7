/**
 * Publishes events so that none is lost: each is kept until the broker has confirmed it.
 *
 * @module
 */
import type { EmitError } from "../../errors.ts";
import type { Logger } from "../../logger.ts";
import { EmitDeadlines } from "../emit_deadlines.ts";
import type { EmitReceipt, TransportEmitOptions } from "../event_transport.ts";
import type { EventCounters } from "../transport_state.ts";
import { ConfirmWatchdog } from "./confirm_watchdog.ts";
import { type AmqpChannel, type AmqpMessage, replyCodeOf } from "./driver.ts";
import {
  createAbortError,
  createEncodingError,
  createFullError,
  createLateError,
  createPoisonError,
  createRefusalError,
  createRouteError,
  createStopError,
  createTimeoutError,
} from "./emit_failures.ts";
import { Flushes } from "./flushes.ts";
import type { ResolvedPublishingOptions } from "./options.ts";
import { type OutgoingMessage, PendingEmit } from "./pending_emit.ts";
import { PublishBuffer } from "./publish_buffer.ts";
import { RefusalBackoff } from "./refusal_backoff.ts";
import { UnroutedEvents } from "./unrouted_events.ts";

/** What a publisher works with. */
export interface PublisherOptions {
  /** The limits. */
  readonly publishing: ResolvedPublishingOptions;
  /** Gets `emitted`, `confirmed`, `unrouted`, `resent`, `rejected` and `pending`. */
  readonly counters: EventCounters;
  /** Where it logs. */
  readonly logger: () => Logger;
  /** The broker does not confirm any more: the connection should be given up. Must not throw. */
  readonly onStalled: (reason: Error) => void;
}

/** No permission, no exchange, too large: the reply codes with which the broker closes a channel over a message. */
const MESSAGE_FAULTS: ReadonlySet<unknown> = new Set([403, 404, 406]);

/** Publishes over one confirm channel after the other. Knows nothing of connections. */
export class ConfirmedPublisher {
  readonly #settings: ResolvedPublishingOptions;
  readonly #counters: EventCounters;
  readonly #logger: () => Logger;
  readonly #buffer: PublishBuffer;
  readonly #backoff: RefusalBackoff = new RefusalBackoff(() => this.#pump());
  readonly #deadlines: EmitDeadlines = new EmitDeadlines((nowMs) => this.#expire(nowMs));
  readonly #watchdog: ConfirmWatchdog;
  readonly #unrouted: UnroutedEvents;
  readonly #flushes = new Flushes();
  #channel: AmqpChannel | undefined;
  // Nothing more is sent on the channel: it throws or does not confirm, and its owner is to bring another one.
  #isBroken = false;
  #isBlocked = false;
  #isPumping = false;
  #isStopped = false;
  #nacked: PendingEmit[] = [];

  /**
   * Creates a publisher that has no channel yet.
   *
   * @param options What it works with.
   */
  constructor({ publishing, counters, logger, onStalled }: PublisherOptions) {
    this.#settings = publishing;
    this.#counters = counters;
    this.#logger = logger;
    this.#buffer = new PublishBuffer(publishing);
    this.#unrouted = new UnroutedEvents(counters, logger);
    const limitMs = publishing.confirmWatchdogMs;
    this.#watchdog = new ConfirmWatchdog(
      limitMs,
      () => this.#isBroken || this.#buffer.inFlight > 0,
      () => {
        this.#isBroken = true;
        onStalled(new Error(`The broker has confirmed nothing for ${limitMs} ms`));
      },
    );
  }

  /**
   * Publishes a message.
   *
   * @param message The message.
   * @param options How.
   * @returns What became of it. Rejects with an `EmitError`.
   */
  publish(message: OutgoingMessage, options: TransportEmitOptions): Promise<EmitReceipt> {
    const { confirm, requireRoute, timeoutMs = this.#settings.timeoutMs, signal } = options;
    const error = this.#findObstacle(message, signal);
    if (error !== undefined) {
      this.#counters.rejected++;
      return Promise.reject(error);
    }
    const nowMs = performance.now();
    // What is no number is over at once, and not never.
    const deadlineMs = timeoutMs > 0 ? nowMs + timeoutMs : nowMs;
    const emit = new PendingEmit(message, confirm, requireRoute, timeoutMs, deadlineMs);
    if (message.ready !== undefined) emit.hold(message.ready, () => this.#pump());
    this.#buffer.add(emit);
    this.#counters.emitted++;
    this.#counters.pending++;
    if (confirm || emit.state === "outside") {
      this.#deadlines.expect(emit.deadlineMs, nowMs);
      if (signal !== undefined) emit.watch(signal, () => this.#abort(emit, signal.reason));
    } else {
      this.#answerEarly(emit);
    }
    this.#pump();
    return emit.promise;
  }

  /** Takes a new confirm channel into use: first what is not confirmed, then what waits, in the order of `publish`. */
  attach(channel: AmqpChannel): void {
    this.detach();
    if (this.#isStopped) return;
    this.#channel = channel;
    this.#pump();
  }

  /**
   * The channel is gone: what it has not confirmed is sent again over the next one. To be called in the same turn
   * in which the channel fails its confirmations, or these count as refusals.
   *
   * @param reason Why the broker has closed the channel, if it has. When that was because of a message, all that were
   * on their way are sent again one at a time, and the one of them with which the channel closes again is rejected:
   * it would close all channels that follow, too.
   */
  detach(reason?: Error): void {
    this.#channel = undefined;
    this.#isBroken = false;
    this.#isBlocked = false;
    this.#nacked = [];
    this.#backoff.clear();
    this.#watchdog.stop();
    const guilty = this.#buffer.rewind(MESSAGE_FAULTS.has(replyCodeOf(reason)));
    if (guilty !== undefined) this.#fail(guilty, createPoisonError(guilty, reason!));
  }

  /** A message came back because no queue takes it. Its confirmation follows, a positive one. */
  handleReturn({ fields, properties }: AmqpMessage): void {
    const emit = this.#buffer.findSent(properties.messageId, fields.exchange, fields.routingKey);
    if (emit !== undefined) emit.isReturned = true;
  }

  /** The broker takes no messages for the time being, or takes them again. */
  setBlocked(isBlocked: boolean): void {
    this.#isBlocked = isBlocked;
    this.#watchdog.stop();
    if (isBlocked || this.#isStopped) return;
    this.#watchdog.start();
    this.#pump();
  }

  /** Resolves when all is confirmed or has failed, or when the time is over, in milliseconds. */
  flush(limitMs: number): Promise<void> {
    return this.#buffer.size === 0 ? Promise.resolve() : this.#flushes.wait(limitMs);
  }

  /** Ends it: nothing more is taken, and what is on its way is rejected. Returns how many those are. */
  stop(): number {
    const count = this.#buffer.size;
    this.#isStopped = true;
    this.detach();
    this.#deadlines.stop();
    this.#buffer.forEach((emit) => this.#fail(emit, createStopError(emit)));
    return count;
  }

  #findObstacle(message: OutgoingMessage, signal: AbortSignal | undefined): EmitError | undefined {
    if (this.#isStopped || signal?.aborted) return createLateError(message, signal);
    if (this.#settings.onFull === "wait" || this.#buffer.hasPlace(message.content.length)) return undefined;
    return createFullError(message, this.#settings);
  }

  #abort(emit: PendingEmit, reason: unknown): void {
    this.#fail(emit, createAbortError(emit, reason));
    this.#pump();
  }

  /** Sends what may be sent. */
  #pump(): void {
    // A channel that confirms at once must not start a loop of its own.
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (this.#channel !== undefined && !this.#isBroken && !this.#isBlocked) {
        const refused = this.#backoff.first;
        const emit = refused ?? this.#buffer.unsent ?? this.#admit();
        if (emit === undefined || emit.isHeld || !this.#buffer.hasWindow(emit.message.content.length)) break;
        if (refused !== undefined) this.#backoff.shift();
        this.#send(emit, this.#channel);
      }
    } finally {
      this.#isPumping = false;
    }
    while (this.#admit() !== undefined);
  }

  /** Gives one that waits for it a place in the buffer. */
  #admit(): PendingEmit | undefined {
    const emit = this.#buffer.admit();
    if (emit?.isConfirmed === false) this.#answerEarly(emit);
    return emit;
  }

  #send(emit: PendingEmit, channel: AmqpChannel): void {
    const { exchange, routingKey, content, options } = emit.message;
    this.#buffer.send(emit);
    this.#watchdog.start();
    emit.isReturned = false;
    emit.attempts++;
    try {
      channel.publish(
        exchange,
        routingKey,
        content,
        options,
        (error) => this.#onConfirm(emit, channel, error),
      );
    } catch (error) {
      emit.attempts--;
      this.#buffer.unsend(emit, "waiting");
      if (error instanceof TypeError || error instanceof RangeError) {
        return this.#fail(emit, createEncodingError(emit, error));
      }
      // The channel has just closed. Whoever owns it brings a new one, and the list starts again.
      this.#isBroken = true;
      return;
    }
    if (emit.attempts > 1) this.#counters.resent++;
  }

  #onConfirm(emit: PendingEmit, channel: AmqpChannel, error: Error | null): void {
    if (channel !== this.#channel) return;
    this.#watchdog.move();
    if (error !== null) {
      // A channel that closes fails all that it has not confirmed, and only then says that it has closed.
      if (this.#nacked.push(emit) === 1) queueMicrotask(() => this.#refuse(channel, error));
      return;
    }
    if (emit.state === "abandoned") this.#buffer.remove(emit);
    else if (emit.state === "sent") this.#confirm(emit);
    this.#pump();
  }

  #confirm(emit: PendingEmit): void {
    const { message, attempts, isReturned, isRouteRequired } = emit;
    if (isReturned && message.isGroup) this.#unrouted.add(message.name);
    if (isReturned && isRouteRequired) {
      this.#buffer.unsend(emit, "waiting");
      return this.#fail(emit, createRouteError(emit));
    }
    this.#counters.confirmed++;
    this.#buffer.remove(emit);
    this.#end(emit);
    emit.resolve({ id: message.id, confirmed: true, routed: !isReturned, attempts });
  }

  #refuse(channel: AmqpChannel, cause: Error): void {
    if (channel !== this.#channel) return;
    const nacked = this.#nacked;
    this.#nacked = [];
    for (const emit of nacked) {
      if (emit.state === "abandoned") {
        this.#buffer.remove(emit);
        continue;
      }
      this.#buffer.unsend(emit, "refused");
      if (++emit.refusals > this.#settings.maxRefusals) this.#fail(emit, createRefusalError(emit, cause));
      else this.#backoff.add(emit);
    }
    this.#pump();
  }

  /** Ends what has run out of time; returns when the next one will have. */
  #expire(nowMs: number): number {
    let nextMs = Infinity;
    this.#buffer.forEach((emit) => {
      if (emit.deadlineMs <= nowMs) this.#fail(emit, createTimeoutError(emit));
      else nextMs = Math.min(nextMs, emit.deadlineMs);
    });
    this.#pump();
    return nextMs;
  }

  /** Rejects one. If it is sent it is not sent again, but keeps its place in the window. */
  #fail(emit: PendingEmit, error: EmitError): void {
    const hasBeenAnswered = !emit.isConfirmed && emit.state !== "outside";
    this.#counters.rejected++;
    if (emit.state === "sent") this.#buffer.abandon(emit);
    else this.#buffer.remove(emit);
    this.#end(emit);
    emit.reject(error);
    if (hasBeenAnswered) this.#logger().error(`Lost an event: ${error.message}`, { error });
  }

  /** Nobody waits for the confirmation. */
  #answerEarly(emit: PendingEmit): void {
    emit.unwatch();
    emit.resolve({ id: emit.message.id, confirmed: false, routed: undefined, attempts: emit.attempts });
  }

  #end(emit: PendingEmit): void {
    emit.unwatch();
    this.#counters.pending--;
    if (this.#buffer.size === 0) this.#flushes.end();
  }
}
