/**
 * Reads AMQP messages as events: CloudEvents in binary and in structured mode (AMQP Protocol Binding 1.0.2, as
 * RabbitMQ maps it to AMQP 0-9-1), and bare JSON.
 *
 * @module
 */
import { CLOUD_EVENT_TYPE, isJsonType, readCloudEvent, readTime } from "../cloud_event.ts";
import type { DeadReason } from "../delivery_pool.ts";
import { readCorrelationId } from "../event.ts";
import type { ReceivedEvent, TraceContext } from "../event_transport.ts";
import { readJsonBody, UnreadableEventError } from "../json_body.ts";
import { readTraceContext } from "../trace_context.ts";
import { PYTHON_NAMES } from "./amqp_names.ts";
import type { AmqpMessage } from "./driver.ts";
import { HEADERS, type MessageHeaders, readAttempt, toHeaders } from "./message_headers.ts";

/** What kind of queue the messages come from. */
export interface MessageReaderOptions {
  /** The name of all events of the queue; `undefined` when they have different ones. */
  readonly event: string | undefined;
  /** Whether they went to every instance. */
  readonly broadcast: boolean;
  /** The largest body that is decoded, in bytes. */
  readonly maxEventBytes: number;
}

/** A message that is no event. */
export class UnreadableMessage {
  /**
   * Creates the note of a message that is no event.
   *
   * @param name The name of the event that it should be.
   * @param reason Why it is dead-lettered.
   * @param error What is wrong with it.
   */
  constructor(readonly name: string, readonly reason: DeadReason, readonly error: unknown) {}
}

/** Reads the messages of one queue. */
export class MessageReader {
  readonly #event: string | undefined;
  readonly #broadcast: boolean;
  readonly #maxEventBytes: number;
  #time: unknown;
  #timeMs: number | undefined;

  /**
   * Creates a reader.
   *
   * @param options What kind of queue it is.
   */
  constructor({ event, broadcast, maxEventBytes }: MessageReaderOptions) {
    this.#event = event;
    this.#broadcast = broadcast;
    this.#maxEventBytes = maxEventBytes;
  }

  /**
   * Reads a message. Never throws, whatever stands in it: attributes that are wrong count as missing.
   *
   * @param message The message.
   * @returns The event, or why it is none.
   */
  read(message: AmqpMessage): ReceivedEvent | UnreadableMessage {
    const headers = toHeaders(message.properties.headers);
    try {
      const isStructured = checkContentType(message.properties);
      const body = readJsonBody(message.content, this.#maxEventBytes);
      return isStructured ? this.#toStructured(message, body) : this.#toEvent(message, headers, body);
    } catch (error) {
      const reason = error instanceof UnreadableEventError ? error.reason : "malformed";
      return new UnreadableMessage(this.#nameOf(message, headers, undefined), reason, error);
    }
  }

  #toEvent(message: AmqpMessage, headers: MessageHeaders, body: ReceivedEvent["body"]): ReceivedEvent {
    const { properties } = message;
    return {
      id: toText(headers.cloudEvents_id ?? headers["cloudEvents:id"]) ?? toText(properties.messageId),
      name: this.#event ?? this.#nameOf(message, headers, undefined),
      body,
      source: toText(headers.cloudEvents_source ?? headers["cloudEvents:source"]),
      timeMs: this.#readTime(headers.cloudEvents_time ?? headers["cloudEvents:time"]) ??
        readTimestamp(properties.timestamp),
      broadcast: this.#broadcast,
      attempt: readAttempt(headers),
      trace: readTrace(headers),
      correlationId: readCorrelationId(properties.correlationId) ??
        readCorrelationId(headers.cloudEvents_correlationid ?? headers["cloudEvents:correlationid"]),
    };
  }

  #toStructured(message: AmqpMessage, value: ReceivedEvent["body"]): ReceivedEvent {
    const headers = toHeaders(message.properties.headers);
    const { id, name, source, timeMs, trace, correlationId, body } = readCloudEvent(value);
    return {
      id,
      name: this.#nameOf(message, headers, name),
      body,
      source,
      timeMs: timeMs ?? readTimestamp(message.properties.timestamp),
      broadcast: this.#broadcast,
      attempt: readAttempt(headers),
      trace: trace.traceparent === undefined && trace.baggage === undefined ? readTrace(headers) : trace,
      correlationId: correlationId ?? readCorrelationId(message.properties.correlationId),
    };
  }

