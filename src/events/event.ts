/**
 * Makes events from names and bodies.
 *
 * @module
 */
import type { OutgoingEvent, TraceContext } from "./event_transport.ts";
import { createEventId } from "./event_id.ts";
import { readTraceContext } from "./trace_context.ts";

/**
 * What is said of an event besides its name and body.
 *
 * @example The same event again, after an emit whose fate is not known
 * ```ts
 * import { createEvent, type EventOptions } from "@gemstone/gemstone/events";
 * import { assertEquals } from "@std/assert";
 *
 * const options: EventOptions = { id: "order-7-paid", source: "/gemstone/shop", broadcast: false };
 * const [first, second] = [createEvent("order_paid", 7, options), createEvent("order_paid", 7, options)];
 *
 * assertEquals(first.id, second.id); // who has handled the first lately skips the second
 * ```
 */
export interface EventOptions {
  /** For every instance with a handler, or for one instance of each service with a handler. @default {true} */
  readonly broadcast?: boolean | undefined;
  /** Unique for the emitter, up to 255 bytes; give the same to emit the same event again. @default {a UUID of version 7} */
  readonly id?: string | undefined;
  /** Who emits it, up to 1024 bytes. @default {"/gemstone"} */
  readonly source?: string | undefined;
  /** When it happened, in milliseconds since 1970. @default {now} */
  readonly timeMs?: number | undefined;
  /** The trace that it belongs to. @default {none} */
  readonly trace?: TraceContext | undefined;
  /** What it is a consequence of, such as the id of a request, up to 255 bytes. @default {nothing} */
  readonly correlationId?: string | undefined;
}

/**
 * The longest name of an event, in bytes of UTF-8: queue names hold it, and AMQP allows those 255 bytes.
 *
 * @example
 * ```ts
 * import { checkEventName, MAX_EVENT_NAME_BYTES } from "@gemstone/gemstone/events";
 * import { assertThrows } from "@std/assert";
 *
 * checkEventName("e".repeat(MAX_EVENT_NAME_BYTES));
 * assertThrows(() => checkEventName("é".repeat(MAX_EVENT_NAME_BYTES)), TypeError, "at most 128 bytes");
 * ```
 */
export const MAX_EVENT_NAME_BYTES = 128;
/** The longest id, in bytes of UTF-8 (AMQP 0-9-1: `message-id` is a shortstr). */
const MAX_ID_BYTES = 255;
/** The longest source, in bytes of UTF-8. */
const MAX_SOURCE_BYTES = 1024;
/** RFC 9562, section 5.7: the time in a UUID of version 7 has 48 bits, which lasts until the year 10889. */
const MAX_TIME_MS = 2 ** 48 - 1;

/**
 * Makes an event.
 *
 * @param name The name that handlers subscribe to.
 * @param body Anything that JSON can carry; `undefined` is sent as null.
 * @param options What else there is to say.
 * @returns The event. The body has been copied.
 * @throws {TypeError} when the name is not allowed, JSON can not carry the body, or an option is wrong.
 * @throws {RangeError} when the time is out of range.
 *
 * @example
 * ```ts
 * import { createEvent } from "@gemstone/gemstone/events";
 *
 * import { assertEquals } from "@std/assert";
 *
 * const event = createEvent("order_paid", { order: 7 }, { broadcast: false });
 * assertEquals(event.json, '{"order":7}');
 * ```
 */
export function createEvent(name: string, body: unknown, options: EventOptions = {}): OutgoingEvent {
  const { broadcast = true, id, source = "/gemstone", timeMs = Date.now(), trace, correlationId } = options;
  checkEventName(name);
  if (typeof broadcast !== "boolean") {
    throw new TypeError(
      `Cannot emit event "${name}": broadcast must be true or false, got ${String(broadcast)}`,
    );
  }
  if (id !== undefined) checkText(name, "id", id, MAX_ID_BYTES);
  if (correlationId !== undefined) checkText(name, "correlationId", correlationId, MAX_ID_BYTES);
  checkText(name, "source", source, MAX_SOURCE_BYTES);
  if (!(timeMs >= 0 && timeMs <= MAX_TIME_MS)) {
    throw new RangeError(
      `Cannot emit event "${name}": timeMs must be 0 to ${MAX_TIME_MS}, got ${String(timeMs)}`,
    );
  }
  return {
    id: id ?? createEventId(timeMs),
    name,
    source,
    timeMs: Math.floor(timeMs),
    json: toJson(name, body),
    broadcast,
    trace: trace === undefined ? NO_TRACE : readTraceContext(Object(trace)),
    correlationId,
  };
}

/**
 * Checks the name of an event: any text without white space, control characters, `*`, `#` and `/`, the first two
 * of which are wildcards of AMQP, up to {@linkcode MAX_EVENT_NAME_BYTES}.
 *
 * @param name The name.
 * @throws {TypeError} when it is not allowed.
 *
 * @example A name that comes from outside
 * ```ts
 * import { checkEventName } from "@gemstone/gemstone/events";
 * import { assertThrows } from "@std/assert";
 *
 * checkEventName("shop.order-paid:v2");
 * assertThrows(() => checkEventName("orders.*"), TypeError, "without white space, control characters, *, # and /");
 * ```
 */
export function checkEventName(name: unknown): asserts name is string {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot use ${typeof name} as the name of an event: give a string`);
  }
  // Most names are checked again and again, and short.
  if (name.length <= MAX_EVENT_NAME_BYTES && PLAIN_NAME.test(name)) return;
  const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
  if (name === "" || FORBIDDEN.test(name) || !name.isWellFormed()) {
    throw new TypeError(
      `Cannot use ${shown} as the name of an event: ` +
        "it must be text without white space, control characters, *, # and /",
    );
  }
  if (!fits(name, MAX_EVENT_NAME_BYTES)) {
    throw new TypeError(
      `Cannot use ${shown} as the name of an event: it must be at most ${MAX_EVENT_NAME_BYTES} bytes long`,
    );
  }
}

/**
 * Reads the correlation id of a received event. What {@linkcode createEvent} would refuse counts as none, because
 * a handler passes it on with the events that follow.
 *
 * @param value What came.
 * @returns The correlation id, if it is one.
 */
export function readCorrelationId(value: unknown): string | undefined {
  return isText(value, MAX_ID_BYTES) ? value : undefined;
}

const NO_TRACE: TraceContext = {};
const PLAIN_NAME = /^[\w.:-]+$/;
// deno-lint-ignore no-control-regex -- they are what is looked for
const FORBIDDEN = /[\s\x00-\x1f\x7f-\x9f*#/]/;

function isText(value: unknown, maxBytes: number): value is string {
  return typeof value === "string" && value !== "" && value.isWellFormed() && fits(value, maxBytes);
}

function checkText(name: string, option: string, value: unknown, maxBytes: number): void {
  if (isText(value, maxBytes)) return;
  throw new TypeError(
    `Cannot emit event "${name}": ${option} must be a string of 1 to ${maxBytes} bytes of UTF-8`,
  );
}

function toJson(name: string, body: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(body ?? null);
  } catch (cause) {
    throw new TypeError(
      `Cannot emit event "${name}": JSON can not carry its body: ${
        cause instanceof Error ? cause.message : cause
      }`,
      { cause },
    );
  }
  if (json !== undefined) return json;
  throw new TypeError(`Cannot emit event "${name}": JSON can not carry a ${typeof body}`);
}

/** Most texts are so short that nobody needs to count: a UTF-16 unit takes at most three bytes. */
function fits(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes ||
    text.length <= maxBytes && new TextEncoder().encode(text).length <= maxBytes;
}
