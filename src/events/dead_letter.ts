/**
 * Dead letters: events that could not be handled, kept for a person to look at.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/**
 * An event that could not be handled, with what is known of its failure.
 *
 * @example What became of an event that a handler gave up
 * ```ts
 * import { eventHandler, MicroService, NonRetryableError } from "@gemstone/gemstone";
 * import { type DeadLetter, MemoryEventBroker, MemoryEventTransport } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * const broker = new MemoryEventBroker();
 *
 * class Billing extends MicroService {
 *   override name = "billing";
 *   override port = 0;
 *   override eventTransports = [new MemoryEventTransport({ broker })];
 *
 *   @eventHandler("order_paid")
 *   bill(order: { cents: number }): void {
 *     throw new NonRetryableError(`Cannot bill ${order.cents} cents`);
 *   }
 * }
 *
 * await using billing = new Billing();
 * await billing.start();
 * await billing.emitEvent("order_paid", { cents: -1 }, { broadcast: false });
 * await broker.idle();
 *
 * const [letter]: DeadLetter[] = await broker.deadLetters("billing").list({ limit: 1 });
 * assertEquals(letter?.reason, "non_retryable");
 * assertEquals(letter?.errorMessage, "Cannot bill -1 cents");
 * assertEquals(letter?.body, '{"cents":-1}');
 * ```
 */
export interface DeadLetter {
  /** Tells it apart from the other dead letters of its service; stays the same until it is redriven or dropped. */
  readonly id: string;
  /** The id of the event; `undefined` when its emitter gave none. */
  readonly eventId?: string | undefined;
  /** The name of the event. */
  readonly event: string;
  /**
   * Where a redrive sends it: the queue of the service for this event. So a broadcast that is redriven goes to one
   * instance only.
   */
  readonly origin: string;
  /**
   * Why it is here: `malformed`, `too_large`, `unknown_event`, `non_retryable`, `max_attempts`, or what the broker
   * says: `delivery_limit` for an event that was never settled, for example because its handler ends the process;
   * `expired` for one whose queue was gone when it was to be delivered again.
   */
  readonly reason: string;
  /** How often it was delivered, as far as it was counted. */
  readonly attempts: number;
  /** The class of the last error. */
  readonly errorName?: string | undefined;
  /** What it said, up to 1 KiB. */
  readonly errorMessage?: string | undefined;
  /** Where it was thrown, and its causes, up to 4 KiB. */
  readonly errorStack?: string | undefined;
  /** When it failed for the first time (ISO 8601). */
  readonly firstFailure?: string | undefined;
  /** When it failed for the last time (ISO 8601). */
  readonly lastFailure?: string | undefined;
  /** The body as it came: text, which is JSON unless that is what is wrong with it, or base64. */
  readonly body: string;
  /** Whether `body` is the text itself; false for base64, because the body is not UTF-8. */
  readonly isText: boolean;
}

/**
 * The dead letters of one service.
 *
 * @example Look at them, and deliver them once more
 * ```ts
 * import type { DeadLetterOffice } from "@gemstone/gemstone/events";
 *
 * async function redriveAll(office: DeadLetterOffice): Promise<void> {
 *   for (const letter of await office.list({ limit: 100 })) {
 *     console.log(letter.event, letter.reason, letter.errorMessage);
 *   }
 *   console.log(await office.redrive("all"), "are on their way");
 *   await office.close();
 * }
 * ```
 */
export interface DeadLetterOffice {
  /**
   * Reads dead letters and leaves them where they are.
   *
   * @param options `limit`: the most to read, from 1 to 10,000.
   * @returns The oldest, in the order in which they came as far as the broker keeps it. Rejects with a RangeError
   * when the limit is another one.
   */
  list(options: { readonly limit: number }): Promise<DeadLetter[]>;

  /**
   * Delivers dead letters to their service once more, with a new count of attempts. Each is gone from here only when
   * the broker has it there. One whose queue does not exist stays.
   *
   * @param ids Their ids, or all that are there now.
   * @returns How many are on their way.
   */
  redrive(ids: readonly string[] | "all"): Promise<number>;

  /**
   * Deletes dead letters for good.
   *
   * @param ids Their ids, or all that are there now.
   * @returns How many were deleted.
   */
  drop(ids: readonly string[] | "all"): Promise<number>;

  /** Closes the connection, if there is one. May be called twice. */
  close(): Promise<void>;
}

/** What a dead letter, or an event that is tried again, tells of an error. */
export interface FailureDescription {
  /** The class of the error; `undefined` for a thrown value that has none. */
  readonly errorName: string | undefined;
  /** What it says, up to 1 KiB. */
  readonly errorMessage: string;
  /** Its stack and those of its causes, up to 4 KiB. */
  readonly errorStack: string | undefined;
}

const MAX_NAME_BYTES = 128;
const MAX_MESSAGE_BYTES = 1024;
const MAX_STACK_BYTES = 4096;
/** Deeper chains of causes are most likely circles. */
const MAX_CAUSES = 8;

/**
 * Describes what a handler threw, in a limited size. Never throws, whatever it gets.
 *
 * @param error Anything.
 * @returns What can be stored.
 */
export function describeFailure(error: unknown): FailureDescription {
  const name = readText(error, "name");
  const message = readText(error, "message");
  const stack = readStacks(error);
  return {
    errorName: name === undefined ? undefined : truncateText(name, MAX_NAME_BYTES),
    errorMessage: truncateText(message ?? toText(error), MAX_MESSAGE_BYTES),
    errorStack: stack === "" ? undefined : truncateText(stack, MAX_STACK_BYTES),
  };
}

/**
 * Makes the body of a message fit for a {@linkcode DeadLetter}.
 *
 * @param content The body as it came.
 * @returns It as text, or in base64 when it is not UTF-8.
 */
export function toDeadBody(content: Uint8Array): Pick<DeadLetter, "body" | "isText"> {
  try {
    return { body: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content), isText: true };
  } catch {
    // Not UTF-8.
    const { buffer, byteOffset, byteLength } = content;
    return { body: Buffer.from(buffer, byteOffset, byteLength).toString("base64"), isText: false };
  }
}

/** Cuts text, between two characters, to so many bytes of UTF-8. */
function truncateText(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text.slice(0, maxBytes));
  if (bytes.length <= maxBytes) return bytes.toString();
  let end = maxBytes;
  // A byte 10xxxxxx is inside of a character.
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}

function readStacks(error: unknown): string {
  const stacks: string[] = [];
  let current = error;
  for (let depth = 0; depth <= MAX_CAUSES; depth++) {
    const stack = readText(current, "stack") ?? (depth === 0 ? undefined : toText(current));
    if (stack !== undefined) stacks.push(depth === 0 ? stack : `Caused by: ${stack}`);
    current = read(current, "cause");
    if (current === undefined || current === null) break;
  }
  return stacks.join("\n");
}

function readText(value: unknown, name: string): string | undefined {
  const text = read(value, name);
  return typeof text === "string" ? text : undefined;
}

/** A handler may throw anything: a getter that throws itself, a revoked proxy. */
function read(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `A thrown ${typeof value} that has no text`;
  }
}