  #nameOf(message: AmqpMessage, headers: MessageHeaders, type: string | undefined): string {
    return this.#event ?? type ?? readEventName(message, headers);
  }

  /** Under load many events share a millisecond. */
  #readTime(time: unknown): number | undefined {
    if (time === undefined) return undefined;
    if (time !== this.#time) {
      this.#timeMs = readTime(time);
      this.#time = time;
    }
    return this.#timeMs;
  }
}

/**
 * Reads the name of an event from its message: its type, our own header, its routing key. That comes last, because
 * after a retry it is the name of a queue.
 *
 * @param message The message.
 * @param headers Its headers.
 * @returns The name; an empty one when it has none.
 */
export function readEventName({ fields, properties }: AmqpMessage, headers: MessageHeaders): string {
  return toText(headers.cloudEvents_type ?? headers["cloudEvents:type"]) ?? toText(properties.type) ??
    toText(headers[HEADERS.event]) ?? toText(fields.routingKey) ?? nameOfExchange(fields.exchange);
}

/** Ids and names are remembered and written, so they must not be of any length. */
const MAX_TEXT = 1024;
const MAX_DATE_MS = 8.64e15;
const NO_TRACE: TraceContext = {};

/** Says whether the message is a CloudEvent in structured mode. */
function checkContentType({ contentType, contentEncoding }: AmqpMessage["properties"]): boolean {
  if (contentEncoding !== undefined && !isPlainEncoding(contentEncoding)) {
    throw new UnreadableEventError(
      "malformed",
      `Cannot read event: its content encoding is ${show(contentEncoding)}, and only utf-8 is understood`,
    );
  }
  if (contentType === undefined || contentType === "application/json") return false;
  if (typeof contentType === "string") {
    const essence = contentType.split(";", 1)[0]!.trim().toLowerCase();
    if (essence === CLOUD_EVENT_TYPE) return true;
    // The other formats of CloudEvents: batches, Avro, Protobuf.
    const isOtherFormat = essence.startsWith("application/cloudevents");
    if (essence === "" || isJsonType(essence) && !isOtherFormat) return false;
  }
  throw new UnreadableEventError(
    "malformed",
    `Cannot read event: its content type is ${show(contentType)}, and only JSON is understood`,
  );
}

function isPlainEncoding(encoding: unknown): boolean {
  return typeof encoding === "string" && /^(|identity|utf-?8)$/i.test(encoding);
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : `a ${typeof value}`;
}

function toText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= MAX_TEXT ? value : undefined;
}

function readTimestamp(seconds: unknown): number | undefined {
  const timeMs = typeof seconds === "number" ? seconds * 1000 : NaN;
  return timeMs >= 0 && timeMs <= MAX_DATE_MS ? timeMs : undefined;
}

function readTrace(headers: MessageHeaders): TraceContext {
  const traceparent = headers.traceparent ?? headers.cloudEvents_traceparent ??
    headers["cloudEvents:traceparent"];
  const { baggage } = headers;
  if (traceparent === undefined && baggage === undefined) return NO_TRACE;
  const tracestate = headers.tracestate ?? headers.cloudEvents_tracestate ??
    headers["cloudEvents:tracestate"];
  return readTraceContext({ traceparent, tracestate, baggage });
}

/** The Python library gemstone has an exchange for each name, and no routing key. */
function nameOfExchange(exchange: unknown): string {
  const prefix = PYTHON_NAMES.broadcast("");
  if (typeof exchange !== "string") return "";
  return exchange.startsWith(prefix) ? exchange.slice(prefix.length) : exchange;
}
