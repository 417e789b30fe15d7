/**
 * The headers that we add to messages, and those that must not travel with a copy.
 *
 * @module
 */

/** All headers of ours begin with this. */
const OWN_PREFIX = "x-gs-";

/** Our headers. */
export const HEADERS = {
  /** The how many-th delivery it is, an integer from 1. */
  attempt: "x-gs-attempt",
  /** Tells a copy apart from others that are on their way; means nothing afterwards. */
  copy: "x-gs-copy",
  /** The name of the event. */
  event: "x-gs-event",
  /** The queue where a redrive sends it. */
  origin: "x-gs-origin",
  /** Why it is dead. */
  reason: "x-gs-reason",
  /** When it failed for the first time (ISO 8601). */
  firstFailure: "x-gs-first-failure",
  /** When it failed for the last time (ISO 8601). */
  lastFailure: "x-gs-last-failure",
  /** The class of the last error. */
  errorName: "x-gs-error-name",
  /** What it said. */
  errorMessage: "x-gs-error-message",
  /** Where it was thrown. */
  errorStack: "x-gs-error-stack",
} as const;

/** How often a quorum queue has delivered the message before; set by RabbitMQ. */
export const DELIVERY_COUNT = "x-delivery-count";

/** More are not believed: attempts are counted by us, and `maxAttempts` ends at this. */
const MAX_ATTEMPT = 1000;

/** The header table of a message. Anything may stand in it. */
export type MessageHeaders = Readonly<Record<string, unknown>>;

/**
 * The headers of a message.
 *
 * @param value What stands in its properties.
 * @returns The table; an empty one when there is none.
 */
export function toHeaders(value: unknown): MessageHeaders {
  return typeof value === "object" && value !== null ? value as MessageHeaders : NO_HEADERS;
}

/**
 * The how many-th delivery of a message this is.
 *
 * @param headers Its headers.
 * @returns What they say when that is an integer from 1 to 1000, otherwise 1.
 */
export function readAttempt(headers: MessageHeaders): number {
  const attempt = headers[HEADERS.attempt];
  if (attempt === undefined) return 1;
  return Number.isInteger(attempt) && attempt as number >= 1 && attempt as number <= MAX_ATTEMPT
    ? attempt as number
    : 1;
}

/**
 * The headers that a copy of a message keeps: not ours, and not those by which RabbitMQ would route the copy to
 * other queues (`CC`, `BCC`), take its way for a circle and drop it (`x-death`), or count for it.
 *
 * @param headers The headers as they came.
 * @returns A table of its own.
 */
export function keepHeaders(headers: MessageHeaders): Record<string, unknown> {
  const kept: [string, unknown][] = [];
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(OWN_PREFIX) && !ROUTING_HEADERS.has(name)) kept.push([name, headers[name]]);
  }
  // Defines members, so that `__proto__` is a name like any other.
  return Object.fromEntries(kept);
}

/**
 * The least that a copy keeps, for a table that can not be written again: texts of CloudEvents and of traces.
 *
 * @param headers The headers as they came.
 * @returns A table of its own.
 */
export function keepKnownHeaders(headers: MessageHeaders): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name of KNOWN_HEADERS) {
    const value = headers[name];
    if (typeof value === "string" && value.length <= MAX_KNOWN_TEXT) kept[name] = value;
  }
  return kept;
}

const NO_HEADERS: MessageHeaders = {};
const MAX_KNOWN_TEXT = 1024;
const ROUTING_HEADERS: ReadonlySet<string> = new Set([
  "CC",
  "BCC",
  "x-death",
  "x-first-death-exchange",
  "x-first-death-queue",
  "x-first-death-reason",
  "x-last-death-exchange",
  "x-last-death-queue",
  "x-last-death-reason",
  "x-opt-deaths",
  DELIVERY_COUNT,
  "x-acquired-count",
]);
const KNOWN_HEADERS: readonly string[] = [
  ...["specversion", "id", "source", "type", "time", "subject", "correlationid"].flatMap((name) => [
    `cloudEvents_${name}`,
    `cloudEvents:${name}`,
  ]),
  "traceparent",
  "tracestate",
];
