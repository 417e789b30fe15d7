import { assertEquals } from "@std/assert";
import { readTraceContext } from "../../src/events/trace_context.ts";

const PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

Deno.test("readTraceContext() takes all three values", () => {
  const given = { traceparent: PARENT, tracestate: "congo=t61rcWkgMzE", baggage: "user=Am%C3%A9lie;p=1" };

  assertEquals(readTraceContext(given), given);
});

for (
  const [name, traceparent] of [
    ["a later version with more fields", `01-${PARENT.slice(3)}-what-the-future-will-be-like`],
    ["a later version with the same fields", `cc-${PARENT.slice(3)}`],
    ["flags that nobody knows", `${PARENT.slice(0, -2)}ff`],
  ] as const
) {
  Deno.test(`readTraceContext() takes a traceparent of ${name}`, () => {
    assertEquals(readTraceContext({ traceparent }), { traceparent });
  });
}

for (
  const [name, traceparent] of [
    ["that is missing", undefined],
    ["that is null", null],
    ["that is a number", 7],
    ["that is an object", { toString: () => PARENT }],
    ["that is empty", ""],
    ["of version ff", `ff-${PARENT.slice(3)}`],
    ["of version 00 with more fields", `${PARENT}-more`],
    ["with a trace id of zeros", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`],
    ["with a parent id of zeros", `00-4bf92f3577b34da6a3ce929d0e0e4736-${"0".repeat(16)}-01`],
    ["in upper case", PARENT.toUpperCase()],
    ["with white space around it", ` ${PARENT} `],
    ["with a line feed after it", `${PARENT}\n`],
    ["that is too long", `01-${PARENT.slice(3)}-${"a".repeat(600)}`],
  ] as const
) {
  Deno.test(`readTraceContext() drops a traceparent ${name}, and its tracestate`, () => {
    assertEquals(readTraceContext({ traceparent, tracestate: "a=1" }), {});
  });
}

for (
  const [name, value] of [
    ["a number", 1],
    ["empty", ""],
    ["not ASCII", "a=é"],
    ["of two lines", "a=1\r\nb=2"],
    ["a NUL", "a=\0"],
    ["far too long", "a".repeat(9000)],
  ] as const
) {
  Deno.test(`readTraceContext() drops a tracestate and a baggage that are ${name}`, () => {
    const trace = readTraceContext({ traceparent: PARENT, tracestate: value, baggage: value });

    assertEquals(trace, { traceparent: PARENT });
  });
}

Deno.test("readTraceContext() takes a baggage without a trace", () => {
  assertEquals(readTraceContext({ baggage: "a=1" }), { baggage: "a=1" });
});

Deno.test("readTraceContext() takes nothing from a prototype that somebody sends", () => {
  const sent = JSON.parse(`{"__proto__":{"traceparent":"${PARENT}"}}`);

  assertEquals(readTraceContext(sent), {});
});
