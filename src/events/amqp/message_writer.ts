/**
 * Writes events as AMQP messages (CloudEvents AMQP Protocol Binding 1.0.2, as RabbitMQ maps it to AMQP 0-9-1).
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { EventTooLargeError } from "../../errors.ts";
import { CLOUD_EVENT_TYPE, SPEC_VERSION, writeCloudEvent } from "../cloud_event.ts";
import type { OutgoingEvent } from "../event_transport.ts";
import type { AmqpPublishOptions } from "./driver.ts";
import type { ResolvedRabbitMqOptions } from "./options.ts";

/** An event as AMQP carries it. Where it goes is not said. */
export interface WrittenMessage {
  /** The body of the message. */
  readonly content: Buffer;
  /** Its properties. */
  readonly options: AmqpPublishOptions;
}

/** The longest text that a property can be, in bytes (AMQP 0-9-1, section 4.2.5.3). */
const MAX_SHORT_TEXT = 255;

/** Writes the events of one service. */
export class MessageWriter {
  readonly #envelope: ResolvedRabbitMqOptions["envelope"];
  readonly #appId: string | undefined;
  #timeMs = NaN;
  #time = "";

  /**
   * Creates a writer.
   *
   * @param envelope What stands around the body.
   * @param service The name of the service; left out of the messages when it is longer than 255 bytes.
   */
  constructor(envelope: ResolvedRabbitMqOptions["envelope"], service: string) {
    this.#envelope = envelope;
    this.#appId = Buffer.byteLength(service) > MAX_SHORT_TEXT ? undefined : service;
  }

  /**
   * Writes an event.
   *
   * @param event The event.
   * @returns The message: persistent, and to be returned when no queue takes it.
   */
  write(event: OutgoingEvent): WrittenMessage {
    const isStructured = this.#envelope === "structured";
    return {
      content: Buffer.from(isStructured ? writeCloudEvent(event) : event.json),
      options: {
        messageId: event.id,
        contentType: isStructured ? CLOUD_EVENT_TYPE : "application/json",
        deliveryMode: 2,
        timestamp: Math.floor(event.timeMs / 1000),
        type: event.name,
        appId: this.#appId,
        correlationId: event.correlationId,
        headers: this.#envelope === "binary" ? this.#toAttributes(event) : toHeaders(event),
        mandatory: true,
      },
    };
  }

  #toAttributes({ id, source, name, timeMs, trace }: OutgoingEvent): Readonly<Record<string, unknown>> {
    // What is `undefined` is not sent.
    return {
      cloudEvents_specversion: SPEC_VERSION,
      cloudEvents_id: id,
      cloudEvents_source: source,
      cloudEvents_type: name,
      cloudEvents_time: this.#toText(timeMs),
      traceparent: trace.traceparent,
      tracestate: trace.tracestate,
      baggage: trace.baggage,
    };
  }

  /** Under load many events share a millisecond, and the text takes longer than the rest of the message. */
  #toText(timeMs: number): string {
    if (timeMs !== this.#timeMs) {
      this.#time = new Date(timeMs).toISOString();
      this.#timeMs = timeMs;
    }
    return this.#time;
  }
}

/** Tools that follow traces look for them in the headers, whatever the envelope. */
function toHeaders({ trace: { traceparent, tracestate, baggage } }: OutgoingEvent): Record<string, unknown> {
  return { traceparent, tracestate, baggage };
}

/**
 * Checks the size of an event.
 *
 * @param name The name of the event.
 * @param content What would be sent.
 * @param maxEventBytes The limit.
 * @throws {EventTooLargeError} when it is larger.
 */
export function checkEventSize(name: string, content: Buffer, maxEventBytes: number): void {
  if (content.length <= maxEventBytes) return;
  throw new EventTooLargeError(
    `Cannot emit event "${name}": it has ${content.length} bytes, and the limit (maxEventBytes) is ${maxEventBytes}`,
  );
}
