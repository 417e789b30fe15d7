/**
 * W3C Trace Context: what travels with events so that traces go on across them.
 *
 * @module
 */
import type { TraceContext } from "./event_transport.ts";

/**
 * `version-traceid-parentid-flags`, W3C Trace Context section 3.2.2; version ff and zero ids are invalid. Only later
 * versions than 00 may have more fields.
 */
const TRACEPARENT =
  /^(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]*)?$/;
/** Longer ones need not be passed on (W3C Trace Context section 3.3.1.5, W3C Baggage section 3.3.2). */
const MAX_TRACESTATE = 512;
const MAX_BAGGAGE = 8192;
const PRINTABLE = /^[\x20-\x7e\t]+$/;

/**
 * Takes the values that keep to the syntax; `tracestate` means nothing without `traceparent`.
 *
 * @param values What somebody gave.
 * @returns What can be passed on.
 */
export function readTraceContext(
  { traceparent, tracestate, baggage }: { readonly [Name in keyof TraceContext]: unknown },
): TraceContext {
  const trace: { -readonly [Name in keyof TraceContext]: TraceContext[Name] } = {};
  if (
    typeof traceparent === "string" && traceparent.length <= MAX_TRACESTATE && TRACEPARENT.test(traceparent)
  ) {
    trace.traceparent = traceparent;
    if (isPrintable(tracestate, MAX_TRACESTATE)) trace.tracestate = tracestate;
  }
  if (isPrintable(baggage, MAX_BAGGAGE)) trace.baggage = baggage;
  return trace;
}

function isPrintable(value: unknown, maxLength: number): value is string {
  return typeof value === "string" && value.length <= maxLength && PRINTABLE.test(value);
}
