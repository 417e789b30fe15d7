/**
 * Publishes copies of messages, so that a message can be acknowledged once its copy is safe.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import type { AmqpChannel, AmqpConnection, AmqpMessage, AmqpPublishOptions } from "./driver.ts";
import type { MessageCopy } from "./message_copy.ts";
import { HEADERS, toHeaders } from "./message_headers.ts";

/** Where a copy goes. */
export interface CopyRoute {
  /** The exchange. */
  readonly exchange: string;
  /** The routing key. */
  readonly routingKey: string;
}

/** Publishes copies. */
export interface CopyPublisher {
  /** Resolves when the broker has stored the copy; see {@linkcode CopyChannel.publish}. */
  publish(route: CopyRoute, copy: MessageCopy): Promise<void>;
}

/** What a channel for copies needs of its owner. */
export interface CopyChannelOptions {
  /** The broker has closed the channel, or the connection is lost. Not called after `detach`. */
  onLost(error: Error): void;
  /** How long a copy may take, in milliseconds; longer while the broker blocks us. @default {15000} */
  readonly limitMs?: number;
}

/** No queue took the copy. */
export class CopyReturnedError extends Error {
  /**
   * Creates the error of a copy that no queue took.
   *
   * @param route Where it went.
   */
  constructor({ exchange, routingKey }: CopyRoute) {
    super(`No queue has taken the copy from exchange "${exchange}" with routing key "${routingKey}"`);
    this.name = "CopyReturnedError";
  }
}

const LIMIT_MS = 15_000;
/** So many copies, of so many bytes, are on their way at once; one is, whatever its size. */
const MAX_IN_FLIGHT = 100;
const MAX_IN_FLIGHT_BYTES = 16 * 1024 * 1024;

/** A confirm channel for copies. How many wait is bounded by what the consumers fetch ahead. */
export class CopyChannel implements CopyPublisher {
  readonly #onLost: (error: Error) => void;
  readonly #limitMs: number;
  #channel: AmqpChannel | undefined;
  #isBlocked = false;
  #nextId = 1;
  readonly #inFlight = new Map<number, PendingCopy>();
  #bytesInFlight = 0;
  readonly #waiting = new Set<PendingCopy>();
  #isDetached = false;

  private constructor({ onLost, limitMs = LIMIT_MS }: CopyChannelOptions) {
    this.#onLost = onLost;
    this.#limitMs = limitMs;
  }

  /**
   * Opens the channel.
   *
   * @param connection The connection that it goes with.
   * @param options Who is told when it is lost.
   * @returns The channel.
   */
  static async open(connection: AmqpConnection, options: CopyChannelOptions): Promise<CopyChannel> {
    const copies = new CopyChannel(options);
    copies.#channel = await connection.createChannel({
      onClosed: (error) => copies.#handleClosed(error ?? new Error("The channel for copies is closed")),
      onReturn: (message) => copies.#handleReturn(message),
    }, true);
    return copies;
  }

  /**
   * Publishes a copy.
   *
   * @param route Where it goes.
   * @param copy The copy.
   * @returns Resolves when the broker has stored it. Rejects with a `CopyReturnedError` when no queue took it, and
   * with another error when the broker refused it, did not answer in time or was lost; it may be stored then.
   */
  publish(route: CopyRoute, copy: MessageCopy): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isDetached) throw new Error("The channel for copies is closed");
      const pending = new PendingCopy(this.#nextId++, route, copy, { resolve, reject });
      this.#limitTime(pending);
      this.#waiting.add(pending);
      this.#fill();
    });
  }

  /** Says that the broker reads nothing from this connection, or that it does so again. */
  setBlocked(isBlocked: boolean): void {
    this.#isBlocked = isBlocked;
  }

  /** Rejects what is on its way and all that follows. Leaves no timer. The channel ends with its connection. */
  detach(): void {
    this.#end(new Error("The channel for copies was given up"));
  }

  #limitTime(copy: PendingCopy): void {
    copy.timer = startTimer(() => {
      if (this.#isBlocked) return this.#limitTime(copy);
      // What was sent keeps its place: a silent broker must not get more and more.
      this.#waiting.delete(copy);
      copy.reject(new Error(`The broker has not confirmed the copy within ${this.#limitMs} ms`));
    }, this.#limitMs);
  }

  #fill(): void {
    for (const copy of this.#waiting) {
      if (!this.#hasPlace()) break;
      this.#waiting.delete(copy);
      this.#send(copy);
    }
  }

  #hasPlace(): boolean {
    return this.#inFlight.size < MAX_IN_FLIGHT && this.#bytesInFlight < MAX_IN_FLIGHT_BYTES;
  }

  #send(copy: PendingCopy): void {
    const { id, content } = copy;
    this.#inFlight.set(id, copy);
    this.#bytesInFlight += content.length;
    try {
      try {
        this.#publish(copy, copy.options);
      } catch {
        // Headers of others that can not be written again: too many bytes, or values that no type fits.
        this.#publish(copy, copy.reduce());
      }
    } catch (error) {
      this.#settle(copy, error as Error);
    }
  }

  #publish(copy: PendingCopy, { headers, ...options }: AmqpPublishOptions): void {
    const { id, route, content } = copy;
    this.#channel!.publish(
      route.exchange,
      route.routingKey,
      content,
      { ...options, headers: { ...headers, [HEADERS.copy]: id } },
      (error) => {
        // A channel that closes fails all that it has not confirmed, and only then says why.
        if (error !== null) queueMicrotask(() => this.#conclude(copy, error));
        else this.#conclude(copy, copy.isReturned ? new CopyReturnedError(route) : undefined);
      },
    );
  }

  #conclude(copy: PendingCopy, error: Error | undefined): void {
    this.#settle(copy, error);
    this.#fill();
  }

  #settle(copy: PendingCopy, error: Error | undefined): void {
    if (!this.#inFlight.delete(copy.id)) return;
    this.#bytesInFlight -= copy.content.length;
    if (error === undefined) copy.resolve();
    else copy.reject(error);
  }

  /** The broker returns a message before it confirms it. */
  #handleReturn(message: AmqpMessage): void {
    const id = toHeaders(message.properties.headers)[HEADERS.copy];
    const copy = this.#inFlight.get(id as number);
    if (copy !== undefined) copy.isReturned = true;
  }

  #handleClosed(error: Error): void {
    if (this.#isDetached) return;
    this.#end(error);
    this.#onLost(error);
  }

  #end(error: Error): void {
    this.#isDetached = true;
    for (const copy of [...this.#inFlight.values()]) this.#settle(copy, error);
    for (const copy of this.#waiting) copy.reject(error);
    this.#waiting.clear();
  }
}

interface Settlers {
  resolve(): void;
  reject(error: Error): void;
}

/** A copy that waits or is on its way. */
class PendingCopy {
  isReturned = false;
  #isSettled = false;
  timer: ReturnType<typeof startTimer> | undefined;
  readonly content: Buffer;
  readonly options: AmqpPublishOptions;
  readonly reduce: () => AmqpPublishOptions;
  readonly #settlers: Settlers;

  constructor(
    readonly id: number,
    readonly route: CopyRoute,
    { content, options, reduce }: MessageCopy,
    settlers: Settlers,
  ) {
    this.content = content;
    this.options = options;
    this.reduce = reduce;
    this.#settlers = settlers;
  }

  resolve(): void {
    if (this.#end()) this.#settlers.resolve();
  }

  reject(error: Error): void {
    if (this.#end()) this.#settlers.reject(error);
  }

  /** Says whether it was still open. */
  #end(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    clearTimeout(this.timer);
    return true;
  }
}
