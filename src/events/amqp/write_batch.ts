/**
 * Hands what is written within one turn of the event loop to the operating system in one call, where amqplib makes
 * one call for each message and each acknowledgement.
 *
 * @module
 */
import { nextTick } from "node:process";
import { setImmediate } from "node:timers";

/** Holds writes to one stream back until the end of the turn. */
export class WriteBatch {
  readonly #stream: Corkable | undefined;
  #isOpen = false;

  /**
   * Creates one that holds nothing back.
   *
   * @param stream The socket of a connection of amqplib, which does not document it: with anything else nothing is
   * ever held back.
   */
  constructor(stream: unknown) {
    this.#stream = isCorkable(stream) ? stream : undefined;
    // More than the buffer of the socket goes out in parts, the rest when the first part has gone.
    this.#stream?.prependListener("drain", () => this.open());
  }

  /** Something has been written just now. Costs next to nothing when that is not the first in this turn. */
  open(): void {
    if (this.#isOpen || this.#stream === undefined) return;
    this.#isOpen = true;
    this.#stream.cork();
    nextTick(this.#scheduleEnd);
  }

  // The library writes to the socket in an immediate that it asks for in a tick; so do we, and come right after it.
  readonly #scheduleEnd = (): void => void setImmediate(this.#end);

  readonly #end = (): void => {
    this.#isOpen = false;
    this.#stream?.uncork();
  };
}

/** The part of a stream of `node:stream` that is used. */
interface Corkable {
  cork(): void;
  uncork(): void;
  prependListener(event: "drain", listener: () => void): unknown;
}

function isCorkable(stream: unknown): stream is Corkable {
  if (typeof stream !== "object" || stream === null) return false;
  const { cork, uncork, prependListener } = stream as Partial<Record<keyof Corkable, unknown>>;
  return [cork, uncork, prependListener].every((method) => typeof method === "function");
}
