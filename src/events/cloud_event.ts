/**
 * Events as CloudEvents 1.0, structured in JSON (CloudEvents JSON Event Format 1.0.2).
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { JsonValue } from "../json.ts";
import { readCorrelationId } from "./event.ts";
import type { OutgoingEvent, ReceivedEvent } from "./event_transport.ts";
import { readTraceContext } from "./trace_context.ts";

/** The media type of a structured event. */
export const CLOUD_EVENT_TYPE = "application/cloudevents+json";
/** The version that we write, and the only one that we read. */
export const SPEC_VERSION = "1.0";
/** Ids and sources are remembered, so they must not be of any length. */
const MAX_TEXT = 1024;

/** What an event says of itself besides its body. */
export interface CloudEventAttributes
  extends Pick<ReceivedEvent, "id" | "name" | "source" | "timeMs" | "trace" | "correlationId"> {
  /** CloudEvents `id`; every CloudEvent has one. */
  readonly id: string;
  /** CloudEvents `source`; every CloudEvent has one. */
  readonly source: string;
}

/** The attributes of a CloudEvent as they came; anything may stand in them. */
type UncheckedAttributes = {
  readonly [
    Name in
      | "specversion"
      | "id"
      | "source"
      | "type"
      | "time"
      | "traceparent"
      | "tracestate"
      | "baggage"
      | "correlationid"
  ]?: unknown;
};

/**
 * Writes an event. Its body is put in as it is.
 *
 * @param event The event.
 * @returns JSON text.
 */
export function writeCloudEvent(event: OutgoingEvent): string {
  const { id, source, name, timeMs, json, trace, correlationId } = event;
  return `{"specversion":"${SPEC_VERSION}","id":${JSON.stringify(id)},"source":${JSON.stringify(source)}` +
    `,"type":${JSON.stringify(name)},"time":"${new Date(timeMs).toISOString()}"` +
    toMember("correlationid", correlationId) + toMember("traceparent", trace.traceparent) +
    toMember("tracestate", trace.tracestate) + toMember("baggage", trace.baggage) +
    `,"datacontenttype":"application/json","data":${json}}`;
}

/**
 * Reads an event.
 *
 * @param value What JSON.parse made of it; anything.
 * @returns Its attributes, and its body: null when it has none.
 * @throws {TypeError} when it is not a CloudEvent, or its data is not JSON.
 */
export function readCloudEvent(value: unknown): CloudEventAttributes & { readonly body: JsonValue } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("Cannot read CloudEvent: it is not a JSON object");
  }
  const attributes = readCloudEventAttributes(value);
  const { data, data_base64: base64, datacontenttype } = value as Record<string, JsonValue | undefined>;
  if (base64 === undefined) return { ...attributes, body: data ?? null };
  if (data !== undefined) throw new TypeError("Cannot read CloudEvent: it has both data and data_base64");
  return { ...attributes, body: readBase64(base64, datacontenttype) };
}

/**
 * Checks the attributes of an event, wherever they stood. An optional one that is wrong counts as missing.
 *
 * @param attributes The attributes.
 * @returns Those that we know.
 * @throws {TypeError} when `specversion`, `id`, `source` or `type` is missing or wrong.
 */
function readCloudEventAttributes(attributes: UncheckedAttributes): CloudEventAttributes {
  const { specversion, time, correlationid } = attributes;
  if (specversion !== SPEC_VERSION) {
    throw new TypeError(`Cannot read CloudEvent: specversion must be "${SPEC_VERSION}"`);
  }
  return {
    id: readText("id", attributes.id),
    source: readText("source", attributes.source),
    name: readText("type", attributes.type),
    timeMs: readTime(time),
    trace: readTraceContext(attributes),
    correlationId: readCorrelationId(correlationid),
  };
}

/**
 * Whether a media type stands for JSON: `application/json`, or any type that ends in `+json`.
 *
 * @param mediaType The media type, with or without parameters.
 * @returns Whether it does.
 */
export function isJsonType(mediaType: string): boolean {
  const end = mediaType.indexOf(";");
  const essence = (end < 0 ? mediaType : mediaType.slice(0, end)).trim().toLowerCase();
  return essence === "application/json" || essence === "text/json" || essence.endsWith("+json");
}

/**
 * Reads a CloudEvents `time`.
 *
 * @param value The attribute as it came.
 * @returns Milliseconds since 1970; `undefined` when it is no date and time of RFC 3339.
 */
export function readTime(value: unknown): number | undefined {
  if (typeof value !== "string" || !TIMESTAMP.test(value)) return undefined;
  const timeMs = Date.parse(value.toUpperCase().replace(" ", "T"));
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** A date and a time of day with its offset (RFC 3339, section 5.6). */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function toMember(name: string, value: string | undefined): string {
  return value === undefined ? "" : `,"${name}":${JSON.stringify(value)}`;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_TEXT;
}

function readText(name: string, value: unknown): string {
  if (isText(value)) return value;
  throw new TypeError(`Cannot read CloudEvent: ${name} must be a string of 1 to ${MAX_TEXT} characters`);
}

function readBase64(base64: unknown, mediaType: unknown): JsonValue {
  if (mediaType !== undefined && !(typeof mediaType === "string" && isJsonType(mediaType))) {
    throw new TypeError("Cannot read CloudEvent: its data is not JSON");
  }
  // Buffer skips over what is not base64.
  if (typeof base64 !== "string" || base64.length % 4 !== 0 || !BASE64.test(base64)) {
    throw new TypeError("Cannot read CloudEvent: data_base64 is not base64");
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(base64, "base64")));
  } catch (cause) {
    throw new TypeError("Cannot read CloudEvent: its data is not JSON", { cause });
  }
}
