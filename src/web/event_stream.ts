/**
 * Server-sent events (WHATWG HTML, section 9.2): a response that goes on for as long as there is something to tell.
 *
 * @module
 */
import { LONGEST_TIMER_MS } from "../rpc/deadlines.ts";

/**
 * One event for the page.
 *
 * @example An event with a type, and an id to go on from after the connection was lost
 * ```ts
 * import type { ServerSentEvent } from "@gemstone/gemstone/web";
 *
 * async function* rates(lastId: number): AsyncGenerator<ServerSentEvent> {
 *   for (const [id, rate] of [7.1, 7.2, 7.3].entries()) {
 *     if (id > lastId) yield { event: "rate", id: String(id), data: { rate } };
 *   }
 * }
 * // In a handler: context.events(rates(Number(context.headers.get("last-event-id") ?? -1)))
 * ```
 */
export interface ServerSentEvent {
  /** A text as it is; anything else is sent as JSON. */
  readonly data: unknown;
  /** Its type, by which a page listens to it. @default {"message"} */
  readonly event?: string;
  /** What the browser sends back as `Last-Event-ID` when it connects again. */
  readonly id?: string;
  /** How long the browser waits before it connects again, in milliseconds. */
  readonly retryMs?: number;
}

/**
 * How events are sent.
 *
 * @example A sign of life each five seconds, for a proxy that is impatient
 * ```ts
 * import { createEventStream, type EventStreamOptions } from "@gemstone/gemstone/web";
 *
 * async function* none(): AsyncGenerator<{ data: string }> {}
 * const options: EventStreamOptions = { keepAliveMs: 5_000, onError: (error) => console.error(error) };
 * const response = createEventStream(none(), options);
 * await response.body?.cancel();
 * ```
 */
export interface EventStreamOptions {
  /** Ends the stream when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long it may be silent, in milliseconds; then a comment is sent, so that nobody on the way takes the
   * connection for dead. @default {15000}
   */
  readonly keepAliveMs?: number;
  /** Learns of a failure of the source: the page only sees the connection end. */
  readonly onError?: (error: unknown) => void;
}

const KEEP_ALIVE = ": \n\n";

/**
 * Makes a response of events, for where there is no {@linkcode WebContext}; `context.events()` does the same, ends
 * with the service and logs what fails. The source is asked for one event at a time, and only when the last one is on its
 * way. It is told to end (`return()`) when the page goes away or the signal aborts.
 *
 * @param source The events.
 * @param options How to send them.
 * @returns The response, `text/event-stream`.
 * @throws {RangeError} when `keepAliveMs` is not positive.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createEventStream } from "@gemstone/gemstone/web";
 *
 * async function* two(): AsyncGenerator<{ data: unknown }> {
 *   yield { data: "plain" };
 *   yield { data: { n: 2 } };
 * }
 * const text = await createEventStream(two()).text();
 * assertEquals(text, ': \n\ndata: plain\n\ndata: {"n":2}\n\n');
 * ```
 */
export function createEventStream(
  source: AsyncIterable<ServerSentEvent>,
  options: EventStreamOptions = {},
): Response {
  const { signal, keepAliveMs = 15_000, onError = () => {} } = options;
  if (!(keepAliveMs > 0 && keepAliveMs <= LONGEST_TIMER_MS)) {
    throw new RangeError(`Cannot keep a stream alive every ${keepAliveMs} ms: give 1 to ${LONGEST_TIMER_MS}`);
  }
  const body = new EventBody(source[Symbol.asyncIterator](), keepAliveMs, onError);
  return new Response(body.open(signal), {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" },
  });
}

class EventBody {
  readonly #events: AsyncIterator<ServerSentEvent>;
  readonly #keepAliveMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #encoder = new TextEncoder();
  #timer: ReturnType<typeof setInterval> | undefined;
  #forgetSignal: () => void = () => {};
  #isOver = false;

  constructor(
    events: AsyncIterator<ServerSentEvent>,
    keepAliveMs: number,
    onError: (error: unknown) => void,
  ) {
    this.#onError = onError;
    this.#events = events;
    this.#keepAliveMs = keepAliveMs;
  }

  open(signal: AbortSignal | undefined): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        const end = () => {
          if (this.#isOver) return;
          this.#end();
          controller.close();
        };
        if (signal?.aborted) return end();
        signal?.addEventListener("abort", end, { once: true });
        this.#forgetSignal = () => signal?.removeEventListener("abort", end);
        this.#timer = setInterval(
          () => controller.enqueue(this.#encoder.encode(KEEP_ALIVE)),
          this.#keepAliveMs,
        );
        // The head goes out with the first byte, and the page waits for the head.
        controller.enqueue(this.#encoder.encode(KEEP_ALIVE));
      },
      pull: async (controller) => {
        try {
          const { done, value } = await this.#events.next();
          if (this.#isOver) return;
          if (!done) return controller.enqueue(this.#encoder.encode(toText(value)));
          this.#end();
          controller.close();
        } catch (error) {
          if (this.#isOver) return;
          this.#end();
          this.#onError(error);
          controller.error(error);
        }
      },
      cancel: () => this.#end(),
    });
  }

  #end(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#forgetSignal();
    // A generator that waits for something comes to its end only when that has happened: nobody waits for it here.
    Promise.resolve(this.#events.return?.()).catch(() => {});
  }
}

function toText({ data, event, id, retryMs }: ServerSentEvent): string {
  const text = typeof data === "string" ? data : JSON.stringify(data) ?? "null";
  return [
    ...(event === undefined ? [] : [`event: ${checkLine("event", event)}`]),
    ...(id === undefined ? [] : [`id: ${checkLine("id", id)}`]),
    ...(retryMs === undefined ? [] : [`retry: ${Math.max(0, Math.trunc(retryMs))}`]),
    ...text.split(/\r\n|\r|\n/).map((line) => `data: ${line}`),
    "\n",
  ].join("\n");
}

/** A line feed would begin a field of its own; the standard ignores an id with a NUL. */
function checkLine(field: string, text: string): string {
  // deno-lint-ignore no-control-regex -- they are what is looked for
  if (!/[\r\n\x00]/.test(text)) return text;
  throw new TypeError(`Cannot send ${JSON.stringify(text)} as the ${field} of an event: it must be one line`);
}
