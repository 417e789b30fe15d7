/**
 * The events that are on their way, in the order in which they were emitted.
 *
 * @module
 */
import type { PendingEmit } from "./pending_emit.ts";

/** How many events there may be. */
export interface PublishLimits {
  /** The most that are sent and not confirmed. */
  readonly windowEvents: number;
  /** The most bytes of them; one message may be larger. */
  readonly windowBytes: number;
  /** The most that wait to be sent. */
  readonly bufferEvents: number;
  /** The most bytes of them; one message may be larger. */
  readonly bufferBytes: number;
}

/**
 * One list for all. What has been sent stays in it until it is confirmed, so after a lost connection everything is
 * sent again in the old order by going back to the start.
 */
export class PublishBuffer {
  readonly #limits: PublishLimits;
  #first: PendingEmit | undefined;
  #last: PendingEmit | undefined;
  // The first that has not been sent on this channel; it and all after it are `waiting`, then `outside`.
  #unsent: PendingEmit | undefined;
  #outside: PendingEmit | undefined;
  #size = 0;
  #waiting = 0;
  #waitingBytes = 0;
  #inFlight = 0;
  #inFlightBytes = 0;
  #suspects = 0;

  /**
   * Creates an empty one.
   *
   * @param limits How many events there may be.
   */
  constructor(limits: PublishLimits) {
    this.#limits = limits;
  }

  /** How many there are, without the abandoned. */
  get size(): number {
    return this.#size;
  }

  /** How many have a place in the window. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The next to send that has not been sent on this channel. */
  get unsent(): PendingEmit | undefined {
    return this.#unsent === this.#outside ? undefined : this.#unsent;
  }

  /** Whether one of so many bytes finds a place; after a lost connection more may wait than the limit. */
  hasPlace(bytes: number): boolean {
    return this.#outside === undefined && this.#fits(bytes);
  }

  /** Whether one of so many bytes may be sent; alone as long as there are suspects. */
  hasWindow(bytes: number): boolean {
    const { windowEvents, windowBytes } = this.#limits;
    return this.#inFlight === 0 ||
      (this.#suspects === 0 && this.#inFlight < windowEvents && this.#inFlightBytes + bytes <= windowBytes);
  }

  /** Adds one, which then waits, inside or outside. */
  add(emit: PendingEmit): void {
    const bytes = emit.message.content.length;
    if (this.hasPlace(bytes)) {
      this.#count(emit, "waiting");
    } else {
      emit.state = "outside";
      this.#outside ??= emit;
    }
    emit.previous = this.#last;
    if (this.#last === undefined) this.#first = emit;
    else this.#last.next = emit;
    this.#last = emit;
    this.#unsent ??= emit;
    this.#size++;
  }

  /** Gives the first that is outside a place, when there is one. */
  admit(): PendingEmit | undefined {
    const emit = this.#outside;
    if (emit === undefined || !this.#fits(emit.message.content.length)) return undefined;
    this.#outside = emit.next;
    this.#count(emit, "waiting");
    return emit;
  }

  /** Gives a waiting or refused one a place in the window. */
  send(emit: PendingEmit): void {
    const bytes = emit.message.content.length;
    this.#waiting--;
    this.#waitingBytes -= bytes;
    this.#inFlight++;
    this.#inFlightBytes += bytes;
    emit.state = "sent";
    if (emit === this.#unsent) this.#unsent = emit.next;
  }

  /** Takes the place in the window away from one that was sent. */
  unsend(emit: PendingEmit, state: "waiting" | "refused"): void {
    this.#leaveWindow(emit);
    // The broker has an answer to it, and the channel is still there.
    if (state === "refused") this.#acquit(emit);
    this.#count(emit, state);
  }

  /** Nobody waits for one that was sent. */
  abandon(emit: PendingEmit): void {
    emit.state = "abandoned";
    this.#size--;
  }

  /** Takes one out, wherever it is. */
  remove(emit: PendingEmit): void {
    const { state, previous, next } = emit;
    this.#acquit(emit);
    if (state === "sent" || state === "abandoned") this.#leaveWindow(emit);
    else if (state !== "outside") this.#uncount(emit);
    if (state !== "abandoned") this.#size--;
    if (emit === this.#unsent) this.#unsent = next;
    if (emit === this.#outside) this.#outside = next;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    emit.state = "gone";
    // Whoever keeps this one must not keep the others.
    emit.previous = emit.next = undefined;
  }

  /**
   * The channel is gone: all wait again, and the abandoned are let go.
   *
   * @param isAccused Whether the broker has closed the channel because of a message: what was on its way is suspect.
   * @returns The guilty one: a suspect that was on its way alone.
   */
  rewind(isAccused: boolean): PendingEmit | undefined {
    const isAlone = this.#inFlight === 1;
    let guilty: PendingEmit | undefined;
    this.forEach((emit) => {
      if (emit.state === "abandoned") this.remove(emit);
      else if (emit.state === "refused") emit.state = "waiting";
      else if (emit.state === "sent") {
        this.unsend(emit, "waiting");
        if (!isAccused) return;
        if (!emit.isSuspect) this.#suspects++;
        else if (isAlone) guilty = emit;
        emit.isSuspect = true;
      }
    });
    this.#unsent = this.#first;
    return guilty;
  }

  /** Visits all, the oldest first; the visitor may remove the one that it gets. */
  forEach(visit: (emit: PendingEmit) => void): void {
    for (let emit = this.#first, next; emit !== undefined; emit = next) {
      next = emit.next;
      visit(emit);
    }
  }

  /** The oldest that has been sent and not returned, of an id and an address. */
  findSent(id: unknown, exchange: string, routingKey: string): PendingEmit | undefined {
    for (let emit = this.#first; emit !== undefined && emit !== this.#unsent; emit = emit.next) {
      const { state, isReturned, message } = emit;
      if (
        message.id === id && !isReturned && (state === "sent" || state === "abandoned") &&
        message.exchange === exchange && message.routingKey === routingKey
      ) {
        return emit;
      }
    }
    return undefined;
  }

  #fits(bytes: number): boolean {
    const { bufferEvents, bufferBytes } = this.#limits;
    return this.#waiting === 0 ||
      (this.#waiting < bufferEvents && this.#waitingBytes + bytes <= bufferBytes);
  }

  #count(emit: PendingEmit, state: "waiting" | "refused"): void {
    emit.state = state;
    this.#waiting++;
    this.#waitingBytes += emit.message.content.length;
  }

  #uncount(emit: PendingEmit): void {
    this.#waiting--;
    this.#waitingBytes -= emit.message.content.length;
  }

  #acquit(emit: PendingEmit): void {
    if (!emit.isSuspect) return;
    emit.isSuspect = false;
    this.#suspects--;
  }

  #leaveWindow(emit: PendingEmit): void {
    this.#inFlight--;
    this.#inFlightBytes -= emit.message.content.length;
  }
}
